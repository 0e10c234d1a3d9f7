"""What a job is told: which step it is, where its configuration lies, and the run-time parameters that reach it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from segmentation_model.errors import ConfigurationError
from segmentation_model.faults import explain
from segmentation_model.sagemaker.contract import HYPERPARAMETERS

_EMPTY_IS_NULL = ("execution_date", "history")


class JobSettings(BaseModel):
    """The words of a processing job, or the hyperparameters of a training job: all of them come as text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: str = Field(min_length=1, description="Step of the pipeline.")
    pipeline: str = Field("__default__", min_length=1, description="Registered Kedro pipeline that it is cut from.")
    env: str = Field(min_length=1, description="Environment of the configuration.")
    conf_source: str = Field(min_length=1, description="The configuration: archive, folder or address.")
    history: str | None = Field(None, description="Where what grows from month to month lies.")
    models_path: str | None = Field(None, description="Where scoring finds the models of an earlier training.")
    execution_date: str | None = Field(None, description="ISO date; empty: the newest invoice date.")
    tariffs: Literal["both", "Domestic", "Industrial"] | None = None
    seed: int | None = None
    part_rows: int | None = Field(None, ge=1, description="Rows of a part of the tables that instances share.")
    baseline_profile: str | None = Field(None, description="train, an address, or empty: no drift check.")
    drift_threshold: float | None = None
    fail_on_drift: Literal["false", "true", "low", "moderate", "high"] | None = None

    @field_validator(*_EMPTY_IS_NULL)
    @classmethod
    def _empty_is_null(cls, value: str | None) -> str | None:
        return value or None

    @field_validator("history")
    @classmethod
    def _without_slash(cls, value: str | None) -> str | None:
        return value and value.rstrip("/")

    def runtime_params(self) -> dict[str, Any]:
        """The run-time parameters that were given; null and empty ones among them where they mean something."""
        told = self.model_dump(exclude={"step", "pipeline", "env", "conf_source"}, exclude_unset=True)
        return {name: value for name, value in told.items() if value is not None or name in _EMPTY_IS_NULL}


def from_words(words: Iterable[str], what: str = "argument") -> JobSettings:
    """Read ``name=value`` words.

    Args:
        words: As SageMaker passes them.
        what: What one of them is called in messages.

    Raises:
        ConfigurationError: A word has no ``=``, comes twice, is unknown, or has a wrong value.

    >>> from_words(["step=DriftCheck", "env=prod", "conf_source=conf", "seed=7"]).seed
    7
    """
    told: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or name in told:
            raise ConfigurationError(f"{what} {word!r}: name=value is allowed, each name once")
        told[name] = value
    return _check(told, what)


def from_hyperparameters() -> JobSettings:
    """Read the hyperparameters of a training job.

    Raises:
        ConfigurationError: There are none, one is unknown, or has a wrong value.
    """
    try:
        told = json.loads(HYPERPARAMETERS.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{HYPERPARAMETERS}: no hyperparameters can be read ({error})") from error
    return _check(told, "hyperparameter")


def _check(told: dict[str, str], what: str) -> JobSettings:
    try:
        return JobSettings.model_validate(told)
    except ValidationError as error:
        faults = "; ".join(explain(fault, JobSettings) for fault in error.errors(include_url=False))
        raise ConfigurationError(f"{what} {faults}") from None
