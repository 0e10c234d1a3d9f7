"""The search for settings: bounded, resumable, seeded, and never worse than what was configured on its own measure."""

import builtins
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from segmentation_model.errors import ConfigurationError
from segmentation_model.model.features import FeatureSpec, apply_feature_spec
from segmentation_model.pipelines.modeling import tuning
from segmentation_model.pipelines.modeling.cross_validation import CrossValidation
from segmentation_model.pipelines.modeling.params import SearchSpace, TrainingSettings, TuningSettings
from segmentation_model.pipelines.modeling.tuning import (
    Trial,
    best_of,
    changed,
    propose,
    search,
    search_key,
    settle,
)
from tests.in_process import run
from tests.model.artifacts import FEW_TREES, labelled, trained

CONFIGURED = TrainingSettings(learning_rate=0.1, max_depth=4)
SETTINGS = TuningSettings(enabled=True, trials=14)


def measure(settings: TrainingSettings) -> tuple[float, ...]:
    """A hill with its top at a learning rate of .05 and a depth of 3, on two folds."""
    auc = 0.8 - 10 * (settings.learning_rate - 0.05) ** 2 - 0.01 * abs(settings.max_depth - 3)
    return auc - 0.01, auc + 0.01


def flat(settings: TrainingSettings) -> tuple[float, ...]:
    return (0.7, 0.7)


def search_with(measured: Callable[[TrainingSettings], tuple[float, ...]] = measure, **changes: object) -> list[Trial]:
    return search(measured, CONFIGURED, SETTINGS.model_copy(update=changes), seed=7)


class TestTrials:
    def test_the_first_is_the_configured_one(self):
        first = search_with(trials=1)[0]
        assert (first.changes, first.aucs) == ({}, measure(CONFIGURED))
        assert first.auc == pytest.approx(0.8 - 10 * 0.05**2 - 0.01)

    def test_all_lie_in_the_space(self):
        trials = search_with(trials=30)
        assert len(trials) == 30
        for trial in trials[1:]:
            assert set(trial.changes) == set(SearchSpace.model_fields) - {"reg_alpha", "gamma"}
            for name, bounds in SETTINGS.space.ranges.items():
                assert bounds.low <= trial.changes[name] <= bounds.high
            assert isinstance(trial.changes["max_depth"], int)

    def test_what_is_not_searched_stays_as_configured(self):
        alone = dict.fromkeys(SearchSpace.model_fields) | {"gamma": {"low": 0, "high": 5}}
        space = SearchSpace.model_validate(alone)
        seen = []

        def watch(settings: TrainingSettings) -> tuple[float, ...]:
            seen.append(settings)
            return (0.7,)

        search(watch, CONFIGURED, SETTINGS.model_copy(update={"space": space, "trials": 5}), seed=7)
        assert len({settings.gamma for settings in seen}) == 5
        assert [settings.model_copy(update={"gamma": 0.0}) for settings in seen] == [CONFIGURED] * 5

    def test_they_learn_from_the_earlier_ones(self):
        """The last ten of forty are nearer to the top than ten by chance are."""
        trials = search_with(trials=40)
        by_chance, learnt = trials[1:11], trials[-10:]
        assert sum(trial.auc for trial in learnt) / 10 > sum(trial.auc for trial in by_chance) / 10 + 0.01

    def test_configured_settings_outside_the_space_are_tried_all_the_same(self):
        outside = CONFIGURED.model_copy(update={"max_depth": 9})
        trials = search(measure, outside, SETTINGS, seed=7)
        assert trials[0].aucs == measure(outside)
        assert len(trials) == 14

    def test_the_same_seed_tries_the_same_and_another_does_not(self):
        assert search_with() == search_with()
        assert search(measure, CONFIGURED, SETTINGS, seed=8)[1:] != search_with()[1:]

    def test_each_is_logged_with_the_best_so_far(self, caplog: pytest.LogCaptureFixture):
        with caplog.at_level(logging.INFO):
            trials = search_with(trials=3)
        lines = [record.getMessage() for record in caplog.records]
        assert [line.split(":")[0] for line in lines] == [f"Trial {number} of 3" for number in (1, 2, 3)]
        best = best_of(trials)
        assert lines[-1] == (
            f"Trial 3 of 3: AUC {trials[2].auc:.4f}, best {trials[best].auc:.4f} (trial {best + 1}), 0 s"
        )


