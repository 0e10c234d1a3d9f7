"""A CSV file as a part of a table, and the one pass over all files that finds out what their columns hold."""

import logging
import os
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pyarrow as pa

from segmentation_model.drift_check.tables.csv_blocks import NotUtf8Error, check_end, read_blocks, read_dialect
from segmentation_model.drift_check.tables.csv_columns import CsvColumn, Evidence, decide
from segmentation_model.drift_check.tables.csv_dialect import CsvDialect
from segmentation_model.drift_check.tables.number_text import (
    Fit,
    Notation,
    first_that_is_no_number,
    no_number,
    numbers_of,
)
from segmentation_model.drift_check.tables.source_files import SourceFile
from segmentation_model.drift_check.tables.table_part import TablePart
from segmentation_model.errors import InputError

logger = logging.getLogger(__name__)

_TYPES = {"text": pa.string(), "truth": pa.bool_(), "point": pa.float64(), "comma": pa.float64()}


@dataclass(frozen=True)
class CsvPart(TablePart):
    """A CSV file.

    Attributes:
        dialect: How it is written.
        columns: How its columns are read.
    """

    dialect: CsvDialect
    columns: Mapping[str, CsvColumn]

    def batches(self, names: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:  # noqa: ARG002
        """See the base class; the blocks of a CSV file are small ones."""
        columns = {name: self.columns[name] for name in names}
        # Arrow's reader knows one decimal point at a time; what has another is converted here.
        usual = CsvColumn("comma" if CsvColumn("comma") in columns.values() else "point")
        direct = {name for name, column in columns.items() if column in (usual, CsvColumn("text"), CsvColumn("truth"))}
        types = {self.dialect.names.index(name): self.types[name] if name in direct else pa.string() for name in names}
        for block in read_blocks(self.file, self.dialect, types, "," if usual.content == "comma" else "."):
            values = [
                column if name in direct else self._numbers(name, column)
                for name, column in zip(names, block.columns, strict=True)
            ]
            yield pa.RecordBatch.from_arrays(values, names=list(names))

    def _numbers(self, name: str, text: pa.Array) -> pa.Array:
        numbers = numbers_of(text, "comma" if self.columns[name].content == "comma" else "point")
        if numbers is None:
            raise InputError(f"{self.file.shown}: the file changed while it was read (column {name!r})")
        return numbers


def read_csv_parts(
    files: Sequence[SourceFile], *, numeric: Collection[str] = (), categorical: Collection[str] = ()
) -> list[CsvPart]:
    """CSV files by a pass over all of their rows.

    A column has one type in all files: numbers or truth values if all of its values are that, else text.

    Args:
        files: The files of one table.
        numeric: Columns that are numbers also where they look like codes.
        categorical: Columns that are text also where they look like numbers.

    Raises:
        InputError: A file is no valid CSV, or a column of ``numeric`` has a value that is no number.
    """
    evidence: Mapping[str, Evidence] = {name: Evidence.of_text() for name in categorical}
    looks = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for file in files:
            logger.info("%s: looking for the types of its columns", file.shown)
            look = _look(file, evidence, frozenset(numeric), pool)
            evidence = look.evidence
            looks.append(look)
    columns = decide(evidence, numeric)
    return [
        CsvPart(
            file=file,
            rows=look.rows,
            types={name: _TYPES[columns[name].content] for name in look.text_bytes},
            repeated=look.repeated,
            text_bytes=look.text_bytes,
            dialect=look.dialect,
            columns=columns,
        )
        for file, look in zip(files, looks, strict=True)
    ]


@dataclass(frozen=True)
class _Look:
    """What a pass over a file found out; its columns without those that are repeated."""

    dialect: CsvDialect
    rows: int
    text_bytes: Mapping[str, int]
    repeated: Mapping[str, int]
    evidence: Mapping[str, Evidence]


def _look(file: SourceFile, before: Mapping[str, Evidence], numeric: frozenset[str], pool: ThreadPoolExecutor) -> _Look:
    """Pass over a file, with the evidence of those before it."""
    dialect = read_dialect(file)
    try:
        look = _pass(file, dialect, before, numeric, pool)
    except NotUtf8Error:
        dialect = replace(dialect, encoding="latin-1")
        look = _pass(file, dialect, before, numeric, pool)
    if dialect.encoding == "latin-1":
        logger.warning("%s: not UTF-8, read as Latin-1", file.shown)
    return look


def _pass(
    file: SourceFile,
    dialect: CsvDialect,
    before: Mapping[str, Evidence],
    numeric: frozenset[str],
    pool: ThreadPoolExecutor,
) -> _Look:
    counts = Counter(dialect.names)
    positions = {name: position for position, name in enumerate(dialect.names) if counts[name] == 1}
    evidence = {name: before.get(name, Evidence()) for name in positions}
    if dialect.delimiter == ",":
        evidence = {name: known.without_comma() for name, known in evidence.items()}
    text_bytes: Counter[str] = Counter(dict.fromkeys(positions, 0))
    rows, last = 0, None
    for block in read_blocks(file, dialect, dict.fromkeys(positions.values(), pa.string())):
        known = dict(zip(positions, pool.map(Evidence.also, evidence.values(), block.columns), strict=True))
        for name, text in zip(positions, block.columns, strict=True):
            text_bytes[name] += text.nbytes
            if name in numeric and not (known[name].numeric or known[name].truth):
                position = _first_that_rules_out(text, evidence[name])
                raise no_number(file.shown, name, rows + position + 1, text[position].as_py())
        evidence = known
        rows += block.num_rows
        if block.num_rows and counts[dialect.names[-1]] == 1:
            last = block.columns[-1][-1].as_py()
    check_end(file, dialect, last)
    return _Look(
        dialect=dialect,
        rows=rows,
        text_bytes=text_bytes,
        repeated={name: count for name, count in counts.items() if count > 1},
        evidence={**before, **evidence},
    )


def _first_that_rules_out(text: pa.Array, before: Evidence) -> int:
    """Position of the first value of a block after which a column can be no number in any notation any more."""
    fits: dict[Notation, Fit] = {"point": before.point, "comma": before.comma}
    possible = [notation for notation, fit in fits.items() if fit] or ["point"]
    return max(first_that_is_no_number(text, notation) for notation in possible)
