"""The evaluation of a model: its metrics on every part, and the threshold that costs least."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from segmentation_model.pipelines.modeling.metrics import cost_optimal_threshold, evaluate_scores
from segmentation_model.pipelines.modeling.params import EvaluationSettings


def evaluate_parts(parts: Mapping[str, pd.DataFrame], settings: EvaluationSettings) -> dict[str, Any]:
    """Measure a model on its parts.

    Args:
        parts: Part (``calibration`` among them): one row per labelled row with target, margin and probability.
        settings: What wrong decisions cost.

    Returns:
        ``PartMetrics`` per part as JSON, and the ``threshold`` that costs least on the calibration part.
    """
    metrics = {
        part: evaluate_scores(rows["target"], rows["margin"], rows["probability"]).model_dump(mode="json")
        for part, rows in parts.items()
    }
    threshold = cost_optimal_threshold(
        parts["calibration"]["target"],
        parts["calibration"]["probability"],
        settings.cost_false_negative,
        settings.cost_false_positive,
    )
    return {**metrics, "threshold": threshold}
