"""A table in parts: a folder of Parquet files, whose names tell their order and how many there are.

What lacks a part is no table, and whoever reads it is told so: ``part-00001-of-00003.parquet`` is missed.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path, PurePosixPath

import pyarrow as pa
import pyarrow.parquet as pq

from segmentation_model.datasets.table import ROW_GROUP, TableFileError, open_parquet
from segmentation_model.errors import shorten

_NAME = re.compile(r"part-(\d{5,})-of-(\d{5,})\.parquet")


def part_name(number: int, of: int) -> str:
    """Name of a part; in the order of the names the parts are the table.

    >>> part_name(1, of=3)
    'part-00001-of-00003.parquet'
    """
    width = max(5, len(str(of)))
    return f"part-{number:0{width}}-of-{of:0{width}}.parquet"


def parts_in(folder: Path) -> list[Path]:
    """The parts of a table in a folder, in their order; none where it is no such folder."""
    return sorted(path for path in folder.glob("*") if _NAME.fullmatch(path.name))


def write_parts(batches: pa.RecordBatchReader, folder: Path, rows: int, compression: str) -> None:
    """Write a stream of record batches as a table in parts.

    Args:
        batches: Any number, none included.
        folder: An empty folder.
        rows: Rows of every part but the last, which may have fewer; a table without rows has one part without any.
        compression: Parquet compression.
    """
    files: list[Path] = []
    with ExitStack() as opened:

        def begin() -> pq.ParquetWriter:
            opened.close()
            files.append(folder / str(len(files)))
            return opened.enter_context(open_parquet(batches.schema, str(files[-1]), compression, statistics=False))

        writer, room = begin(), rows
        for batch in batches:
            rest = batch
            while len(rest):
                if not room:
                    writer, room = begin(), rows
                now = rest.slice(0, room)
                writer.write_batch(now, row_group_size=ROW_GROUP)
                rest, room = rest.slice(len(now)), room - len(now)
    for number, file in enumerate(files):
        file.rename(folder / part_name(number, len(files)))


def in_order(files: Iterable[str], address: str) -> list[str]:
    """The files of a folder in the order of their names.

    Args:
        files: All Parquet files at and below it.
        address: The folder, for messages.

    Raises:
        TableFileError: Parts of a table are missing, or there are parts of two.
    """
    ordered = sorted(files)
    numbers: dict[PurePosixPath, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for file in map(PurePosixPath, ordered):
        if found := _NAME.fullmatch(file.name):
            numbers[file.parent][int(found[2])].add(int(found[1]))
    for tables in numbers.values():
        if len(tables) > 1:
            raise TableFileError(
                f"{address}: the folder holds parts of {len(tables)} tables, of {shorten(sorted(tables))} parts; "
                "those of one are allowed"
            )
        ((of, there),) = tables.items()
        missing = [part_name(number, of) for number in range(of) if number not in there]
        if missing:
            raise TableFileError(f"{address}: the parts {shorten(missing)} of the table are missing")
    return ordered
