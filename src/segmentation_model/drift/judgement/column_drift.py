"""The judgement on the columns of one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from segmentation_model.drift.judgement.binned_drift import BinnedDrift, binned_severity, compare_columns
from segmentation_model.drift.judgement.severity import (
    NOT_MEASURED,
    JudgedSeverity,
    Severity,
    adjusted_p_values,
    chance_of_all_missing,
)
from segmentation_model.drift.reference.binning import BinRole
from segmentation_model.drift.reference.column_profile import ColumnCounts, ColumnProfile, NumericProfile
from segmentation_model.drift.reference.column_values import ColumnKind
from segmentation_model.drift.reference.profile import ReferenceProfile, TableCounts
from segmentation_model.drift.settings import DriftSettings
from segmentation_model.drift.statistics.kolmogorov_smirnov import ks_from_grid, ks_p_values

ColumnStatus = Literal["measured", "not_measurable", "not_compared"]


@dataclass(frozen=True)
class BinCount:
    """One bin of a column: its readable name, what it is, and the rows of both sides."""

    label: str
    role: BinRole
    reference: int
    current: int


@dataclass(frozen=True)
class ColumnDrift:
    """The judgement on one column.

    Attributes:
        column: Name.
        kind: Numeric or categorical; None for a column that the profile had to leave out.
        family: Monthly family that it belongs to; None for a column on its own.
        status: ``measured``; ``not_measurable``: nothing found, but too few rows to call it stable; ``not_compared``.
        reason: Why it is not compared or not measurable, or what is special ("all missing"); None otherwise.
        severity: The level; none where it is not compared (see ``status``).
        reference_rows: Rows of the reference.
        current_rows: Rows of the current side.
        reference_missing: Rows without a value in the reference.
        current_missing: Rows without a value now.
        drift: Statistics over the bins; None where it is not compared.
        adjusted_p_value: Homogeneity p-value adjusted over the table's columns; None where it is not compared.
        ks: Kolmogorov-Smirnov statistic of the values; None for categories and where a side has no value.
        ks_p_value: Its p-value.
        bins: The frozen bins with the counts of both sides.
        unseen: A few of the categories that the reference lacks.
    """

    column: str
    kind: ColumnKind | None
    family: str | None
    status: ColumnStatus
    reason: str | None
    severity: Severity
    reference_rows: int
    current_rows: int
    reference_missing: int
    current_missing: int
    drift: BinnedDrift | None = None
    adjusted_p_value: float | None = None
    ks: float | None = None
    ks_p_value: float | None = None
    bins: tuple[BinCount, ...] = ()
    unseen: tuple[str, ...] = ()

    @property
    def judged_severity(self) -> JudgedSeverity:
        """The level as a report gives it: a column that could not be measured is never called stable."""
        return self.severity if self.status == "measured" else NOT_MEASURED


def judge_columns(
    profile: ReferenceProfile,
    counts: TableCounts,
    settings: DriftSettings,
    *,
    families: Mapping[str, str] | None = None,
    exact_ks: Mapping[str, float | None] | None = None,
) -> tuple[ColumnDrift, ...]:
    """Judge every column of a profile, together: the false discovery rate is one over the whole table.

    Args:
        profile: The reference.
        counts: The current table, counted against it.
        settings: The severity rule.
        families: Family of a column; columns that are not named stand alone.
        exact_ks: KS statistics from raw values, to use instead of the grid's.

    Returns:
        One judgement per column of the profile in its order, then those that it had to leave out.
    """
    family_of = families or {}
    comparable: dict[str, tuple[ColumnProfile, ColumnCounts]] = {}
    problems: dict[str, str] = {name: f"left out of the profile: {reason}" for name, reason in profile.left_out.items()}
    for name, column in profile.columns.items():
        now = counts.columns[name]
        problem = now.problem or _without_rows(profile.rows, counts.rows)
        if problem is None:
            comparable[name] = (column, now)
        else:
            problems[name] = problem
    before, after = [column.counts for column, _ in comparable.values()], [now.bins for _, now in comparable.values()]
    drifts = compare_columns(before, after, settings)
    pairs = {name: _Pair(*both, drift) for (name, both), drift in zip(comparable.items(), drifts, strict=True)}
    adjusted = dict(zip(pairs, adjusted_p_values([pair.drift.test.p_value for pair in pairs.values()]), strict=True))
    ks = _ks(pairs, exact_ks or {})
    chance = settings.false_discovery_rate / max(len(pairs), 1)
    judged = []
    for name in (*profile.columns, *profile.left_out):
        if name in pairs:
            level = _level(pairs[name], adjusted[name], chance, settings)
            judged.append(_compared(name, family_of.get(name), pairs[name], level, adjusted[name], ks.get(name)))
        else:
            kind = profile.columns[name].kind if name in profile.columns else None
            judged.append(_not_compared(name, kind, family_of.get(name), problems[name], profile.rows, counts.rows))
    return tuple(judged)


@dataclass(frozen=True, eq=False)
class _Pair:
    """A column of the profile, what is there now, and the difference over the bins."""

    column: ColumnProfile
    now: ColumnCounts
    drift: BinnedDrift

    @property
    def values(self) -> tuple[int, int]:
        """Rows with a value, before and now."""
        return self.column.rows - self.column.missing, int(self.now.bins[:-1].sum())


_Level = tuple[Severity, ColumnStatus, str | None]


def _level(pair: _Pair, adjusted_p_value: float, chance: float, settings: DriftSettings) -> _Level:
    """Level, status and reason; ``chance`` is how improbable "all missing" must be to be more than bad luck."""
    before, now = pair.values
    rows = int(pair.now.bins.sum())
    if before > 0 and now == 0 and chance_of_all_missing(pair.column.rows, pair.column.missing, rows) <= chance:
        return "high", "measured", "all missing"
    severity = binned_severity(pair.drift, adjusted_p_value, settings)
    if severity == "none" and not pair.drift.measurable:
        seen = f"only a PSI of {pair.drift.minimum_detectable:.2f} would be seen"
        allowed = f"at most {settings.not_measurable_above:.2f} is allowed"
        return severity, "not_measurable", f"too few rows ({pair.column.rows} and {rows}): {seen}, {allowed}"
    return severity, "measured", None


def _compared(
    name: str,
    family: str | None,
    pair: _Pair,
    level: _Level,
    adjusted_p_value: float,
    ks: tuple[float, float] | None,
) -> ColumnDrift:
    column, now = pair.column, pair.now
    severity, status, reason = level
    return ColumnDrift(
        column=name,
        kind=column.kind,
        family=family,
        status=status,
        reason=reason,
        severity=severity,
        reference_rows=column.rows,
        current_rows=int(now.bins.sum()),
        reference_missing=column.missing,
        current_missing=int(now.bins[-1]),
        drift=pair.drift,
        adjusted_p_value=adjusted_p_value,
        ks=ks[0] if ks else None,
        ks_p_value=ks[1] if ks else None,
        bins=tuple(
            BinCount(label=label, role=role, reference=before, current=after)
            for label, role, before, after in zip(
                column.bins.labels, column.bins.roles, column.counts.tolist(), now.bins.tolist(), strict=True
            )
        ),
        unseen=now.unseen,
    )


def _not_compared(
    name: str,
    kind: ColumnKind | None,
    family: str | None,
    reason: str,
    reference_rows: int,
    current_rows: int,
) -> ColumnDrift:
    return ColumnDrift(
        column=name,
        kind=kind,
        family=family,
        status="not_compared",
        reason=reason,
        severity="none",
        reference_rows=reference_rows,
        current_rows=current_rows,
        reference_missing=0,
        current_missing=0,
    )


def _without_rows(reference_rows: int, current_rows: int) -> str | None:
    if reference_rows == 0:
        return "the reference has no rows"
    return "the current table has no rows" if current_rows == 0 else None


def _ks(pairs: Mapping[str, _Pair], exact: Mapping[str, float | None]) -> dict[str, tuple[float, float]]:
    """KS statistic and p-value of the numeric columns that have values on both sides."""
    measured: dict[str, tuple[float, int, int]] = {}
    for name, pair in pairs.items():
        if isinstance(pair.column, NumericProfile):
            before, now = pair.values
            statistic = exact.get(name)
            if statistic is None:
                statistic = ks_from_grid(pair.column.grid, before, pair.now.below, pair.now.at_or_below, now)
            if statistic is not None:
                measured[name] = (statistic, before, now)
    if not measured:
        return {}
    statistics, before_sizes, now_sizes = zip(*measured.values(), strict=True)
    p_values = ks_p_values(statistics, before_sizes, now_sizes).tolist()
    return {name: (statistic, p_value) for name, statistic, p_value in zip(measured, statistics, p_values, strict=True)}
