"""Tables in Parquet that are read batch by batch, and written while their batches are computed."""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from kedro_datasets._typing import TablePreview

from segmentation_model.datasets import previews
from segmentation_model.datasets.parquet_batches import of_equal_size, parquet_batches
from segmentation_model.datasets.storage import Storage
from segmentation_model.datasets.table import (
    PANDAS_OPTIONS,
    TableDataset,
    TableFileError,
    explained,
    to_arrow,
    to_stream,
)
from segmentation_model.datasets.table_parts import in_order, write_parts
from segmentation_model.errors import shorten
from segmentation_model.pages.wording import plural
from segmentation_model.table_batches import BATCH_ROWS, TableBatches, ahead

logger = logging.getLogger(__name__)

_SECONDS_BETWEEN_LINES = 15.0


class BatchedTableDataset(TableDataset):
    """A table of any size: loading gives ``TableBatches``, saving takes them.

    What is saved is computed while it is written; an error on the way leaves the old table.
    """

    def __init__(self, *, filepath: str, part_rows: int | None = None, **options: Any) -> None:
        """Name the file.

        Args:
            filepath: Path or address.
            part_rows: Save a folder of Parquet files of so many rows each, at the same path; None: one file.
            **options: As of ``TableDataset``.
        """
        super().__init__(filepath=filepath, **options)
        self._part_rows = part_rows

    def load(self) -> TableBatches | None:  # type: ignore[override]
        """Open the table; None where it is optional and absent."""
        return StoredBatches(self._storage, _files(self._storage)) if self._is_there() else None

    def save(self, data: Any) -> None:
        """Go through the batches and write each; other tables are written as by ``TableDataset``."""
        batches = to_reader(data) if isinstance(data, TableBatches) else to_stream(data)
        if self._part_rows is None:
            super().save(batches)
            return
        with self._storage.replace_folder() as folder:
            write_parts(batches, folder, self._part_rows, self._compression)

    def preview(self, nrows: int = 10) -> TablePreview:
        """First rows, for Kedro-Viz."""
        table = self.load()
        return previews.of_table(pd.DataFrame() if table is None else next(iter(table)).head(nrows))


class StoredBatches(TableBatches):
    """A Parquet file or a folder of them, read batch by batch; a file that others would not fit to is refused.

    Every batch but the last is of the same size, wherever files and row groups end: figures that are summed batch by
    batch are the same to the last digit, however the rows lie in files.
    """

    def __init__(self, storage: Storage, files: Sequence[str], columns: Sequence[str] | None = None) -> None:
        """Name the files and the columns to read; None: all."""
        super().__init__(lambda: ahead(_read(storage, files, columns)))
        self._storage, self._files, self._columns = storage, files, columns

    @property
    def columns(self) -> list[str]:
        """Names of the columns, from the file's footer."""
        return list(self._columns) if self._columns is not None else _schema(self._storage, self._files).names

    @property
    def has_rows(self) -> bool:
        """Whether there is any row, from the files' footers."""
        with explained(self._storage):
            return any(pq.read_metadata(file, filesystem=self._storage.fs).num_rows for file in self._files)

    def select(self, columns: Sequence[str]) -> TableBatches:
        """Some of the columns; no others are read."""
        return StoredBatches(self._storage, self._files, list(columns))


def to_reader(table: TableBatches) -> pa.RecordBatchReader:
    """The batches as Arrow's stream of record batches, of the types of the first one."""
    tables = ahead(map(to_arrow, table))
    first = next(tables)

    def stream() -> Iterator[pa.RecordBatch]:
        yield from first.to_batches()
        for found in tables:
            yield from found.cast(first.schema).to_batches()

    return pa.RecordBatchReader.from_batches(first.schema, stream())


def _files(storage: Storage) -> list[str]:
    if not storage.is_folder():
        return [storage.path]
    with explained(storage):
        found = pq.ParquetDataset(storage.path, filesystem=storage.fs, partitioning=None).files
    if not found:
        raise TableFileError(f"{storage.address}: the folder holds no Parquet file")
    return in_order(found, storage.address)


def _schema(storage: Storage, files: Sequence[str]) -> pa.Schema:
    with explained(storage):
        schema = pq.read_schema(files[0], filesystem=storage.fs)
    twice = sorted({name for name in schema.names if schema.names.count(name) > 1})
    if twice:
        raise TableFileError(f"{storage.address}: columns {shorten(twice)} are there more than once; once is allowed")
    return schema


def _read(storage: Storage, files: Sequence[str], columns: Sequence[str] | None) -> Iterator[pd.DataFrame]:
    schema = _schema(storage, files)
    names = schema.names if columns is None else list(columns)
    wanted = pa.schema([schema.field(name) for name in names])
    done, spoken = 0, time.monotonic()
    read = (batch for file in files for batch in _batches(storage, file, wanted))
    for batch in of_equal_size(read, BATCH_ROWS):
        done += len(batch)
        yield _to_pandas(batch, storage)  # which is the end of the batch
        if time.monotonic() - spoken >= _SECONDS_BETWEEN_LINES:
            spoken = time.monotonic()
            logger.info("%s: %s so far", storage.address.rsplit("/", 1)[-1], plural(done, "row"))
    if not done:
        yield _to_pandas(wanted.empty_table(), storage)


def _batches(storage: Storage, file: str, wanted: pa.Schema) -> Iterator[pa.Table]:
    with ExitStack() as opened, explained(storage):
        content: Any = file if storage.local else opened.enter_context(storage.fs.open(file, "rb"))
        footer = pq.read_metadata(file, filesystem=storage.fs)
        known = footer.schema.to_arrow_schema().names
        absent = [name for name in wanted.names if name not in known]
        if absent:
            raise TableFileError(f"{storage.address}: {file} lacks the columns {shorten(absent)} of the first file")
        for batch in parquet_batches(content, footer, wanted.names, BATCH_ROWS, local=storage.local):
            if len(batch):
                yield _cast(pa.Table.from_batches([batch]), wanted, f"{storage.address}: {file}")


def _cast(table: pa.Table, wanted: pa.Schema, file: str) -> pa.Table:
    """Give rows the types of the table's first file; another may hold whole numbers where that one has fractions."""
    try:
        return table.cast(wanted)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        odd = [field.name for field in wanted if table.schema.field(field.name).type != field.type]
        raise TableFileError(
            f"{file}: the columns {shorten(odd)} have not the types of the first file ({str(error).splitlines()[0]})"
        ) from error


def _to_pandas(table: pa.Table, storage: Storage) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas(**PANDAS_OPTIONS)
    frame.attrs["source"] = storage.address
    return frame
