"""A Parquet file as record batches, read page by page, so that memory does not grow with its row groups."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

_BUFFER = 1 << 17


def parquet_batches(
    content: Any,
    footer: pq.FileMetaData,
    columns: Sequence[str],
    rows: int,
    *,
    local: bool,
    read_dictionary: Sequence[str] = (),
) -> Iterator[pa.RecordBatch]:
    """Some columns of a file, checked against its page checksums.

    Args:
        content: Path or open file.
        footer: Its metadata.
        columns: Names of the columns, in the order wanted.
        rows: Rows of a batch at most.
        local: Whether it lies on disk. From there a little of every column is read at a time; from a store, where
            requests are dear, whole row groups, which the reader lets go of only when it is through with them.
        read_dictionary: Columns to read as categories.
    """
    with closing(
        pq.ParquetFile(
            content,
            metadata=footer,
            read_dictionary=list(read_dictionary),
            pre_buffer=not local,
            buffer_size=_BUFFER if local else 0,
            page_checksum_verification=True,
        )
    ) as source:
        for groups in [list(range(footer.num_row_groups))] if local else _row_groups(footer, rows):
            for batch in source.iter_batches(batch_size=rows, row_groups=groups, columns=list(columns)):
                yield batch.select(list(columns))


def of_equal_size(tables: Iterable[pa.Table], rows: int) -> Iterator[pa.Table]:
    """The same rows, so many at a time wherever a table ends; the last ones may be fewer. Nothing is copied."""
    waiting: list[pa.Table] = []
    room = rows
    for table in tables:
        if len(table) == room == rows:  # as all of one file are: whoever takes it may free it column by column
            yield table
            continue
        rest = table
        while len(rest):
            now = rest.slice(0, room)
            waiting.append(now)
            rest, room = rest.slice(len(now)), room - len(now)
            if not room:
                yield pa.concat_tables(waiting)
                waiting, room = [], rows
    if waiting:
        yield pa.concat_tables(waiting)


def _row_groups(footer: pq.FileMetaData, rows: int) -> Iterator[list[int]]:
    """Consecutive row groups that together have at least so many rows."""
    groups: list[int] = []
    waiting = 0
    for position in range(footer.num_row_groups):
        groups.append(position)
        waiting += footer.row_group(position).num_rows
        if waiting >= rows:
            yield groups
            groups, waiting = [], 0
    if groups:
        yield groups
