"""What must hold of the whole house: the graph, the catalog, the parameters, the environments."""

import inspect
from collections import Counter
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest
from kedro.framework.context import KedroContext
from kedro.framework.project import configure_project, pipelines
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline
from pydantic import BaseModel

from segmentation_model.datasets.models import BaselineDataset

PROJECT = Path(__file__).parents[1]
ENVIRONMENTS = ["base", "dev", "prod", "uci"]
JOB_PIPELINES = ["feature_engineering", "drift", "modeling", "clustering", "reporting"]
#: Datasets that are in memory on purpose.
IN_MEMORY = {"run_record"}
#: The champion is read to be compared with, to score, and for its profile, which lies among the files of its artifact.
#: A model card that a training has left is read where it was written.
SHARED_PATHS = {
    name.format(tariff)
    for tariff in ("domestic", "industrial")
    for name in ("champion_{}", "scoring_model_{}", "scoring_profile_{}", "stored_model_card_{}")
}
LAYERS = ["raw", "intermediate", "primary", "feature", "model_input", "models", "model_output", "reporting"]
FITTING = {
    "train_booster", "fit_calibrator", "fit_risk_cutoffs", "fit_feature_spec", "build_profile", "profile_month",
    "select_by_gain", "search",
}  # fmt: skip


pytestmark = pytest.mark.usefixtures("fresh_logging")


@pytest.fixture(scope="module", autouse=True)
def project():
    bootstrap_project(PROJECT)
    configure_project("segmentation_model")


