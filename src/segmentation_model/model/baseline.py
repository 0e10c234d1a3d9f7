"""What drift is measured against."""

from dataclasses import dataclass
from typing import Literal

from segmentation_model.model.artifact import ModelArtifact


@dataclass(frozen=True)
class Baseline:
    """The choice of the parameter ``baseline_profile``, for one tariff.

    Attributes:
        kind: ``train``: this run's training part, or the loaded model's; ``artifact``: an earlier model; ``none``: the
            check is skipped.
        artifact: The earlier model.
    """

    kind: Literal["train", "artifact", "none"]
    artifact: ModelArtifact | None = None
