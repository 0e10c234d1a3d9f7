"""Small sets of files in one folder: read into memory as name -> content, written whole or not at all."""

import gzip
import io
import tarfile
import zlib
from collections.abc import Mapping

from segmentation_model.datasets.storage import Storage
from segmentation_model.errors import ArtifactError, shorten

_LARGEST_FILE = 1 << 30


def read_folder(storage: Storage) -> dict[str, bytes]:
    """Content of the files directly in a folder, by name.

    Raises:
        ArtifactError: There is no such folder.
    """
    if not storage.is_folder():
        raise ArtifactError(f"{storage.address}: there is no such folder")
    paths = sorted(path for path in storage.fs.ls(storage.path, detail=False) if storage.fs.isfile(path))
    return {path.rsplit("/", 1)[-1]: storage.fs.cat_file(path) for path in paths}


def write_folder(storage: Storage, files: Mapping[str, bytes]) -> None:
    """Replace a folder by these files, given as content by name."""
    with storage.replace_folder() as folder:
        for name, content in files.items():
            (folder / name).write_bytes(content)


def write_archive(storage: Storage, files: Mapping[str, bytes]) -> None:
    """Write a .tar.gz of these files, given as content by name; the same files give the same bytes."""
    with (
        storage.replace_file() as path,
        path.open("wb") as raw,
        gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive,
    ):
        for name, content in sorted(files.items()):
            member = tarfile.TarInfo(name)  # no owner and no time, so that equal files give equal bytes
            member.size = len(content)
            member.mode = 0o644
            archive.addfile(member, io.BytesIO(content))


def read_archive(storage: Storage, allowed: tuple[str, ...]) -> dict[str, bytes]:
    """Content of an archive's files, in memory: nothing is unpacked to disk.

    Args:
        storage: The .tar.gz.
        allowed: Names that it may hold.

    Returns:
        Content by name.

    Raises:
        ArtifactError: It is absent or no archive, or holds something else than plain files of these names.
    """
    files: dict[str, bytes] = {}
    try:
        with storage.fs.open(storage.path, "rb") as raw, tarfile.open(fileobj=raw, mode="r:gz") as archive:
            for member in archive:
                name = member.name.removeprefix("./")
                if member.isdir() and name in ("", "."):
                    continue
                content = archive.extractfile(member) if member.isreg() else None
                if content is None or name not in allowed or name in files or member.size > _LARGEST_FILE:
                    raise ArtifactError(
                        f"{storage.address}: refused for its member {member.name!r}; plain files, each once, are "
                        f"allowed: {shorten(allowed, len(allowed))}"
                    )
                files[name] = content.read()
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        raise ArtifactError(f"{storage.address}: no readable .tar.gz ({error})") from error
    return files
