"""A journal: what a node wrote last is what the next run reads, and a damaged file is named."""

from pathlib import Path

import pytest
from kedro.io import DatasetError

from segmentation_model.datasets.journal import JournalDataset
from segmentation_model.errors import ArtifactError


def dataset(folder: Path) -> JournalDataset:
    return JournalDataset(filepath=(folder / "fitted" / "journal.json").as_posix())


def test_without_a_file_it_is_empty_and_reading_makes_none(tmp_path: Path):
    assert dataset(tmp_path).load().read() == {}
    assert not dataset(tmp_path).exists()
    assert list(tmp_path.iterdir()) == []


def test_what_was_written_last_comes_back_in_another_run(tmp_path: Path):
    journal = dataset(tmp_path).load()
    for content in ({"a": 1}, {"b": [0.1, 1e-17, "ñ"]}):
        journal.write(content)
        assert dataset(tmp_path).load().read() == content
    assert [path.name for path in (tmp_path / "fitted").iterdir()] == ["journal.json"]


def test_what_cannot_be_written_leaves_the_file_as_it_was(tmp_path: Path):
    journal = dataset(tmp_path).load()
    journal.write({"a": 1})
    with pytest.raises(ValueError, match="not JSON compliant"):
        journal.write({"a": float("nan")})
    assert journal.read() == {"a": 1}


def test_it_lies_in_any_file_system():
    journal = JournalDataset(filepath="memory://journals/journal.json").load()
    journal.write({"a": 1})
    assert JournalDataset(filepath="memory://journals/journal.json").load().read() == {"a": 1}


@pytest.mark.parametrize("content", ["{", "[1, 2]", "7", ""])
def test_a_damaged_file_is_named_with_what_to_do(tmp_path: Path, content: str):
    dataset(tmp_path).load().write({})
    (tmp_path / "fitted" / "journal.json").write_text(content)
    with pytest.raises(ArtifactError, match=r"journal\.json: damaged, no JSON object .*delete the file to begin anew"):
        dataset(tmp_path).load().read()


def test_nothing_else_writes_it(tmp_path: Path):
    with pytest.raises(DatasetError, match=r"journal\.json is written by the node that loads it"):
        dataset(tmp_path).save({})  # type: ignore[arg-type]
