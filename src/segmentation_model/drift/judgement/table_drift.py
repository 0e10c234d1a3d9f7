"""A current table against a reference profile: every column, every signal, one verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from segmentation_model.drift.judgement.column_drift import ColumnDrift, judge_columns
from segmentation_model.drift.judgement.families import FamilyDrift, roll_up
from segmentation_model.drift.judgement.prediction import PredictionSignal, judge_prediction, model_severity
from segmentation_model.drift.judgement.severity import NOT_MEASURED, JudgedSeverity
from segmentation_model.drift.judgement.verdict import Verdict, judge_table
from segmentation_model.drift.reference.column_profile import ColumnCounts, ColumnProfile, NumericProfile
from segmentation_model.drift.reference.column_values import ColumnValues, common_resolution, resolution_of
from segmentation_model.drift.reference.prediction_reference import PredictionCounts, Scores, Share, count_scores
from segmentation_model.drift.reference.profile import (
    ReferenceProfile,
    TableCounts,
    count_current,
    count_table,
    extra_columns,
    freeze_column,
    freeze_table,
    read_current,
    read_reference,
)
from segmentation_model.drift.reference.table_columns import TableColumns, in_threads
from segmentation_model.drift.settings import DriftSettings, ProfileSettings
from segmentation_model.drift.statistics.kolmogorov_smirnov import ks_statistic
from segmentation_model.drift.statistics.largest_distance import CountsAtPoints

TableStatus = Literal["measured", "not_measured", "skipped"]


@dataclass(frozen=True)
class TableDrift:
    """What is known about the drift of one table (one tariff).

    Attributes:
        status: ``measured``; ``not_measured``: no column could be, and nothing was found; ``skipped``: not wanted.
        reason: Why it is not measured or skipped; None otherwise.
        reference_rows: Rows of the reference.
        current_rows: Rows of the current table.
        columns: One judgement per column.
        signals: One judgement per prediction signal.
        lines: Columns rolled up by family, the worst first.
        verdict: The verdict; None where the table is skipped.
        extra_columns: Columns of the current table that the reference does not have.
        ks_error: By how much a column's KS statistic may be too small; 0 where it was taken from the values.
    """

    status: TableStatus
    reason: str | None
    reference_rows: int = 0
    current_rows: int = 0
    columns: tuple[ColumnDrift, ...] = ()
    signals: tuple[PredictionSignal, ...] = ()
    lines: tuple[FamilyDrift, ...] = ()
    verdict: Verdict | None = None
    extra_columns: tuple[str, ...] = ()
    ks_error: float = 0.0

    @property
    def severity(self) -> JudgedSeverity:
        """The verdict's level; ``not_measured`` where there is none to give."""
        return self.verdict.severity if self.status == "measured" and self.verdict is not None else NOT_MEASURED

    @property
    def prediction_severity(self) -> JudgedSeverity:
        """The worst prediction signal where the baseline holds a model, else ``not_measured``."""
        return model_severity(self.signals)

    @property
    def max_psi(self) -> float | None:
        """Largest PSI of a column; None where no column was compared."""
        return max((column.drift.psi for column in self.columns if column.drift is not None), default=None)

    @property
    def compared(self) -> tuple[ColumnDrift, ...]:
        """The columns that were compared."""
        return tuple(column for column in self.columns if column.status != "not_compared")

    @property
    def drifted(self) -> tuple[ColumnDrift, ...]:
        """The columns at low or above."""
        return tuple(column for column in self.columns if column.severity != "none")


def skipped_table(reason: str) -> TableDrift:
    """A table that is not judged, with the reason (no baseline given, no rows of this tariff)."""
    return TableDrift(status="skipped", reason=reason)


def unmeasured_table(reason: str, *, reference_rows: int = 0, current_rows: int = 0) -> TableDrift:
    """A table that should have been judged and could not be, with the reason."""
    return TableDrift(status="not_measured", reason=reason, reference_rows=reference_rows, current_rows=current_rows)


def check_table(
    profile: ReferenceProfile,
    current: pd.DataFrame,
    settings: DriftSettings,
    *,
    weights: Mapping[str, float] | None = None,
    families: Mapping[str, str] | None = None,
    shares: Mapping[str, Share] | None = None,
    scores: Scores | None = None,
    workers: int = 1,
) -> TableDrift:
    """Judge a current table against a reference profile. Raises nothing for what the data may hold.

    Args:
        profile: The reference.
        current: The features of the current rows, one row per customer.
        settings: The severity rule.
        weights: The model's total gain per feature; None for equal weights.
        families: Family of a column, for the roll-up.
        shares: Segment shares of the current rows.
        scores: Current rows scored with the model that the profile's prediction reference belongs to.
        workers: Threads; the result does not depend on it.
    """
    prediction = None
    if profile.prediction is not None and scores is not None:
        prediction = count_scores(profile.prediction, scores)
    return check_counts(
        profile,
        count_table(profile, current, workers=workers),
        settings,
        weights=weights,
        families=families,
        shares=shares,
        prediction=prediction,
    )


