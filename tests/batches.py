"""Tables as the nodes of the month get them: in batches that are small enough to be several."""

import pandas as pd

from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.pipelines.modeling.scoring_nodes import score_current
from segmentation_model.table_batches import TableBatches
from tests.model.artifacts import COLUMNS, GATE_OPEN, REASONS


def batches(frame: pd.DataFrame, rows: int = 97) -> TableBatches:
    """A table in batches of a few rows."""
    return TableBatches.of(frame, rows)


def score_month(model: ModelArtifact, table: pd.DataFrame) -> pd.DataFrame:
    """The scores of a month in batches, all at once."""
    return score_current(model, batches(table), GATE_OPEN, REASONS, COLUMNS).read()
