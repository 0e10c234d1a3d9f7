"""Which columns a table has, and as what they are read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import pyarrow as pa

from segmentation_model.drift_check.tables.column_types import common_type, is_number, is_text, is_time
from segmentation_model.drift_check.tables.number_text import Fit, fit_of, has_codes
from segmentation_model.drift_check.tables.table_part import TablePart
from segmentation_model.errors import ConfigurationError, shorten


@dataclass(frozen=True)
class TableColumns:
    """The columns of a table.

    Attributes:
        types: Of those that can be read, in the order of the first file.
        problems: Of the others, why they cannot.
    """

    types: Mapping[str, pa.DataType]
    problems: Mapping[str, str]


def plan_columns(
    parts: Sequence[TablePart], *, numeric: Collection[str] = (), categorical: Collection[str] = ()
) -> TableColumns:
    """Give every column of a table one type.

    Args:
        parts: Its files.
        numeric: Columns to read as numbers, also where they are text.
        categorical: Columns to read as categories, also where they are numbers.
    """
    keys = _key_types(parts)
    types, problems = {}, {}
    for name in dict.fromkeys(name for part in parts for name in (*part.types, *part.repeated, *part.file.keys)):
        found = [_type_in(part, name, keys) for part in parts]
        problem = _not_once(name, parts, found)
        if problem is None:
            kinds = [kind for kind in found if kind is not None and not pa.types.is_null(kind)]
            kind = _read_as(kinds, numeric=name in numeric, categorical=name in categorical)
            if kind is not None:
                types[name] = kind
                continue
            problem = _no_type(parts, found)
        problems[name] = problem
    return TableColumns(types, problems)


def check_names(address: str, asked: Collection[str], columns: TableColumns) -> None:
    """Refuse columns that a table does not have.

    Args:
        address: The table, for the message.
        asked: Names that somebody gave.
        columns: Those that there are.

    Raises:
        ConfigurationError: One is not there; the message names similar ones.
    """
    names = [*columns.types, *columns.problems]
    for name in asked:
        if name not in names:
            near = get_close_matches(name, names)
            there = f"near it: {shorten(near)}" if near else f"there are {shorten(names)}"
            raise ConfigurationError(f"{address}: there is no column {name!r}; {there}")


def _key_types(parts: Sequence[TablePart]) -> dict[str, pa.DataType]:
    """Types of what the folders' names say: a number where every value is one, without leading zeros."""
    values: dict[str, list[str | None]] = {}
    for part in parts:
        for key, value in part.file.keys.items():
            values.setdefault(key, []).append(value)
    types = {}
    for key, texts in values.items():
        text = pa.array(texts, pa.string())
        number = text.null_count < len(text) and fit_of(text, "point") == Fit.PLAIN and not has_codes(text)
        types[key] = pa.float64() if number else pa.string()
    return types


def _type_in(part: TablePart, name: str, keys: Mapping[str, pa.DataType]) -> pa.DataType | None:
    """The type of a column in a file: its own column goes before the name of its folder."""
    return part.types.get(name, keys[name] if name in part.file.keys else None)


def _not_once(name: str, parts: Sequence[TablePart], found: Sequence[pa.DataType | None]) -> str | None:
    for part in parts:
        if name in part.repeated:
            return f"the name occurs {part.repeated[name]} times in {part.file.shown}"
    absent = [part.file.shown for part, kind in zip(parts, found, strict=True) if kind is None]
    return f"absent from {shorten(absent, 1)} of {len(parts)} files" if absent else None


def _read_as(kinds: Sequence[pa.DataType], *, numeric: bool, categorical: bool) -> pa.DataType | None:
    if categorical and all(is_number(kind) or is_text(kind) or is_time(kind) for kind in kinds):
        return common_type(kinds) if kinds and all(map(pa.types.is_dictionary, kinds)) else pa.string()
    if numeric and any(map(is_text, kinds)) and all(is_number(kind) or is_text(kind) for kind in kinds):
        return pa.float64()
    return common_type(kinds)


def _no_type(parts: Sequence[TablePart], found: Sequence[pa.DataType | None]) -> str:
    first: dict[str, str] = {}
    for part, kind in zip(parts, found, strict=True):
        if kind is not None and not pa.types.is_null(kind):
            first.setdefault("text" if is_text(kind) else str(kind), part.file.shown)
    if len(first) == 1:
        return f"{next(iter(first))} holds neither numbers nor categories"
    return ", ".join(f"{words} in {shown}" for words, shown in first.items())