class TestTime:
    def ticking(self, monkeypatch: pytest.MonkeyPatch, seconds: float) -> Callable[[TrainingSettings], tuple[float]]:
        """A measurement that takes so many seconds of a clock."""
        now = [0.0]
        monkeypatch.setattr(tuning.time, "monotonic", lambda: now[0])

        def measured(settings: TrainingSettings) -> tuple[float]:
            now[0] += seconds
            return (0.7,)

        return measured

    def test_no_trial_begins_after_it_is_up(self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
        trials = search_with(self.ticking(monkeypatch, seconds=10), timeout_seconds=35)
        assert len(trials) == 4  # at 0, 10, 20 and 30 seconds
        assert "Time is up (modeling.tuning.timeout_seconds) after 4 trials" in caplog.text

    def test_the_configured_settings_are_tried_whatever_it_is(self, monkeypatch: pytest.MonkeyPatch):
        assert len(search_with(self.ticking(monkeypatch, seconds=10), timeout_seconds=0.001)) == 1

    def test_a_run_that_goes_on_has_its_own(self, monkeypatch: pytest.MonkeyPatch):
        measured = self.ticking(monkeypatch, seconds=10)
        limited = SETTINGS.model_copy(update={"timeout_seconds": 35})
        first = search(measured, CONFIGURED, limited, seed=7)
        assert len(search(measured, CONFIGURED, limited, seed=7, finished=first)) == 8


class KilledError(Exception):
    """The process ends."""


class TestGoingOn:
    @pytest.mark.parametrize("at", [1, 2, 6, 13])
    def test_after_a_kill_it_tries_what_it_would_have_tried(self, at: int):
        kept: list[Trial] = []

        def keep(trials):
            kept[:] = trials

        def dies(settings: TrainingSettings) -> tuple[float, ...]:
            if len(kept) == at:
                raise KilledError
            return measure(settings)

        with pytest.raises(KilledError):
            search(dies, CONFIGURED, SETTINGS, seed=7, keep=keep)
        assert len(kept) == at
        stored = [Trial.model_validate_json(trial.model_dump_json()) for trial in kept]
        measured = []
        went_on = search(
            lambda settings: measured.append(settings) or measure(settings),
            CONFIGURED,
            SETTINGS,
            seed=7,
            finished=stored,
        )
        assert went_on == search_with()
        assert len(measured) == 14 - at

    def test_more_trials_go_on_from_fewer(self):
        fewer = search_with(trials=6)
        assert search(measure, CONFIGURED, SETTINGS, seed=7, finished=fewer) == search_with()

    def test_fewer_trials_are_the_first_of_more(self):
        def never(_: TrainingSettings) -> tuple[float, ...]:
            raise AssertionError("measured again")

        fewer = SETTINGS.model_copy(update={"trials": 6})
        assert search(never, CONFIGURED, fewer, seed=7, finished=search_with()) == search_with(trials=6)


class TestKey:
    def folds(self, **changes: object) -> CrossValidation:
        rows = labelled(300, 62).assign(**changes)
        spec = FeatureSpec.model_validate(trained().spec)
        return CrossValidation.of(apply_feature_spec(rows, spec, "training part")[0], rows, 3, 7)

    def test_is_that_of_what_a_trial_measures(self):
        key = search_key(self.folds(), CONFIGURED, SETTINGS)
        assert search_key(self.folds(), CONFIGURED, SETTINGS) == key
        more = SETTINGS.model_copy(update={"trials": 99, "timeout_seconds": 1.0, "least_gain": 0.1})
        assert search_key(self.folds(), CONFIGURED, more) == key

    @pytest.mark.parametrize(
        "changes", [{"late": 1.0}, {"target": 1.0}, {"customer_id": [f"D{index}" for index in range(300)]}]
    )
    def test_other_rows_have_another(self, changes: dict[str, object]):
        assert search_key(self.folds(**changes), CONFIGURED, SETTINGS) != search_key(self.folds(), CONFIGURED, SETTINGS)

    def test_other_settings_spaces_folds_or_seeds_have_another(self):
        rows, features = labelled(300, 62), self.folds().features
        searches = [
            (self.folds(), CONFIGURED, SETTINGS),
            (self.folds(), CONFIGURED.model_copy(update={"max_bin": 64}), SETTINGS),
            (self.folds(), CONFIGURED, SETTINGS.model_copy(update={"space": SearchSpace(subsample=None)})),
            (CrossValidation.of(features, rows, 4, 7), CONFIGURED, SETTINGS),
            (CrossValidation.of(features, rows, 3, 8), CONFIGURED, SETTINGS),
        ]
        assert len({search_key(*given) for given in searches}) == len(searches)


class TestChoice:
    def trials(self, *aucs: float) -> list[Trial]:
        proposed = [{}, *({"max_depth": 2, "gamma": float(number)} for number in range(1, len(aucs)))]
        return [Trial(changes=changes, aucs=(auc,)) for changes, auc in zip(proposed, aucs, strict=True)]

    def test_the_best_is_taken_where_it_gains_enough(self):
        settings, record = settle(CONFIGURED, SETTINGS, self.trials(0.70, 0.71, 0.72, 0.71))
        assert settings == CONFIGURED.model_copy(update={"max_depth": 2, "gamma": 2.0})
        assert (record["taken"], record["best_trial"], record["trials"]) == (True, 3, 4)
        assert (record["auc_configured"], record["auc_best"]) == (0.70, 0.72)
        assert record["best"] == {"max_depth": 2, "gamma": 2.0}

    def test_the_configured_settings_stay_where_it_gains_less(self):
        settings, record = settle(CONFIGURED, SETTINGS, self.trials(0.70, 0.7009))
        assert settings == CONFIGURED
        assert (record["taken"], record["best_trial"]) == (False, 2)
        assert record["gain"] == pytest.approx(0.0009)

    def test_equal_ones_leave_the_first(self):
        nothing_asked = SETTINGS.model_copy(update={"least_gain": 0.0})
        settings, record = settle(CONFIGURED, nothing_asked, self.trials(0.7, 0.7, 0.6))
        assert settings == CONFIGURED
        assert (record["taken"], record["best_trial"]) == (False, 1)

    @pytest.mark.parametrize("seed", range(5))
    def test_it_is_never_worse_than_the_configured_one_on_the_measure(self, seed: int):
        best_there_is = CONFIGURED.model_copy(update={"learning_rate": 0.05, "max_depth": 3})
        for configured in (CONFIGURED, best_there_is):
            settings, _ = settle(configured, SETTINGS, search(measure, configured, SETTINGS, seed))
            assert sum(measure(settings)) >= sum(measure(configured))

    def test_the_record_says_nothing_of_time(self):
        _, record = settle(CONFIGURED, SETTINGS, self.trials(0.7, 0.8))
        assert not [name for name in record if "second" in name or "time" in name]


class TestSpace:
    @pytest.mark.parametrize(
        ("space", "message"),
        [
            ({"gamma": {"low": 2, "high": 2}}, r"low 2 must be less than high 2; null: not searched"),
            ({"max_depth": {"low": 5, "high": 2}}, r"low 5 must be less than high 2"),
            ({"gamma": {"low": 0, "high": 2, "log": True}}, r"low 0 has no logarithm"),
            ({"subsample": {"low": 0.5, "high": 1.5}}, r"subsample: 1\.5: Input should be less than or equal to 1"),
            ({"max_depth": {"low": 2, "high": 50}}, r"max_depth: 50: Input should be less than or equal to 12"),
            ({"max_bin": {"low": 2, "high": 50}}, r"Extra inputs are not permitted"),
            (dict.fromkeys(SearchSpace.model_fields), r"nothing is searched; give one range at least"),
        ],
    )
    def test_bounds_that_make_no_sense_are_refused(self, space: dict[str, object], message: str):
        with pytest.raises(ValidationError, match=message):
            TuningSettings.model_validate({"space": space})

    def test_the_configured_defaults_lie_in_it(self):
        for name, bounds in SearchSpace().ranges.items():
            assert bounds.low <= getattr(TrainingSettings(), name) <= bounds.high

    def test_changes_of_the_settings_are_checked(self):
        with pytest.raises(ValidationError, match="less than or equal to 12"):
            changed(CONFIGURED, {"max_depth": 13})


class TestWithoutOptuna:
    MESSAGE = r"modeling\.tuning\.enabled: true needs Optuna.*install the extra `tuning` \(pip install 'segmentation"

    @pytest.fixture(autouse=True)
    def absent(self, monkeypatch: pytest.MonkeyPatch) -> None:
        there = builtins.__import__

        def find(name: str, *given: Any, **named: Any) -> object:
            if name == "optuna":
                raise ModuleNotFoundError("No module named 'optuna'", name=name)
            return there(name, *given, **named)

        monkeypatch.setattr(builtins, "__import__", find)

    def test_the_extra_is_named(self):
        with pytest.raises(ConfigurationError, match=self.MESSAGE):
            propose(CONFIGURED, SETTINGS, 7, [Trial(changes={}, aucs=(0.7,))])

    @pytest.mark.usefixtures("fresh_logging")
    def test_a_run_that_would_search_ends_before_it_begins(self, tmp_path: Path):
        run("synthetic_data", tmp_path, rows=50)
        with pytest.raises(ConfigurationError, match=self.MESSAGE):
            run("training", tmp_path, modeling={"tuning": {"enabled": True}})
        assert [path.name for path in tmp_path.iterdir()] == ["01_raw"]


def test_a_real_search_finds_better_settings_than_poor_ones():
    rows = labelled(900, 63)
    features, _ = apply_feature_spec(rows, FeatureSpec.model_validate(trained().spec), "training part")
    folds = CrossValidation.of(features, rows, 3, 7)
    poor = FEW_TREES.model_copy(
        update={"learning_rate": 1.0, "max_depth": 8, "min_child_weight": 0.0, "reg_lambda": 0.0}
    )
    trials = search(folds.aucs, poor, SETTINGS.model_copy(update={"trials": 6}), seed=7)
    settings, record = settle(poor, SETTINGS, trials)
    assert record["gain"] > 0.01
    assert folds.aucs(settings) == trials[best_of(trials)].aucs
