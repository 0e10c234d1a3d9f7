"""What a test of the tracking hook changes in its process."""

import mlflow
import pytest


@pytest.fixture
def own_mlflow(monkeypatch: pytest.MonkeyPatch):
    """Let a test configure MLflow as it likes: afterwards all is as before."""
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_HTTP_REQUEST_MAX_RETRIES", "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    before = mlflow.get_tracking_uri()
    yield
    mlflow.set_tracking_uri(before)
    mlflow.set_registry_uri(None)
