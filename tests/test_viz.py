"""What a reviewer gets with a release: Kedro-Viz as a static site, after a run on made-up data, in a real browser."""

import json
import re
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.project_run import PROJECT, ProjectRun, copy_sources, succeeded

pytestmark = pytest.mark.slow

LAYERS = ["raw", "intermediate", "primary", "feature", "model_input", "models", "model_output", "reporting"]
PIPELINES = ["clustering", "drift", "feature_engineering", "modeling", "reporting"]
BOXES = {"evaluate", "fit", "freeze", "document", "promote"}
WIDTHS = [1440, 390]
#: The tour that greets a new visitor would stand before the graph.
SEEN = 'localStorage.setItem("KedroViz", JSON.stringify({showFeatureHints: false, theme: "light"}))'
#: Serious to axe-core, and Kedro-Viz's own; docs/how-to/review.md says what each is.
OF_KEDRO_VIZ = {
    "aria-allowed-attr", "aria-required-attr", "color-contrast", "definition-list", "label", "list", "listitem",
    "scrollable-region-focusable",
}  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, which the run and the site are written into."""
    copy = copy_sources(tmp_path_factory.mktemp("viz") / "project")
    shutil.copytree(PROJECT / "viz", copy / "viz", ignore=shutil.ignore_patterns("__pycache__"))
    return copy


@pytest.fixture(scope="module")
def site(project: Path) -> Path:
    """The site as `make viz-build` makes it."""
    folder = project.with_name("site")
    command = [sys.executable, str(project / "viz"), "build", str(project), str(folder)]
    succeeded(ProjectRun.call(command, cwd=project))
    return folder


@pytest.fixture(scope="module")
def graph(site: Path) -> dict:
    return json.loads((site / "api" / "main").read_text())


@pytest.fixture(scope="module")
def nodes(site: Path, graph: dict) -> dict[str, dict]:
    """What the panel of each node and dataset shows, by full name."""
    return {
        node.get("full_name") or node["name"]: json.loads((site / "api" / "nodes" / node["id"]).read_text())
        for node in graph["nodes"]
        if node["type"] != "modularPipeline"
    }


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """The site on a server, in a folder below the root, as a published site often lies."""
    published = site.with_name("published")
    published.mkdir()
    (published / "lineage").symlink_to(site)
    handler = partial(_Quiet, directory=str(published))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/lineage/"
        server.shutdown()
        thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Opens a page; in the end all must have been silent, and have asked for nothing that fails or lies elsewhere."""
    faults: list[str] = []
    contexts = []

    def visited(page: str = "", width: int = 1440, height: int = 900) -> Page:
        contexts.append(browser.new_context(viewport={"width": width, "height": height}))
        contexts[-1].set_default_timeout(60_000)
        shown = contexts[-1].new_page()
        shown.add_init_script(SEEN)
        shown.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
        shown.on("pageerror", lambda error: faults.append(str(error)))
        shown.on("requestfailed", lambda request: faults.append(f"failed: {request.url}"))
        shown.on("response", lambda answer: faults.append(f"{answer.status} {answer.url}") if not answer.ok else None)
        shown.on("request", lambda request: _note_foreign(request.url, address, faults))
        shown.goto(address + page)
        return shown

    yield visited
    for context in contexts:
        context.close()
    assert faults == []


def _note_foreign(url: str, address: str, faults: list[str]) -> None:
    if not url.startswith((address, "data:", "blob:")):
        faults.append(f"elsewhere: {url}")


class TestGraph:
    def test_it_has_five_collapsible_pipelines_and_all_layers(self, graph):
        tree = graph["modular_pipelines"]
        boxes = {child["id"] for child in tree["__root__"]["children"] if child["type"] == "modularPipeline"}
        assert graph["layers"] == LAYERS
        assert boxes == set(PIPELINES)

    @pytest.mark.parametrize("pipeline", ["training", "scoring", *PIPELINES])
    def test_every_pipeline_has_layers(self, site, pipeline):
        shown = json.loads((site / "api" / "pipelines" / pipeline).read_text())
        assert shown["layers"]

    @pytest.mark.parametrize("tariff", ["domestic", "industrial"])
    def test_a_model_is_a_box_of_boxes(self, graph, tariff):
        children = {child["id"] for child in graph["modular_pipelines"][f"modeling.{tariff}"]["children"]}
        assert {f"modeling.{tariff}.{box}" for box in BOXES} <= children

    def test_what_modeling_gives_fits_into_a_row(self, graph):
        assert len(graph["modular_pipelines"]["modeling"]["outputs"]) <= 18

    def test_a_box_has_the_tags_of_all_that_is_in_it(self, graph):
        tags = {node["name"]: set(node["tags"]) for node in graph["nodes"] if node["type"] == "modularPipeline"}
        assert tags["modeling"] == {"training", "scoring", "fits", "freezes", "reports"}
        assert "fits" not in tags["reporting"]


