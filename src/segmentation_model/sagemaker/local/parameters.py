"""The parameters of an execution: what was typed, checked against the definition; defaults for the rest."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from segmentation_model.errors import ConfigurationError, shorten
from segmentation_model.sagemaker.local.definition import Definition, Parameter

_TYPES: dict[str, tuple[type, ...]] = {"String": (str,), "Integer": (int,), "Float": (int, float), "Boolean": (bool,)}


def resolve_parameters(definition: Definition, typed: Iterable[str]) -> dict[str, Any]:
    """The value of each parameter.

    Args:
        definition: The pipeline.
        typed: ``Name=Value``, as on the command line; the last of one name counts.

    Returns:
        Value by name, of the type that the definition declares.

    Raises:
        ConfigurationError: One is unknown, missing, of another type, or none of its allowed values; all are named.
    """
    declared = {parameter.name: parameter for parameter in definition.parameters}
    values: dict[str, Any] = {}
    faults: list[str] = []
    for text in typed:
        name, equals, value = text.partition("=")
        if not equals:
            faults.append(f"--parameter {text!r}: write it as Name=Value")
        elif name not in declared:
            faults.append(f"--parameter {name}: unknown; the pipeline has {shorten(declared, 30) or 'none'}")
        else:
            values[name] = value
    for name, parameter in declared.items():
        try:
            values[name] = _read(parameter, values[name]) if name in values else _default(parameter)
        except ValueError as error:
            faults.append(f"parameter {name}: {error}")
    if faults:
        raise ConfigurationError("\n".join(faults))
    return {name: values[name] for name in declared}


def _default(parameter: Parameter) -> Any:
    value = parameter.default_value
    if value is None:
        raise ValueError(f"missing; it has no default, so give --parameter {parameter.name}=…")
    if not isinstance(value, _TYPES[parameter.type]) or (isinstance(value, bool) and parameter.type != "Boolean"):
        raise ValueError(f"its default {value!r} is no {parameter.type}")
    return _allowed(parameter, float(value) if parameter.type == "Float" else value)


def _read(parameter: Parameter, text: str) -> Any:
    """A value from text, as the service takes all of them."""
    try:
        value: Any = text
        if parameter.type == "Integer":
            value = int(text)
        elif parameter.type == "Float":
            value = float(text)
            if not math.isfinite(value):
                raise ValueError(text)
        elif parameter.type == "Boolean":
            value = {"true": True, "false": False}[text.lower()]
    except (ValueError, KeyError) as error:
        raise ValueError(f"{text!r} is no {parameter.type}") from error
    return _allowed(parameter, value)


def _allowed(parameter: Parameter, value: Any) -> Any:
    if parameter.enum_values is not None and value not in parameter.enum_values:
        raise ValueError(f"{value!r} is not allowed; use one of {shorten(parameter.enum_values, 30)}")
    return value
