"""The month's performance of one model: what its scores promise, what came of it, and what was measured before."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.calibration_draws import margins_of_grid
from segmentation_model.model.label_free import (
    Estimate,
    LabelFreeSettings,
    RealisedPerformance,
    expect_performance,
    realised_performance,
)
from segmentation_model.table_batches import TableBatches

FloatArray = NDArray[np.float64]
_DIGITS = 10


def report_performance(
    scored: TableBatches, outcomes: pd.DataFrame, model: ModelArtifact, settings: LabelFreeSettings, seed: int
) -> dict[str, Any]:
    """Estimate the performance on scored rows, and measure it on those whose outcome is known.

    Args:
        scored: One row per customer: id and raw margin.
        outcomes: Customers whose outcome is known, of these and perhaps of others: id and ``target``.
        model: The model that scored them.
        settings: Width of the bands, number of draws.
        seed: Seed of the draws.

    Returns:
        ``status`` (``estimated`` or ``not_estimated``) and ``reason``, ``model_version``, ``rows``; where estimated
        ``confidence`` and ``expected_default_rate`` and ``expected_roc_auc`` as value, low and high; ``realised``
        figures and whether each lies in its band (null while it is not known); ``reference``, the same figures of the
        model's test part.
    """
    # In most months no outcome is known yet: there is nothing to look up.
    rows = scored.select(["customer_id", "margin"] if len(outcomes) else ["margin"]).read()
    report: dict[str, Any] = {"status": "not_estimated", "model_version": model.version, "rows": len(rows)}
    if model.status == "skipped":
        return {**report, "reason": f"no model: {model.metadata['reason']}"}
    prediction = model.profile.prediction
    if prediction is None or not len(rows):
        return {**report, "reason": "no rows were scored"}
    margin = rows["margin"].to_numpy()
    expected = expect_performance(margin, model.calibrator, margins_of_grid(prediction.margin.grid), settings, seed)
    realised = realised_performance(margin, _outcomes(rows, outcomes))
    test = model.metadata["metrics"]["test"]
    return {
        **report,
        "status": "estimated",
        "reason": None if expected.roc_auc else "no AUC: too few rows for both paid and unpaid bills to be expected",
        "confidence": settings.confidence,
        "expected_default_rate": _estimate(expected.default_rate),
        "expected_roc_auc": _estimate(expected.roc_auc),
        "realised": _realised(realised, expected.default_rate, expected.roc_auc, len(rows)),
        "reference": {"rows": test["rows"], "default_rate": test["base_rate"], "roc_auc": test["roc_auc"]},
    }


def _outcomes(scored: pd.DataFrame, outcomes: pd.DataFrame) -> FloatArray:
    """The outcome of each scored row; NaN where it is not known yet."""
    if outcomes.empty:
        return np.full(len(scored), np.nan)
    found = scored[["customer_id"]].merge(outcomes, on="customer_id", how="left", validate="one_to_one")
    return found["target"].to_numpy(dtype=np.float64, na_value=np.nan)


def _estimate(estimate: Estimate | None) -> dict[str, float] | None:
    if estimate is None:
        return None
    return {name: round(getattr(estimate, name), _DIGITS) for name in ("value", "low", "high")}


def _realised(
    realised: RealisedPerformance, default_rate: Estimate, roc_auc: Estimate | None, rows: int
) -> dict[str, Any]:
    """The bands are for all rows: figures of some of them are reported, but judged by no band."""
    whole = realised.rows == rows
    return {
        **realised.to_json(),
        "default_rate_in_band": _within(realised.default_rate, default_rate) if whole else None,
        "roc_auc_in_band": _within(realised.roc_auc, roc_auc) if whole else None,
    }


def _within(value: float | None, band: Estimate | None) -> bool | None:
    return None if value is None or band is None else band.low <= value <= band.high