class TestPanels:
    def test_no_path_of_this_machine_is_on_the_site(self, site, project):
        here = re.compile("|".join(re.escape(str(path)) for path in (project, PROJECT, Path.home(), sys.prefix)))
        files = [file for file in site.rglob("*") if file.is_file() and "assets" not in file.parts]
        assert [file.name for file in files if here.search(file.read_text(errors="replace"))] == []

    def test_every_file_is_named_from_the_project_s_folder_on(self, nodes):
        paths = {name: node["filepath"] for name, node in nodes.items() if node.get("filepath")}
        assert paths["clustering.assign_segments"] == "src/segmentation_model/pipelines/clustering/nodes.py"
        assert paths["benchmark_table"] == "data/dev/08_reporting/benchmark.csv"
        assert {name for name, path in paths.items() if not path.startswith(("src/", "data/dev/", "models:/"))} == set()

    def test_tables_figures_models_and_metrics_are_previewed(self, nodes):
        assert nodes["benchmark_table"]["preview_type"] == "TablePreview"
        assert len(nodes["benchmark_table"]["preview"]["data"]) > 20
        assert nodes["segments"]["preview"]["columns"][0] == "customer_id"
        assert nodes["evaluation_figures_domestic"]["preview_type"] == "ImagePreview"
        assert "deciles, 10 rows" in nodes["evaluation_tables_domestic"]["preview"]
        assert "roc_auc" in json.loads(nodes["evaluation_domestic"]["preview"])["test"]
        assert json.loads(nodes["drift_summary"]["preview"])["status"] == "clean"
        assert json.loads(nodes["model_domestic"]["preview"])["risk_cutoffs"]["labels"][-1] == "Riesgo Muy Alto"
        assert json.loads(nodes["registered_domestic"]["preview"])["aliases"]["champion"] == "1"

    def test_whatever_can_be_previewed_is(self, nodes):
        assert [name for name, node in nodes.items() if node.get("preview_type") and node.get("preview") is None] == []

    def test_a_table_says_how_large_it_is(self, nodes):
        assert nodes["labelled_customers"]["stats"]["columns"] == 241

    def test_the_values_of_a_rule_stand_beside_its_diagram(self, nodes):
        node = nodes["clustering.assign_segments"]
        assert node["preview"]["kind"] == "mermaid"
        assert node["parameters"]["clustering"]["new_customer_months"] == 12

    def test_every_node_says_what_it_does(self, nodes):
        assert [name for name, node in nodes.items() if node.get("code") and '"""' not in node["code"]] == []


class TestBrowser:
    @pytest.mark.parametrize("width", WIDTHS)
    def test_the_five_pipelines_are_shown_collapsed(self, visit, width):
        shown = visit(width=width)
        for name in PIPELINES:
            shown.locator(f"svg >> text={name}").first.wait_for(state="attached")
        assert shown.locator("svg >> text=train_model").count() == 0

    def test_all_layers_are_shown_once_the_pipelines_are_expanded(self, visit):
        shown = visit("?expandAllPipelines=true")
        shown.locator("svg >> text=train_model").first.wait_for(state="attached")
        assert shown.locator(".pipeline-layer-name").all_text_contents() == LAYERS

    def test_a_diagram_is_drawn_in_a_node_s_panel(self, visit, graph):
        (node,) = (node["id"] for node in graph["nodes"] if node.get("full_name") == "clustering.assign_segments")
        shown = visit(f"?pid=__default__&sid={node}")
        drawn = shown.locator(".pipeline-mermaid-renderer svg")
        drawn.wait_for()
        assert "new_customer_months" in drawn.text_content()

    @pytest.mark.parametrize("width", WIDTHS)
    def test_the_review_page_answers_four_questions_without_fault(self, visit, width):
        shown = visit("review.html", width=width)
        assert shown.locator(".answer h2").all_inner_texts() == [
            "What comes in?", "What is fitted?", "What is frozen?", "What goes out?",
        ]  # fmt: skip
        assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert Axe().run(shown).response["violations"] == []

    def test_a_link_of_the_review_page_opens_the_dataset_s_panel(self, visit):
        shown = visit("review.html")
        shown.get_by_role("link", name="model_domestic", exact=True).click()
        shown.locator(".pipeline-metadata__title", has_text="model_domestic").wait_for()

    @pytest.mark.parametrize("width", WIDTHS)
    def test_what_axe_finds_serious_in_graph_and_panel_is_kedro_viz_s_own(self, visit, width, graph):
        (model,) = (node["id"] for node in graph["nodes"] if node["name"] == "model_domestic")
        shown = visit(f"?pid=__default__&sid={model}", width=width)
        shown.locator("text=Expand preview").wait_for()
        found = Axe().run(shown).response["violations"]
        assert {fault["id"] for fault in found if fault["impact"] in ("serious", "critical")} <= OF_KEDRO_VIZ
