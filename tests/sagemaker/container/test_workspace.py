"""What comes into a job and goes out of it, on folders of the test's."""

import io
import tarfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from kedro.io import DataCatalog
from kedro.pipeline import Node, Pipeline

from segmentation_model.errors import ArtifactError, InputError
from segmentation_model.sagemaker.channels import Channel
from segmentation_model.sagemaker.container import workspace
from segmentation_model.sagemaker.container.workspace import bring_in, table_in
from segmentation_model.sagemaker.steps import Step

PLACE = "05_model_input/domestic/train.parquet"
STEP = Step("Next", "processing", Pipeline([Node(lambda train: train, "train", "made", name="next")]), {})


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(workspace, "ROOT", tmp_path / "root")
    return tmp_path / "root"


@pytest.fixture
def inputs(tmp_path) -> Path:
    (tmp_path / "inputs").mkdir()
    return tmp_path / "inputs"


def put(file: Path, content: str = "rows") -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)


def pack(archive: Path, members: Iterable[tarfile.TarInfo]) -> None:
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive, "w:gz") as packed:
        for member in members:
            member.size = 4 if member.isreg() else 0
            packed.addfile(member, io.BytesIO(b"rows") if member.isreg() else None)


def link(name: str, target: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = tarfile.SYMTYPE, target
    return member


def test_a_file_of_a_channel_lies_where_the_catalog_looks(root, inputs):
    put(inputs / "Before" / PLACE)
    bring_in(STEP, [Channel("Before", "Next", {"train": PLACE})], inputs, DataCatalog())
    assert (root / PLACE).read_text() == "rows"


def test_a_file_that_did_not_come_is_named(root, inputs):
    with pytest.raises(InputError, match=f"channel Before: train should be there, as {PLACE}"):
        bring_in(STEP, [Channel("Before", "Next", {"train": PLACE})], inputs, DataCatalog())


def test_what_a_training_left_beside_its_model_is_unpacked(root, inputs):
    pack(inputs / "Train" / "output.tar.gz", [tarfile.TarInfo(f"./{PLACE}")])
    bring_in(STEP, [Channel("Train", "Next", {"train": PLACE})], inputs, DataCatalog())
    assert (root / PLACE).read_text() == "rows"


@pytest.mark.parametrize(
    "member", [tarfile.TarInfo("../outside"), tarfile.TarInfo("/outside"), link("inside", "/etc/passwd")]
)
def test_an_archive_with_anything_but_plain_files_inside_is_refused(root, inputs, tmp_path, member):
    pack(inputs / "Train" / "output.tar.gz", [member])
    with pytest.raises(InputError, match=r"output\.tar\.gz: refused for its member '(\.\./|/)?(out|in)side'"):
        bring_in(STEP, [Channel("Train", "Next", {"train": PLACE})], inputs, DataCatalog())
    assert not list(tmp_path.rglob("*outside"))


def test_a_damaged_model_is_refused(root, inputs):
    put(inputs / "Train-model" / "model.tar.gz", "no archive")
    with pytest.raises(ArtifactError, match=r"model\.tar\.gz: no readable \.tar\.gz"):
        bring_in(STEP, [Channel("Train", "Next", {}, "model_domestic", "06_models/domestic")], inputs, DataCatalog())


class TestTheTableOfAChannel:
    def test_is_its_only_file(self, inputs):
        put(inputs / "labelled_customers" / "export.parquet")
        put(inputs / "labelled_customers" / "_SUCCESS")
        assert table_in(inputs / "labelled_customers") == str(inputs / "labelled_customers" / "export.parquet")

    def test_is_its_folder_where_there_are_several(self, inputs):
        for name in ("a", "b"):
            put(inputs / "labelled_customers" / f"{name}.parquet")
        assert table_in(inputs / "labelled_customers") == str(inputs / "labelled_customers")

    def test_must_have_come(self, inputs):
        with pytest.raises(InputError, match="channel labelled_customers: no file came by it; a Parquet file or a"):
            table_in(inputs / "labelled_customers")
