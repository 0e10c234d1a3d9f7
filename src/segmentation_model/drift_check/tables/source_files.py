"""The files of a table: one, or all in a folder; what they are is told by their content."""

import logging
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Literal
from urllib.parse import unquote

import pyarrow as pa

from segmentation_model.datasets.storage import Storage
from segmentation_model.drift_check.addresses import storage_at
from segmentation_model.drift_check.reading_errors import NEEDED, explained, shown_address
from segmentation_model.errors import ConfigurationError, InputError, shorten

logger = logging.getLogger(__name__)

FileFormat = Literal["Parquet", "CSV"]

FILES_AT_ONCE = 8
"""Files of which the beginning or the end is fetched at the same time."""

_CSV_SUFFIXES = {"", ".csv", ".tsv", ".tab", ".txt"}
_COMPRESSIONS = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"BZh": "bz2"}
_COMPRESSED_SUFFIXES = {".gz", ".zst", ".bz2"}
_STREAM_BLOCK = 1 << 23
_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True)
class SourceFile:
    """One file of a table.

    Attributes:
        storage: Where it lies.
        path: The file, as its storage names it.
        shown: The file, for people.
        keys: Values of the folders that are named ``key=value``, as text; None where a value is missing.
    """

    storage: Storage
    path: str
    shown: str
    keys: Mapping[str, str | None]

    def open_anywhere(self) -> pa.NativeFile:
        """The content, to be read here and there."""
        if self.storage.local:
            return pa.OSFile(self.path)
        return pa.PythonFile(self.storage.fs.open(self.path, "rb", cache_type="none"), mode="r")

    def open_stream(self) -> pa.NativeFile:
        """The content from its beginning, decompressed."""
        if self.storage.local:
            raw = pa.OSFile(self.path)
        else:
            raw = pa.PythonFile(self.storage.fs.open(self.path, "rb", block_size=_STREAM_BLOCK), mode="r")
        compression = self.compression()
        return pa.CompressedInputStream(raw, compression) if compression else raw

    def compression(self) -> str | None:
        """How the whole file is compressed, as Arrow names it."""
        head = self.head(4)
        return next((name for magic, name in _COMPRESSIONS.items() if head.startswith(magic)), None)

    def head(self, size: int) -> bytes:
        """The first bytes, as they are stored."""
        return bytes(self.storage.fs.cat_file(self.path, start=0, end=size))

    def tail(self, size: int) -> bytes:
        """The last bytes, as they are stored."""
        return bytes(self.storage.fs.tail(self.path, size))


def find_files(address: str, fs_args: Mapping[str, Any] | None = None) -> tuple[FileFormat, tuple[SourceFile, ...]]:
    """The files behind a path or an address, in the order of their paths, and what they are.

    In a folder, files are looked for at any depth. Those that begin with a dot or an underscore, or lie in such a
    folder, are left there by the tool that wrote the table and are no part of it.

    Args:
        address: A file or a folder; a path, or an address that fsspec understands.
        fs_args: Passed to the file system, e.g. ``endpoint_url``.

    Raises:
        ConfigurationError: There is nothing at the address, or nobody knows how to get there.
        InputError: It cannot be read, holds no table, or holds tables of both kinds.
    """
    shown = shown_address(address)
    with explained(shown):
        storage, info = _locate(address, shown, dict(fs_args or {}))
        if info["type"] != "directory":
            file = _not_empty(SourceFile(storage, storage.path, shown, {}), info)
            return _format(file), (file,)
        files = _files_in_folder(storage, shown)
        with ThreadPoolExecutor(FILES_AT_ONCE) as pool:
            formats = list(pool.map(_format_in_folder, files))
    return _only_format(shown, formats), tuple(file for file, found in zip(files, formats, strict=True) if found)


def _locate(address: str, shown: str, fs_args: dict[str, Any]) -> tuple[Storage, Mapping[str, Any]]:
    """The place, and what its file system knows of it as of now."""
    if not address:
        raise ConfigurationError(f"the address of a table is empty; {NEEDED}")
    try:
        storage = storage_at(address, fs_args)
    except ConfigurationError as error:
        raise ConfigurationError(f"{error.message}; {NEEDED}") from error
    try:
        storage.fs.invalidate_cache()
        return storage, storage.fs.info(storage.path)
    except TypeError as error:
        if not fs_args:
            raise
        names = shorten(sorted(fs_args), len(fs_args))
        raise ConfigurationError(f"{shown}: the file system does not take all of these arguments: {names}") from error


def _files_in_folder(storage: Storage, shown: str) -> list[SourceFile]:
    found = storage.fs.find(storage.path, detail=True)
    files = []
    for path, info in sorted(found.items()):
        below = path.removeprefix(storage.path.rstrip("/")).strip("/")
        parts = below.split("/")
        if not path.endswith("/") and not any(part.startswith((".", "_")) for part in parts):
            file = SourceFile(storage, path, f"{shown.rstrip('/')}/{below}", _keys(parts[:-1]))
            files.append(_not_empty(file, info))
    return files


def _not_empty(file: SourceFile, info: Mapping[str, Any]) -> SourceFile:
    if info.get("size") == 0:
        raise InputError(f"{file.shown}: the file is empty; {NEEDED}")
    return file


def _keys(folders: Iterable[str]) -> dict[str, str | None]:
    """What the names of Hive's folders say.

    >>> _keys(["v1", "month=2025-01", "zone=__HIVE_DEFAULT_PARTITION__"])
    {'month': '2025-01', 'zone': None}
    """
    pairs = (folder.split("=", 1) for folder in folders if "=" in folder)
    return {unquote(key): None if value == _NO_VALUE else unquote(value) for key, value in pairs}


def _format(file: SourceFile) -> FileFormat:
    """What a file is by its first bytes; whatever is not Parquet may be CSV."""
    return "Parquet" if file.head(4) in {b"PAR1", b"PARE"} else "CSV"


def _format_in_folder(file: SourceFile) -> FileFormat | None:
    """The same; None for a file that is not named like a table, as a README is not."""
    found = _format(file)
    name = PurePosixPath(file.path)
    suffix = PurePosixPath(name.stem).suffix if name.suffix in _COMPRESSED_SUFFIXES else name.suffix
    if found == "Parquet" or suffix.lower() in _CSV_SUFFIXES:
        return found
    if suffix.lower() in {".parquet", ".pq"}:
        raise InputError(f"{file.shown}: no Parquet file (it begins with {file.head(16)!r})")
    logger.info("%s: neither Parquet nor CSV, left out", file.shown)
    return None


def _only_format(shown: str, formats: list[FileFormat | None]) -> FileFormat:
    counts = {found: formats.count(found) for found in formats if found}
    if not counts:
        raise InputError(f"{shown}: the folder holds no table; {NEEDED}")
    if len(counts) > 1:
        raise InputError(
            f"{shown}: the folder holds both Parquet ({counts['Parquet']}) and CSV files ({counts['CSV']}); the files "
            "of one table must be of one kind: give each kind a folder of its own"
        )
    return next(iter(counts))
