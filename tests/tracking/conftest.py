"""An experiment of the test's own, and what makes runs in it."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from mlflow import MlflowClient

_NUMBER = count()


@pytest.fixture
def client(mlflow_database: str) -> MlflowClient:
    return MlflowClient(mlflow_database)


@pytest.fixture
def experiment(client: MlflowClient, tmp_path: Path) -> str:
    """Id of an experiment of the test's own."""
    made: str = client.create_experiment(f"steps {next(_NUMBER)}", str(tmp_path / "files"))
    return made


@pytest.fixture
def create(client: MlflowClient, experiment: str) -> Callable[[dict[str, str]], str]:
    """Makes a run with tags, and gives its id."""

    def made(tags: dict[str, str]) -> str:
        run_id: str = client.create_run(experiment, tags=tags).info.run_id
        return run_id

    return made
