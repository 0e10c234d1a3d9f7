"""One file of a table, as every format offers it."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from segmentation_model.drift_check.tables.source_files import SourceFile


@dataclass(frozen=True)
class TablePart(ABC):
    """One file of a table.

    Attributes:
        file: Where it lies.
        rows: Its rows.
        types: Types of its columns, in the file's order, without those that occur more than once.
        repeated: How often the others occur.
        text_bytes: Memory that the text columns take in Arrow, as far as the file tells.
    """

    file: SourceFile
    rows: int
    types: Mapping[str, pa.DataType]
    repeated: Mapping[str, int]
    text_bytes: Mapping[str, int]

    @abstractmethod
    def batches(self, names: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
        """These columns of all rows, in the file's order of rows and with about so many rows at once."""
