"""Figures that belong together: one PNG each, in a folder that is replaced whole."""

import base64
import io
from collections.abc import Mapping
from typing import Any

from kedro.io import AbstractDataset
from kedro_datasets._typing import ImagePreview
from matplotlib.figure import Figure
from matplotlib.image import imread

from segmentation_model.datasets.folders import read_folder, write_folder
from segmentation_model.datasets.storage import Storage

_Options = dict[str, Any] | None
_INCHES = (6.4, 4.8)


class FiguresDataset(AbstractDataset[dict[str, Figure], dict[str, bytes]]):
    """Figures by name to save; PNG images by the name of their file to read.

    One entry of the catalog for all figures of an evaluation keeps the lineage readable.
    """

    def __init__(
        self, *, filepath: str, suffix: str = "", credentials: _Options = None, metadata: _Options = None
    ) -> None:
        """Name the folder.

        Args:
            filepath: Folder or address.
            suffix: What follows a figure's name in the name of its file, so that it is known outside of its folder.
            credentials: Passed to the file system.
            metadata: For Kedro plug-ins.
        """
        self._storage = Storage(filepath, credentials)
        self._suffix = suffix
        self.metadata = metadata

    def load(self) -> dict[str, bytes]:
        """The images, by the name of their file."""
        return read_folder(self._storage)

    def save(self, data: dict[str, Figure]) -> None:
        """Draw each figure and replace the folder."""
        write_folder(self._storage, {f"{name}{self._suffix}.png": _png(figure) for name, figure in data.items()})

    def files(self) -> dict[str, bytes]:
        """The files as they were saved, by path."""
        return {f"{self._storage.address}/{name}": content for name, content in read_folder(self._storage).items()}

    def preview(self) -> ImagePreview:
        """All figures on one sheet, for Kedro-Viz."""
        return ImagePreview(base64.b64encode(_png(_sheet(self.load()))).decode("ascii"))

    def _exists(self) -> bool:
        return self._storage.exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._storage.address}


def _png(figure: Figure) -> bytes:
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png")
    return drawn.getvalue()


def _sheet(images: Mapping[str, bytes]) -> Figure:
    """The images side by side, two in a row."""
    rows = -(-len(images) // 2)
    sheet = Figure(figsize=(2 * _INCHES[0], rows * _INCHES[1]), layout="tight")
    for place, image in enumerate(images.values(), start=1):
        axes = sheet.add_subplot(rows, 2, place)
        axes.imshow(imread(io.BytesIO(image)))
        axes.set_axis_off()
    return sheet
