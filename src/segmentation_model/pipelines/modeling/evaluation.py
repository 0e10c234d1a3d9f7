"""The evaluation of a model: its metrics on every part, the threshold that costs least, and the test part in detail."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from segmentation_model.pipelines.modeling.bootstrap import bootstrap_intervals
from segmentation_model.pipelines.modeling.decision import complete_costs, judge_threshold
from segmentation_model.pipelines.modeling.evaluation_tables import (
    DECILE_COLUMNS,
    RELIABILITY_COLUMNS,
    tabulate_deciles,
    tabulate_reliability,
)
from segmentation_model.pipelines.modeling.fairness import FAIRNESS_COLUMNS, judge_fairness
from segmentation_model.pipelines.modeling.metrics import cost_optimal_threshold, evaluate_scores
from segmentation_model.pipelines.modeling.params import CostMatrix, EvaluationSettings
from segmentation_model.pipelines.modeling.segment_metrics import SEGMENT_COLUMNS, tabulate_segments

#: Table of an evaluation: its columns.
TABLES = {"deciles": DECILE_COLUMNS, "reliability": RELIABILITY_COLUMNS, "segments": SEGMENT_COLUMNS}


def tables_of(metrics: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """The tables of an evaluation by name, ``fairness`` the last; columns only where there is no model."""
    fairness = metrics.get("fairness", {}).get("groups", [])
    return {
        **{name: pd.DataFrame(metrics.get(name, []), columns=list(columns)) for name, columns in TABLES.items()},
        "fairness": pd.DataFrame(fairness, columns=list(FAIRNESS_COLUMNS)),
    }


def evaluate_parts(
    parts: Mapping[str, pd.DataFrame],
    test_dimensions: pd.DataFrame,
    settings: EvaluationSettings,
    costs: CostMatrix,
    seed: int,
) -> dict[str, Any]:
    """Measure a model on its parts.

    Args:
        parts: ``calibration``, ``test`` and others: one row per labelled row with customer_id, target, margin and
            probability.
        test_dimensions: Where the rows of the test part belong, in their order: one column per dimension.
        settings: Costs, draws, level, and how many cases a segment needs.
        costs: The tariff's own costs.
        seed: Seed of the draws.

    Returns:
        ``PartMetrics`` per part as JSON; the ``threshold`` that costs least on the calibration part; and of the test
        part ``intervals`` of the metrics (null without both classes, or without draws), ``calibration_cost`` (AUC of
        the margin minus that of the probability; null without both classes), ``decision`` (what the threshold brings
        and costs), the tables ``deciles``, ``reliability`` and ``segments`` as lists of records, and ``fairness``.
    """
    matrix = complete_costs(costs, settings)
    metrics = {
        part: evaluate_scores(rows["target"], rows["margin"], rows["probability"]).model_dump(mode="json")
        for part, rows in parts.items()
    }
    # What a right decision costs is due either way: only the difference to the wrong one moves the threshold.
    threshold = cost_optimal_threshold(
        parts["calibration"]["target"],
        parts["calibration"]["probability"],
        matrix.false_negative - matrix.true_positive,
        matrix.false_positive - matrix.true_negative,
    )
    test = parts["test"]
    given = (test["target"], test["margin"], test["probability"])
    tables = {
        "deciles": tabulate_deciles(*given),
        "reliability": tabulate_reliability(test["target"], test["probability"], settings.interval_level),
        "segments": tabulate_segments(test, test_dimensions, threshold, settings.segment_minimum_cases),
    }
    fairness = judge_fairness(
        test, tables["segments"], threshold, settings.interval_level, settings.segment_minimum_cases
    )
    raw_auc = metrics["test"]["roc_auc"]
    return {
        **metrics,
        "threshold": threshold,
        "calibration_cost": None if raw_auc is None else raw_auc - float(roc_auc_score(given[0], given[2])),
        "intervals": _intervals(test, settings, seed),
        "decision": judge_threshold(test["target"], test["probability"], threshold, matrix),
        **{name: _records(table) for name, table in tables.items()},
        "fairness": {**fairness, "groups": _records(fairness["groups"])},
    }


def _intervals(rows: pd.DataFrame, settings: EvaluationSettings, seed: int) -> dict[str, Any] | None:
    if settings.bootstrap_draws == 0:
        return None
    found = bootstrap_intervals(
        rows["target"], rows["margin"], rows["probability"], rows["customer_id"], settings.bootstrap_draws,
        settings.interval_level, seed,
    )  # fmt: skip
    if found is None:
        return None
    return {"draws": settings.bootstrap_draws, "level": settings.interval_level, **found}


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON: NaN is null."""
    records = table.astype(object).replace({np.nan: None}).to_dict(orient="records")
    return [{str(name): value for name, value in record.items()} for record in records]
