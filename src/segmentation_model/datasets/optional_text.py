"""A text file that may be absent: then it reads as an empty text."""

from typing import Any

from kedro.io import AbstractDataset, DatasetError

from segmentation_model.datasets.storage import Storage


class OptionalTextDataset(AbstractDataset[str, str]):
    """Text that another run may have left; it is read only."""

    def __init__(
        self,
        *,
        filepath: str,
        credentials: dict[str, Any] | None = None,
        fs_args: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        """Name the file.

        Args:
            filepath: Path or address.
            credentials: Passed to the file system.
            fs_args: Passed to the file system.
            metadata: For Kedro plug-ins.
        """
        self._storage = Storage(filepath, credentials, fs_args)
        self.metadata = metadata

    def load(self) -> str:
        """The text, in UTF-8; empty where there is no file."""
        if not self._storage.exists() or self._storage.is_folder():
            return ""
        return bytes(self._storage.fs.cat_file(self._storage.path)).decode("utf-8")

    def save(self, data: str) -> None:
        """Refuse: whoever makes the file saves it under another entry.

        Raises:
            DatasetError: Always.
        """
        raise DatasetError(f"{self._storage.address}: this entry only reads; {len(data)} characters are not saved")

    def _exists(self) -> bool:
        return self._storage.exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._storage.address}
