"""Runs `kedro` and `segmentation-model` for a caller, each in a fork of a process that has imported what they import.

A command needs several seconds for its imports, and many do little else. What they do themselves is what they do
anywhere: arguments, folder, environment, streams and exit code are the caller's. Only the seed of Python's hashes is
the same for all: what must not depend on it is run in a process of its own.
"""

import importlib
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.project_run import PROJECT

#: A program, to be put in front of the others on the shell's path; without `site` it starts at once.
CLIENT = """#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as line:
    line.connect({address!r})
    argv = [os.path.basename(sys.argv[0]), *sys.argv[1:]]
    told = {{"argv": argv, "cwd": os.getcwd(), "env": dict(os.environ)}}
    socket.send_fds(line, [json.dumps(told).encode()], [0, 1, 2])
    line.shutdown(socket.SHUT_WR)
    sys.exit(line.recv(1)[0])
"""
COMMANDS = ("kedro", "segmentation-model")
_IMPORTED = (
    "IPython",
    "git",
    "kedro.framework.cli.cli",
    "kedro_datasets.pandas",
    "kedro_mlflow.framework.hooks.mlflow_hook",
    "kedro_viz.integrations.kedro.hooks",
    "matplotlib.backends.backend_agg",
    "matplotlib.figure",
    "mlflow.pyfunc",
    "mlflow.store.tracking.sqlalchemy_store",
    "pandera.pandas",
    "sklearn.metrics",
    "sqlalchemy.dialects.sqlite",
    "xgboost",
    "segmentation_model.datasets.date_partitions",
    "segmentation_model.datasets.workbook",
    "segmentation_model.drift_check.command",
    "segmentation_model.pipeline_registry",
    "segmentation_model.settings",
)


@contextmanager
def warm_commands(folder: Path, source: Path) -> Iterator[Path]:
    """A folder with `kedro` and `segmentation-model`, which need no time to start and run the package in ``source``."""
    address = Path(tempfile.mkdtemp(prefix="warm")) / "line"  # the path of a socket must be short
    folder.mkdir()
    for name in COMMANDS:
        program = folder / name
        program.write_text(CLIENT.format(python=sys.executable, address=str(address)))
        program.chmod(0o755)
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.warm_commands", str(address)],
        cwd=PROJECT,
        env=os.environ | {"PYTHONPATH": f"{source}{os.pathsep}{PROJECT}", "DO_NOT_TRACK": "true"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        try:
            yield folder
        finally:
            server.stdin.close()
    shutil.rmtree(address.parent)


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Folder with the project's ``kedro`` and ``segmentation-model``, which need no time to start."""
    with warm_commands(tmp_path_factory.mktemp("warm") / "programs", PROJECT / "src") as folder:
        yield folder


def serve(address: str) -> None:
    """Answer until the parent closes standard input, or is gone."""
    for name in _IMPORTED:
        importlib.import_module(name)
    # Once in a process, MLflow looks through all that is installed.
    importlib.import_module("mlflow.utils.requirements_utils")._init_modules_to_packages_map()
    with socket.socket(socket.AF_UNIX) as line:
        line.bind(address)
        line.listen()
        print("ready", flush=True)
        while sys.stdin not in select.select([line, sys.stdin], [], [])[0]:
            asked, _ = line.accept()
            with asked:
                told, streams, _, _ = socket.recv_fds(asked, 1 << 20, 3)
                child = os.fork()
                if child == 0:
                    _run(json.loads(told), streams)
                for stream in streams:
                    os.close(stream)
                with suppress(BrokenPipeError):
                    asked.sendall(bytes([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 0xFF]))


def _run(told: dict, streams: list[int]) -> None:
    """Be the command, in the child."""
    code = 1
    try:
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        os.chdir(told["cwd"])
        os.environ.clear()
        os.environ.update(told["env"])
        sys.argv = told["argv"]
        if sys.argv[0] == "kedro":
            from kedro.framework.cli.cli import main
        else:
            from segmentation_model.__main__ import main
        main()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    serve(sys.argv[1])
