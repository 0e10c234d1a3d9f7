"""A customer table of every date, of which only the dates and columns that are asked for are read."""

from kedro_datasets._typing import TablePreview

from segmentation_model.datasets import previews
from segmentation_model.datasets.batched_table import StoredBatches
from segmentation_model.datasets.date_partitions import DATE, DatePartitionedDataset
from segmentation_model.datasets.table import TableFileError
from segmentation_model.table_batches import TableBatches


class DateHistoryDataset(DatePartitionedDataset):
    """As ``DatePartitionedDataset`` lies on disk, loaded date by date: a year of a million customers is no frame."""

    def load(self) -> dict[str, TableBatches]:  # type: ignore[override]
        """Name the dates, oldest first, each with its table, of which nothing is read yet.

        Raises:
            TableFileError: Nothing was saved yet.
        """
        if not self._storage.exists():
            raise TableFileError(f"{self._storage.address}: there is no such folder")
        files: dict[str, list[str]] = {}
        for path in sorted(self._storage.fs.find(self._storage.path)):
            name, _, file = path.removeprefix(f"{self._storage.path}/").partition("/")
            if name.startswith(f"{DATE}=") and file.endswith(".parquet"):
                files.setdefault(name.removeprefix(f"{DATE}="), []).append(path)
        return {date: StoredBatches(self._storage, files[date]) for date in sorted(files)}

    def preview(self, nrows: int = 10) -> TablePreview:
        """First rows of the newest date, for Kedro-Viz."""
        newest = list(self.load().values())[-1]
        return previews.of_table(next(iter(newest)).head(nrows))
