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


def _as_codes(value: object) -> object:
    """Read numbers among codes as the text that stands for them in a table.

    >>> _as_codes("A, B"), _as_codes([1, 2.0, "03"])
    (['A', 'B'], ['1', '2', '03'])
    """
    items = _as_list(value)
    return [_as_code(item) for item in items] if isinstance(items, list | tuple) else _as_code(items)


def _as_code(item: object) -> object:
    if isinstance(item, bool):  # what YAML makes of a bare NO or Yes
        raise ValueError(f"a bare yes, no, true or false is {item} in YAML; write the value in quotes")
    if isinstance(item, int | float):
        return f"{item:.0f}" if item % 1 == 0 else str(item)
    return item


StringList = Annotated[tuple[str, ...], BeforeValidator(_as_list)]
IntegerList = Annotated[tuple[int, ...], BeforeValidator(_as_list)]
CodeList = Annotated[tuple[str, ...], BeforeValidator(_as_codes)]
