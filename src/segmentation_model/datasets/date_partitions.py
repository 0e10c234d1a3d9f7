"""A table with one partition a date: saving replaces the partitions of its date whole, other dates stay."""

import hashlib
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from kedro.io import AbstractDataset
from kedro_datasets._typing import TablePreview

from segmentation_model.datasets import previews
from segmentation_model.datasets.storage import Storage
from segmentation_model.datasets.table import TableFileError, open_parquet
from segmentation_model.errors import shorten
from segmentation_model.table_batches import TableBatches

DATE = "execution_date"


class DatePartitionedDataset(AbstractDataset[dict[str, pd.DataFrame | TableBatches], pd.DataFrame]):
    """Parquet files under ``execution_date=YYYY-MM-DD/[column=value/]``; partition columns stand in the path only.

    Kedro's PartitionedDataset keeps stale partitions or deletes every date, and pyarrow's ``delete_matching`` keeps a
    tariff that vanished. Here a date is replaced whole: by a rename on disk; on an object store, under names made of
    the content's hash, after which the old objects are deleted (not atomic).
    """

    def __init__(
        self,
        *,
        filepath: str,
        partition_by: list[str] | None = None,
        credentials: dict[str, Any] | None = None,
        fs_args: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        """Name the folder.

        Args:
            filepath: Folder or address.
            partition_by: Further partition columns below the date.
            credentials: Passed to the file system.
            fs_args: Passed to the file system.
            metadata: For Kedro plug-ins.
        """
        self._storage = Storage(filepath, credentials, fs_args)
        self._partition_by = partition_by or []
        self.metadata = metadata

    def load(self) -> pd.DataFrame:
        """Read all dates, the partition columns as text (``execution_date``: ISO) after the others.

        Raises:
            TableFileError: Nothing was saved yet.
        """
        if not self._storage.exists():
            raise TableFileError(f"{self._storage.address}: there is no such folder")
        frame: pd.DataFrame = self._stored().to_table().to_pandas(date_as_object=False)
        return frame

    def _stored(self) -> ds.Dataset:
        keys = pa.schema([(name, pa.string()) for name in (DATE, *self._partition_by)])
        return ds.dataset(
            self._storage.path,
            filesystem=self._storage.fs,
            format="parquet",
            partitioning=ds.partitioning(keys, flavor="hive"),
        )

    def save(self, data: dict[str, pd.DataFrame | TableBatches]) -> None:
        """Replace the partitions of one date, also by a table without rows.

        Args:
            data: The date in ISO text, and its rows; batches are computed while they are written.

        Raises:
            TableFileError: More or less than one date is given, or a row lacks the value of a partition column.
        """
        if len(data) != 1:
            raise TableFileError(f"{self._storage.address}: one {DATE} a save is allowed, not {list(data)}")
        ((date, rows),) = data.items()
        batches = rows if isinstance(rows, TableBatches) else TableBatches.of(rows)
        with self._storage.replace_folder(f"{DATE}={date}") as folder:
            with ExitStack() as opened:
                self._write(batches, folder, opened)
            if not self._storage.local:
                for file in folder.rglob("*.parquet"):
                    digest = hashlib.blake2b(file.read_bytes(), digest_size=8).hexdigest()
                    file.rename(file.with_name(f"part-{digest}.parquet"))

    def _write(self, batches: TableBatches, folder: Path, opened: ExitStack) -> None:
        """Append every batch to the files of its partitions."""
        writers: dict[Path, pq.ParquetWriter] = {}
        schema: pa.Schema | None = None
        for batch in batches:
            rows = batch.drop(columns=DATE, errors="ignore")
            rows.attrs = {}  # where a table came from is no part of its content
            absent = [name for name in self._partition_by if rows[name].isna().any()]
            if absent:
                raise TableFileError(
                    f"{self._storage.address}: partition columns {shorten(absent)} lack a value in some row"
                )
            schema = schema or pa.Schema.from_pandas(rows.drop(columns=self._partition_by), preserve_index=False)
            groups = rows.groupby(self._partition_by, sort=True) if self._partition_by else [((), rows)]
            for values, group in groups:
                names = (f"{key}={quote(str(v), safe='')}" for key, v in zip(self._partition_by, values, strict=True))
                file = folder.joinpath(*names, "part-0.parquet")
                if file not in writers:
                    file.parent.mkdir(parents=True, exist_ok=True)
                    writers[file] = opened.enter_context(open_parquet(schema, str(file), "zstd"))
                members = group.drop(columns=self._partition_by)
                table = pa.Table.from_pandas(members, schema=schema, preserve_index=False)
                # Text that was read from several files lies in as many chunks, which are no content either.
                writers[file].write_table(table.combine_chunks())

    def preview(self, nrows: int = 10) -> TablePreview:
        """First rows of the newest date, for Kedro-Viz."""
        dates = sorted(path.rsplit("/", 1)[-1] for path in self._storage.fs.ls(self._storage.path, detail=False))
        newest = [date for date in dates if date.startswith(f"{DATE}=")][-1]
        rows = self._stored().head(nrows, filter=ds.field(DATE) == newest.removeprefix(f"{DATE}="))
        return previews.of_table(rows.to_pandas(date_as_object=False))

    def _exists(self) -> bool:
        return self._storage.exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._storage.address, "partition_by": [DATE, *self._partition_by]}
