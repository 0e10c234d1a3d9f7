"""A whole ``kedro run``, in the project and from an archive: every line of prod is JSON, the first one included."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from textwrap import dedent

import pytest

CONF = Path(__file__).parents[2] / "conf"

FILES = {
    "pyproject.toml": """
        [tool.kedro]
        package_name = "tiny"
        project_name = "tiny"
        kedro_init_version = "1.7.0"
        """,
    "src/tiny/__init__.py": "",
    "src/tiny/settings.py": """
        from segmentation_model.hooks.logging_hook import LoggingHook
        from segmentation_model.logging.node_clock import NodeClock

        HOOKS = (LoggingHook(NodeClock()),)
        CONFIG_LOADER_ARGS = {"base_env": "base", "default_run_env": "base"}
        DISABLE_HOOKS_FOR_PLUGINS = ("kedro_mlflow", "kedro-telemetry")
        """,
    "src/tiny/pipeline_registry.py": """
        import logging
        import warnings

        from kedro.pipeline import Node, Pipeline


        def speak() -> int:
            logging.getLogger("segmentation_model.speak").info("inside")
            warnings.warn("careful")
            return 1


        def register_pipelines() -> dict[str, Pipeline]:
            return {"__default__": Pipeline([Node(speak, None, "said", name="speak")])}
        """,
    "conf/base/catalog.yml": "said: {type: MemoryDataset}",
    "conf/base/parameters.yml": "{}",
    "conf/base/globals.yml": "execution_date: 2026-01-31",
}

# As an entry point of the wheel does it: quiet first, Kedro after.
PACKAGED = """
from segmentation_model.logging.startup import quiet_start
quiet_start()
from kedro.framework.project import configure_project
from kedro.framework.session import KedroSession
from kedro.runner import SequentialRunner
configure_project("tiny")
with KedroSession.create(conf_source="{archive}", env="prod") as session:
    session.run(runner=SequentialRunner())
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    for name in ("logging.yml", "base/logging.yml", "prod/logging.yml"):
        target = tmp_path / "project" / "conf" / name
        target.parent.mkdir(exist_ok=True)
        shutil.copy(CONF / name, target)
    return tmp_path / "project"


def run(arguments: list[str], folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("KEDRO_", "MLFLOW_"))}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=inherited | {"DO_NOT_TRACK": "1"} | environ,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )


def check(done: subprocess.CompletedProcess[str]) -> None:
    """Standard output is empty, and standard error is the run in JSON from the first line to the last."""
    assert done.stdout == ""
    told = [json.loads(line) for line in done.stderr.splitlines()]
    messages = [line["message"] for line in told]
    assert messages[0].startswith("Run ")
    assert messages[1] == "inside"
    assert "UserWarning: careful" in messages[2]
    assert messages[3].startswith("[1/1] speak")
    assert messages[4].startswith("Finished 1 of 1 nodes")
    assert len(messages) == 5
    assert [line["node"] for line in told] == [None, "speak", "speak", "speak", None]
    assert {line["environment"] for line in told} == {"prod"}
    assert {line["execution_date"] for line in told} == {"2026-01-31"}
    assert len({line["run_id"] for line in told}) == 1


@pytest.mark.slow
def test_prod_is_json_from_the_first_line_in_the_project(project: Path) -> None:
    check(run(["-m", "kedro", "run", "--env", "prod"], project))


@pytest.mark.slow
def test_prod_is_json_from_the_first_line_with_an_archive_as_source(project: Path, tmp_path: Path) -> None:
    archive = tmp_path / "conf-tiny.tar.gz"
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(project / "conf", "conf")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    check(run(["-c", PACKAGED.format(archive=archive)], elsewhere, PYTHONPATH=str(project / "src")))
