"""Months that are tracked without a project: nodes that give what the job's files would hold."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import Node, Pipeline
from kedro_datasets.json import JSONDataset
from kedro_datasets.matplotlib import MatplotlibDataset
from kedro_datasets.text import TextDataset
from matplotlib.figure import Figure
from mlflow import MlflowClient
from mlflow.entities import Run

from segmentation_model.datasets.csv_tables import CsvTablesDataset
from segmentation_model.datasets.figures import FiguresDataset
from segmentation_model.hooks.tracking_hook import TrackingHook
from tests.hooks.kedro_run import run

BOTH = ["metrics", "artifact"]
#: As the project's catalog has them.
METADATA: dict[str, Any] = {
    "evaluation_domestic": {"metrics": "", "artifact": True},
    "evaluation_industrial": {"metrics": "", "artifact": True},
    "promotion_domestic": BOTH,
    "drift_metrics": {"metrics": "drift"},
    "drift_summary": ["artifact"],
    "drift_html": ["artifact"],
    "curve_domestic": ["artifact"],
    "figures_domestic": ["artifact"],
    "tables_domestic": ["artifact"],
    "run_summary": {"metrics": "", "only": ["rows"], "artifact": True},
}
PARAMETERS: dict[str, Any] = {
    "execution_date": None,
    "tariffs": "both",
    "seed": 42,
    "columns": {"use": "standard", "layouts": {"standard": {"roles": {"tariff": "Tarifa"}}}},
    "modeling": {"training": {"max_depth": 4}},
}


def evaluation(auc: float, version: str) -> dict[str, Any]:
    return {"status": "trained", "reason": None, "model_version": version, "test": {"roc_auc": auc, "rows": 300}}


def summary(**versions: str) -> dict[str, Any]:
    told = {
        tariff: {"status": "trained", "reason": None, "model_version": version} for tariff, version in versions.items()
    }
    return {"rows": {"current": 7}, "tariffs": told, "seconds": {"a": 1.0}}


DRIFT = {
    "status": "clean", "severity": "low", "message": "drift: Domestic is low",
    "tariffs": {"Domestic": {"severity": "low"}, "Industrial": {"severity": "none"}},
}  # fmt: skip
JULY: dict[str, Any] = {
    "execution_date": "2026-07-31",
    "labelled_intake": {"rows": 9, "hash": "abc" * 20},
    "current_intake": {"rows": 7, "hash": "def" * 20},
    "drift_metrics": {"max_psi": 0.05, "domestic.max_psi": 0.05, "industrial.max_psi": 0.01},
    "drift_summary": DRIFT,
    "drift_html": "<p>día</p>",
    "evaluation_domestic": evaluation(0.75, "d1"),
    "evaluation_industrial": evaluation(0.8, "i1"),
    "promotion_domestic": {"decision": "promote", "reason": "there is no champion yet", "comparison": {"gain": 0.1}},
    "curve_domestic": Figure(figsize=(1, 1)),
    "run_summary": summary(Domestic="d1", Industrial="i1"),
}


class Loader(dict[str, Any]):
    default_run_env = "base"


@dataclass
class Context:
    """What the hook asks of Kedro's context."""

    config_loader: Loader
    project_path: Path
    env: str | None = None

    def _get_config_credentials(self) -> dict[str, Any]:
        return {}


