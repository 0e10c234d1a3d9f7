"""Where the datasets of a job lie, and which settings reach which step: read from the configuration, not listed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from kedro.io import DataCatalog

from segmentation_model.registry.datasets import ScoringModelDataset, ScoringProfileDataset
from segmentation_model.sagemaker.contract import ROOT
from segmentation_model.sagemaker.steps import Step
from segmentation_model.settings import CONFIG_LOADER_ARGS, CONFIG_LOADER_CLASS

#: What an environment may ask of the machine: addresses, none of which says where a dataset lies below the root.
_VARIABLES = {"SEGMENTATION_ROOT": str(ROOT), "MLFLOW_TRACKING_URI": "unknown", "MLFLOW_EXPERIMENT_NAME": "unknown"}
_PARAMETER = "params:"
_OTHER = "another value"


class JobConfiguration:
    """The configuration as a job of the pipeline will read it: with its root on the job's own disk."""

    def __init__(self, conf_source: str, env: str | None, given: Mapping[str, Any] | None = None) -> None:
        """Read it.

        Args:
            conf_source: Folder, archive or address.
            env: Environment; None: the default one.
            given: Run-time parameters.

        Raises:
            ConfigurationError: It cannot be read.
        """
        self._source, self._env, self._given = conf_source, env, dict(given or {})
        with _variables_of_a_job():
            self._loader = CONFIG_LOADER_CLASS(
                conf_source, env, runtime_params={"root": str(ROOT), **self._given}, **CONFIG_LOADER_ARGS
            )
            self._parameters = self._loader["parameters"]
            self.catalog = DataCatalog.from_config(self._loader["catalog"])

    def section(self, name: str) -> dict[str, Any]:
        """A kind of configuration; a KeyError or MissingConfigException where there is none."""
        with _variables_of_a_job():
            found: dict[str, Any] = self._loader[name]
        return found

    def reach(self, parameters: Iterable[str], steps: tuple[Step, ...]) -> dict[str, frozenset[str]]:
        """The steps that another value of a run-time parameter would change: a setting of theirs or their datasets."""
        unchanged = self._settings_by_step(steps)
        reach = {}
        for parameter in parameters:
            other = JobConfiguration(self._source, self._env, {**self._given, parameter: _OTHER})
            changed = other._settings_by_step(steps)
            reach[parameter] = frozenset(name for name, settings in changed.items() if settings != unchanged[name])
        return reach

    def reads_champions(self, step: Step) -> bool:
        """Whether a step takes models from the registry, which hold something else after a promotion."""
        datasets = (self.catalog.get(name) for name in step.nodes.inputs() if not name.startswith(_PARAMETER))
        return any(isinstance(dataset, ScoringModelDataset | ScoringProfileDataset) for dataset in datasets)

    def _settings_by_step(self, steps: tuple[Step, ...]) -> dict[str, dict[str, Any]]:
        return {step.name: {name: self._setting(name) for name in sorted(step.nodes.datasets())} for step in steps}

    def _setting(self, name: str) -> Any:
        if not name.startswith(_PARAMETER):
            return self.catalog.config_resolver.resolve_pattern(name)
        value: Any = self._parameters
        for key in name.removeprefix(_PARAMETER).split("."):
            value = value[key]
        return value


def place_of(name: str, catalog: DataCatalog) -> str | None:
    """Where a dataset lies below the root of a job; None: somewhere else, or nowhere.

    Args:
        name: Name in the catalog.
        catalog: A catalog with the job's root.

    Returns:
        For example ``05_model_input/domestic/train.parquet``.
    """
    dataset = catalog.get(name)
    address = str(dataset._describe().get("filepath", "")) if dataset is not None else ""
    root = f"{ROOT}/"
    return address.removeprefix(root) if address.startswith(root) else None


@contextmanager
def _variables_of_a_job() -> Iterator[None]:
    """Stand in for the environment variables of a job, where they are not set."""
    absent = {name: value for name, value in _VARIABLES.items() if name not in os.environ}
    os.environ.update(absent)
    try:
        yield
    finally:
        for name in absent:
            del os.environ[name]
