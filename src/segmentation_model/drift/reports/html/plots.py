"""Paired bars of a column: the shares of both sides over the frozen bins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from segmentation_model.drift.judgement.column_drift import BinCount, ColumnDrift
from segmentation_model.drift.judgement.severity import JudgedSeverity
from segmentation_model.drift.reference.binning import BinRole
from segmentation_model.drift.reports.html.intervals import short_intervals
from segmentation_model.pages.wording import (
    Name,
    bar_length,
    name_of,
    number_words,
    p_value_words,
    plural,
    rows_words,
    sentence,
    share_words,
)

MAX_BINS = 24
LABEL_LENGTH = 32

_ROLE_WORDS: Mapping[BinRole, str] = {"pooled": "rare ones, pooled", "unseen": "unseen", "missing": "missing"}


@dataclass(frozen=True)
class BarPair:
    """One bin: what it is, the shares of both sides in words, the lengths of their bars (0 to 100), and the counts."""

    label: Name
    role: BinRole | Literal["rest"]
    reference: str
    current: str
    reference_bar: str
    current_bar: str
    moved: bool
    counts: str


@dataclass(frozen=True)
class BinPlot:
    """A drifted column, drawn.

    Attributes:
        anchor: Where links find it.
        column: Name.
        tariff: Tariff that it was compared in.
        family: Monthly family; None for a column on its own.
        severity: Its level.
        psi: PSI in words.
        p_value: P-value in words.
        reason: What is special about it ("all missing"); empty otherwise.
        reference_rows: Rows of the reference in words.
        current_rows: Rows now in words.
        unseen: A few of the categories that the reference lacks.
        bars: The bins, in the profile's order.
    """

    anchor: str
    column: Name
    tariff: Name
    family: Name | None
    severity: JudgedSeverity
    psi: str
    p_value: str
    reason: str
    reference_rows: str
    current_rows: str
    unseen: tuple[Name, ...]
    bars: tuple[BarPair, ...]


def draw_bins(column: ColumnDrift, tariff: str, anchor: str) -> BinPlot:
    """Draw a column that was compared."""
    return BinPlot(
        anchor=anchor,
        column=name_of(column.column),
        tariff=name_of(tariff),
        family=None if column.family is None else name_of(column.family),
        severity=column.judged_severity,
        psi=number_words(column.drift.psi if column.drift else None),
        p_value=p_value_words(column.adjusted_p_value),
        reason=sentence(column.reason or "", 160),
        reference_rows=rows_words(column.reference_rows),
        current_rows=rows_words(column.current_rows),
        unseen=tuple(name_of(category, LABEL_LENGTH) for category in column.unseen),
        bars=_bars(column),
    )


def missing_words(column: ColumnDrift) -> tuple[str, str]:
    """Share of rows without a value, before and now; dashes where the column is not compared."""
    if column.drift is None:
        return share_words(0, 0), share_words(0, 0)
    return (
        share_words(column.reference_missing, column.reference_rows),
        share_words(column.current_missing, column.current_rows),
    )


def _bars(column: ColumnDrift) -> tuple[BarPair, ...]:
    before_rows, now_rows = max(column.reference_rows, 1), max(column.current_rows, 1)
    intervals = short_intervals([one.label for one in column.bins if one.role == "interval"])
    bins, rest = _worth_drawing(column.bins, before_rows, now_rows)
    drawn: list[tuple[BinCount, BinRole | Literal["rest"], Name]] = [
        (one, one.role, _label(one, intervals)) for one in bins
    ]
    if rest:
        together = _together(rest)
        drawn.append((together, "rest", Name(together.label)))
    shares = [(one.reference / before_rows, one.current / now_rows) for one, _, _ in drawn]
    longest = max((share for pair in shares for share in pair), default=0.0)
    furthest = max((abs(now - before) for before, now in shares), default=0.0)
    return tuple(
        BarPair(
            label=label,
            role=role,
            reference=share_words(before),
            current=share_words(now),
            reference_bar=bar_length(before, longest),
            current_bar=bar_length(now, longest),
            moved=furthest > 0.0 and abs(now - before) >= furthest / 2.0,
            counts=f"{f'{one.label}: ' if role == 'interval' else ''}"
            f"reference {plural(one.reference, 'row')}, current {plural(one.current, 'row')}",
        )
        for (one, role, label), (before, now) in zip(drawn, shares, strict=True)
    )


def _worth_drawing(
    bins: Sequence[BinCount], before_rows: int, now_rows: int
) -> tuple[list[BinCount], Sequence[BinCount]]:
    """The bins with rows, in their order; and, of too many, those that moved least."""
    filled = [one for one in bins if one.reference or one.current]
    if len(filled) <= MAX_BINS:
        return filled, ()

    def moved(index: int) -> tuple[bool, float]:
        one = filled[index]
        return one.role in _ROLE_WORDS, abs(one.current / now_rows - one.reference / before_rows)

    drawn = set(sorted(range(len(filled)), key=moved, reverse=True)[: MAX_BINS - 1])
    return (
        [one for index, one in enumerate(filled) if index in drawn],
        [one for index, one in enumerate(filled) if index not in drawn],
    )


def _together(bins: Sequence[BinCount]) -> BinCount:
    return BinCount(
        label=f"{plural(len(bins), 'other bin')} that moved less",
        role="interval",
        reference=sum(one.reference for one in bins),
        current=sum(one.current for one in bins),
    )


def _label(one: BinCount, intervals: Mapping[str, str]) -> Name:
    if one.role == "interval":
        return Name(intervals.get(one.label, one.label))
    if one.role in _ROLE_WORDS:
        return Name(_ROLE_WORDS[one.role])
    return name_of(one.label if one.label.strip() else repr(one.label), LABEL_LENGTH)
