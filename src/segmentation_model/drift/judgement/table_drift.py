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
from segmentation_model.drift.reference.column_profile import NumericProfile
from segmentation_model.drift.reference.column_values import observed_kind, sorted_numbers
from segmentation_model.drift.reference.prediction_reference import PredictionCounts, Scores, Share, count_scores
from segmentation_model.drift.reference.profile import ReferenceProfile, TableCounts, count_table
from segmentation_model.drift.settings import DriftSettings
from segmentation_model.drift.statistics.kolmogorov_smirnov import ks_statistic

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
    reference: pd.DataFrame | None = None,
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
        reference: The rows that the profile was built from, where they are at hand: KS statistics are then exact.
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
        exact_ks=None if reference is None else exact_ks_statistics(profile, reference, current),
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
    """Judge counts of a current table, which may have been added up from parts; see ``check_table``."""
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
    )


def exact_ks_statistics(
    profile: ReferenceProfile, reference: pd.DataFrame, current: pd.DataFrame
) -> dict[str, float | None]:
    """KS statistics from raw values, for the numeric columns that both tables have.

    Args:
        profile: Says which columns are numeric.
        reference: The rows that it was built from.
        current: The current rows.
    """
    result: dict[str, float | None] = {}
    for name, column in profile.columns.items():
        if isinstance(column, NumericProfile) and name in reference and name in current:
            pair = (reference[name], current[name])
            if all(isinstance(side, pd.Series) and observed_kind(side) == "numeric" for side in pair):
                result[name] = ks_statistic(*(sorted_numbers(side) for side in pair))
    return result


def _why_not(profile: ReferenceProfile, counts: TableCounts, columns: Iterable[ColumnDrift]) -> str:
    if profile.rows == 0:
        return "the reference has no rows"
    if counts.rows == 0:
        return "the current table has no rows"
    if all(column.status == "not_compared" for column in columns):
        return "no column of the reference can be compared"
    return f"too few rows to call anything stable: {profile.rows} in the reference, {counts.rows} now"
