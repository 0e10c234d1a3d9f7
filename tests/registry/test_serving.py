"""What others do with a champion: load it with plain MLflow, and serve it. The probabilities are the batch's."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from segmentation_model.model.scoring import score
from tests.model.artifacts import features, trained
from tests.registry.conftest import Place

pytestmark = pytest.mark.slow

_LOAD = """
import json, sys
from importlib.abc import MetaPathFinder

class OnlyTheModelsOwn(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "segmentation_model" and not any(entry.endswith("code") for entry in sys.path):
            raise ModuleNotFoundError(name)
        if name.split(".")[0] in ("kedro", "kedro_mlflow", "kedro_datasets"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, OnlyTheModelsOwn())
import mlflow, pandas as pd
model = mlflow.pyfunc.load_model(sys.argv[1])
rows = pd.read_json(sys.argv[2], orient="split", dtype={"late": float, "noise": float})
scored = model.predict(rows)
import segmentation_model
print(json.dumps({"from": segmentation_model.__file__, "scored": scored.to_dict("list")}))
"""


def month() -> pd.DataFrame:
    """Rows to score: a missing number, a missing category, a category that training never saw."""
    rows = features(60, 71)[["late", "noise", "channel"]]
    rows.loc[3, "late"] = np.nan
    rows.loc[4, "channel"] = None
    rows.loc[5, "channel"] = "kiosk"
    return rows


def as_json(rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "columns": list(rows.columns),
        "data": [[None if pd.isna(value) else value for value in row] for row in rows.astype(object).to_numpy()],
    }


def batch() -> tuple[np.ndarray, list[str]]:
    margin, probability = score(trained().model, month(), "month")
    return probability, list(trained().model.cutoffs.categorise(margin))


def elsewhere(place: Place, folder: Path) -> dict[str, Any]:
    """Where and how a process runs that knows MLflow's address and nothing of this project."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # MLflow calls uvicorn by name
    return {"cwd": folder, "env": environment | {"MLFLOW_TRACKING_URI": place.model.uri, "PATH": programs}}


def test_plain_mlflow_loads_the_champion_with_the_code_it_brings(place: Place, tmp_path: Path):
    place.register(trained().model)
    (tmp_path / "rows.json").write_text(json.dumps(as_json(month())))
    command = [sys.executable, "-c", _LOAD, f"models:/{place.model.name}@champion", str(tmp_path / "rows.json")]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, **elsewhere(place, tmp_path)
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert Path(found["from"]).is_relative_to(place.stored()[0] / "code")
    probability, category = batch()
    np.testing.assert_allclose(found["scored"]["probability"], probability, rtol=0, atol=1e-12)
    assert found["scored"]["risk_category"] == category


@pytest.fixture
def server(place: Place, tmp_path: Path) -> Iterator[str]:
    """Address of ``mlflow models serve`` for the champion."""
    place.register(trained().model)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "mlflow", "models", "serve", "--model-uri", f"models:/{place.model.name}@champion",
        "--env-manager", "local", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
    ]  # fmt: skip
    log = tmp_path / "server.log"
    with (
        log.open("w") as lines,
        subprocess.Popen(
            command, stdout=lines, stderr=subprocess.STDOUT, start_new_session=True, **elsewhere(place, tmp_path)
        ) as process,
    ):
        try:
            _wait_for(f"http://127.0.0.1:{port}/ping", process, log)
            yield f"http://127.0.0.1:{port}/invocations"
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)  # the server, and the worker that it started


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 180
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.3)
    pytest.fail(f"the server did not start:\n{log.read_text()}")


def post(address: str, content: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(address, json.dumps(content).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        found: dict[str, Any] = json.loads(answer.read())
    return found


def test_the_served_champion_gives_the_probabilities_of_the_batch(server: str):
    probability, category = batch()
    answer = post(server, {"dataframe_split": as_json(month())})
    served = pd.DataFrame(answer["predictions"])
    np.testing.assert_allclose(served["probability"], probability, rtol=0, atol=1e-12)
    assert served["risk_category"].tolist() == category
    with pytest.raises(urllib.error.HTTPError, match="400") as caught:
        post(server, {"dataframe_split": as_json(month().drop(columns="late"))})
    assert "late" in caught.value.read().decode()
