"""The stored form of a table sketch, with which one machine per part can share the first pass.

A line that says what it is, the checksum of the rest, and an Arrow stream of one row per column. Nothing is read before
the checksum is right. No row of the table is in it, but single values of a column and its categories are.
"""

from __future__ import annotations

import hashlib
from typing import Any

import pyarrow as pa

from segmentation_model.drift.reference.column_sketch import CategorySketch, ColumnSketch, LeftOut, NumberSketch
from segmentation_model.drift.reference.quantile_sketch import QuantileSketch
from segmentation_model.drift.reference.sketch import TableSketch
from segmentation_model.errors import ArtifactError

SCHEMA_VERSION = 1
"""Raised when a sketch that an older version wrote could no longer be read."""

FORMAT = b"segmentation-model table sketch "

_COLUMNS = pa.schema(
    [
        pa.field("column", pa.string(), nullable=False),
        pa.field("reason", pa.string()),  # of a column that is left out
        pa.field("resolution", pa.string()),  # of a number
        pa.field("numbers", pa.large_binary()),  # its sketch in the format of Apache DataSketches
        pa.field("categories", pa.list_(pa.string())),  # of a category, with
        pa.field("counts", pa.list_(pa.int64())),  # the rows of each
    ]
)


def sketch_to_bytes(sketch: TableSketch) -> bytes:
    """A sketch as bytes; the same sketch always gives the same."""
    rows = [{"column": name, **_column_row(column)} for name, column in sketch.columns.items()]
    about = {"rows": str(sketch.rows), "max_categories": str(sketch.max_categories)}
    table = pa.Table.from_pylist(rows, schema=_COLUMNS.with_metadata(about))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    content = sink.getvalue().to_pybytes()
    return b"%s%d\n%s%s" % (FORMAT, SCHEMA_VERSION, hashlib.sha256(content).digest(), content)


def sketch_from_bytes(stored: bytes) -> TableSketch:
    """Read a stored sketch.

    Raises:
        ArtifactError: It is not a sketch, of another schema version, or damaged.
    """
    head, _, rest = stored.partition(b"\n")
    if not head.startswith(FORMAT):
        raise ArtifactError("table sketch: this is not one; sketch the part again")
    version = head.removeprefix(FORMAT).decode(errors="replace")
    if version != str(SCHEMA_VERSION):
        raise ArtifactError(
            f"table sketch: schema version {version} cannot be read, {SCHEMA_VERSION} is allowed; sketch the part again"
        )
    checksum, content = rest[: hashlib.sha256().digest_size], rest[hashlib.sha256().digest_size :]
    if hashlib.sha256(content).digest() != checksum:
        raise _damaged("it does not match its checksum")
    try:
        with pa.ipc.open_stream(content) as reader:
            table = reader.read_all()
        return TableSketch(
            rows=int(table.schema.metadata[b"rows"]),
            columns={row["column"]: _restored_column(row) for row in table.to_pylist()},
            max_categories=int(table.schema.metadata[b"max_categories"]),
        )
    except (pa.ArrowException, KeyError, TypeError, ValueError) as error:
        raise _damaged(f"a part is absent or has a wrong form ({error})") from error


def _column_row(column: ColumnSketch) -> dict[str, Any]:
    if isinstance(column, LeftOut):
        return {"reason": column.reason}
    if isinstance(column, NumberSketch):
        return {"resolution": column.resolution, "numbers": column.numbers.to_bytes()}
    return {"categories": list(column.counts), "counts": list(column.counts.values())}


def _restored_column(row: dict[str, Any]) -> ColumnSketch:
    if row["reason"] is not None:
        return LeftOut(row["reason"])
    if row["numbers"] is not None:
        return NumberSketch(QuantileSketch.from_bytes(row["numbers"]), row["resolution"])
    return CategorySketch(dict(zip(row["categories"], row["counts"], strict=True)))


def _damaged(why: str) -> ArtifactError:
    return ArtifactError(f"table sketch: damaged, {why}; sketch the part again")
