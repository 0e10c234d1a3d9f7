"""MLflow on a local database, which takes seconds to make: a process makes one, the others are copies of it."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

import pytest


def new_database(file: Path) -> str:
    """Make an empty database; its address."""
    shutil.copy(_first(), file)
    return f"sqlite:///{file}"


@cache
def _first() -> Path:
    from mlflow import MlflowClient

    folder = Path(tempfile.mkdtemp(prefix="mlflow"))
    atexit.register(shutil.rmtree, folder)
    MlflowClient(f"sqlite:///{folder}/mlflow.db").search_experiments()
    return folder / "mlflow.db"


@pytest.fixture(scope="session")
def mlflow_database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Address of a database; a test has an experiment of its own in it."""
    return new_database(tmp_path_factory.mktemp("mlflow") / "mlflow.db")