def context_of(environment: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> KedroContext:
    monkeypatch.setenv("SEGMENTATION_ROOT", str(tmp_path))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    with KedroSession.create(project_path=PROJECT, env=environment) as session:
        return session.load_context()


def registered(name: str) -> Pipeline:
    return pipelines[name]


def entries(catalog: DataCatalog, pipeline: Pipeline) -> dict[str, Any]:
    names = [name for name in pipeline.datasets() if not name.startswith("params:") and name != "parameters"]
    return {name: catalog.get(name) for name in names}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_environment_resolves_without_network(environment, monkeypatch, tmp_path):
    context = context_of(environment, monkeypatch, tmp_path)
    for name in pipelines:
        assert all(entries(context.catalog, registered(name)).values()), name


@pytest.mark.parametrize("name", ["__default__", "training", "scoring", "synthetic_data", *JOB_PIPELINES])
def test_no_dataset_is_silently_in_memory(name, monkeypatch, tmp_path):
    catalog = context_of("base", monkeypatch, tmp_path).catalog
    described = catalog.describe_datasets(pipelines=[name])[name]
    assert described["defaults"] == {}


def test_no_two_entries_share_a_path(monkeypatch, tmp_path):
    catalog = context_of("base", monkeypatch, tmp_path).catalog
    found = {**entries(catalog, registered("__default__")), **entries(catalog, registered("scoring"))}
    paths = Counter(
        str(dataset._describe()["filepath"])
        for name, dataset in found.items()
        if name not in SHARED_PATHS | IN_MEMORY and not isinstance(dataset, BaselineDataset)
    )
    assert [path for path, count in paths.items() if count > 1] == []


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_parameter_group_arrives_typed(environment, monkeypatch, tmp_path):
    catalog = context_of(environment, monkeypatch, tmp_path).catalog
    for pipeline in pipelines.values():
        for node in pipeline.nodes:
            for name in node.inputs:
                if name.startswith("params:"):
                    value = catalog.load(name)
                    assert isinstance(value, BaseModel | int), f"{node.name}: {name} arrives as {type(value).__name__}"


def test_no_node_takes_all_parameters():
    assert not [node.name for node in registered("__default__").nodes if "parameters" in node.inputs]


def test_annotations_of_nodes_tell_the_truth_at_run_time():
    for pipeline in pipelines.values():
        for node in pipeline.nodes:
            assert inspect.get_annotations(node.func, eval_str=True), node.name


def test_no_node_of_scoring_fits_anything_that_the_run_uses():
    """A month's profile is kept for a later year; nothing of this run reads it."""
    scoring = registered("scoring")
    fitting = [node for node in scoring.nodes if set(node.func.__code__.co_names) & FITTING]
    assert {node.name for node in fitting} == {"drift.profile_current"}
    assert {output for node in fitting for output in node.outputs} <= scoring.outputs()
    assert {node.func.__name__ for node in registered("training").nodes} & {"train_model", "freeze_cutoffs"}


def test_the_nodes_that_fit_are_tagged():
    """A month's profile is no part of a model; the search for settings works through a journal."""
    training = registered("training")
    fitting = {node.name for node in training.nodes if set(node.func.__code__.co_names) & FITTING}
    assert fitting == {node.name for node in training.only_nodes_with_tags("fits").nodes}


def test_the_nodes_that_report_are_tagged(monkeypatch, tmp_path):
    catalog = context_of("base", monkeypatch, tmp_path).catalog
    job = registered("__default__")
    reporting = {node.name for node in job.nodes if any(layer(catalog, name) == "reporting" for name in node.outputs)}
    assert reporting <= {node.name for node in job.only_nodes_with_tags("reports").nodes}


def test_the_boxes_of_a_model_follow_each_other():
    """Kedro-Viz leaves edges out where two boxes feed each other."""
    for tariff in ("domestic", "industrial"):
        model = registered("modeling").only_nodes_with_namespaces([f"modeling.{tariff}"])
        boxes = {node.namespace for node in model.nodes} - {f"modeling.{tariff}"}
        parts = {box: model.only_nodes_with_namespaces([box]) for box in boxes}
        feeds = {
            box: {other for other in boxes - {box} if parts[other].all_outputs() & parts[box].inputs()} for box in boxes
        }
        order = [box.rsplit(".", 1)[-1] for box in TopologicalSorter(feeds).static_order()]
        assert order[:3] == ["fit", "evaluate", "freeze"]
        assert set(order[3:]) == {"document", "promote"}


def test_training_and_scoring_together_are_the_job():
    names = {node.name for name in ("training", "scoring") for node in registered(name).nodes}
    assert names == {node.name for node in registered("__default__").nodes}


def test_scoring_needs_only_the_current_table_and_the_models_that_score():
    """A stored model card may be absent."""
    free = {name for name in registered("scoring").inputs() if not name.startswith("params:")}
    assert free == {
        "current_customers", "held_out", "baseline_domestic", "baseline_industrial", "scoring_model_domestic",
        "scoring_model_industrial", "scoring_profile_domestic", "scoring_profile_industrial", "run_record",
        "stored_model_card_domestic", "stored_model_card_industrial",
    }  # fmt: skip


def test_what_is_reported_feeds_only_the_report_of_reports_and_the_summary_that_closes_the_run(monkeypatch, tmp_path):
    catalog = context_of("base", monkeypatch, tmp_path).catalog
    readers = {
        node.name: {name for name in node.inputs if layer(catalog, name) == "reporting"}
        for node in registered("__default__").nodes
    }
    assert {node: names for node, names in readers.items() if names} == {
        "reporting.write_monthly_report": {
            "drift_report", "prediction_drift", "expected_performance", "month_check", "model_card_html_domestic",
            "model_card_html_industrial",
        },
        "reporting.summarise_run": {"monthly_report"},
    }  # fmt: skip


@pytest.mark.parametrize("name", ["__default__", "training", "scoring"])
def test_the_layers_make_no_cycle(name, monkeypatch, tmp_path):
    """Kedro-Viz drops all layers, without a word, where one feeds another and is fed by it."""
    catalog = context_of("base", monkeypatch, tmp_path).catalog
    pipeline = registered(name)
    boxes = {(node.namespace or "").split(".")[0] for node in pipeline.nodes}
    collapsed = [pipeline.only_nodes_with_namespaces([box]) for box in boxes]
    feeds: dict[str, set[str]] = {}
    for inputs, outputs in [
        *((node.inputs, node.outputs) for node in pipeline.nodes),
        *((box.inputs(), box.outputs()) for box in collapsed),  # as Kedro-Viz shows them at first
    ]:
        sources = {found for source in inputs if (found := layer(catalog, source))}
        for target in (found for output in outputs if (found := layer(catalog, output))):
            feeds.setdefault(target, set()).update(sources - {target})
    order = list(TopologicalSorter(feeds).static_order())
    assert set(order) <= set(LAYERS)


def test_every_stored_dataset_has_a_layer(monkeypatch, tmp_path):
    catalog = context_of("base", monkeypatch, tmp_path).catalog
    found = entries(catalog, registered("__default__"))
    assert [name for name in found if layer(catalog, name) not in LAYERS and name not in IN_MEMORY] == []


def test_every_node_is_in_one_of_the_five_boxes():
    boxes = {(node.namespace or "").split(".")[0] for node in registered("__default__").nodes}
    assert boxes == set(JOB_PIPELINES)


def test_the_drift_gate_precedes_training_scoring_and_the_profile_of_the_month():
    """The model card, which comes after training, quotes it."""
    waiting = {node.name for node in registered("__default__").nodes if "drift_gate" in node.inputs}
    assert waiting == {
        name.format(tariff)
        for tariff in ("domestic", "industrial")
        for name in (
            "modeling.{}.fit.select_features",
            "modeling.{}.fit.tune_training",
            "modeling.{}.fit.train_model",
            "modeling.{}.document.write_model_card",
            "modeling.{}.promote.judge_challenger",
            "modeling.{}.score_current",
        )
    } | {"drift.profile_current"}


def layer(catalog: DataCatalog, name: str) -> str | None:
    metadata = getattr(catalog.get(name), "metadata", None) or {}
    return metadata.get("kedro-viz", {}).get("layer")
