"""A table as an Excel workbook for people: headings that stay in view, a filter, formats; the same bytes every time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd
import xlsxwriter
from kedro.io import AbstractDataset, DatasetError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from segmentation_model.datasets.storage import Storage
from segmentation_model.sheet import Kind, Sheet, SheetColumn

#: A workbook says when it was made; one that should be the same on every run says this.
_CREATED = datetime(2000, 1, 1)
_FORMATS: dict[Kind, str] = {
    "text": "@", "count": "#,##0", "money": "#,##0.00", "share": "0.0%", "number": "#,##0.000"
}  # fmt: skip
_LONGEST_TEXT = 32_767
_NARROWEST, _WIDEST = 9, 60
#: Rows whose texts decide how wide a column is.
_MEASURED = 200


class WorkbookDataset(AbstractDataset[Sheet, None]):
    """A workbook of one worksheet, written whole or not at all; it is for people and cannot be read back.

    Text is written as text: an id such as ``=1+1`` or ``007`` is neither a formula nor a number, and no address a link.
    """

    def __init__(
        self,
        *,
        filepath: str,
        credentials: dict[str, Any] | None = None,
        fs_args: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        """Name the file.

        Args:
            filepath: Path or address.
            credentials: Passed to the file system.
            fs_args: Passed to the file system.
            metadata: For Kedro plug-ins.
        """
        self._storage = Storage(filepath, credentials, fs_args)
        self.metadata = metadata

    def load(self) -> None:
        """Refuse: the same figures lie in a CSV or Parquet file beside it.

        Raises:
            DatasetError: Always.
        """
        raise DatasetError(f"{self._storage.address}: a workbook is for people and is not read back")

    def save(self, data: Sheet) -> None:
        """Write the worksheet; row by row, so that a long one needs no more memory than a short one."""
        with (
            self._storage.replace_file() as path,
            xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent)}) as workbook,
        ):
            workbook.set_properties({"created": _CREATED})
            sheet = workbook.add_worksheet(data.name)
            formats = {kind: workbook.add_format({"num_format": form}) for kind, form in _FORMATS.items()}
            heading = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
            for place, column in enumerate(data.columns):
                sheet.set_column(place, place, _width(column, data.rows), formats[column.kind])
            sheet.freeze_panes(1, 1)
            sheet.autofilter(0, 0, len(data.rows), len(data.columns) - 1)
            sheet.set_landscape()
            sheet.set_paper(9)  # A4
            sheet.fit_to_pages(1, 0)
            sheet.repeat_rows(0)
            for place, column in enumerate(data.columns):
                sheet.write_string(0, place, column.heading, heading)
            _write_rows(sheet, data, formats)

    def _exists(self) -> bool:
        return self._storage.exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._storage.address}


def _write_rows(sheet: Worksheet, data: Sheet, formats: dict[Kind, Format]) -> None:
    values = data.rows[[column.source for column in data.columns]]
    kinds = [column.kind for column in data.columns]
    for number, row in enumerate(values.itertuples(index=False, name=None), start=1):
        for place, (value, kind) in enumerate(zip(row, kinds, strict=True)):
            if pd.isna(value):
                continue
            if kind == "text":
                sheet.write_string(number, place, str(value)[:_LONGEST_TEXT], formats[kind])
            else:
                sheet.write_number(number, place, float(value), formats[kind])


def _width(column: SheetColumn, rows: pd.DataFrame) -> int:
    """Wide enough for what most cells hold; a heading may go over two lines."""
    if column.kind != "text":
        return max(14 if column.kind == "money" else _NARROWEST, min(len(column.heading) // 2 + 4, 18))
    longest = max((len(str(value)) for value in rows[column.source].head(_MEASURED).dropna()), default=0)
    return min(max(longest + 2, len(column.heading) // 2 + 4, _NARROWEST), _WIDEST)
