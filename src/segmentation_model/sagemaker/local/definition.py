"""A pipeline definition, as SageMaker takes it: JSON of the schema version 2020-12-01.

Keys that the service knows and this runner has no use for (display names, retry policies) are let through.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic.alias_generators import to_pascal

from segmentation_model.errors import ConfigurationError
from segmentation_model.faults import with_value
from segmentation_model.sagemaker.local.conditions import Condition
from segmentation_model.sagemaker.local.durations import parse_duration

STEP_TYPES = ("Processing", "Training", "Condition", "Fail", "RegisterModel")

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_pascal)


class Parameter(_Part):
    """A parameter of the pipeline; without a default it has to be given."""

    name: str
    type: Literal["String", "Integer", "Float", "Boolean"]
    default_value: str | bool | int | float | None = None
    enum_values: tuple[str | bool | int | float, ...] | None = None


class CacheConfig(_Part):
    """Whether, and for how long, a step's result may be used again."""

    enabled: bool
    expire_after: str | None = None

    @model_validator(mode="after")
    def _has_an_end(self) -> CacheConfig:
        if self.enabled and self.expire_after is None:
            raise ValueError("ExpireAfter is missing; a cache that is enabled needs it")
        if self.expire_after is not None:
            parse_duration(self.expire_after)
        return self


class PropertyFile(_Part):
    """A JSON file in an output of a processing step, of which conditions may ask values."""

    property_file_name: str
    output_name: str
    file_path: str


class Branches(_Part):
    """Conditions that must all hold, and the steps of either case."""

    conditions: tuple[Condition, ...]
    if_steps: tuple[Step, ...] = ()
    else_steps: tuple[Step, ...] = ()


class Message(_Part):
    """Why the execution fails."""

    error_message: Any = ""


class _Step(_Part):
    name: Name
    depends_on: tuple[str, ...] = ()

    @field_validator("depends_on", mode="before")
    @classmethod
    def _completed(cls, entries: Any) -> Any:
        """A dependency is a name, or a name with the outcome that it waits for; here that is success."""
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict) and entry.get("Trigger", "Completed") != "Completed":
                raise ValueError(f"the trigger {entry['Trigger']!r} is not run here; 'Completed' is")
        return [entry["Step"] if isinstance(entry, dict) else entry for entry in entries or ()]


class JobStep(_Step):
    """A step that runs containers."""

    type: Literal["Processing", "Training"]
    arguments: dict[str, Any]
    cache_config: CacheConfig = CacheConfig.model_validate({"Enabled": False})
    property_files: tuple[PropertyFile, ...] = ()


class RegisterStep(_Step):
    """A step that registers a model package."""

    type: Literal["RegisterModel"]
    arguments: dict[str, Any]


class ConditionStep(_Step):
    """A step that decides which of its branches runs."""

    type: Literal["Condition"]
    arguments: Branches


class FailStep(_Step):
    """A step that ends the execution as failed."""

    type: Literal["Fail"]
    arguments: Message


Step = Annotated[JobStep | RegisterStep | ConditionStep | FailStep, Field(discriminator="type")]


class Definition(_Part):
    """A whole pipeline."""

    version: Literal["2020-12-01"]
    parameters: tuple[Parameter, ...] = ()
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]


def read_definition(path: Path) -> Definition:
    """Read and check a definition.

    Raises:
        ConfigurationError: There is no such file, or it is no definition that this runner can run; one line a fault.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path}: no readable pipeline definition ({error})") from error
    try:
        return Definition.model_validate(raw)
    except ValidationError as error:
        faults = [_explain(fault, raw) for fault in error.errors(include_url=False)]
        raise ConfigurationError("\n".join(f"{path}: {fault}" for fault in faults)) from error


def _explain(fault: Any, raw: Any) -> str:
    """A fault with the names of steps and parameters instead of their positions."""
    where = " ".join(_places(fault["loc"], raw))
    if fault["type"] == "union_tag_invalid":
        return f"{where}: the type {fault['ctx']['tag']!r} is not run here; allowed: {fault['ctx']['expected_tags']}"
    if fault["type"] == "missing":
        return f"{where}: missing"
    return with_value(f"{where}: {fault['msg'].removeprefix('Value error, ')}", fault["input"])


def _places(location: tuple[str | int, ...], raw: Any) -> Iterator[str]:
    for part, following in zip(location, (*location[1:], ""), strict=True):
        try:
            raw = raw[part]
        except (KeyError, IndexError, TypeError):
            if part not in STEP_TYPES:  # pydantic names the member of the union, which is no key
                yield str(part)
            continue
        if isinstance(part, int) and isinstance(raw, dict) and "Name" in raw:
            yield f"{'step' if 'Type' in raw and 'Arguments' in raw else 'parameter'} {raw['Name']!r}"
        elif not isinstance(following, int) and part != "Arguments":  # of lists the element says enough
            yield str(part)
