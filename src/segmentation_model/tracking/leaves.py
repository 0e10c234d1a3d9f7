"""Nested values as MLflow wants them: flat names, numbers apart from text, and each tariff's numbers for itself."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from segmentation_model.columns.layout import TARIFFS

_FORBIDDEN = re.compile(r"[^\w\-. /]")
_LONGEST_VALUE = 500


def leaves(value: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Leaves of nested dictionaries under dotted names; lists are leaves, long ones are cut.

    >>> dict(leaves({"test": {"rows": 3, "by (month)": ["a"]}}))
    {'test.rows': 3, 'test.by _month_': "['a']"}
    """
    for key, inner in value.items():
        name = f"{prefix}.{key}" if prefix else str(key)
        if isinstance(inner, Mapping):
            yield from leaves(inner, name)
        else:
            yield _FORBIDDEN.sub("_", name), inner if _is_number(inner) else str(inner)[:_LONGEST_VALUE]


def numbers(value: Mapping[Any, Any], prefix: str) -> dict[str | None, dict[str, float]]:
    """The finite numbers in a value, by the tariff that they are of; None: of the whole portfolio.

    A tariff's name is no part of the number's name, so that the runs of all tariffs have the same ones.

    Args:
        value: Nested dictionaries.
        prefix: What all names begin with; empty: nothing.

    >>> numbers({"max_psi": 0.2, "tariffs": {"Domestic": {"max_psi": 0.1}}}, "drift")
    {None: {'drift.max_psi': 0.2}, 'Domestic': {'drift.max_psi': 0.1}}
    """
    found: dict[str | None, dict[str, float]] = {}
    for name, leaf in leaves(value):
        if _is_number(leaf) and math.isfinite(leaf):
            tariff, rest = _apart(name.split("."))
            found.setdefault(tariff, {})[".".join([prefix, *rest] if prefix else rest)] = float(leaf)
    return found


def parameters_of_runs(
    parameters: Mapping[str, Any], read: Iterable[str], group: str, but: str
) -> dict[str | None, dict[str, Any]]:
    """What runs are told of the parameters: a group for the tariffs' runs, all others for the job's.

    Args:
        parameters: The whole tree.
        read: Names of the groups and values that count; of all others nothing is told.
        group: The tariffs' group. What it has for one tariff goes to that one, without the tariff's name.
        but: What of it goes to the job's run all the same.

    Returns:
        Leaves by tariff; under None those of the job.
    """
    told: dict[str | None, dict[str, Any]] = {tariff: {} for tariff in (None, *TARIFFS)}
    wanted = tuple(read)
    every = dict(leaves(parameters))
    layout = f"columns.layouts.{every.get('columns.use')}."
    for name, leaf in every.items():
        other_layout = name.startswith("columns.layouts.") and not name.startswith(layout)
        if other_layout or not any(name == one or name.startswith(f"{one}.") for one in wanted):
            continue
        tariff, rest = _apart(name.split("."))
        if not name.startswith(f"{group}.") or name.startswith(f"{but}."):
            told[None][name] = leaf
        elif tariff is not None:
            told[tariff][".".join(rest)] = leaf
        else:
            for one in TARIFFS:
                told[one][name] = leaf
    return told


def _apart(parts: list[str]) -> tuple[str | None, list[str]]:
    """The tariff that a dotted name has in it, and the rest of it."""
    for position, part in enumerate(parts):
        for tariff in TARIFFS:
            if part.lower() == tariff.lower():
                before = parts[:position]
                return tariff, [*(before[:-1] if before[-1:] == ["tariffs"] else before), *parts[position + 1 :]]
    return None, parts


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
