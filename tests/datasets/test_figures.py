"""Figures in a folder: one PNG each, under names that are known outside of it."""

import base64
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from segmentation_model.datasets.figures import FiguresDataset

PNG = b"\x89PNG"


def drawn(*names: str) -> dict[str, Figure]:
    figures = {name: Figure(figsize=(2, 1)) for name in names}
    for figure in figures.values():
        figure.subplots().plot([0, 1], [0, 1])
    return figures


@pytest.fixture(params=["disk", "memory"])
def dataset(request: pytest.FixtureRequest, tmp_path: Path) -> FiguresDataset:
    folder = str(tmp_path / "figures") if request.param == "disk" else f"memory://{tmp_path.name}/figures"
    return FiguresDataset(filepath=folder, suffix="_domestic")


def test_each_figure_has_its_file(dataset: FiguresDataset) -> None:
    assert not dataset.exists()
    dataset.save(drawn("curve", "bars"))
    assert dataset.exists()
    images = dataset.load()
    assert set(images) == {"curve_domestic.png", "bars_domestic.png"}
    assert all(image.startswith(PNG) for image in images.values())


def test_the_folder_is_replaced_whole(dataset: FiguresDataset) -> None:
    dataset.save(drawn("curve", "bars"))
    dataset.save(drawn("bars"))
    assert set(dataset.load()) == {"bars_domestic.png"}


def test_equal_figures_give_equal_bytes(dataset: FiguresDataset) -> None:
    dataset.save(drawn("curve"))
    before = dataset.load()
    dataset.save(drawn("curve"))
    assert dataset.load() == before


def test_kedro_viz_gets_them_on_one_sheet(dataset: FiguresDataset) -> None:
    dataset.save(drawn("curve", "bars", "points"))
    assert base64.b64decode(dataset.preview()).startswith(PNG)
