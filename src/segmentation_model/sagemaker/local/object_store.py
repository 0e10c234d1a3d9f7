"""The objects that jobs read and write: all movement of data between an object store and a folder."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import fsspec  # type: ignore[import-untyped]

from segmentation_model.sagemaker.local.paths import PathError, follow


class ObjectStoreError(Exception):
    """Objects cannot be read or written: the message names the address."""


class StoredObject(NamedTuple):
    """An object.

    Attributes:
        address: Where it is.
        name: Its path below the prefix that was listed; of a single object the last part of its address.
        tag: What changes with its content.
        size: Bytes.
    """

    address: str
    name: str
    tag: str
    size: int


class ObjectStore:
    """An S3-compatible store, found as boto3 finds it: by the AWS_* variables, AWS_ENDPOINT_URL among them."""

    def __init__(self) -> None:
        """Nothing is remembered between calls: other processes write, too."""
        self._fs: Any = fsspec.filesystem("s3", use_listings_cache=False, skip_instance_cache=True)

    def listing(self, address: str) -> list[StoredObject]:
        """The object at an address, else all objects below it; in the order of their keys.

        The service takes an address as a mere prefix of keys, so that ``s3://b/train`` finds ``train2/x``, too. Nobody
        wants that, and here it does not.

        Raises:
            ObjectStoreError: The store cannot be asked.
        """
        place = address.removeprefix("s3://").rstrip("/")
        with _explained(address):
            try:
                found = self._fs.find(place, detail=True)
            except FileNotFoundError:  # no such bucket
                return []
        objects = [(key, info) for key, info in sorted(found.items()) if not key.endswith("/")]
        exact = [(key, info) for key, info in objects if key == place]
        return [
            StoredObject(
                address=f"s3://{key}",
                name=key.rsplit("/", 1)[-1] if exact else key.removeprefix(f"{place}/"),
                tag=_tag(info),
                size=int(info["size"]),
            )
            for key, info in exact or objects
        ]

    def download(self, objects: Iterable[StoredObject], folder: Path) -> None:
        """Copy objects into a folder, under their names."""
        for one in objects:
            target = folder / one.name
            if folder.resolve() not in target.resolve().parents:
                raise ObjectStoreError(f"{one.address}: its name leads out of the folder it is copied to")
            target.parent.mkdir(parents=True, exist_ok=True)
            with _explained(one.address):
                self._fs.get_file(one.address, str(target))

    def upload(self, folder: Path, address: str) -> list[StoredObject]:
        """Copy all files below a folder to an address.

        Returns:
            The objects that were written.
        """
        base, written = address.rstrip("/"), set()
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            target = f"{base}/{file.relative_to(folder).as_posix()}"
            self.upload_file(file, target)
            written.add(target)
        return [one for one in self.listing(base) if one.address in written] if written else []

    def upload_file(self, file: Path, address: str) -> None:
        """Copy one file to an address."""
        with _explained(address):
            self._fs.put_file(str(file), address)

    def unchanged(self, objects: Iterable[StoredObject]) -> bool:
        """Whether all of these objects are still what they were."""
        return all(self._is_still(one) for one in objects)

    def _is_still(self, one: StoredObject) -> bool:
        with _explained(one.address):
            try:
                info = self._fs.info(one.address, refresh=True)
            except FileNotFoundError:
                return False
        return (_tag(info), info["size"]) == (one.tag, one.size)

    def value(self, address: str, path: str) -> Any:
        """A value in a JSON file.

        Raises:
            ObjectStoreError: There is no such file, it is no JSON, or the path leads to no single value.
        """
        with _explained(address):
            content = self._fs.cat_file(address)
        try:
            value = follow(json.loads(content), path)
        except PathError as error:
            raise ObjectStoreError(f"{address}: {error}") from error
        except ValueError as error:
            raise ObjectStoreError(f"{address}: no readable JSON ({error})") from error
        if isinstance(value, dict | list):
            raise ObjectStoreError(f"{address}: {path!r} is no single value")
        return value


def _tag(info: dict[str, Any]) -> str:
    return str(info.get("ETag", "")).strip('"')


@contextmanager
def _explained(address: str) -> Iterator[None]:
    """Name the address that an error is about."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (OSError, BotoCoreError, ClientError) as error:
        raise ObjectStoreError(f"{address}: {error or type(error).__name__}") from error
