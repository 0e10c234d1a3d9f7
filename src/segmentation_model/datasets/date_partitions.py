"""A table with one partition a date: saving replaces the partitions of its date whole, other dates stay."""

import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
from kedro.io import AbstractDataset

from segmentation_model.datasets.storage import Storage
from segmentation_model.datasets.table import TableFileError, write_parquet
from segmentation_model.errors import shorten

DATE = "execution_date"


class DatePartitionedDataset(AbstractDataset[dict[str, pd.DataFrame], pd.DataFrame]):
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
        keys = pa.schema([(name, pa.string()) for name in (DATE, *self._partition_by)])
        dataset = ds.dataset(
            self._storage.path,
            filesystem=self._storage.fs,
            format="parquet",
            partitioning=ds.partitioning(keys, flavor="hive"),
        )
        frame: pd.DataFrame = dataset.to_table().to_pandas(date_as_object=False)
        return frame

    def save(self, data: dict[str, pd.DataFrame]) -> None:
        """Replace the partitions of one date, also by a table without rows.

        Args:
            data: The date in ISO text, and its rows.

        Raises:
            TableFileError: More or less than one date is given, or a row lacks the value of a partition column.
        """
        if len(data) != 1:
            raise TableFileError(f"{self._storage.address}: one {DATE} a save is allowed, not {list(data)}")
        ((date, rows),) = data.items()
        absent = [name for name in self._partition_by if rows[name].isna().any()]
        if absent:
            raise TableFileError(
                f"{self._storage.address}: partition columns {shorten(absent)} lack a value in some row"
            )
        rows = rows.drop(columns=DATE, errors="ignore")
        with self._storage.replace_folder(f"{DATE}={date}") as folder:
            groups = rows.groupby(self._partition_by, sort=True) if self._partition_by else [((), rows)]
            for values, group in groups:
                names = (f"{key}={quote(str(v), safe='')}" for key, v in zip(self._partition_by, values, strict=True))
                part = folder.joinpath(*names)
                part.mkdir(parents=True, exist_ok=True)
                self._write(group.drop(columns=self._partition_by), part)

    def _write(self, rows: pd.DataFrame, folder: Path) -> None:
        rows.attrs = {}  # where a table came from is no part of its content
        file = folder / "part-0.parquet"
        # Text that was read from several files lies in as many chunks, which are no content either.
        table = pa.Table.from_pandas(rows, preserve_index=False).combine_chunks()
        write_parquet(table.to_reader(), str(file), "zstd")
        if not self._storage.local:
            digest = hashlib.blake2b(file.read_bytes(), digest_size=8).hexdigest()
            file.rename(file.with_name(f"part-{digest}.parquet"))

    def preview(self, nrows: int = 10) -> dict[str, Any]:
        """First rows, for Kedro-Viz."""
        return dict(self.load().head(nrows).astype("str").to_dict(orient="split"))

    def _exists(self) -> bool:
        return self._storage.exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._storage.address, "partition_by": [DATE, *self._partition_by]}
