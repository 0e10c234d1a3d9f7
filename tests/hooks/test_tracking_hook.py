"""What the tracking hook hands to MLflow: content from memory, figures as they were saved."""

from pathlib import Path

import mlflow
import pytest
from kedro.framework.hooks.manager import _create_hook_manager, _register_hooks
from kedro.io import DataCatalog
from kedro.pipeline import Node, Pipeline
from kedro.runner import SequentialRunner
from kedro_datasets.json import JSONDataset
from matplotlib.figure import Figure

from segmentation_model.datasets.figures import FiguresDataset
from segmentation_model.hooks.tracking_hook import TrackingHook


def draw() -> dict[str, Figure]:
    figures = {"curve": Figure(), "bars": Figure()}
    for figure in figures.values():
        figure.subplots().plot([0, 1], [0, 1])
    return figures


def count() -> dict[str, int]:
    return {"rows": 3}


@pytest.fixture
def logged(monkeypatch) -> dict[str, object]:
    """What MLflow is given, by file name."""
    found: dict[str, object] = {}
    monkeypatch.setattr(mlflow, "active_run", lambda: object())
    monkeypatch.setattr(mlflow, "log_artifact", lambda path: found.update({Path(path).name: Path(path).read_bytes()}))
    monkeypatch.setattr(mlflow, "log_dict", lambda data, file: found.update({file: data}))
    monkeypatch.setattr(mlflow, "log_metrics", lambda numbers: found.update(numbers))
    return found


@pytest.fixture
def drawn(monkeypatch) -> list[object]:
    """Every time that a figure is drawn into a file."""
    times: list[object] = []
    savefig = Figure.savefig
    monkeypatch.setattr(Figure, "savefig", lambda figure, *to, **how: times.append(to) or savefig(figure, *to, **how))
    return times


def run(catalog: DataCatalog, *nodes: Node, tracking: bool = True) -> None:
    """Run nodes with the hook, as in a run that was opened, or not, when it began."""
    hook = TrackingHook()
    hook._catalog = catalog
    hook._inner = object() if tracking else None
    manager = _create_hook_manager()
    _register_hooks(manager, (hook,))
    SequentialRunner().run(Pipeline(nodes), catalog, manager)


def figures_at(address: str, **metadata: object) -> DataCatalog:
    return DataCatalog({"figures": FiguresDataset(filepath=address, suffix="_domestic", metadata=metadata)})


@pytest.mark.parametrize("address", ["{folder}/figures", "memory://figures"])
def test_figures_are_drawn_once_and_logged_as_they_were_saved(address, tmp_path, logged, drawn):
    catalog = figures_at(address.format(folder=tmp_path), mlflow=["artifact"])
    run(catalog, Node(draw, None, "figures"))
    assert len(drawn) == 2
    assert logged == catalog.load("figures")
    assert set(logged) == {"curve_domestic.png", "bars_domestic.png"}
    assert all(image.startswith(b"\x89PNG") for image in logged.values())


def test_figures_that_nobody_wants_in_mlflow_are_not_logged(tmp_path, logged):
    run(figures_at(f"{tmp_path}/figures"), Node(draw, None, "figures"))
    assert logged == {}
    assert (tmp_path / "figures" / "curve_domestic.png").exists()


def test_without_an_open_run_nothing_is_logged(tmp_path, logged):
    run(figures_at(f"{tmp_path}/figures", mlflow=["artifact"]), Node(draw, None, "figures"), tracking=False)
    assert logged == {}


def test_other_content_comes_from_memory_with_its_numbers(tmp_path, logged):
    metadata = {"mlflow": ["artifact", "metrics"]}
    catalog = DataCatalog({"counts": JSONDataset(filepath=f"{tmp_path}/counts.json", metadata=metadata)})
    run(catalog, Node(count, None, "counts"))
    assert logged == {"counts.json": {"rows": 3}, "counts.rows": 3.0}
