"""What datasets show in Kedro-Viz: in a form that it draws, and small enough for a page."""

import inspect
import json
from pathlib import Path

import pytest
from kedro.framework.context import KedroContext
from kedro.framework.project import configure_project, pipelines
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

from segmentation_model.datasets import model_previews, previews
from segmentation_model.datasets.shown_text import ShownTextDataset
from segmentation_model.model.booster import TrainedBooster

PROJECT = Path(__file__).parents[2]
#: What Kedro-Viz 12 draws, by the name of what `preview` returns.
DRAWN = {"TablePreview", "JSONPreview", "ImagePreview", "HTMLPreview", "TextPreview"}
#: Datasets without a preview: pages are opened in a browser, workbooks lie beside a CSV that is shown; the parameters
#: name the rest.
WITHOUT = {"drift_html", "monthly_report", "model_card_html_domestic", "model_card_html_industrial", "run_record"}
WITHOUT |= {"benchmark_workbook", "call_list_workbook"}
WITHOUT |= {f"stored_model_card_{tariff}" for tariff in ("domestic", "industrial")}
WITHOUT |= {f"{kind}_{tariff}" for kind in ("baseline", "modeling") for tariff in ("domestic", "industrial")}
WITHOUT |= {f"modeling.{tariff}.tuning_journal" for tariff in ("domestic", "industrial")}

pytestmark = pytest.mark.usefixtures("fresh_logging")


@pytest.fixture
def context(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> KedroContext:
    bootstrap_project(PROJECT)
    configure_project("segmentation_model")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    with KedroSession.create(project_path=PROJECT, env="base") as session:
        return session.load_context()


def test_kedro_viz_draws_what_every_dataset_shows(context: KedroContext) -> None:
    for name in sorted(pipelines["__default__"].datasets() | pipelines["scoring"].datasets()):
        if name.startswith("params:") or name in WITHOUT:
            continue
        shown = inspect.signature(context.catalog.get(name).preview).return_annotation
        assert getattr(shown, "__name__", shown) in DRAWN, name


def test_a_training_shows_the_features_that_brought_the_most() -> None:
    gain = {f"feature_{number:02d}": float(number) for number in range(40)}
    shown = json.loads(model_previews.of_booster(TrainedBooster(None, {"reason": "few", "gain": gain})))
    assert list(shown["gain"].values()) == [float(number) for number in range(39, 19, -1)]
    assert shown["reason"] == "few"


def test_a_training_that_was_skipped_shows_why() -> None:
    assert json.loads(model_previews.of_booster(TrainedBooster(None, {"reason": "few"}))) == {"reason": "few"}


def test_text_is_shown_as_it_stands(tmp_path: Path) -> None:
    dataset = ShownTextDataset(filepath=str(tmp_path / "report.txt"))
    dataset.save("PSI_1 is *high*\n")
    assert dataset.preview() == "PSI_1 is *high*\n"


def test_json_keeps_its_letters() -> None:
    assert previews.of_json({"tariff": "Doméstica"}) == '{"tariff": "Doméstica"}'
