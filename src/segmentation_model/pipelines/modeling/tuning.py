"""The search for better training settings, with Optuna's tree-structured Parzen estimator.

The configured settings are the first trial, so that the best one is never worse on the measure of the search. What is
tried next depends on the seed and on the trials before it alone: a search that goes on from a journal tries what it
would have tried without the interruption.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean
from types import ModuleType
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict

from segmentation_model.errors import ConfigurationError
from segmentation_model.library_versions import library_version
from segmentation_model.model.hashing import content_hash
from segmentation_model.pages.wording import plural
from segmentation_model.pipelines.modeling.cross_validation import CrossValidation
from segmentation_model.pipelines.modeling.params import IntegerRange, RealRange, TrainingSettings, TuningSettings

logger = logging.getLogger(__name__)


class Trial(BaseModel):
    """One attempt: what differs from the configured settings, and the AUC on each fold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    changes: dict[str, int | float]
    aucs: tuple[float, ...]

    @property
    def auc(self) -> float:
        """Mean over the folds."""
        return fmean(self.aucs)


class Trials(BaseModel):
    """Finished trials in order, under the key of the search that they belong to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    trials: tuple[Trial, ...]


def search_key(folds: CrossValidation, configured: TrainingSettings, settings: TuningSettings) -> str:
    """Hash of all that decides what a trial is and measures; how many there are, and how long, is not in it."""
    search = settings.model_dump(mode="json", include={"space"})
    versions = {name: library_version(name) for name in ("optuna", "xgboost")}
    rows = [folds.target.tobytes(), folds.fold.tobytes(), folds.stopping.tobytes()]
    return content_hash(folds.features, *rows, configured, search, versions, folds.seed)


def search(
    measure: Callable[[TrainingSettings], tuple[float, ...]],
    configured: TrainingSettings,
    settings: TuningSettings,
    seed: int,
    finished: Sequence[Trial] = (),
    keep: Callable[[Sequence[Trial]], None] = lambda _: None,
) -> list[Trial]:
    """Try settings until there are enough trials, or time is up.

    Args:
        measure: AUC on each fold of training settings.
        configured: The first trial, and the settings that the others change.
        settings: Space and bounds of the search. The configured settings are tried whatever the time; a trial that has
            begun is finished.
        seed: Seed of the proposals.
        finished: Trials of an earlier run of the same search.
        keep: Told of all trials after each new one.

    Returns:
        The trials in order, the configured settings first.
    """
    begun = time.monotonic()
    trials = list(finished[: settings.trials])
    if trials:
        logger.info("An earlier run finished %d of %d trials", len(trials), settings.trials)
    while len(trials) < settings.trials:
        if trials and time.monotonic() - begun >= settings.timeout_seconds:
            logger.warning("Time is up (modeling.tuning.timeout_seconds) after %s", plural(len(trials), "trial"))
            break
        changes = propose(configured, settings, seed, trials) if trials else {}
        trials.append(Trial(changes=changes, aucs=measure(changed(configured, changes))))
        keep(trials)
        best = best_of(trials)
        logger.info(
            "Trial %d of %d: AUC %.4f, best %.4f (trial %d), %.0f s",
            len(trials), settings.trials, trials[-1].auc, trials[best].auc, best + 1, time.monotonic() - begun,
        )  # fmt: skip
    return trials


def propose(
    configured: TrainingSettings, settings: TuningSettings, seed: int, trials: Sequence[Trial]
) -> dict[str, int | float]:
    """What to try after these trials: Optuna's proposal of a study that holds them.

    The configured settings teach the study where they lie inside the space.
    """
    optuna = require_optuna()
    space = {name: _distribution(optuna, bounds) for name, bounds in settings.space.ranges.items()}
    # The sampler's stream of chance is that of this trial, not of this process.
    stream = int(np.random.SeedSequence([seed, len(trials)]).generate_state(1)[0])
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=stream))
    for trial in trials:
        values = {name: trial.changes.get(name, getattr(configured, name)) for name in space}
        if all(bounds.low <= values[name] <= bounds.high for name, bounds in settings.space.ranges.items()):
            study.add_trial(optuna.create_trial(params=values, distributions=space, value=trial.auc))
    return dict(study.ask(fixed_distributions=space).params)


def best_of(trials: Sequence[Trial]) -> int:
    """Position of the best trial; of equal ones, the first."""
    return max(range(len(trials)), key=lambda position: trials[position].auc)


def changed(configured: TrainingSettings, changes: Mapping[str, int | float]) -> TrainingSettings:
    """The configured settings with changes."""
    return TrainingSettings.model_validate({**configured.model_dump(), **changes})


def settle(
    configured: TrainingSettings, settings: TuningSettings, trials: Sequence[Trial]
) -> tuple[TrainingSettings, dict[str, Any]]:
    """Take the best trial's settings if they gain enough, and say so.

    Args:
        configured: The first trial.
        settings: The least gain.
        trials: All trials.

    Returns:
        The settings to train with, and a record without times, so that equal searches give equal artifacts.
    """
    best = best_of(trials)
    gain = trials[best].auc - trials[0].auc
    taken = best > 0 and gain >= settings.least_gain
    record = {
        "status": "searched",
        "trials": len(trials),
        "folds": len(trials[0].aucs),
        "best_trial": best + 1,
        "auc_configured": trials[0].auc,
        "auc_best": trials[best].auc,
        "gain": gain,
        "least_gain": settings.least_gain,
        "taken": taken,
        "best": trials[best].changes,
        "optuna": library_version("optuna"),
    }
    return (changed(configured, trials[best].changes) if taken else configured), record


def require_optuna() -> ModuleType:
    """Import Optuna, which only a search needs.

    Raises:
        ConfigurationError: It is not installed.
    """
    try:
        import optuna
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "modeling.tuning.enabled: true needs Optuna, which is not installed; install the extra `tuning` "
            "(pip install 'segmentation-model[tuning]'), or set false"
        ) from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna


def _distribution(optuna: ModuleType, bounds: RealRange | IntegerRange) -> Any:
    if isinstance(bounds, IntegerRange):
        return optuna.distributions.IntDistribution(bounds.low, bounds.high)
    return optuna.distributions.FloatDistribution(bounds.low, bounds.high, log=bounds.log)
