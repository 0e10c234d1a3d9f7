"""Places that the user names: how to get there, and which cannot be used."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from segmentation_model.datasets.storage import Storage
from segmentation_model.drift_check.reading_errors import explained, shown_address
from segmentation_model.errors import ConfigurationError, InputError

# A store that cannot be reached is to be reported within seconds; s3fs has its own way to repeat what is worth it.
_S3_CLIENT = {"connect_timeout": 4, "read_timeout": 30, "retries": {"total_max_attempts": 3, "mode": "standard"}}


@contextmanager
def used_for(option: str, address: str) -> Iterator[None]:
    """Say which address of which option cannot be used, and why.

    Raises:
        ConfigurationError: Instead of every error of the file system, or of the service behind it.
    """
    place = f"{option}: {shown_address(address)}"
    try:
        with explained(place, "it cannot be used"):
            try:
                yield
            except OSError as error:
                if error.errno is None:  # of an object store: its cause says what it is
                    raise
                raise ConfigurationError(f"{place}: {error.strerror}") from error
    except InputError as error:
        raise ConfigurationError(error.message) from error


def storage_at(address: str, fs_args: Mapping[str, Any]) -> Storage:
    """The place that an address names.

    Args:
        address: A path, or an address that fsspec understands.
        fs_args: Passed to the file system, e.g. ``{"endpoint_url": "https://minio.example"}``.

    Raises:
        ConfigurationError: Nobody knows how to get there: an unknown protocol, or one whose library is not installed.
    """
    client = {**_S3_CLIENT, **fs_args.get("config_kwargs", {})}
    own = {"config_kwargs": client} if _is_s3(address) else {}
    try:
        return Storage(address, None, {**fs_args, **own})
    except (ValueError, ImportError) as error:
        raise ConfigurationError(f"{shown_address(address)}: {error}") from error


def make_writable(option: str, address: str, fs_args: Mapping[str, Any]) -> None:
    """Find out before the work whether its result can be written: the folder is made, or the bucket looked for.

    Raises:
        ConfigurationError: It cannot.
    """
    with used_for(option, address):
        storage = storage_at(address, fs_args)
        if storage.local:
            Path(storage.path).mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=storage.path):
                pass
        elif _is_s3(address) and not _may_exist(storage, bucket := storage.path.split("/", 1)[0]):
            raise ConfigurationError(f"{option}: {shown_address(address)}: there is no bucket {bucket!r}")


def _is_s3(address: str) -> bool:
    return address.startswith(("s3://", "s3a://"))


def _may_exist(storage: Storage, bucket: str) -> bool:
    """Whether there is a bucket, or no permission to know: some may write into one and not look at it."""
    try:
        return bool(storage.fs.exists(bucket))
    except PermissionError:
        return True
