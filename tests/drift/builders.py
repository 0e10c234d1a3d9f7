"""Small tables with a known drift, and the shortest way from two of them to a judgement."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation_model.drift.judgement.binned_drift import BinnedDrift
from segmentation_model.drift.judgement.column_drift import ColumnDrift, ColumnStatus
from segmentation_model.drift.judgement.families import roll_up
from segmentation_model.drift.judgement.severity import SEVERITIES, Severity
from segmentation_model.drift.judgement.table_drift import TableDrift, check_table
from segmentation_model.drift.judgement.verdict import judge_table
from segmentation_model.drift.reference.prediction_reference import Scores
from segmentation_model.drift.reference.profile import build_profile
from segmentation_model.drift.settings import DriftSettings, ProfileSettings
from segmentation_model.drift.statistics.homogeneity import Homogeneity

RULE = DriftSettings()
FROZEN = ProfileSettings()

Values = npt.ArrayLike | pd.Series


def judge(reference: Mapping[str, Values] | pd.DataFrame, current: Mapping[str, Values] | pd.DataFrame) -> TableDrift:
    """Drift of one table against another by the default rule."""
    return check_table(build_profile(pd.DataFrame(reference), FROZEN), pd.DataFrame(current), RULE)


def judge_column(reference: Values, current: Values) -> ColumnDrift:
    """Drift of a table of one column."""
    return judge({"x": reference}, {"x": current}).columns[0]


def at_least(severity: str, bound: str) -> bool:
    """Whether a level has reached another."""
    return SEVERITIES.index(severity) >= SEVERITIES.index(bound)  # type: ignore[arg-type]


def with_missing(values: npt.NDArray[np.floating], share: float, seed: int) -> npt.NDArray[np.floating]:
    """The values with a share of them missing at random."""
    return np.where(np.random.default_rng(seed).random(values.size) < share, np.nan, values)


def scores_of(margins: npt.NDArray[np.floating], cut_offs: npt.ArrayLike) -> Scores:
    """Scores of a calibrated model, with categories by frozen cut-offs of the margin."""
    names = np.array(["Riesgo Bajo", "Riesgo Medio", "Riesgo Alto", "Riesgo Muy Alto"])
    categories = names[np.searchsorted(np.asarray(cut_offs), margins)]
    return Scores(margins=margins, probabilities=1.0 / (1.0 + np.exp(-margins)), categories=categories.tolist())


def cut_offs_of(margins: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """The cut-offs that a model freezes: quantiles 0.50, 0.80, 0.95."""
    return np.quantile(margins, [0.50, 0.80, 0.95])


UNDRIFTED_COLUMNS: Mapping[str, Callable[[np.random.Generator, int], Values]] = {
    "invoices": lambda random, rows: random.lognormal(6, 2, rows).astype(np.float32),
    "zeros and amounts": lambda random, rows: np.where(random.random(rows) < 0.6, 0.0, random.lognormal(3, 1, rows)),
    "counts": lambda random, rows: random.poisson(1.5, rows),
    "with missing": lambda random, rows: np.where(random.random(rows) < 0.1, np.nan, random.normal(size=rows)),
    "truth values": lambda random, rows: random.random(rows) < 0.2,
    "categories": lambda random, rows: pd.Series(
        random.choice(list("abcdefgh"), rows, p=[0.3, 0.2, 0.15, 0.1, 0.1, 0.08, 0.065, 0.005]), dtype="str"
    ),
}


def undrifted_table(random: np.random.Generator, rows: int, columns: int) -> pd.DataFrame:
    """A table of independent columns of every kind; two of them from one generator do not drift."""
    kinds = list(UNDRIFTED_COLUMNS.values())
    return pd.DataFrame({f"c{index:03d}": kinds[index % len(kinds)](random, rows) for index in range(columns)})


def column(
    name: str,
    severity: Severity = "none",
    *,
    status: ColumnStatus = "measured",
    family: str | None = None,
    psi: float = 0.0,
) -> ColumnDrift:
    """A judged column of which only the judgement matters."""
    compared = BinnedDrift(
        psi=psi,
        psi_corrected=psi,
        noise_floor=0.01,
        degrees_of_freedom=9,
        test=Homogeneity(statistic=1.0, degrees_of_freedom=9, p_value=0.5, cramers_v=0.1),
        minimum_detectable=0.05,
        measurable=True,
    )
    return ColumnDrift(
        column=name,
        kind="numeric",
        family=family,
        status=status,
        reason=None if status == "measured" else "because",
        severity=severity,
        reference_rows=1_000,
        current_rows=1_000,
        reference_missing=0,
        current_missing=0,
        drift=None if status == "not_compared" else compared,
    )


def table_at(severity: Severity) -> TableDrift:
    """A measured table whose verdict is the given level."""
    columns = (column("a", severity, psi=0.3), column("b"))
    verdict = judge_table(columns, (), RULE.verdict)
    return TableDrift(
        status="measured",
        reason=None,
        reference_rows=1_000,
        current_rows=1_000,
        columns=columns,
        lines=roll_up(columns),
        verdict=replace(verdict, severity=severity),
    )
