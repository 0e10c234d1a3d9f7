"""A CSV file, block by block, by Arrow's reader."""

from collections.abc import Iterator, Mapping

import pyarrow as pa
import pyarrow.csv as arrow_csv

from segmentation_model.drift_check.reading_errors import explained
from segmentation_model.drift_check.tables.csv_dialect import HEAD_SIZE, CsvDialect, detect_dialect
from segmentation_model.drift_check.tables.number_text import FALSE, MISSING, TRUE
from segmentation_model.drift_check.tables.source_files import SourceFile
from segmentation_model.errors import InputError

# Small blocks stay in the processor's cache; a line must fit into one.
_BLOCK = 1 << 21


class NotUtf8Error(InputError):
    """A file begins as UTF-8 and goes on as something else."""


def read_dialect(file: SourceFile) -> CsvDialect:
    """How a file is written, by its first bytes.

    Raises:
        InputError: It cannot be read, or is no CSV file.
    """
    with explained(file.shown), file.open_stream() as content:
        return detect_dialect(content.read(HEAD_SIZE), file.shown)


def check_end(file: SourceFile, dialect: CsvDialect, last: str | None) -> None:
    """Refuse a file whose last value begins with a quote that nothing closes: it swallowed all lines after it.

    In any other column the line would have too few values, and Arrow says so. A compressed file has no end to look at.

    Args:
        file: The file.
        dialect: How it is written.
        last: The last row's value in the last column.

    Raises:
        InputError: The file ends within a quoted value.
    """
    if last is None or "\n" not in last or dialect.encoding == "utf-16" or file.compression():
        return
    with explained(file.shown):
        end = file.tail(16).rstrip(b"\r\n")
    if not end.endswith(b'"'):
        raise InputError(
            f"{file.shown}: a quote in column {dialect.names[-1]!r} is not closed, and the file ends within its value"
        )


def read_blocks(
    file: SourceFile, dialect: CsvDialect, types: Mapping[int, pa.DataType], decimal_point: str = "."
) -> Iterator[pa.RecordBatch]:
    """The rows of some columns.

    One thread reads: it takes as long as several, needs less memory, and knows the line of a fault.

    Args:
        file: The file.
        dialect: How it is written.
        types: Types to read as, by a column's position; a column of the result is named by its position.
        decimal_point: In columns of numbers.

    Raises:
        NotUtf8Error: A text is not in the encoding of the dialect.
        InputError: A line has too many or too few values, a quote is not closed, or a value has not its type.
    """
    if not dialect.has_rows:
        return
    broken: list[arrow_csv.InvalidRow] = []

    def refuse(row: arrow_csv.InvalidRow) -> str:
        broken.append(row)
        return "error"

    with explained(file.shown, "no valid CSV"), file.open_stream() as content:
        try:
            yield from arrow_csv.open_csv(
                content,
                read_options=arrow_csv.ReadOptions(
                    use_threads=False,
                    block_size=_BLOCK,
                    column_names=[str(position) for position in range(len(dialect.names))],
                    skip_rows_after_names=dialect.header_lines,
                    encoding=dialect.encoding,
                ),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=dialect.delimiter, newlines_in_values=True, invalid_row_handler=refuse
                ),
                convert_options=arrow_csv.ConvertOptions(
                    include_columns=[str(position) for position in types],
                    column_types={str(position): kind for position, kind in types.items()},
                    null_values=list(MISSING),
                    strings_can_be_null=True,
                    true_values=list(TRUE),
                    false_values=list(FALSE),
                    decimal_point=decimal_point,
                ),
            )
        except pa.ArrowInvalid as error:
            if broken:
                row = broken[0]
                raise InputError(
                    f"{file.shown}: line {row.number} (blank lines not counted) has {row.actual_columns} values, "
                    f"but the first line names {row.expected_columns} columns"
                ) from error
            if "straddl" in str(error):
                raise InputError(
                    f"{file.shown}: a line is longer than {_BLOCK >> 20} MB; is there a quote that is not closed?"
                ) from error
            if "invalid UTF8" in str(error):
                raise NotUtf8Error(f"{file.shown}: text that is not {dialect.encoding}") from error
            raise
