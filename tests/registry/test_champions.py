"""Reading a registered version: what was registered comes back; what is damaged, odd or linked is refused."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from segmentation_model.errors import ArtifactError
from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.booster import to_json
from segmentation_model.model.scoring import score
from segmentation_model.registry import champions
from segmentation_model.registry.champions import load_version
from tests.model.artifacts import features, trained
from tests.registry.conftest import Place


@pytest.fixture
def files(place: Place) -> Path:
    """Folder of a registered artifact's files, as MLflow keeps them."""
    place.register(trained().model)
    return place.stored()[0] / "artifacts" / "model"


def read(place: Place) -> ModelArtifact:
    return load_version(place.model, "1")


def append(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes() + b" ")


def other_schema(folder: Path) -> None:
    metadata = {**trained().model.metadata, "schema_version": 99}
    (folder / "metadata.json").write_bytes(to_json(metadata))


def edit_metadata(folder: Path) -> None:
    (folder / "metadata.json").write_bytes(to_json({**trained().model.metadata, "code_version": "0.0.0"}))


def link(folder: Path) -> None:
    """The same content, by a link out of the folder."""
    elsewhere = folder.parent.parent / "elsewhere"
    shutil.move(folder / "model.ubj", elsewhere)
    (folder / "model.ubj").symlink_to(elsewhere)


def link_of_the_folder(folder: Path) -> None:
    elsewhere = folder.parent / "elsewhere"
    shutil.move(folder, elsewhere)
    folder.symlink_to(elsewhere)


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "a wrong checksum": (append("model.ubj"), "damaged, the checksum does not fit: 'model.ubj'"),
    "edited metadata": (edit_metadata, "metadata.json: changed after it was written"),
    "an unknown schema version": (other_schema, "artifact schema version 99; this release reads 1"),
    "a file missing": (lambda folder: (folder / "calibrator.json").unlink(), "missing files: 'calibrator.json'"),
    "a file unknown": (lambda folder: (folder / "run.py").write_text("x"), "refused for .*run.py.*plain files"),
    "a folder": (lambda folder: (folder / "more").mkdir(), "refused for .*more.*plain files"),
    "a link": (link, "refused for .*model.ubj.*plain files"),
    "a link in place of the folder": (link_of_the_folder, "refused for .*model.*plain files"),
    "nothing": (lambda folder: shutil.rmtree(folder), "no metadata.json"),
}


def test_it_comes_back_and_scores_the_same(place: Place, files: Path):
    rows = features(40, 91)
    found = read(place)
    assert dict(found.files) == dict(trained().model.files)
    np.testing.assert_array_equal(score(found, rows, "x")[1], score(trained().model, rows, "x")[1])


def test_it_is_read_once_in_a_process(place: Place, files: Path):
    first = read(place)
    shutil.rmtree(files)
    assert read(place) is first


@pytest.mark.parametrize(("damage", "message"), DAMAGE.values(), ids=DAMAGE.keys())
def test_what_is_no_artifact_any_more_is_refused(place: Place, files: Path, damage, message):
    damage(files)
    with pytest.raises(ArtifactError, match=message) as caught:
        read(place)
    assert caught.value.message.startswith(f"models:/{place.model.name}/1")


@pytest.mark.parametrize("damage", ["a file unknown", "a folder", "a link"])
def test_what_is_odd_is_refused_before_anything_is_downloaded(place: Place, files: Path, damage, monkeypatch):
    import mlflow.artifacts

    DAMAGE[damage][0](files)
    monkeypatch.setattr(mlflow.artifacts, "download_artifacts", lambda **_: pytest.fail("downloaded"))
    with pytest.raises(ArtifactError, match="refused for"):
        read(place)


def test_a_file_that_is_too_large_is_refused(place: Place, files: Path, monkeypatch):
    monkeypatch.setattr(champions, "_LARGEST_FILE", 100)
    with pytest.raises(ArtifactError, match="refused for"):
        read(place)
