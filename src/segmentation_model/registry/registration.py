"""Registering a newly trained model: a version with its record, the alias challenger, the promotion if decided."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from segmentation_model.model.judged_model import JudgedModel
from segmentation_model.registry.moves import ROLLED_BACK, ChampionChangedError, promote
from segmentation_model.registry.registered_model import CHALLENGER, CHAMPION, RegisteredModel, Version
from segmentation_model.registry.served_folder import write_served_folder

if TYPE_CHECKING:
    from mlflow.entities import Run

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Experiment:
    """Where MLflow keeps a model that is registered outside of a run of its own.

    Attributes:
        name: Name of the experiment; made if needed.
        artifacts: Address of its files; None: where the tracking server says.
    """

    name: str
    artifacts: str | None = None


def register(
    model: RegisteredModel, judged: JudgedModel, tariff: str, experiment: Experiment, run: str | None = None
) -> Version | None:
    """Register a model as challenger, and promote it where that was decided.

    An artifact that is registered already gets no second version. One that was rolled back is not promoted again.

    Args:
        model: The registered model; made if needed.
        judged: The artifact and the decision.
        tariff: Whose model it is, for the record.
        experiment: Where it is kept, if it belongs to no run.
        run: Id of the MLflow run that it belongs to; None: it gets one of its own.

    Returns:
        Its version; None where there is no model to register.

    Raises:
        RegistryError: The registry cannot be used.
    """
    artifact, decision = judged.artifact, judged.decision
    if artifact.status == "skipped":
        logger.info("%s: nothing is registered: %s", model.name, decision["reason"])
        return None
    record = {
        "model_version": artifact.version,
        "tariff": tariff,
        "decision": decision["decision"],
        "reason": decision["reason"],
        "mode": decision["mode"],
        "execution_date": judged.execution_date,
    }
    version = model.holding(artifact.version)
    champion = model.with_alias(CHAMPION)
    if version is not None and champion is not None and version.number == champion.number:
        logger.info("%s: the same model is champion already, as version %s", model.name, version.number)
        return version
    if version is None:
        version = _add(model, judged, record, experiment, run)
        model.move_alias(CHALLENGER, version)
        logger.info("%s: version %s is registered as challenger", model.name, version.number)
    else:
        model.tag(version, record)
        logger.info("%s: the same model is registered already, as version %s", model.name, version.number)
    if decision["decision"] == "promote" and decision["mode"] == "auto":
        _promote(model, version, decision)
    else:
        logger.info("%s: version %s is not promoted: %s", model.name, version.number, decision["reason"])
    return version


def _promote(model: RegisteredModel, version: Version, decision: dict[str, Any]) -> None:
    if version.tags.get(ROLLED_BACK):
        logger.warning(
            "%s: version %s was rolled back (%s): only the command `models promote` makes it champion again",
            model.name, version.number, version.tags[ROLLED_BACK],
        )  # fmt: skip
        return
    champion = decision["champion"]
    try:
        against = None if champion is None else champion["model_version"]
        promote(model, version, decision["reason"], judged_against=against)
    except ChampionChangedError as error:
        model.tag(version, {"decision": "refuse", "reason": error.message})
        logger.warning("%s; version %s stays challenger", error.message, version.number)
    else:
        logger.info("%s: version %s is champion: %s", model.name, version.number, decision["reason"])


def _add(
    model: RegisteredModel, judged: JudgedModel, record: dict[str, str], experiment: Experiment, run_id: str | None
) -> Version:
    """Log the model to MLflow, and make it a version.

    MLflow's ``log_model`` would do it in one call, but it also copies every metric of the open run, one request each,
    and leaves a folder that is gone on this process's import path.
    """
    from mlflow.entities import LoggedModelOutput
    from mlflow.models import Model

    client = model.client
    with model.usable(), _run_of(model, experiment, run_id) as run, TemporaryDirectory() as folder:
        run_id = run.info.run_id
        _make_registered_model(model)
        kept = client.create_logged_model(run.info.experiment_id, name=model.name, source_run_id=run_id)
        about = Model(
            artifact_path=kept.artifact_location, run_id=run_id, model_uuid=kept.model_id, model_id=kept.model_id
        )
        written = Path(folder, "served")
        write_served_folder(judged.artifact, written, about)
        client.log_model_artifacts(kept.model_id, str(written))
        client.finalize_logged_model(kept.model_id, "READY")
        client.log_outputs(run_id, [LoggedModelOutput(kept.model_id, step=0)])
        made = client.create_model_version(
            model.name, kept.artifact_location, run_id, tags=dict(record), model_id=kept.model_id
        )
    return Version(str(made.version), record, run_id)


@contextmanager
def _run_of(model: RegisteredModel, experiment: Experiment, run_id: str | None) -> Iterator[Run]:
    """The run that the tracking hook names; under a runner whose processes have no hook, one of the model's own."""
    if run_id is not None:
        yield model.client.get_run(run_id)
        return
    client = model.client
    found = client.get_experiment_by_name(experiment.name)
    if found is not None:
        experiment_id = found.experiment_id
    else:
        experiment_id = client.create_experiment(experiment.name, artifact_location=experiment.artifacts)
    run = client.create_run(experiment_id, run_name="register_model")
    status = "FAILED"
    try:
        yield run
        status = "FINISHED"
    finally:
        client.set_terminated(run.info.run_id, status)


def _make_registered_model(model: RegisteredModel) -> None:
    """Make it, unless it is there, perhaps since a moment ago."""
    from mlflow.exceptions import MlflowException

    try:
        model.client.create_registered_model(model.name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
