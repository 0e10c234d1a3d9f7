"""The model as MLflow loads and serves it: a script, stored beside the artifact ("models from code").

It needs what lies with it (``code/`` and ``artifacts/``) and the libraries of ``requirements.txt``, nothing else.
"""

from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow.pyfunc.model import PythonModel, PythonModelContext

from segmentation_model.model.artifact import ModelArtifact, check
from segmentation_model.model.scoring import score


class RiskModel(PythonModel):
    """Calibrated probability and risk category of every row."""

    artifact: ModelArtifact

    def load_context(self, context: PythonModelContext) -> None:
        """Read the artifact's files and check them: schema version, checksums, none missing or unknown."""
        folder = Path(context.artifacts["model"])
        self.artifact = check({path.name: path.read_bytes() for path in folder.iterdir()}, str(folder))

    def predict(
        self,
        context: PythonModelContext,  # noqa: ARG002
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> pd.DataFrame:
        """Score rows.

        Args:
            context: Unused.
            model_input: One row per customer with the model's features; null is missing, and so is a category that the
                training part did not have.
            params: Unused.

        Returns:
            ``probability`` and ``risk_category``, one row per row.

        Raises:
            InputError: A feature is absent or of another type.
        """
        margin, probability = score(self.artifact, model_input, "model input")
        category = self.artifact.cutoffs.categorise(margin)
        return pd.DataFrame(
            {"probability": probability, "risk_category": category.astype(object)}, index=model_input.index
        )


mlflow.models.set_model(RiskModel())
