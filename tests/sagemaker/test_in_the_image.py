"""The compiled pipeline in the container image, with MLflow behind a server; ``.ci/image`` builds it and runs this."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from moto.server import ThreadedMotoServer

from tests.sagemaker.cloud import Cloud, Desk, results, run_locally

pytestmark = [pytest.mark.image, pytest.mark.slow]

FIVE = ("PreprocessSplit", "DriftCheck", "TrainDomestic", "TrainIndustrial", "InferenceReporting")


@pytest.fixture(scope="module")
def image() -> str:
    name = os.environ.get("SEGMENTATION_IMAGE")
    if not name:
        pytest.skip("needs the container image, which .ci/image builds and names in SEGMENTATION_IMAGE")
    return name


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


def test_the_five_steps_give_what_a_run_on_disk_gives(image, mlflow, tmp_path):
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    variables = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }  # fmt: skip
    (tmp_path / "desk").mkdir()
    desk = Desk.create(tmp_path / "desk")
    cloud = Cloud(desk, variables, mlflow)
    execution = cloud.execute("job.json", "--image", image, "--engine", "podman")
    found = cloud.results(tmp_path / "published")
    server.stop()
    assert execution.code == 0, execution.log
    assert {execution.status()[name] for name in FIVE} == {"Succeeded"}
    print(execution.log)
    expected = run_locally(desk, tmp_path / "disk", desk.registry("disk"))
    assert results(found) == results(expected)