def check_counts(
    profile: ReferenceProfile,
    counts: TableCounts,
    settings: DriftSettings,
    *,
    weights: Mapping[str, float] | None = None,
    families: Mapping[str, str] | None = None,
    shares: Mapping[str, Share] | None = None,
    prediction: PredictionCounts | None = None,
    exact_ks: Mapping[str, float | None] | None = None,
) -> TableDrift:
    """Judge counts of a current table, which may have been added up from parts; see ``check_table``.

    Args:
        profile: The reference.
        counts: The current table, counted against it.
        settings: The severity rule.
        weights: The model's total gain per feature; None for equal weights.
        families: Family of a column, for the roll-up.
        shares: Segment shares of the current rows.
        prediction: Current scores, counted against the profile's prediction reference.
        exact_ks: KS statistics from the values of both sides, of every numeric column; None: those of the grid, which
            are too small by at most ``TableDrift.ks_error``.
    """
    columns = judge_columns(profile, counts, settings, families=families, exact_ks=exact_ks)
    signals = judge_prediction(
        settings,
        reference=profile.prediction,
        current=prediction,
        reference_shares=profile.shares,
        current_shares=shares,
    )
    verdict = judge_table(columns, signals, settings.verdict, weights)
    measured = verdict.severity != "none" or any(column.status == "measured" for column in columns)
    return TableDrift(
        status="measured" if measured else "not_measured",
        reason=None if measured else _why_not(profile, counts, columns),
        reference_rows=profile.rows,
        current_rows=counts.rows,
        columns=columns,
        signals=signals,
        lines=roll_up(columns),
        verdict=verdict,
        extra_columns=counts.extra,
        ks_error=grid_error(profile) if exact_ks is None else 0.0,
    )


def grid_error(profile: ReferenceProfile) -> float:
    """By how much a KS statistic against a profile may be too small: the share of the reference between two points."""
    return 1.0 / profile.settings.grid_size + 2.0 * profile.quantile_error


def compare_tables(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    profile_settings: ProfileSettings,
    settings: DriftSettings,
    *,
    families: Mapping[str, str] | None = None,
    weights: Mapping[str, float] | None = None,
    workers: int = 1,
) -> tuple[ReferenceProfile, TableDrift]:
    """Judge two tables that are both in memory: ``build_profile`` and ``check_table`` in one, with exact KS statistics.

    Each column of each table is read once, and nothing but profile, counts and statistic is kept of it. Memory: sorted
    copies of four columns of each table per thread.

    Args:
        reference: The reference's features.
        current: The same features of the current rows, in any order.
        profile_settings: How the reference is frozen.
        settings: The severity rule.
        families: Family of a column, for the roll-up.
        weights: The model's total gain per feature; None for equal weights.
        workers: Threads; the result does not depend on it.

    Returns:
        The profile of the reference, and the drift against it.
    """
    before, now = TableColumns(reference), TableColumns(current)

    def read(name: str) -> tuple[ColumnValues | str, ColumnValues | str]:
        return read_reference(before, name), read_current(now, name)

    pairs = in_threads(read, before.names, workers)
    compared = {name: _compare_column(*pair, profile_settings) for name, pair in zip(before.names, pairs, strict=True)}
    measured = {name: column for name, column in compared.items() if not isinstance(column, str)}
    profile = freeze_table(
        before.rows,
        {name: column if isinstance(column, str) else column.profile for name, column in compared.items()},
        profile_settings,
    )
    counts = TableCounts(
        now.rows, {name: column.counts for name, column in measured.items()}, extra_columns(profile, now)
    )
    exact_ks = {name: column.ks for name, column in measured.items()}
    return profile, check_counts(profile, counts, settings, weights=weights, families=families, exact_ks=exact_ks)


@dataclass(frozen=True, eq=False)
class _ComparedColumn:
    """What remains of a column of both tables."""

    profile: ColumnProfile
    counts: ColumnCounts
    ks: float | None


def _compare_column(
    before: ColumnValues | str, now: ColumnValues | str, settings: ProfileSettings
) -> _ComparedColumn | str:
    profile = freeze_column(before, settings)
    if isinstance(profile, str):
        return profile
    counts = count_current(profile, now)
    if isinstance(before, str) or isinstance(now, str):
        return _ComparedColumn(profile, counts, None)
    return _ComparedColumn(profile, counts, _exact_ks(profile, before, counts, now))


def _exact_ks(profile: ColumnProfile, before: ColumnValues, counts: ColumnCounts, now: ColumnValues) -> float | None:
    """The statistic of numbers on both sides, found from the grid's counts where both sides were counted alike."""
    if before.numbers is None or now.numbers is None or not isinstance(profile, NumericProfile):
        return None
    known = None
    if common_resolution(profile.resolution, resolution_of(now.numbers)) == profile.resolution:
        grid = profile.grid
        known = CountsAtPoints(grid.below, grid.at_or_below, counts.below, counts.at_or_below)
    return ks_statistic(before.numbers, now.numbers, known)


def _why_not(profile: ReferenceProfile, counts: TableCounts, columns: Iterable[ColumnDrift]) -> str:
    if profile.rows == 0:
        return "the reference has no rows"
    if counts.rows == 0:
        return "the current table has no rows"
    if all(column.status == "not_compared" for column in columns):
        return "no column of the reference can be compared"
    return f"too few rows to call anything stable: {profile.rows} in the reference, {counts.rows} now"
