"""A Parquet file as a part of a table."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from segmentation_model.datasets.parquet_batches import parquet_batches
from segmentation_model.drift_check.reading_errors import explained
from segmentation_model.drift_check.tables.source_files import SourceFile
from segmentation_model.drift_check.tables.table_part import TablePart

_DAMAGED = "a damaged or truncated Parquet file"
_CATEGORIES = pa.dictionary(pa.int32(), pa.string())
# Where few values recur, a page holds their short numbers: below two bytes a row. Other text is longer than that.
_BYTES_OF_A_NUMBER = 2


@dataclass(frozen=True)
class ParquetPart(TablePart):
    """A Parquet file; text in which few values recur has the type of a category, cheaper to read and to count.

    Attributes:
        footer: Its metadata.
    """

    footer: pq.FileMetaData

    def batches(self, names: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
        """See the base class."""
        with explained(self.file.shown, _DAMAGED), self.file.open_anywhere() as content:
            yield from parquet_batches(
                content,
                self.footer,
                names,
                rows,
                local=self.file.storage.local,
                read_dictionary=[name for name in names if self.types[name] == _CATEGORIES],
            )


def read_footer(file: SourceFile) -> ParquetPart:
    """A Parquet file by its metadata.

    Raises:
        InputError: It is damaged.
    """
    with explained(file.shown, _DAMAGED), file.open_anywhere() as content:
        source = pq.ParquetFile(content, pre_buffer=False)
        footer, schema = source.metadata, source.schema_arrow
    counts = Counter(schema.names)
    types = {field.name: field.type for field in schema if counts[field.name] == 1}
    text_bytes = {}
    for position in range(footer.num_columns):
        name = footer.schema.column(position).path
        if name in types and (pa.types.is_string(types[name]) or pa.types.is_large_string(types[name])):
            chunks = [footer.row_group(group).column(position) for group in range(footer.num_row_groups)]
            if sum(chunk.total_uncompressed_size for chunk in chunks) <= _BYTES_OF_A_NUMBER * footer.num_rows:
                types[name] = _CATEGORIES
            text_bytes[name] = sum(map(_text_bytes, chunks))
    return ParquetPart(
        file=file,
        rows=footer.num_rows,
        types=types,
        repeated={name: count for name, count in counts.items() if count > 1},
        text_bytes=text_bytes,
        footer=footer,
    )


def _text_bytes(chunk: pq.ColumnChunkMetaData) -> int:
    """Text of one column and row group in memory.

    Plain text is in the file as it is in memory. Of numbered text the file holds every value once: the mean length of
    the smallest and the largest value has to do.
    """
    statistics = chunk.statistics if chunk.has_dictionary_page else None
    if statistics is None or not statistics.has_min_max:
        return int(chunk.total_uncompressed_size)
    length = (len(statistics.min_raw) + len(statistics.max_raw)) / 2
    return max(int(chunk.total_uncompressed_size), int(chunk.num_values * (4 + length)))
