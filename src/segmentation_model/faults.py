"""What pydantic has against a value, as one line for people: where it stands, what was given, what is allowed."""

from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

_LONGEST_VALUE = 100


def explain(fault: Any, model: type[BaseModel]) -> str:
    """One fault in words.

    Args:
        fault: An entry of ``ValidationError.errors()``.
        model: The model that was to be filled; it knows the keys that an unknown one may have been meant for.
    """
    where = ".".join(str(part) for part in fault["loc"] if part != "[key]")
    if fault["type"] == "extra_forbidden":
        return f"{where}: unknown key; allowed here: {', '.join(_keys_beside(fault['loc'], model))}"
    if fault["type"] == "missing":
        return f"{where}: missing"
    message = fault["msg"].removeprefix("Value error, ")
    return with_value(f"{where}: {message}" if where else message, fault["input"])


def with_value(message: str, value: object) -> str:
    """A message with the value that was given, unless it is a whole group.

    >>> with_value("rows: Input should be a valid integer", "many")
    "rows: Input should be a valid integer (given: 'many')"
    """
    if isinstance(value, Mapping):
        return message
    text = repr(value)
    return f"{message} (given: {text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + '…'})"


def _keys_beside(location: tuple[str | int, ...], model: type[BaseModel]) -> list[str]:
    """Keys that are allowed in the group at which a location ends."""
    place: Any = model
    for part in location[:-1]:
        place = _inside(place, part)
    if get_origin(place) in (Union, UnionType):  # a group that may be null
        place = next(member for member in get_args(place) if member is not NoneType)
    return sorted(place.model_fields)


def _inside(place: Any, part: str | int) -> Any:
    """The type of what stands at ``part`` in a value of the type ``place``; pydantic names a union's member, too."""
    origin, arguments = get_origin(place), get_args(place)
    if origin is Annotated:
        return _inside(arguments[0], part)
    if origin in (Union, UnionType):
        named = [member for member in arguments if getattr(member, "__name__", None) == part]
        return named[0] if named else _inside(next(member for member in arguments if member is not NoneType), part)
    if origin is tuple:
        return arguments[0]
    if origin is not None:
        return arguments[1]
    return place.model_fields[part].annotation
