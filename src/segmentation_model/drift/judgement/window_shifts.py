"""By how many places the months of a family moved from one row of a customer to the next.

How a family is judged, k being the months between two rows of a customer. Every shift j tried gives a prediction of
the current row: place p shows what place p - j showed. A customer *tells the shifts apart* where the prediction of k
differs from that of every other j; thirty days billed in every month say nothing. Such a customer *stands for* the one
shift that has fewer values wrong than every other, unless too many are wrong there, too. The shares of the customers
that stand for each shift are what the verdict reads.

Values are compared exactly, at float32 where any column of the family is float32. A missing value equals a missing
one: where a customer's months begin moves with the window like any value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation_model.drift.judgement.row_pairs import Positions, RowPairs
from segmentation_model.drift.reference.column_values import observed_kind
from segmentation_model.drift.settings import WindowSettings
from segmentation_model.errors import shorten

#: Customers compared at a time: what their months take fits into a processor's cache.
_BLOCK = 4_096

Window = npt.NDArray[np.signedinteger]
"""The months of some customers, as bits: one row per month, the newest first, one column per customer."""


@dataclass(frozen=True)
class Standing:
    """How many customers stand for each shift of a family.

    Attributes:
        pairs: Customers that were compared.
        telling: Those of them that tell the shifts apart.
        expected: Months between the tables, the usual one.
        off_by: Those of these that stand for a shift, by its distance from the one that it should be.
    """

    pairs: int
    telling: int
    expected: int
    off_by: Mapping[int, int]


def compare_family(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    columns: Sequence[str],
    pairs: RowPairs,
    settings: WindowSettings,
) -> Standing | str:
    """Compare the rows of a family under every shift tried; or say why that cannot be done."""
    for name, table in (("reference", reference), ("current table", current)):
        absent = [column for column in columns if not has_column(table, column)]
        if absent:
            return f"columns that the {name} does not have once: {shorten(absent)}"
    if len(columns) < 2:
        return "one month alone cannot move"
    if pairs.months.min() >= len(columns):
        return f"{pairs.months.min()} months lie between the tables, and the family has {len(columns)}"
    sides = [[_numbers(table[column]) for column in columns] for table in (reference, current)]
    coarse = any(values.dtype.kind == "f" and values.dtype.itemsize < 8 for side in sides for values in side)
    resolution = np.float32 if coarse else np.float64
    telling, off_by = 0, Counter[int]()
    for months, rows in _blocks(pairs):
        shifts = _shifts(months, len(columns), settings.further_months)
        if months not in shifts:  # no month of the one window is in the other
            continue
        before = _window(sides[0], pairs.reference[rows], resolution)
        tells = _tells_apart(before, months, shifts)
        before, rows = before[:, tells], rows[tells]
        now = _window(sides[1], pairs.current[rows], resolution)
        telling += rows.size
        off_by.update(_standing_for(before, now, months, shifts, settings.corrected_share))
    return Standing(pairs.current.size, telling, pairs.usual_months, off_by)


def _numbers(values: pd.Series) -> npt.NDArray[np.generic]:
    """A column as numbers, read from text where it is text; what is no number is missing."""
    if isinstance(values.dtype, np.dtype) and values.dtype.kind in "fiub":
        return values.to_numpy()
    if observed_kind(values) == "unsupported":
        return np.full(len(values), np.nan)
    if not pd.api.types.is_numeric_dtype(values.dtype):
        try:
            values = pd.to_numeric(values.astype(object), errors="coerce")
        except OverflowError:  # integers that no float can hold
            return np.full(len(values), np.nan)
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def _blocks(pairs: RowPairs) -> Iterator[tuple[int, Positions]]:
    """The pairs in blocks that lie the same number of months apart, by their positions."""
    for months in np.flatnonzero(np.bincount(pairs.months)).tolist():
        rows = np.flatnonzero(pairs.months == months)
        for start in range(0, rows.size, _BLOCK):
            yield months, rows[start : start + _BLOCK]


def _shifts(expected: int, months: int, further: int) -> list[int]:
    """The shifts tried: from none (or fewer) to further than expected, as long as predictions overlap.

    >>> _shifts(1, 24, 2), _shifts(4, 24, 2), _shifts(1, 3, 2)
    ([-1, 0, 1, 2, 3], [0, 1, 2, 3, 4, 5, 6], [-1, 0, 1, 2])
    """
    tried = range(min(0, expected - further), expected + further + 1)
    return [shift for shift in tried if max(shift, expected) < months + min(shift, 0)]


def _window(columns: Sequence[npt.NDArray[np.generic]], rows: Positions, resolution: type[np.floating]) -> Window:
    """The months of some rows as bits that are equal where the values are: one zero, one missing value."""
    values = np.empty((len(columns), rows.size), resolution)
    with np.errstate(over="ignore"):  # beyond float32 both sides are infinite
        for month, column in enumerate(columns):
            values[month] = column[rows]
    values += 0.0
    np.copyto(values, np.nan, where=np.isnan(values))
    return values.view(f"i{values.itemsize}")


def _tells_apart(before: Window, expected: int, shifts: Sequence[int]) -> npt.NDArray[np.bool_]:
    """Customers whose earlier months predict something else under the expected shift than under every other."""
    tells = np.ones(before.shape[1], bool)
    for shift in shifts:
        if shift != expected:
            first, last = max(shift, expected), len(before) + min(shift, 0)
            one, other = (before[first - moved : last - moved] for moved in (expected, shift))
            tells &= (one != other).any(axis=0)
    return tells


def _standing_for(
    before: Window, now: Window, expected: int, shifts: Sequence[int], corrected_share: float
) -> dict[int, int]:
    """Customers by the distance from the expected shift of the one that they stand for."""
    wrong = np.stack([_wrong_share(before, now, shift) for shift in shifts])
    least = wrong.min(axis=0)
    stands = ((wrong == least).sum(axis=0) == 1) & (least <= corrected_share)
    counts = np.bincount(wrong.argmin(axis=0)[stands], minlength=len(shifts))
    return {shift - expected: int(count) for shift, count in zip(shifts, counts, strict=True)}


def _wrong_share(before: Window, now: Window, shift: int) -> npt.NDArray[np.floating]:
    """Share of the months, of those that both windows show under a shift, whose values are not the same."""
    months = len(before)
    shown, stood = now[max(shift, 0) : months + min(shift, 0)], before[max(-shift, 0) : months - max(shift, 0)]
    wrong: npt.NDArray[np.uint16] = (shown != stood).view(np.uint8).sum(axis=0, dtype=np.uint16)
    return wrong / len(shown)


def has_column(table: pd.DataFrame, column: str | None) -> bool:
    """Whether the table has the column, once."""
    return int((table.columns == column).sum()) == 1
