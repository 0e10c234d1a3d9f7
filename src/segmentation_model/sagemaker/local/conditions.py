"""The conditions of a Condition step: what they compare, and whether they hold."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_pascal

_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "GreaterThan": operator.gt,
    "GreaterThanOrEqualTo": operator.ge,
    "LessThan": operator.lt,
    "LessThanOrEqualTo": operator.le,
}

Resolve = Callable[[Any], Any]


class ConditionError(ValueError):
    """Two values cannot be compared: the message names both."""


class _Condition(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_pascal)


class Comparison(_Condition):
    """Two values side by side."""

    type: Literal["Equals", "GreaterThan", "GreaterThanOrEqualTo", "LessThan", "LessThanOrEqualTo"]
    left_value: Any
    right_value: Any

    def holds(self, resolve: Resolve) -> bool:
        """Whether it holds; numbers compare with numbers, text with text, true with false."""
        left, right = resolve(self.left_value), resolve(self.right_value)
        if self.type == "Equals":
            return _equal(left, right)
        if _kind(left) != _kind(right) or _kind(left) != "number":
            raise ConditionError(f"{self.type} compares two numbers, not {left!r} and {right!r}")
        return _ORDER[self.type](left, right)


class In(_Condition):
    """A value and a list."""

    type: Literal["In"]
    query_value: Any
    values: list[Any]

    def holds(self, resolve: Resolve) -> bool:
        """Whether the value is in the list."""
        query = resolve(self.query_value)
        return any([_equal(query, resolve(value)) for value in self.values])  # noqa: C419 - every value must be there


class Not(_Condition):
    """The opposite of a condition; the SDK calls the key ``Condition``, the published schema ``Expression``."""

    type: Literal["Not"]
    condition: Condition = Field(validation_alias=AliasChoices("Condition", "Expression"))

    def holds(self, resolve: Resolve) -> bool:
        """Whether the condition does not hold."""
        return not self.condition.holds(resolve)


class Or(_Condition):
    """Several conditions."""

    type: Literal["Or"]
    conditions: list[Condition]

    def holds(self, resolve: Resolve) -> bool:
        """Whether one of them holds."""
        return any([condition.holds(resolve) for condition in self.conditions])  # noqa: C419 - as above


Condition = Annotated[Comparison | In | Not | Or, Field(discriminator="type")]


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else type(value).__name__


def _equal(left: Any, right: Any) -> bool:
    """Equality of one kind: a text never equals a number, and who compares them has made a mistake."""
    if _kind(left) != _kind(right):
        raise ConditionError(f"{left!r} ({_kind(left)}) and {right!r} ({_kind(right)}) are of different types")
    return bool(left == right)
