"""MLflow as ``mlflow.yml`` configures it: address, credentials, experiment; kedro-mlflow reads it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kedro.framework.context import KedroContext

from segmentation_model.registry.local_database import make_folder_of

if TYPE_CHECKING:
    from mlflow import MlflowClient


@dataclass(frozen=True)
class Server:
    """MLflow.

    Attributes:
        settings: The section ``mlflow``.
    """

    settings: dict[str, Any]

    @classmethod
    def configured(cls, context: KedroContext) -> Server:
        """As the configuration says."""
        return cls(context.config_loader["mlflow"])

    @property
    def uri(self) -> str:
        """Its address."""
        return str(self.settings["server"]["mlflow_tracking_uri"])

    def leaves_out(self, pipelines: Iterable[str]) -> bool:
        """Whether one of these pipelines is not to be tracked."""
        left_out = self.settings.get("tracking", {}).get("disable_tracking", {}).get("pipelines", [])
        return any(name in left_out for name in pipelines)

    def connect(self, context: KedroContext) -> tuple[MlflowClient, str]:
        """Reach it.

        Returns:
            A client, and the id of the experiment, which is made if needed.

        Raises:
            Exception: Whatever MLflow raises where it cannot be reached, or refuses.
        """
        # MLflow's own patience is four minutes for each request, which would be the month's where it is away.
        os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "4")
        os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")  # of small files
        from kedro_mlflow.config.kedro_mlflow_config import KedroMlflowConfig

        make_folder_of(self.uri)
        config = KedroMlflowConfig.model_validate(self.settings)
        config.setup(context)
        return config.server._mlflow_client, config.tracking.experiment._experiment.experiment_id
