"""The container image itself: what is in it, and that the job runs in it. ``.ci/image`` builds it and runs these."""

import json
import os
import re
from pathlib import Path

import pytest

import segmentation_model
from tests.deployment.containers import Image
from tests.project_run import succeeded

PROJECT = Path(__file__).parents[2]

pytestmark = [pytest.mark.image, pytest.mark.slow]


@pytest.fixture(scope="module")
def image() -> Image:
    name = os.environ.get("SEGMENTATION_IMAGE")
    if not name:
        pytest.skip("needs the container image, which .ci/image builds and names in SEGMENTATION_IMAGE")
    return Image(name)


def test_says_what_it_is(image):
    labels = json.loads(image.inspect("Labels"))
    said = {name.removeprefix("org.opencontainers.image."): text for name, text in labels.items()}
    assert said["title"] == "segmentation-model"
    assert said["version"] == segmentation_model.__version__
    assert said["licenses"] == "Apache-2.0"
    assert re.fullmatch("[0-9a-f]{40}", said["revision"])
    assert said["description"]
    assert said["source"]


def test_holds_this_version_of_the_project(image):
    shown = succeeded(image.run("--version", entry_point="segmentation-model")).stdout
    assert shown == f"segmentation-model, version {segmentation_model.__version__}\n"


def test_can_neither_install_nor_build(image):
    found = image.python(
        "import shutil; from importlib.util import find_spec\n"
        "print([name for name in ('pip', 'pip3', 'cc', 'gcc', 'make', 'ld') if shutil.which(name)],"
        " [name for name in ('pip', 'setuptools', 'wheel', 'ensurepip') if find_spec(name)])"
    )
    assert found == "[] []"


def test_compiles_nothing_at_its_start(image):
    """Bytecode of the standard library, of the dependencies and of the project."""
    uncompiled = image.python(
        "import sys, pathlib, kedro_mlflow, pandas, segmentation_model.pipeline_registry, xgboost\n"
        "specs = [module.__spec__ for module in list(sys.modules.values()) if getattr(module, '__spec__', None)]\n"
        "cached = [spec.cached for spec in specs if spec.cached]\n"
        "print(len(cached) > 1000, [path for path in cached if not pathlib.Path(path).is_file()])"
    )
    assert uncompiled == "True []"


def test_sends_nothing_home(image):
    disabled = image.python("from mlflow.telemetry.utils import is_telemetry_disabled; print(is_telemetry_disabled())")
    assert disabled == "True"


def test_a_training_job_without_settings_fails_in_a_sentence(image):
    result = image.run("train")
    assert result.returncode != 0
    assert "hyperparameters.json: no hyperparameters can be read" in result.stderr
    assert "Traceback" not in result.stderr


def test_the_whole_job_writes_nowhere_but_below_opt_ml_and_tmp(image, tmp_path):
    mounts = {PROJECT / "conf": "/conf:ro", PROJECT / "tests" / "fixtures": "/tables:ro", tmp_path: "/opt/ml"}
    tables = ",".join(f"{part}_path=/tables/{part}_customers.parquet" for part in ("labelled", "current"))
    succeeded(
        image.run(
            *("run", "--conf-source", "/conf", "--env", "dev", "--params", tables),
            entry_point="segmentation-model",
            mounts=mounts,
            options=("--read-only", "--read-only-tmpfs=false", "--tmpfs=/tmp"),
        )
    )
    summary = json.loads((tmp_path / "data" / "dev" / "08_reporting" / "run_summary.json").read_text())
    assert summary["rows"]["current"] == summary["rows"]["segmented"] + summary["rows"]["rejected"] == 200
    assert summary["tariffs"]["Domestic"]["status"] == "trained"
