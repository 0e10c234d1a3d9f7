"""The compiled pipeline in the container image, with MLflow behind a server; ``.ci/image`` builds it and runs this."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.deployment.containers import Image
from tests.object_store import object_store
from tests.project_run import succeeded
from tests.sagemaker.cloud import Cloud, Desk, differing, results

pytestmark = [pytest.mark.image, pytest.mark.slow]

FIVE = ("PreprocessSplit", "DriftCheck", "TrainDomestic", "TrainIndustrial", "InferenceReporting")


@pytest.fixture(scope="module")
def image() -> Image:
    name = os.environ.get("SEGMENTATION_IMAGE")
    if not name:
        pytest.skip("needs the container image, which .ci/image builds and names in SEGMENTATION_IMAGE")
    return Image(name)


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Desk:
    return Desk.create(tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def mlflow(tmp_path_factory) -> Iterator[str]:
    """Address of an MLflow server, which keeps the files of the runs too."""
    folder = tmp_path_factory.mktemp("mlflow")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = [
        Path(sys.executable).with_name("mlflow"), "server", "--host", "127.0.0.1", "--port", port, "--workers", "1",
        "--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--artifacts-destination", str(folder / "artifacts"),
    ]  # fmt: skip
    with (folder / "log.txt").open("w") as log:
        variables = os.environ | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
        server = subprocess.Popen(command, stdout=log, stderr=log, env=variables)
        for _ in range(240):
            with contextlib.suppress(OSError), urlopen(f"http://127.0.0.1:{port}/health"):
                break
            time.sleep(0.25)
        yield f"http://127.0.0.1:{port}"
        server.terminate()
        server.wait()


def run_in_the_image(image: Image, desk: Desk, root: Path) -> Path:
    """``segmentation-model run`` of the image on a folder of this machine, with a registry of its own."""
    shutil.copytree(desk.folder / "raw", root / "01_raw")
    variables = {"SEGMENTATION_ROOT": "/data", "MLFLOW_TRACKING_URI": "sqlite:////tmp/mlflow.db"}
    options = [word for pair in variables.items() for word in ("--env", "=".join(pair))]
    words = ("run", "--conf-source", "/conf", "--env", "prod", "--params", "baseline_profile=train")
    mounts = {desk.folder / "conf": "/conf:ro", root: "/data"}
    succeeded(image.run(*words, entry_point="segmentation-model", mounts=mounts, options=tuple(options)))
    return root


def test_the_five_steps_give_what_one_run_in_the_image_gives(image, desk, mlflow, tmp_path):
    """Outside of it the last digits of a booster differ: XGBoost without its GPU parts is another build."""
    with object_store() as variables:
        cloud = Cloud(desk, variables, mlflow)
        execution = cloud.execute("job.json", "--image", image.name, "--engine", "podman")
        found = results(cloud.results(tmp_path / "published"))
    assert execution.code == 0, execution.log
    assert {execution.status()[name] for name in FIVE} == {"Succeeded"}
    assert differing(found, results(run_in_the_image(image, desk, tmp_path / "disk"))) == []
