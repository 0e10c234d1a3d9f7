"""Nodes that judge a newly trained model against the champion, and hand it to the registry."""

from typing import Any

import pandas as pd

from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.judged_model import JudgedModel
from segmentation_model.pipelines.modeling.params import PromotionSettings
from segmentation_model.pipelines.modeling.promotion import judge


def judge_challenger(
    model: ModelArtifact,
    champion: ModelArtifact | None,
    test: pd.DataFrame,
    drift_gate: dict[str, Any],
    settings: PromotionSettings,
    seed: int,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Decide whether the model of this run becomes champion.

    Args:
        model: The artifact of this run, with or without a model.
        champion: The champion; None where there is none.
        test: Test part: keys, target, features.
        drift_gate: What the gate made of the month.
        settings: The rule.
        seed: Seed of the bootstrap.

    Returns:
        The decision with its reason and figures, for the registry and for the reader.
    """
    decision = judge(model, champion, test, drift_gate, settings, seed)
    return decision, decision


def register_model(model: ModelArtifact, decision: dict[str, Any], execution_date: str) -> JudgedModel:
    """Hand the model and its decision to the registry.

    Args:
        model: The artifact of this run, with or without a model.
        decision: Whether it becomes champion, and why.
        execution_date: Date of the run in ISO text.

    Returns:
        What the registry records.
    """
    return JudgedModel(model, decision, execution_date)
