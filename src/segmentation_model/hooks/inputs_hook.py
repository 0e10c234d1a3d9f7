"""Hook that refuses a run that cannot end well before anything is written."""

from difflib import get_close_matches
from pathlib import Path

import pyarrow.parquet as pq
from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline

from segmentation_model.datasets.models import ModelArtifactDataset
from segmentation_model.datasets.storage import Storage
from segmentation_model.datasets.table import SYNTHETIC
from segmentation_model.errors import ConfigurationError, InputError, shorten
from segmentation_model.model.feature_settings import changed_settings
from segmentation_model.pipelines.modeling.device import require_device
from segmentation_model.pipelines.modeling.tuning import require_optuna
from segmentation_model.registry.datasets import ScoringModelDataset, ScoringProfileDataset
from segmentation_model.registry.registered_model import Version

#: The layout of what `synthetic_data` makes up.
_SYNTHETIC_LAYOUT = "standard"
_TABLES = ("current_customers", "labelled_customers")
_FEATURE_SETTINGS = "params:feature_engineering.features"
_TRAINING = "params:modeling.training"
_TUNING = "params:modeling.tuning"


class InputsHook:
    """A run needs what it reads and computes with; made-up data replace nothing but made-up data.

    Champions that score are looked up here, once, so that a promotion meanwhile does not mix two versions.
    """

    @hook_impl
    def before_pipeline_run(self, pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Check what the run starts from, and what it would replace."""
        free = pipeline.inputs()
        for name in _TABLES:
            if name in free:
                _check_table(name, catalog, held_out="held_out" not in free)
            if name in pipeline.all_outputs():
                _check_replaceable(name, catalog)
        champions: dict[str, Version | None] = {}
        for name in sorted(free):
            dataset = catalog.get(name)
            if isinstance(dataset, ScoringModelDataset | ScoringProfileDataset):
                dataset.pin(champions)
            if isinstance(dataset, ModelArtifactDataset | ScoringModelDataset):
                _check_model(name, catalog, builds_features=_FEATURE_SETTINGS in free)
        if _TRAINING in free:
            require_device(catalog.load(_TRAINING).device)
        if _TUNING in free and catalog.load(_TUNING).enabled:
            require_optuna()


def _address(name: str, catalog: DataCatalog) -> str:
    return str(catalog[name]._describe()["filepath"])


def _check_table(name: str, catalog: DataCatalog, *, held_out: bool) -> None:
    """The table is there; the current one only has to be if it is named, or if no test rows stand in for it."""
    replaceable = catalog[name]._describe()["optional"] and held_out
    if not replaceable and not catalog.exists(name):
        parameter = f"{name.removesuffix('_customers')}_path"
        address = _address(name, catalog)
        is_named = catalog.load(f"params:{parameter}") not in (None, "")
        if is_named or catalog.load("params:columns").use != _SYNTHETIC_LAYOUT:
            advice = _what_lies_there(Storage(address))
        else:
            advice = ", or make synthetic data with: kedro run --pipelines synthetic_data"
        raise InputError(f"{name}: there is no file {address}; set {parameter}{advice}")


def _what_lies_there(storage: Storage) -> str:
    """The files beside the one that is not there, the likeliest first; only on disk, where that costs nothing."""
    if not storage.local:
        return ""
    wanted = Path(storage.path)
    if not wanted.parent.is_dir():
        return f", the folder {str(wanted.parent)!r} is not there either"
    names = sorted(path.name for path in wanted.parent.iterdir() if not path.name.startswith("."))
    if not names:
        return f", the folder {str(wanted.parent)!r} is empty"
    return f", in that folder lie {shorten(get_close_matches(wanted.name, names, len(names), cutoff=0))}"


def _check_replaceable(name: str, catalog: DataCatalog) -> None:
    """Nothing is there, or what was made up before."""
    storage = Storage(_address(name, catalog))
    if not storage.exists():
        return
    try:
        made_up = SYNTHETIC in (pq.read_schema(storage.path, filesystem=storage.fs).metadata or {})
    except (OSError, ValueError):
        made_up = False
    if not made_up:
        raise InputError(
            f"{name}: {storage.address} holds a table that was not made up by synthetic_data, which would replace it; "
            "move it away, or name another root"
        )


def _check_model(name: str, catalog: DataCatalog, *, builds_features: bool) -> None:
    """The model is there, and the run builds its features as they were built for it."""
    if not builds_features:
        if not catalog.exists(name):
            raise InputError(f"{name}: there is no model {_address(name, catalog)}; run the pipeline `training` first")
        return
    dataset = catalog[name]
    if isinstance(dataset, ScoringModelDataset) and dataset.is_left_out:
        return
    model = dataset.artifact() if isinstance(dataset, ScoringModelDataset) else dataset.load()
    trained = model.metadata["feature_settings"]
    now = catalog.load(_FEATURE_SETTINGS).model_dump(mode="json")
    changed = changed_settings(now, trained)
    if changed:
        raise ConfigurationError(
            f"feature_engineering.features.{changed[0]}: {now[changed[0]]!r}, but {_address(name, catalog)} was "
            f"trained with {trained.get(changed[0])!r}; set it back, or train again"
        )
