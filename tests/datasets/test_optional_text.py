"""A text that another run may have left."""

import pytest
from kedro.io import DatasetError

from segmentation_model.datasets.optional_text import OptionalTextDataset


def test_a_text_that_is_there_is_read_and_one_that_is_not_is_empty(place: str):
    dataset = OptionalTextDataset(filepath=f"{place}/card.html")
    assert (dataset.load(), dataset.exists()) == ("", False)
    dataset._storage.fs.makedirs(dataset._storage.path.rsplit("/", 1)[0], exist_ok=True)
    dataset._storage.fs.pipe_file(dataset._storage.path, "señor".encode())
    assert (dataset.load(), dataset.exists()) == ("señor", True)


def test_it_saves_nothing(tmp_path):
    with pytest.raises(DatasetError, match="this entry only reads; 1 characters are not saved"):
        OptionalTextDataset(filepath=str(tmp_path / "x")).save("y")
