"""Tables in a folder: one CSV file each."""

from pathlib import Path

import pandas as pd
import pytest

from segmentation_model.datasets.csv_tables import CsvTablesDataset

TABLES = {
    "deciles": pd.DataFrame({"decile": [1, 2], "mean_probability": [0.25, 0.123456]}),
    "fairness": pd.DataFrame({"group": pd.Series(dtype=str), "rows": pd.Series(dtype="int64")}),
}


@pytest.fixture
def dataset(tmp_path: Path) -> CsvTablesDataset:
    return CsvTablesDataset(filepath=str(tmp_path / "tables"), suffix="_domestic")


def test_they_come_back_by_name(dataset: CsvTablesDataset) -> None:
    dataset.save(TABLES)
    found = dataset.load()
    pd.testing.assert_frame_equal(found["deciles"], TABLES["deciles"])
    assert found["fairness"].columns.tolist() == ["group", "rows"]
    assert found["fairness"].empty


def test_a_file_is_known_outside_of_its_folder_and_has_no_index(dataset: CsvTablesDataset, tmp_path: Path) -> None:
    dataset.save(TABLES)
    content = (tmp_path / "tables" / "deciles_domestic.csv").read_text()
    assert content == "decile,mean_probability\n1,0.25\n2,0.123456\n"


def test_the_folder_is_replaced_whole(dataset: CsvTablesDataset) -> None:
    dataset.save(TABLES)
    dataset.save({"deciles": TABLES["deciles"]})
    assert list(dataset.load()) == ["deciles"]


def test_kedro_viz_gets_each_with_its_rows_and_nothing_that_it_takes_for_emphasis(dataset: CsvTablesDataset) -> None:
    dataset.save(TABLES)
    shown = dataset.preview()
    assert "<h3>deciles, 2 rows</h3>" in shown
    assert "<h3>fairness, 0 rows</h3>" in shown
    assert "<th>mean probability</th>" in shown
    assert "0.1235" in shown
    assert "_" not in shown
    assert "\n" not in shown
