"""Small tables that belong together: one CSV file each, in a folder that is replaced whole."""

import io
from typing import Any

import pandas as pd
from kedro.io import AbstractDataset
from kedro_datasets._typing import HTMLPreview

from segmentation_model.datasets import previews
from segmentation_model.datasets.folders import read_folder, write_folder
from segmentation_model.datasets.storage import Storage

_Options = dict[str, Any] | None


class CsvTablesDataset(AbstractDataset[dict[str, pd.DataFrame], dict[str, pd.DataFrame]]):
    """Tables by name, without their index."""

    def __init__(
        self, *, filepath: str, suffix: str = "", credentials: _Options = None, metadata: _Options = None
    ) -> None:
        """Name the folder.

        Args:
            filepath: Folder or address.
            suffix: What follows a table's name in the name of its file, so that it is known outside of its folder.
            credentials: Passed to the file system.
            metadata: For Kedro plug-ins.
        """
        self._storage = Storage(filepath, credentials)
        self._suffix = suffix
        self.metadata = metadata

    def load(self) -> dict[str, pd.DataFrame]:
        """The tables, by name."""
        ending = f"{self._suffix}.csv"
        files = read_folder(self._storage)
        return {name.removesuffix(ending): pd.read_csv(io.BytesIO(content)) for name, content in files.items()}

    def save(self, data: dict[str, pd.DataFrame]) -> None:
        """Replace the folder."""
        files = {f"{name}{self._suffix}.csv": table.to_csv(index=False).encode() for name, table in data.items()}
        write_folder(self._storage, files)

    def files(self) -> dict[str, bytes]:
        """The files as they were saved, by path."""
        return {f"{self._storage.address}/{name}": content for name, content in read_folder(self._storage).items()}

    def preview(self) -> HTMLPreview:
        """First rows of each table, for Kedro-Viz."""
        return previews.of_tables(self.load())

    def _exists(self) -> bool:
        return self._storage.exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._storage.address}
