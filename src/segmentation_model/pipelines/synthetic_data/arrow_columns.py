"""From numpy arrays to Arrow columns, without a copy where the values can stay where they are."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from segmentation_model.pipelines.synthetic_data.vectors import Flags


def validity(known: Flags) -> pa.Buffer | None:
    """Arrow's bitmap of the values that are not null; None where none is."""
    return None if known.all() else pa.py_buffer(np.packbits(known, bitorder="little"))


def number_column(values: NDArray[np.generic], type_: pa.DataType, valid: pa.Buffer | None = None) -> pa.Array:
    """Wrap contiguous numbers; the column shares their memory.

    Args:
        values: Numbers of the type's width.
        type_: Arrow type.
        valid: Bitmap of the values that are not null, or None.
    """
    return pa.Array.from_buffers(type_, len(values), [valid, pa.py_buffer(values)])


def text_column(codes: NDArray[np.integer], texts: Sequence[str]) -> pa.Array:
    """Look texts up by position; -1 is null.

    >>> text_column(np.array([1, -1]), ["a", "b"]).to_pylist()
    ['b', None]
    """
    table = pa.array([*texts, None], pa.string())
    return table.take(pa.array(np.where(codes < 0, len(texts), codes).astype(np.int32)))


def id_column(first: int, size: int, known: Flags, blank: Flags) -> pa.Array:
    """Customer ids: ``C`` and seven digits.

    Args:
        first: Number of the first customer.
        size: How many customers follow one another.
        known: Where false, the id is null.
        blank: Where true, the id is spaces.

    >>> id_column(41, 3, np.array([True, False, True]), np.array([False, False, True])).to_pylist()
    ['C0000041', None, '        ']
    """
    digits = np.arange(first, first + size)[:, None] // 10 ** np.arange(6, -1, -1) % 10
    letters = np.empty((size, 8), np.uint8)
    letters[:, 0] = ord("C")
    letters[:, 1:] = digits + ord("0")
    letters[blank] = ord(" ")
    offsets = np.arange(0, 8 * size + 1, 8, dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), size, [validity(known), pa.py_buffer(offsets), pa.py_buffer(letters)])


class DateTexts:
    """Texts of all days in a range, made once: ISO (2026-07-05) and day first (05/07/2026)."""

    def __init__(self, first: np.datetime64, last: np.datetime64) -> None:
        days = np.arange(first, last + 1, dtype="datetime64[D]")
        iso = np.datetime_as_string(days).tolist()
        self._first = int(days[0].astype(np.int64))
        self._count = len(days)
        self._texts = pa.array([*iso, *(f"{text[8:]}/{text[5:7]}/{text[:4]}" for text in iso), None], pa.string())

    def column(self, epoch_days: NDArray[np.integer], day_first: Flags, known: Flags) -> pa.Array:
        """Text dates.

        Args:
            epoch_days: Days since 1970-01-01, within the range where known.
            day_first: Where true, the day comes first.
            known: Where false, the text is null.
        """
        position = epoch_days - self._first + day_first * self._count
        return self._texts.take(pa.array(np.where(known, position, 2 * self._count).astype(np.int32)))