@dataclass
class Project:
    """A project with an experiment of its own.

    Attributes:
        folder: Holds all that is written.
        uri: MLflow's address.
        experiment: Name of the experiment.
    """

    folder: Path
    uri: str
    experiment: str
    hook: TrackingHook = field(default_factory=TrackingHook)

    def month(
        self,
        contents: dict[str, Any],
        *,
        inputs: dict[str, Any] | None = None,
        last: Callable[[], None] | None = None,
        parameters: dict[str, Any] | None = None,
        other: object | None = None,
        other_is_first: bool = False,
        **run_params: Any,
    ) -> None:
        """Run a pipeline whose nodes give these contents.

        Args:
            contents: By dataset.
            inputs: What a node reads that gives nothing.
            last: Called by a node after all others.
            parameters: In place of the usual ones.
            other: A hook besides the one that tracks.
            other_is_first: Whether it is registered first.
            run_params: What the session says of the run.
        """
        nodes = [Node(_giver(content), None, name, name=f"give_{name}") for name, content in contents.items()]
        nodes.append(Node(_take, ["params:modeling.training", *(inputs or {})], None, name="read"))
        if last is not None:
            before = [name for name, content in contents.items() if not isinstance(content, Figure)]
            nodes.append(Node(_caller(last), before, None, name="last"))
        known = {**contents, **(inputs or {})}
        catalog = DataCatalog({name: self._dataset(name, content) for name, content in known.items()})
        for name, content in (inputs or {}).items():
            catalog.save(name, content)
        for table in ("labelled_customers", "current_customers"):
            catalog[table] = TextDataset(filepath=str(self.folder / "01_raw" / table))
        catalog["params:modeling.training"] = MemoryDataset({"max_depth": 4})
        files = {"artifact_location": f"{self.folder}/files"}
        tracking = {"experiment": {"name": self.experiment, "create_experiment_kwargs": files}}
        settings = {"server": {"mlflow_tracking_uri": self.uri}, "tracking": tracking}
        loader = Loader(mlflow=settings, parameters=PARAMETERS | (parameters or {}))
        self.hook.after_context_created(Context(loader, self.folder, "dev"))
        hooks = [self.hook] if other is None else [other, self.hook] if other_is_first else [self.hook, other]
        run(Pipeline(nodes), hooks, catalog, env="dev", **run_params)

    def _dataset(self, name: str, content: object) -> Any:
        metadata = {"mlflow": METADATA[name]} if name in METADATA else {}
        if isinstance(content, Figure):
            place = self.folder / "08_reporting" / "figures" / f"{name}.png"
            return MatplotlibDataset(filepath=str(place), metadata=metadata)
        if name in ("figures_domestic", "tables_domestic"):
            kind, *_ = name.split("_")
            dataset = FiguresDataset if kind == "figures" else CsvTablesDataset
            place = self.folder / "08_reporting" / kind / "domestic"
            return dataset(filepath=str(place), suffix="_domestic", metadata=metadata)
        if isinstance(content, str):
            return TextDataset(filepath=str(self.folder / "08_reporting" / f"{name}.html"), metadata=metadata)
        return JSONDataset(filepath=str(self.folder / "08_reporting" / f"{name}.json"), metadata=metadata)

    @property
    def client(self) -> MlflowClient:
        return MlflowClient(self.uri)

    def runs(self) -> list[Run]:
        """All runs, those of jobs before those of tariffs, the oldest first."""
        found = self.client.get_experiment_by_name(self.experiment)
        runs = [] if found is None else self.client.search_runs([found.experiment_id])
        return sorted(runs, key=lambda run: ("tariff" in run.data.tags, run.info.start_time, run.info.run_name))

    def by_name(self) -> dict[str, Run]:
        """Runs by what they are called after the date; there is one of each."""
        named = {run.info.run_name.rpartition(" · ")[2]: run for run in self.runs()}
        assert len(named) == len(self.runs())
        return named

    def files(self, run: Run, folder: str | None = None) -> set[str]:
        found = self.client.list_artifacts(run.info.run_id, folder)
        inner = [self.files(run, one.path) for one in found if one.is_dir]
        return {one.path for one in found if not one.is_dir}.union(*inner)


def _giver(content: Any) -> Callable[[], Any]:
    def give() -> Any:
        return content

    return give


def _caller(call: Callable[[], None]) -> Callable[..., None]:
    def last(*_: object) -> None:
        call()

    return last


def _take(*_: object) -> None:
    """Read."""
