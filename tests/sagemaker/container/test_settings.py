"""What a job is told, by words or by hyperparameters."""

import json

import pytest

from segmentation_model.errors import ConfigurationError
from segmentation_model.sagemaker.container import settings
from segmentation_model.sagemaker.container.settings import from_hyperparameters, from_words

NEEDED = ["step=DriftCheck", "env=prod", "conf_source=s3://b/conf.tar.gz"]


@pytest.fixture
def hyperparameters(tmp_path, monkeypatch):
    """Writes the file of a training job."""
    file = tmp_path / "hyperparameters.json"
    monkeypatch.setattr(settings, "HYPERPARAMETERS", file)
    return lambda **told: file.write_text(json.dumps(told))


def test_words_become_typed_settings():
    read = from_words([*NEEDED, "seed=7", "drift_threshold=0.1", "fail_on_drift=high"])
    assert (read.step, read.pipeline, read.seed, read.drift_threshold) == ("DriftCheck", "__default__", 7, 0.1)


def test_only_what_was_told_becomes_a_run_time_parameter():
    assert from_words(NEEDED).runtime_params() == {}
    assert from_words([*NEEDED, "tariffs=both"]).runtime_params() == {"tariffs": "both"}


def test_empty_means_null_or_nothing_as_the_configuration_has_it():
    """No date: the newest; no baseline: no check."""
    told = from_words([*NEEDED, "execution_date=", "baseline_profile="]).runtime_params()
    assert told == {"execution_date": None, "baseline_profile": ""}


def test_an_address_may_end_with_a_slash():
    assert from_words([*NEEDED, "history=s3://b/out/"]).history == "s3://b/out"


def test_a_value_may_hold_an_equals_sign():
    assert from_words([*NEEDED, "history=s3://b/a=b"]).history == "s3://b/a=b"


def test_hyperparameters_are_read_from_their_file(hyperparameters):
    hyperparameters(step="TrainDomestic", env="prod", conf_source="conf", seed="42")
    assert from_hyperparameters().seed == 42


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("seed", r"argument 'seed': name=value is allowed, each name once"),
        ("step=Other", r"argument 'step=Other': name=value is allowed, each name once"),
        ("sed=7", r"argument sed: unknown key; allowed here: .*seed"),
        ("seed=many", r"argument seed: Input should be a valid integer.*\(given: 'many'\)"),
        ("tariffs=all", r"argument tariffs: Input should be 'both', 'Domestic' or 'Industrial' \(given: 'all'\)"),
    ],
)
def test_a_word_that_cannot_be_used_is_refused_by_name(word, said):
    with pytest.raises(ConfigurationError, match=said):
        from_words([*NEEDED, word])


def test_a_job_must_know_its_step():
    with pytest.raises(ConfigurationError, match="argument step: missing; env: missing; conf_source: missing"):
        from_words([])


def test_hyperparameters_that_are_not_there_are_named(hyperparameters):
    with pytest.raises(ConfigurationError, match=r"hyperparameters\.json: no hyperparameters can be read"):
        from_hyperparameters()


def test_an_unknown_hyperparameter_is_refused_by_name(hyperparameters):
    hyperparameters(step="TrainDomestic", env="prod", conf_source="conf", depth="3")
    with pytest.raises(ConfigurationError, match="hyperparameter depth: unknown key"):
        from_hyperparameters()
