"""The expressions of a definition: ``Get``, ``Std:Join`` and ``Std:JsonGet``, replaced by their values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from segmentation_model.errors import shorten

_FUNCTION = "Std:"


class ExpressionError(ValueError):
    """An expression has no value: the message names it and what there is instead."""


class StepValues(Protocol):
    """What steps can be asked for."""

    def property(self, step: str, path: str) -> Any:
        """A property of a step."""

    def property_file(self, step: str, name: str, path: str) -> Any:
        """A value in a property file of a step."""


@dataclass(frozen=True)
class Scope:
    """What the names in expressions stand for.

    Attributes:
        parameters: Value by name.
        variables: The execution's own: its id, start, name; in a job's arguments also the job's name.
        steps: What the other steps can be asked for.
    """

    parameters: Mapping[str, Any]
    variables: Mapping[str, str]
    steps: StepValues

    def with_variables(self, **variables: str) -> Scope:
        """The same with further variables."""
        return replace(self, variables={**self.variables, **variables})


def resolve(value: Any, scope: Scope) -> Any:
    """A value with all expressions in it replaced.

    Types are kept, as the service does: an Integer parameter stays a number, and only ``Std:Join`` makes text of it.

    Raises:
        ExpressionError: One of them is unknown or has no value.
        PathError: One of them leads nowhere.
    """
    if isinstance(value, list):
        return [resolve(element, scope) for element in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((key, inner),) = value.items()
        if key == "Get" and isinstance(inner, str):
            return _get(inner, scope)
        if key.startswith(_FUNCTION):
            return _call(key, inner, scope)
    return {key: resolve(inner, scope) for key, inner in value.items()}


def referenced_steps(value: Any) -> Iterator[str]:
    """The names of all steps that a value asks."""
    if isinstance(value, list | tuple):
        for element in value:
            yield from referenced_steps(element)
    elif isinstance(value, dict):
        name = value.get("Get")
        if len(value) == 1 and isinstance(name, str) and name.startswith("Steps."):
            yield name.split(".")[1]
        for inner in value.values():
            yield from referenced_steps(inner)


def asks_files(value: Any) -> bool:
    """Whether a value asks what no one knows before a step has run: the content of a JSON file."""
    if isinstance(value, dict):
        return "Std:JsonGet" in value or any(asks_files(inner) for inner in value.values())
    return isinstance(value, list) and any(asks_files(element) for element in value)


def _get(name: str, scope: Scope) -> Any:
    kind, _, rest = name.partition(".")
    if kind == "Steps":
        step, _, path = rest.partition(".")
        return scope.steps.property(step, path)
    known = {"Parameters": scope.parameters, "Execution": scope.variables}.get(kind)
    if known is None:
        raise ExpressionError(f"{name!r}: allowed are 'Parameters.…', 'Execution.…' and 'Steps.…'")
    if rest not in known:
        raise ExpressionError(f"{name!r}: there is no {rest!r}; there is {shorten(known, 30) or 'nothing'}")
    return known[rest]


def _call(function: str, given: Any, scope: Scope) -> Any:
    match function, given:
        case "Std:Join", {"Values": list(values)}:
            return str(given.get("On", "")).join(_text(resolve(value, scope)) for value in values)
        case "Std:JsonGet", {"PropertyFile": {"Get": str(name)}, "Path": str(path)}:
            parts = name.split(".", 3)
            if len(parts) == 4 and (parts[0], parts[2]) == ("Steps", "PropertyFiles"):
                return scope.steps.property_file(parts[1], parts[3], path)
        case (("Std:Join" | "Std:JsonGet"), _):
            pass
        case _:
            raise ExpressionError(f"{function!r} is an unknown function; there is 'Std:Join' and 'Std:JsonGet'")
    raise ExpressionError(f"{function} cannot be read: {given!r}")


def _text(value: Any) -> str:
    """A value as text: what JSON writes."""
    return value if isinstance(value, str) else json.dumps(value)
