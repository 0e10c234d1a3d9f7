"""What a reviewer sees in Kedro-Viz: five collapsible pipelines and the layers by name, in a real browser."""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.project_run import ProjectRun, copy_sources, succeeded

pytestmark = pytest.mark.slow

LAYERS = ["raw", "intermediate", "primary", "feature", "model_input", "models", "model_output", "reporting"]
PIPELINES = ["clustering", "drift", "feature_engineering", "modeling", "reporting"]


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The static site, built from a copy of the project, because it is written into the project's folder."""
    copy = copy_sources(tmp_path_factory.mktemp("viz") / "project")
    command = [sys.executable, "-m", "kedro", "viz", "build", "--include-hooks"]
    succeeded(ProjectRun.call(command, cwd=copy, PYTHONPATH=str(copy / "src")))
    return copy / "build"


@pytest.fixture(scope="module")
def address(site) -> Iterator[str]:
    handler = partial(_Quiet, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def test_the_graph_has_five_collapsible_pipelines_and_all_layers(site):
    graph = json.loads((site / "api" / "main").read_text())
    boxes = {node["name"] for node in graph["nodes"] if node["type"] == "modularPipeline" and "." not in node["name"]}
    assert graph["layers"] == LAYERS
    assert boxes == set(PIPELINES)


def test_the_two_models_are_boxes_within_modeling(site):
    graph = json.loads((site / "api" / "main").read_text())
    children = {child["id"] for child in graph["modular_pipelines"]["modeling"]["children"]}
    assert {"modeling.domestic", "modeling.industrial"} <= children


def page(address: str, profile: Path) -> str:
    """The page as a browser has it in the end, from the graph on."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("needs a browser: apt-get install chromium")
    command = [
        browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", f"--user-data-dir={profile}",
        "--window-size=1440,1000", "--virtual-time-budget=20000", "--dump-dom", address,
    ]  # fmt: skip
    shown = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    return shown[shown.index("pipeline-flowchart") :]


def test_a_browser_shows_the_five_pipelines_collapsed(address, tmp_path):
    shown = page(address, tmp_path)
    assert [name for name in PIPELINES if f">{name}<" not in shown] == []
    assert ">train_model<" not in shown


def test_a_browser_shows_all_layers_once_the_pipelines_are_expanded(address, tmp_path):
    shown = page(f"{address}?expandAllPipelines=true", tmp_path)
    assert [name for name in LAYERS if f">{name}<" not in shown] == []
