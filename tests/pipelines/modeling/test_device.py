"""Trees are built where the configuration says, or the run ends; the model says where they were built."""

from pathlib import Path

import numpy as np
import pytest
import xgboost as xgb

from segmentation_model.errors import ArtifactError, ConfigurationError
from segmentation_model.pipelines.modeling import device, nodes, training
from segmentation_model.pipelines.modeling.device import device_of, require_device
from tests.in_process import run
from tests.model.artifacts import FEW_TREES, GATE_OPEN, MINIMUM, as_configured, trained

pytestmark = pytest.mark.usefixtures("fresh_logging")

CUDA = FEW_TREES.model_copy(update={"device": "cuda"})


def has_gpu() -> bool:
    try:
        require_device("cuda")
    except ConfigurationError:
        return False
    return True


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch):
    """On a machine with a GPU, XGBoost as it is without: it falls back to the processor."""
    if has_gpu():
        monkeypatch.setattr(device, "device_of", lambda _: "cpu")


class TestWithoutAGpu:
    def test_cuda_is_refused_and_the_parameter_is_named(self, no_gpu):
        message = r"modeling\.training\.device: 'cuda', but XGBoost finds no GPU .*\(it says: 'cpu'\); set 'cpu'"
        with pytest.raises(ConfigurationError, match=message):
            require_device("cuda")

    def test_training_ends_before_any_tree_is_built(self, no_gpu, monkeypatch: pytest.MonkeyPatch):
        given = (trained().train, trained().calibration, trained().spec, GATE_OPEN, as_configured(CUDA), MINIMUM, 7)
        monkeypatch.setattr(training, "_matrix", lambda *_: pytest.fail("training began"))
        with pytest.raises(ConfigurationError, match="finds no GPU"):
            nodes.train_model(*given)

    def test_a_run_that_trains_ends_before_it_begins_and_one_that_scores_does_not(self, no_gpu, tmp_path: Path):
        cuda = {"modeling": {"training": {"device": "cuda"}}}
        run("synthetic_data", tmp_path, rows=50, **cuda)
        with pytest.raises(ConfigurationError, match="finds no GPU"):
            run("training", tmp_path, **cuda)
        assert [path.name for path in tmp_path.iterdir()] == ["01_raw"]
        with pytest.raises(ArtifactError, match="run the pipeline `training` first"):
            run("scoring", tmp_path, model_source="run", **cuda)

    def test_a_build_without_cuda_is_told_alike(self, monkeypatch: pytest.MonkeyPatch):
        def refuse(*_: object, **__: object) -> xgb.Booster:
            raise xgb.core.XGBoostError("not compiled with CUDA\nStack trace:")

        monkeypatch.setattr(device.xgb, "train", refuse)
        with pytest.raises(ConfigurationError, match=r"\(it says: 'not compiled with CUDA'\)"):
            require_device("cuda")

    def test_the_processor_needs_no_trial(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(device.xgb, "train", lambda *_, **__: pytest.fail("a tree was built"))
        require_device("cpu")


class TestTheRecord:
    def test_names_the_device_that_built_the_trees(self):
        assert trained().booster.record["device_used"] == "cpu"
        assert trained().model.metadata["training"]["device_used"] == "cpu"

    @pytest.mark.filterwarnings("ignore:.*(No visible GPU|Device is changed):UserWarning")
    def test_is_what_xgboost_did_and_not_what_it_was_asked_for(self):
        grown = xgb.train({"device": "cuda"}, xgb.DMatrix(np.eye(2), np.arange(2)), num_boost_round=1)
        assert device_of(grown).startswith("cuda" if has_gpu() else "cpu")
