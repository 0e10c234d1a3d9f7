"""Text that people read as it stands."""

from kedro_datasets.text import TextDataset

from segmentation_model.datasets.previews import TextPreview


class ShownTextDataset(TextDataset):  # type: ignore[misc]
    """A text file that Kedro-Viz shows."""

    def preview(self) -> TextPreview:
        """The whole text, for Kedro-Viz."""
        return TextPreview(str(self.load()))
