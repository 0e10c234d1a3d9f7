"""A model with what was decided about it, on its way into the registry."""

from dataclasses import dataclass
from typing import Any

from segmentation_model.model.artifact import ModelArtifact


@dataclass(frozen=True)
class JudgedModel:
    """A newly trained model and whether it may become champion.

    Attributes:
        artifact: The artifact, with or without a model.
        decision: ``promotion_<tariff>.json``: the decision, its reason, and the champion it was compared with.
        execution_date: Date of the run in ISO text.
    """

    artifact: ModelArtifact
    decision: dict[str, Any]
    execution_date: str
