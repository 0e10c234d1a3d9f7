"""Parameter types for short lists, which may be written as a scalar, a comma-separated text or a YAML list."""

from typing import Annotated

from pydantic import BeforeValidator


def _as_list(value: object) -> object:
    """Read ``12``, ``"12"``, ``"12, 24"`` and ``[12, 24]`` alike.

    >>> _as_list("12, 24")
    ['12', '24']
    >>> _as_list(12)
    [12]
    >>> _as_list([12, 24])
    [12, 24]
    """
    if isinstance(value, str):
        return [item.strip() for item in value.split(",") if item.strip()]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return [value]
    return value


StringList = Annotated[tuple[str, ...], BeforeValidator(_as_list)]
IntegerList = Annotated[tuple[int, ...], BeforeValidator(_as_list)]
