"""Files and folders are replaced whole or not at all, on disk and on an object store."""

from pathlib import Path

import fsspec
import pytest

from segmentation_model.datasets.storage import Storage


class WritingError(Exception):
    """What goes wrong while something is written."""


def tree(storage: Storage) -> dict[str, bytes]:
    """Content of every file below the place, by its path there."""
    paths = storage.fs.find(storage.path)
    return {path.removeprefix(storage.path).lstrip("/"): storage.fs.cat_file(path) for path in paths}


def fill(folder: Path, **files: bytes) -> None:
    for name, content in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def write_half_a_file(storage: Storage) -> None:
    with storage.replace_file() as path:
        path.write_bytes(b"half")
        raise WritingError


def write_half_a_folder(storage: Storage, below: str = "") -> None:
    with storage.replace_folder(below) as folder:
        fill(folder, x=b"half", y=b"half")
        raise WritingError


class TestPlace:
    def test_a_path_is_on_disk_and_an_address_is_not(self, tmp_path: Path):
        assert Storage(str(tmp_path)).local
        assert Storage(tmp_path.as_uri()).path == str(tmp_path)
        remote = Storage("memory://bucket/x.parquet")
        assert not remote.local
        assert (remote.address, remote.path) == ("memory://bucket/x.parquet", "/bucket/x.parquet")

    def test_a_relative_path_and_a_trailing_slash_name_the_same_place(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.chdir(tmp_path)
        assert Storage("data/x").path == Storage(f"{tmp_path}/data/x/").path == f"{tmp_path}/data/x"

    def test_what_the_file_system_needs_is_passed_on(self, tmp_path: Path):
        storage = Storage(str(tmp_path), credentials={"auto_mkdir": True}, fs_args={"skip_instance_cache": True})
        assert storage.fs.auto_mkdir

    def test_it_sees_what_others_wrote(self, place: str):
        storage, other = Storage(place), Storage(place)
        assert not storage.exists()
        assert not storage.is_folder()
        with other.replace_folder() as folder:
            fill(folder, a=b"1")
        assert storage.exists()
        assert storage.is_folder()
        assert not Storage(f"{place}/a").is_folder()


class TestFile:
    def test_it_is_replaced(self, place: str):
        storage = Storage(f"{place}/deep/x.bin")
        for content in (b"old", b"new"):
            with storage.replace_file() as path:
                path.write_bytes(content)
        assert storage.fs.cat_file(storage.path) == b"new"

    def test_an_error_leaves_the_old_one(self, place: str):
        storage = Storage(f"{place}/x.bin")
        with storage.replace_file() as path:
            path.write_bytes(b"old")
        with pytest.raises(WritingError):
            write_half_a_file(storage)
        assert tree(Storage(place)) == {"x.bin": b"old"}


class TestFolder:
    def test_it_is_replaced_whole(self, place: str):
        storage = Storage(place)
        with storage.replace_folder() as folder:
            fill(folder, a=b"1", sub__b=b"2")
        assert tree(storage) == {"a": b"1", "sub/b": b"2"}
        with storage.replace_folder() as folder:
            fill(folder, a=b"3", c=b"4")
        assert tree(storage) == {"a": b"3", "c": b"4"}

    def test_one_below_is_replaced_and_its_neighbours_stay(self, place: str):
        storage = Storage(place)
        for below in ("d=1", "d=2", "d=10"):
            with storage.replace_folder(below) as folder:
                fill(folder, t__x=below.encode())
        with storage.replace_folder("d=1") as folder:
            fill(folder, y=b"new")
        assert tree(storage) == {"d=1/y": b"new", "d=2/t/x": b"d=2", "d=10/t/x": b"d=10"}

    def test_it_can_be_emptied(self, place: str):
        storage = Storage(place)
        with storage.replace_folder("d=1") as folder:
            fill(folder, x=b"1")
        with storage.replace_folder("d=1"):
            pass
        assert tree(storage) == {}

    def test_an_error_leaves_the_old_one(self, place: str):
        storage = Storage(place)
        with storage.replace_folder("d=1") as folder:
            fill(folder, x=b"old")
        with pytest.raises(WritingError):
            write_half_a_folder(storage, "d=1")
        assert tree(storage) == {"d=1/x": b"old"}


class TestOnDisk:
    @pytest.mark.parametrize("fails", [True, False])
    def test_nothing_temporary_stays(self, tmp_path: Path, fails: bool):
        storage = Storage(str(tmp_path / "layer" / "x"))
        with storage.replace_folder() as folder:
            fill(folder, a=b"1")
        if fails:
            with pytest.raises(WritingError):
                write_half_a_folder(storage)
        assert [path.name for path in (tmp_path / "layer").iterdir()] == ["x"]

    def test_the_old_folder_comes_back_where_the_new_one_cannot_take_its_place(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        storage = Storage(str(tmp_path / "x"))
        with storage.replace_folder() as folder:
            fill(folder, a=b"old")
        rename = Path.rename

        def failing(self: Path, target: str | Path) -> Path:
            if self.name == "new":
                raise OSError("the disk is gone")
            return rename(self, target)

        monkeypatch.setattr(Path, "rename", failing)
        with pytest.raises(OSError, match="the disk is gone"), storage.replace_folder() as folder:
            fill(folder, a=b"new")
        assert tree(storage) == {"a": b"old"}
        assert [path.name for path in tmp_path.iterdir()] == ["x"]

    def test_the_permissions_are_those_of_any_other_file(self, tmp_path: Path):
        (tmp_path / "usual").mkdir()
        (tmp_path / "usual" / "a").write_bytes(b"1")
        with Storage(str(tmp_path / "x")).replace_folder() as folder:
            fill(folder, a=b"1")
        for name in ("", "a"):
            assert (tmp_path / "x" / name).stat().st_mode == (tmp_path / "usual" / name).stat().st_mode


class TestOnAnObjectStore:
    def test_new_objects_are_there_before_the_old_ones_go(self, memory: str, monkeypatch: pytest.MonkeyPatch):
        storage = Storage(memory)
        with storage.replace_folder() as folder:
            fill(folder, old=b"1")
        seen = []
        remove = storage.fs.rm

        def watched(paths: list[str]) -> None:
            seen.append(sorted(tree(storage)))
            remove(paths)

        monkeypatch.setattr(storage.fs, "rm", watched)
        with storage.replace_folder() as folder:
            fill(folder, new=b"2")
        assert seen == [["new", "old"]]
        assert tree(storage) == {"new": b"2"}

    def test_a_folder_whose_name_begins_alike_is_left_alone(self, memory: str):
        for name in ("x", "x2"):
            with Storage(f"{memory}/{name}").replace_folder() as folder:
                fill(folder, a=name.encode())
        with Storage(f"{memory}/x").replace_folder() as folder:
            fill(folder, b=b"new")
        assert tree(Storage(memory)) == {"x/b": b"new", "x2/a": b"x2"}

    def test_it_is_the_file_system_of_fsspec(self, memory: str):
        assert isinstance(Storage(memory).fs, fsspec.get_filesystem_class("memory"))
