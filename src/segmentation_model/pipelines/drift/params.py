"""Typed parameters of the drift pipeline; the statistics' own are in ``segmentation_model.drift.settings``."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from segmentation_model.drift.judgement.gate import FailOnDrift, parse_fail_on_drift
from segmentation_model.drift.settings import DriftSettings, ProfileSettings, WindowSettings
from segmentation_model.errors import ConfigurationError


def _read_level(value: object) -> FailOnDrift:
    try:
        return parse_fail_on_drift(value)
    except ConfigurationError as error:
        raise ValueError(error.message) from error


GateLevel = Annotated[FailOnDrift, BeforeValidator(_read_level)]


class GateSettings(BaseModel):
    """When drift stops a run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fail_on_drift: GateLevel = Field(False, description="false, true (= high), or the severity that trips the gate.")
    on_trip: Literal["stop", "record"] = Field(
        "stop", description="End the run, or only record it: in a cloud job, where the orchestrator stops."
    )


class DriftParameters(BaseModel):
    """The groups of the drift section."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    profile: ProfileSettings
    statistics: DriftSettings
    windows: WindowSettings
    gate: GateSettings
