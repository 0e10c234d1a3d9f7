"""Tables in Parquet: written row group by row group and whole or not at all, read without a second copy in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from kedro.io import AbstractDataset, DatasetError
from kedro_datasets._typing import TablePreview

from segmentation_model.datasets import previews
from segmentation_model.datasets.csv_conversion import pandas_line
from segmentation_model.datasets.storage import Storage
from segmentation_model.errors import InputError

#: Rows of a row group at most.
ROW_GROUP = 131_072
#: What pandas wrote as an index is a column of the file like any other; the Arrow table is freed column by column.
PANDAS_OPTIONS: dict[str, Any] = {
    "split_blocks": True, "self_destruct": True, "date_as_object": False, "ignore_metadata": True
}  # fmt: skip
#: Key in a file's metadata that marks a table as made up.
SYNTHETIC = b"segmentation_model.synthetic"


class TableFileError(InputError, DatasetError):
    """A table's file is absent or cannot be read (a ``DatasetError``, so that Kedro passes it on as it is)."""


class TableDataset(AbstractDataset[Any, "pd.DataFrame | None"]):
    """A pandas table in one Parquet file, or in a folder of Parquet files to read.

    Compared with ``kedro_datasets.pandas.ParquetDataset``: a failed save leaves the old file, saving needs no copy of
    the file in memory and takes a stream of record batches, loading frees the Arrow table column by column, text
    stored as dates stays text, and an unreadable file gives an error that says so.
    """

    def __init__(
        self,
        *,
        filepath: str,
        optional: bool = False,
        compression: str = "lz4",
        credentials: dict[str, Any] | None = None,
        fs_args: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        """Name the file.

        Args:
            filepath: Path or address.
            optional: An absent file loads as None instead of being an error.
            compression: Parquet compression to write with.
            credentials: Passed to the file system.
            fs_args: Passed to the file system.
            metadata: For Kedro plug-ins.
        """
        self._storage = Storage(filepath, credentials, fs_args)
        self._optional = optional
        self._compression = compression
        self.metadata = metadata

    def load(self) -> pd.DataFrame | None:
        """Read the table; None where it is optional and absent."""
        if not self._is_there():
            return None
        frame: pd.DataFrame = read_parquet(self._storage).to_pandas(**PANDAS_OPTIONS)
        frame.attrs["source"] = self._storage.address
        return frame

    def save(self, data: Any) -> None:
        """Write a DataFrame, an Arrow table or a stream of record batches (``pyarrow.RecordBatchReader``)."""
        with self._storage.replace_file() as path:
            write_parquet(to_stream(data), str(path), self._compression, statistics=False)

    def preview(self, nrows: int = 10) -> TablePreview:
        """First rows, for Kedro-Viz."""
        frame = self.load()
        return previews.of_table(pd.DataFrame() if frame is None else frame.head(nrows))

    def _is_there(self) -> bool:
        """Whether there is a file; False only where it is optional."""
        there = self._storage.exists()
        if not there and not self._optional:
            raise TableFileError(f"{self._storage.address}: there is no such file; a Parquet table is needed")
        return there

    def _exists(self) -> bool:
        return self._storage.exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._storage.address, "optional": self._optional}


def read_parquet(storage: Storage) -> pa.Table:
    """Read a Parquet file or folder.

    Raises:
        TableFileError: The file is no Parquet file, or is damaged.
    """
    with explained(storage):
        return pq.read_table(
            storage.path,
            filesystem=storage.fs,
            partitioning=None,
            page_checksum_verification=True,
            pre_buffer=not storage.local,
        )


@contextmanager
def explained(storage: Storage) -> Iterator[None]:
    """Say what is wrong with a file that cannot be read, as ``TableFileError``."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        head = b"" if storage.fs.isdir(storage.path) else storage.fs.head(storage.path, 64)
        if str(error).startswith("Multiple matches for FieldRef"):
            what = f"a column is there more than once ({str(error).splitlines()[0]}); once is allowed"
        elif head and not head.startswith(b"PAR1"):
            how = pandas_line(storage.path, head)
            what = f"no Parquet file (it begins with {head[:40]!r}); convert a CSV file to Parquet first"
            what += f": {how}" if how else ""
        else:
            what = f"a damaged or truncated Parquet file ({str(error).splitlines()[0]})"
        raise TableFileError(f"{storage.address}: {what}") from error


def write_parquet(
    batches: pa.RecordBatchReader, path: str, compression: str = "lz4", *, statistics: bool = True
) -> None:
    """Write a stream of record batches; see ``open_parquet``."""
    with open_parquet(batches.schema, path, compression, statistics=statistics) as writer:
        for batch in batches:
            writer.write_batch(batch, row_group_size=ROW_GROUP)


def open_parquet(schema: pa.Schema, path: str, compression: str, *, statistics: bool = True) -> pq.ParquetWriter:
    """Begin a Parquet file, with checksums; only text and categories are worth a dictionary.

    Args:
        schema: Of the rows.
        path: File to write.
        compression: Parquet compression.
        statistics: Write the bounds of every column, for readers that look for some rows only.
    """
    encoded = [
        field.name
        for field in schema
        if pa.types.is_dictionary(field.type) or pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
    ]
    return pq.ParquetWriter(
        path,
        schema,
        compression=compression,
        use_dictionary=encoded,
        write_page_checksum=True,
        write_statistics=statistics,
    )


def to_stream(data: Any) -> pa.RecordBatchReader:
    """A DataFrame or an Arrow table as a stream of record batches; a stream as it is."""
    return data if isinstance(data, pa.RecordBatchReader) else to_arrow(data).to_reader(ROW_GROUP)


def to_arrow(data: Any) -> pa.Table:
    """The table in Arrow. A missing number stays NaN, which every reader of these files takes for missing.

    Nulls would cost half of the time that it takes to write and read several hundred columns again.
    """
    if isinstance(data, pa.Table):
        return data
    arrays, fields = [], []
    for position, name in enumerate(data.columns):
        values = data.iloc[:, position]
        number = isinstance(values.dtype, np.dtype) and values.dtype.kind in "fib"
        array = pa.array(values.to_numpy() if number else values, from_pandas=not number)
        array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
        arrays.append(array)
        fields.append(pa.field(str(name), array.type, nullable=not number))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))
