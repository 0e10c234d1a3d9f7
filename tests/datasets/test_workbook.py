"""A workbook for people: text stays text, headings stay in view, and equal tables give equal bytes."""

import openpyxl
import pandas as pd
import pytest
from kedro.io import DatasetError

from segmentation_model.datasets.workbook import WorkbookDataset
from segmentation_model.sheet import Sheet, SheetColumn

COLUMNS = [
    SheetColumn("id", "Cliente", "text"),
    SheetColumn("amount", "Importe", "money"),
    SheetColumn("p", "Probabilidad", "share"),
    SheetColumn("n", "Facturas", "count"),
]
ROWS = pd.DataFrame(
    {
        "id": pd.array(["=1+1", "007", "https://a.b", "+5", None], dtype="str"),
        "amount": [1234.5, -2.0, 0.0, None, 3.0],
        "p": [0.125, 0.5, None, 0.25, 1.0],
        "n": [1.0, 2.0, 3.0, 4.0, 5.0],
        "other": 1,
    }
)
SHEET = Sheet("Llamadas", COLUMNS, ROWS)


def read(tmp_path, sheet: Sheet = SHEET):
    path = tmp_path / "list.xlsx"
    WorkbookDataset(filepath=str(path)).save(sheet)
    return openpyxl.load_workbook(path)["Llamadas"]


def test_text_is_neither_formula_nor_number_nor_link(tmp_path):
    found = [cell for (cell,) in read(tmp_path).iter_rows(min_row=2, max_col=1)]
    assert [cell.value for cell in found] == ["=1+1", "007", "https://a.b", "+5", None]
    assert {cell.data_type for cell in found[:4]} <= {"s", "inlineStr"}
    assert not any(cell.hyperlink for cell in found)


def test_numbers_are_numbers_with_their_formats_and_missing_ones_empty(tmp_path):
    sheet = read(tmp_path)
    assert [cell.value for cell in sheet[2]] == ["=1+1", 1234.5, 0.125, 1]
    assert [cell.number_format for cell in sheet[2]] == ["@", "#,##0.00", "0.0%", "#,##0"]
    assert [sheet["B5"].value, sheet["C4"].value] == [None, None]


def test_the_heading_stays_and_filters(tmp_path):
    sheet = read(tmp_path)
    assert [cell.value for cell in sheet[1]] == ["Cliente", "Importe", "Probabilidad", "Facturas"]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:D6"
    assert sheet.column_dimensions["A"].width > 12


def test_a_table_without_rows_has_its_heading(tmp_path):
    sheet = read(tmp_path, Sheet("Llamadas", COLUMNS, ROWS.iloc[:0]))
    assert sheet.max_row == 1


def test_equal_tables_give_equal_bytes_and_nothing_else_lies_beside_them(tmp_path):
    paths = [tmp_path / name for name in ("one.xlsx", "other.xlsx")]
    for path in paths:
        WorkbookDataset(filepath=str(path)).save(SHEET)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert sorted(tmp_path.iterdir()) == paths


def test_it_is_written_to_a_store_as_to_a_disk(place: str):
    dataset = WorkbookDataset(filepath=f"{place}/list.xlsx")
    assert not dataset.exists()
    dataset.save(SHEET)
    assert dataset.exists()
    assert dataset._storage.fs.cat_file(dataset._storage.path)[:2] == b"PK"


def test_it_is_not_read_back(tmp_path):
    with pytest.raises(DatasetError, match=r"list\.xlsx: a workbook is for people and is not read back"):
        WorkbookDataset(filepath=str(tmp_path / "list.xlsx")).load()
