"""What drift is measured against, and what an earlier model adds to it: weights of the features, scores of the rows."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from segmentation_model.drift.reference.prediction_reference import Scores
from segmentation_model.drift.reference.profile import ReferenceProfile
from segmentation_model.drift.reference.seasonal import same_month_last_year
from segmentation_model.errors import ConfigurationError, InputError
from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.scoring import score_rows

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Baseline:
    """The choice of the parameter ``baseline_profile``, for one tariff.

    Attributes:
        kind: ``train``: this run's training part, or the loaded model's; ``artifact``: an earlier model; ``profile``: a
            profile without a model; ``months``: one of these for every month that was kept; ``none``: the check is
            skipped.
        artifact: The earlier model.
        profile: The profile without a model.
        months: What reads the baseline of each month, as year-month.
    """

    kind: Literal["train", "artifact", "profile", "months", "none"]
    artifact: ModelArtifact | None = None
    profile: ReferenceProfile | None = None
    months: Mapping[str, Callable[[], "Baseline"]] = field(default_factory=dict)

    @property
    def reference(self) -> ReferenceProfile | None:
        """The profile that is judged against; None where it is this run's own, or none."""
        return self.profile if self.artifact is None else self.artifact.profile

    def at(self, execution_date: str) -> "Baseline":
        """The baseline of a run: of several months, that of the same calendar month a year before.

        Raises:
            ConfigurationError: Of that month nothing was kept.
        """
        if self.kind != "months":
            return self
        try:
            month = same_month_last_year(self.months, execution_date)
        except ConfigurationError as error:
            raise ConfigurationError(f"baseline_profile: {error.message}") from error
        return self.months[month]()


def feature_weights(earlier: ModelArtifact) -> Mapping[str, float] | None:
    """Total gain per feature; None for a tariff that has no model."""
    return dict(earlier.metadata["training"]["gain"]) if earlier.status == "trained" else None


def current_scores(earlier: ModelArtifact, current: pd.DataFrame, table: str) -> Scores | None:
    """Score current rows with an earlier model.

    Args:
        earlier: The model of the baseline.
        current: One row per customer, with the model's features.
        table: Name of the table, for messages.

    Returns:
        The scores. None for a tariff that has no model; and, with a warning, where the table has not the model's
        features any more: that is a finding about these columns, which the report gives, and no reason to end a run.
    """
    if earlier.status != "trained":
        return None
    try:
        scores = score_rows(earlier, current, table)  # unseen categories are the drift report's to tell
    except InputError as error:
        logger.warning("The scores of the baseline's model are not judged: %s", error.message)
        return None
    return Scores(scores.margin, scores.probability, earlier.cutoffs.categorise(scores.margin))
