"""What a node writes down while it works, so that a run that is killed goes on where it was."""

import json
from typing import Any

from kedro.io import AbstractDataset, DatasetError

from segmentation_model.datasets.storage import Storage
from segmentation_model.errors import ArtifactError

_Options = dict[str, Any] | None


class Journal:
    """A JSON file that its node reads and replaces whole, as often as it likes."""

    def __init__(self, storage: Storage) -> None:
        """Name the file, which need not be there."""
        self._storage = storage

    def read(self) -> dict[str, Any]:
        """What was written last, by this run or an earlier one; empty where there is no file.

        Raises:
            ArtifactError: The file is no JSON object.
        """
        if not self._storage.exists():
            return {}
        try:
            return dict(json.loads(self._storage.fs.cat_file(self._storage.path)))
        except (ValueError, TypeError) as error:
            raise ArtifactError(
                f"{self._storage.address}: damaged, no JSON object ({error}); delete the file to begin anew"
            ) from error

    def write(self, content: dict[str, Any]) -> None:
        """Replace the file."""
        with self._storage.replace_file() as path:
            path.write_text(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False), encoding="utf-8")


class JournalDataset(AbstractDataset[None, Journal]):
    """A journal: loading gives the means to read and write it; nothing else writes it."""

    def __init__(self, *, filepath: str, credentials: _Options = None, metadata: _Options = None) -> None:
        """Name the file."""
        self._storage = Storage(filepath, credentials)
        self.metadata = metadata

    def load(self) -> Journal:
        """The journal, which may be empty."""
        return Journal(self._storage)

    def save(self, data: None) -> None:
        """A journal is written by the node that loads it."""
        raise DatasetError(f"{self._storage.address} is written by the node that loads it: {data!r} cannot be saved")

    def _exists(self) -> bool:
        return self._storage.exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._storage.address}
