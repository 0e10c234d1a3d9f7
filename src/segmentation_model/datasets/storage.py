"""Files and folders that are replaced whole: a reader finds the old content or the new, never a mixture.

On disk the new content is written beside the old one and renamed (of a folder there is none for the instant between
two renames). On an object store there is no rename: the new objects are uploaded, then those that are left over from
before are deleted, which is not atomic. Where a folder takes the place of a file, or a file that of a folder, the old
one goes first.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fsspec  # type: ignore[import-untyped]
from fsspec.implementations.local import LocalFileSystem  # type: ignore[import-untyped]


class Storage:
    """A place in a file system, local or remote.

    Attributes:
        fs: The file system.
        path: The place, as the file system names it.
        address: The place, as it was given; for messages.
        local: Whether it is on disk.
    """

    def __init__(self, filepath: str, credentials: dict[str, Any] | None = None, fs_args: dict[str, Any] | None = None):
        """Name the place.

        Args:
            filepath: Path or address, e.g. ``data/01_raw/x.parquet`` or ``s3://bucket/x.parquet``.
            credentials: Passed to the file system.
            fs_args: Passed to the file system.
        """
        self.fs: fsspec.AbstractFileSystem
        self.path: str
        self.fs, self.path = fsspec.url_to_fs(str(filepath), **(credentials or {}), **(fs_args or {}))
        self.address = str(filepath)
        self.local = isinstance(self.fs, LocalFileSystem)

    def exists(self) -> bool:
        """Whether there is anything at the place, as of now."""
        self.fs.invalidate_cache()
        return bool(self.fs.exists(self.path))

    def is_folder(self) -> bool:
        """Whether there is a folder at the place, as of now."""
        self.fs.invalidate_cache()
        return bool(self.fs.isdir(self.path))

    @contextmanager
    def replace_file(self) -> Iterator[Path]:
        """Give a path to write to; what is there afterwards becomes the file, unless an error is raised.

        A folder at the place goes.
        """
        with self._beside() as folder:
            new = folder / Path(self.path).name
            yield new
            if self.local:
                _put_in_place(new, Path(self.path), aside=folder / f"{new.name}.old")
                return
            if self.is_folder():
                self.fs.rm(self.path, recursive=True)
            self.fs.put_file(str(new), self.path)

    @contextmanager
    def replace_folder(self, below: str = "") -> Iterator[Path]:
        """Give a folder to write to, which becomes the folder at the place unless an error is raised.

        A file at the place goes.

        Args:
            below: Replace only this folder below the place.
        """
        target = f"{self.path}/{below}" if below else self.path
        with self._beside() as folder:
            new = folder / "new"
            new.mkdir()
            yield new
            if self.local:
                _put_in_place(new, Path(target), aside=folder / f"{new.name}.old")
            else:
                self._upload(new, target)

    def _upload(self, new: Path, target: str) -> None:
        self.fs.invalidate_cache()
        if self.fs.isfile(target):
            self.fs.rm_file(target)
        written = set()
        for file in sorted(path for path in new.rglob("*") if path.is_file()):
            path = f"{target}/{file.relative_to(new).as_posix()}"
            self.fs.put_file(str(file), path)
            written.add(path)
        self.fs.invalidate_cache()
        stale = [path for path in self.fs.find(target) if path not in written]
        if stale:
            self.fs.rm(stale)

    @contextmanager
    def _beside(self) -> Iterator[Path]:
        """A temporary folder on the same disk as the place, so that a rename is possible."""
        parent = Path(self.path).parent if self.local else None
        if parent is not None:
            parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".writing-", dir=parent))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _put_in_place(new: Path, target: Path, aside: Path) -> None:
    """Rename to its place; what a rename cannot replace goes aside, and comes back where that fails."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists() or (new.is_file() and target.is_file()):
        new.replace(target)
        return
    target.rename(aside)
    try:
        new.rename(target)
    except OSError:
        aside.rename(target)
        raise
