"""Small sets of files: folders and archives, and the archives that are refused."""

import gzip
import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from segmentation_model.datasets import folders
from segmentation_model.datasets.folders import read_archive, read_folder, write_archive, write_folder
from segmentation_model.datasets.storage import Storage
from segmentation_model.errors import ArtifactError

FILES = {"metadata.json": b"{}", "model.ubj": b"trees"}
ALLOWED = ("metadata.json", "model.ubj")

Member = tuple[tarfile.TarInfo, bytes]


def file(name: str, content: bytes = b"x") -> Member:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    return member, content


def other(name: str, kind: bytes, target: str = "") -> Member:
    member = tarfile.TarInfo(name)
    member.type = kind
    member.linkname = target
    return member, b""


def archive_of(*members: Member) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for member, content in members:
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


@pytest.fixture
def archive(place: str) -> Storage:
    return Storage(f"{place}/domestic.tar.gz")


def put(storage: Storage, content: bytes) -> None:
    with storage.replace_file() as path:
        path.write_bytes(content)


class TestFolder:
    def test_files_come_back(self, place: str):
        write_folder(Storage(place), FILES)
        assert read_folder(Storage(place)) == FILES

    def test_files_that_are_not_given_any_more_go(self, place: str):
        write_folder(Storage(place), {**FILES, "old.json": b"1"})
        write_folder(Storage(place), FILES)
        assert read_folder(Storage(place)) == FILES

    def test_folders_below_are_no_files_of_it(self, place: str):
        write_folder(Storage(place), FILES)
        write_folder(Storage(f"{place}/below"), {"x": b"1"})
        assert read_folder(Storage(place)) == FILES

    def test_a_folder_that_is_not_there_is_named(self, place: str):
        with pytest.raises(ArtifactError, match=r"(layer|bucket/layer): there is no such folder"):
            read_folder(Storage(place))

    def test_a_failed_write_leaves_the_old_files(self, place: str):
        write_folder(Storage(place), FILES)
        with pytest.raises(TypeError):
            write_folder(Storage(place), {"metadata.json": b"new", "model.ubj": None})  # type: ignore[dict-item]
        assert read_folder(Storage(place)) == FILES


class TestArchive:
    def test_files_come_back(self, archive: Storage):
        write_archive(archive, FILES)
        assert read_archive(archive, ALLOWED) == FILES

    def test_the_same_files_give_the_same_bytes_in_any_order_and_at_any_place(self, place: str, archive: Storage):
        write_archive(archive, FILES)
        elsewhere = Storage(f"{place}/elsewhere.tar.gz")
        write_archive(elsewhere, dict(reversed(FILES.items())))
        assert archive.fs.cat_file(archive.path) == elsewhere.fs.cat_file(elsewhere.path)

    def test_nobody_and_no_time_stand_in_it(self, archive: Storage):
        write_archive(archive, FILES)
        with archive.fs.open(archive.path) as raw, tarfile.open(fileobj=raw) as read:
            described = {(member.mtime, member.uid, member.uname, member.mode) for member in read}
        time_in_the_gzip_header = archive.fs.cat_file(archive.path)[4:8]
        assert time_in_the_gzip_header == bytes(4)
        assert described == {(0, 0, "", 0o644)}

    def test_one_made_by_tar_itself_is_read(self, archive: Storage):
        put(archive, archive_of(other(".", tarfile.DIRTYPE), file("./metadata.json", b"{}"), file("./model.ubj")))
        assert read_archive(archive, ALLOWED) == {"metadata.json": b"{}", "model.ubj": b"x"}


HOSTILE: dict[str, tuple[Member, ...]] = {
    "../metadata.json": (file("../metadata.json"),),
    "/etc/metadata.json": (file("/etc/metadata.json"),),
    "./../metadata.json": (file("./../metadata.json"),),
    "below/metadata.json": (file("below/metadata.json"),),
    "model.pkl": (file("metadata.json"), file("model.pkl")),
    "model.ubj": (other("model.ubj", tarfile.SYMTYPE, "/etc/passwd"),),
    "metadata.json": (file("model.ubj"), other("metadata.json", tarfile.LNKTYPE, "model.ubj")),
    "./metadata.json": (file("metadata.json"), file("./metadata.json", b"other")),
    "model.ubj/": (other("model.ubj/", tarfile.DIRTYPE),),
    "model.ubj (pipe)": (other("model.ubj", tarfile.FIFOTYPE),),
    "model.ubj (device)": (other("model.ubj", tarfile.CHRTYPE),),
}


class TestRefusedArchive:
    @pytest.mark.parametrize(("name", "members"), HOSTILE.items(), ids=HOSTILE.keys())
    def test_a_member_that_is_no_plain_allowed_file_is_named_and_nothing_is_written(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, members: tuple[Member, ...]
    ):
        inside = tmp_path / "inside"
        inside.mkdir()
        storage = Storage(str(inside / "domestic.tar.gz"))
        put(storage, archive_of(*members))
        monkeypatch.chdir(inside)
        member = name.split(" ")[0].rstrip("/")
        with pytest.raises(ArtifactError, match=rf"domestic\.tar\.gz: refused for its member '{member}'; plain"):
            read_archive(storage, ALLOWED)
        assert [path.relative_to(tmp_path).as_posix() for path in sorted(tmp_path.rglob("*"))] == [
            "inside",
            "inside/domestic.tar.gz",
        ]

    def test_a_file_too_large_for_memory_is_refused_before_it_is_read(
        self, archive: Storage, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(folders, "_LARGEST_FILE", 100)
        put(archive, archive_of(file("metadata.json", b"0" * 101)))
        with pytest.raises(ArtifactError, match=r"refused for its member 'metadata\.json'"):
            read_archive(archive, ALLOWED)

    @pytest.mark.parametrize(
        "damage",
        [
            lambda content: b"",
            lambda content: b"no archive",
            lambda content: content[: len(content) // 2],
            lambda content: content[:40] + bytes(20) + content[60:],
            lambda content: gzip.compress(b"no tar" * 200),
            lambda content: gzip.decompress(content),
        ],
        ids=["empty", "text", "half", "zeros inside", "no tar inside", "not compressed"],
    )
    def test_a_damaged_one_is_named(self, archive: Storage, damage: Callable[[bytes], bytes]):
        write_archive(archive, {"metadata.json": bytes(range(256)) * 40, "model.ubj": b"trees"})
        put(archive, damage(archive.fs.cat_file(archive.path)))
        with pytest.raises(ArtifactError, match=r"domestic\.tar\.gz: no readable \.tar\.gz \("):
            read_archive(archive, ALLOWED)

    def test_one_that_is_not_there_is_named(self, archive: Storage):
        with pytest.raises(ArtifactError, match=r"domestic\.tar\.gz: no readable \.tar\.gz \("):
            read_archive(archive, ALLOWED)
