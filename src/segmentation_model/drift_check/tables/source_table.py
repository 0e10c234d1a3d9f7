"""A table wherever it lies: Parquet or CSV, a file or a folder, on disk or in an object store."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pandas as pd
import pyarrow as pa

from segmentation_model.drift_check.reading_errors import shown_address
from segmentation_model.drift_check.tables.column_types import is_text, text_of, values_as
from segmentation_model.drift_check.tables.csv_part import read_csv_parts
from segmentation_model.drift_check.tables.number_text import first_that_is_no_number, no_number
from segmentation_model.drift_check.tables.parquet_part import read_footer
from segmentation_model.drift_check.tables.source_files import FILES_AT_ONCE, find_files
from segmentation_model.drift_check.tables.table_columns import TableColumns, check_names, plan_columns
from segmentation_model.drift_check.tables.table_part import TablePart
from segmentation_model.errors import ConfigurationError, InputError, shorten

_BATCH_ROWS = 131_072
_BATCH_BYTES = 128 << 20
_LABEL_BYTES = 12  # a guess, for numbers that are read as text


class SourceTable:
    """A table that is read when it is needed; made by ``open_table``.

    Attributes:
        address: Where it lies, as it may be shown (no credentials).
        names: Its columns, in the order of the first file, without those that have a problem.
        problems: Columns that cannot be read, each with the reason.
        rows: Its rows.
        arrow_bytes: Estimate of the memory that all of it takes.
    """

    def __init__(self, address: str, parts: Sequence[TablePart], columns: TableColumns) -> None:
        """Put the files of a table together.

        Args:
            address: As it may be shown.
            parts: The files.
            columns: As what their columns are read.
        """
        self.address = address
        self.names = tuple(columns.types)
        self.problems = columns.problems
        self.rows: int = sum(part.rows for part in parts)
        self._parts = parts
        self._columns = columns
        self.arrow_bytes = self._bytes_of(self.names)

    def read(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The whole table, or some columns of it.

        Numbers are as wide as they are stored (float64 where files differ) and NaN where they are missing, truth
        values 0 and 1, text pandas' ``str`` or a categorical.
        """
        names = self._checked(columns)
        return _frame(pa.Table.from_batches(self._pieces(names, _BATCH_ROWS), self._schema(names)))

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
        """The same in slices of at most 131,072 rows and about 128 MB; one slice without rows if there are none.

        Args:
            columns: Those to read; by default all.
        """
        names = self._checked(columns)
        row_bytes = self._bytes_of(names) / max(self.rows, 1)
        rows = int(min(_BATCH_ROWS, max(1, _BATCH_BYTES / max(row_bytes, 1))))
        for slice_ in _in_slices(self._pieces(names, rows), self._schema(names), rows):
            yield _frame(slice_)

    def _checked(self, columns: Sequence[str] | None) -> list[str]:
        names = list(self.names if columns is None else columns)
        check_names(self.address, names, self._columns)
        for name in names:
            if name in self.problems:
                raise InputError(f"{self.address}: column {name!r} cannot be read: {self.problems[name]}")
        return names

    def _schema(self, names: Sequence[str]) -> pa.Schema:
        return pa.schema([(name, self._columns.types[name]) for name in names])

    def _bytes_of(self, names: Sequence[str]) -> int:
        """Memory of some columns in Arrow: text as far as the files tell, else the type's width, and a bit for null."""
        total = 0.0
        for name in names:
            kind = self._columns.types[name]
            if pa.types.is_dictionary(kind):
                total += self.rows * 4
            elif is_text(kind):
                total += sum(part.text_bytes.get(name, _LABEL_BYTES * part.rows) for part in self._parts)
            else:
                total += self.rows * kind.bit_width / 8
        return int(total + len(names) * self.rows / 8)

    def _pieces(self, names: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
        """All rows of some columns in the types of the table, as large as the files give them."""
        schema = self._schema(names)
        for part in self._parts:
            own = [name for name in names if name in part.types]
            done = 0
            # The rows of a file of which only the folder's name is asked for are counted by its first column.
            for batch in part.batches(own or list(part.types)[:1], rows):
                values = [
                    _converted(batch.column(name), field.type, part, name, done)
                    if name in part.types
                    else pa.repeat(_scalar(part.file.keys[name], field.type), batch.num_rows)
                    for name, field in zip(names, schema, strict=True)
                ]
                done += batch.num_rows
                yield pa.RecordBatch.from_arrays(values, schema=schema)


def open_table(
    address: str,
    *,
    numeric: Collection[str] = (),
    categorical: Collection[str] = (),
    absent_ok: bool = False,
    fs_args: Mapping[str, Any] | None = None,
) -> SourceTable:
    """Look at a table: of Parquet its footers are read; CSV is read once, because only its values tell the types.

    The files of a folder are one table. What its folders named ``key=value`` say is a column, too. A column that is
    not in every file, occurs twice in one, or is numeric in one Parquet file and text in another is a problem of this
    column (``SourceTable.problems``) and of no other.

    In CSV, the delimiter is a comma, semicolon, tab or bar; the encoding UTF-8, UTF-16 with its mark, or else Latin-1;
    empty, ``NA``, ``N/A``, ``#N/A``, ``NaN``, ``nan``, ``null`` and ``NULL`` are missing values. A column is numeric if
    all of its values are numbers, also with a decimal comma (``1.234,56``) where the delimiter is no comma, or truth
    values; whole numbers with leading zeros are codes, which are text.

    Args:
        address: A file or a folder: a path, or an address that fsspec understands. What it is, is told by content.
        numeric: Columns to read as numbers, also where they are text.
        categorical: Columns to read as categories, also where they are numbers; 1 and 1.0 are one category.
        absent_ok: Of these, the table may lack some: one layout describes many tables.
        fs_args: Passed to the file system, e.g. ``{"endpoint_url": "https://minio.example"}``.

    Raises:
        ConfigurationError: There is nothing at the address, or a column of ``numeric`` or ``categorical`` is not there.
        InputError: It cannot be read, or is no table.
    """
    both = sorted({*numeric} & {*categorical})
    if both:
        raise ConfigurationError(f"columns cannot be numeric and categorical at once: {shorten(both)}")
    kind, files = find_files(address, fs_args)
    parts: Sequence[TablePart]
    if kind == "Parquet":
        with ThreadPoolExecutor(FILES_AT_ONCE) as pool:
            parts = list(pool.map(read_footer, files))
    else:
        parts = read_csv_parts(files, numeric=numeric, categorical=categorical)
    columns = plan_columns(parts, numeric=numeric, categorical=categorical)
    if not absent_ok:
        check_names(shown_address(address), [*numeric, *categorical], columns)
    return SourceTable(shown_address(address), parts, columns)


def _converted(values: pa.Array, kind: pa.DataType, part: TablePart, name: str, before: int) -> pa.Array:
    """Values in the type of the table; ``before`` rows of the file came before them."""
    converted = values_as(values, kind)
    if converted is None:
        text = text_of(values)
        position = first_that_is_no_number(text, "point")
        raise no_number(part.file.shown, name, before + position + 1, text[position].as_py())
    return converted


def _scalar(value: str | None, kind: pa.DataType) -> pa.Scalar:
    """The value of a folder's name."""
    return pa.scalar(value, pa.string()).cast(kind)


def _in_slices(batches: Iterable[pa.RecordBatch], schema: pa.Schema, rows: int) -> Iterator[pa.Table]:
    """The same rows in tables of so many (the last one has fewer); one empty table if there are none."""
    waiting: list[pa.RecordBatch] = []
    missing = rows
    spoken = False
    for batch in batches:
        start = 0
        while start < batch.num_rows:
            piece = batch.slice(start, missing)
            waiting.append(piece)
            start += piece.num_rows
            missing -= piece.num_rows
            if not missing:
                yield pa.Table.from_batches(waiting, schema)
                waiting, missing, spoken = [], rows, True
    if waiting or not spoken:
        yield pa.Table.from_batches(waiting, schema)


def _frame(table: pa.Table) -> pd.DataFrame:
    """An Arrow table, which is used up, in pandas."""
    frame: pd.DataFrame = table.to_pandas(
        split_blocks=True, self_destruct=True, date_as_object=False, ignore_metadata=True
    )
    return frame
