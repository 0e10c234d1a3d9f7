"""Numbers that are written as text, with a decimal point or with a decimal comma."""

from enum import IntEnum
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from segmentation_model.errors import InputError, shorten

Notation = Literal["point", "comma"]

TRUE = ("true", "True", "TRUE")
FALSE = ("false", "False", "FALSE")

MISSING = ("", "NA", "N/A", "#N/A", "NaN", "nan", "null", "NULL")
"""Text that stands for a missing value."""

# 1.234.567,89: groups of three digits, the first of which does not begin with 0.
_GROUPED = r"^[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d+)?$"
_CODE = r"^\s*0\d+\s*$"
_A_FEW = 100


class Fit(IntEnum):
    """How well text reads as numbers; of several parts the smallest counts."""

    NONE = 0
    CLEANED = 1  # without padding, thousands and words for "missing"
    PLAIN = 2  # as it stands


def fit_of(text: pa.Array, notation: Notation) -> Fit:
    """How well all values read as numbers.

    >>> fit_of(pa.array(["1,5", None]), "comma"), fit_of(pa.array(["1.000"]), "comma"), fit_of(pa.array(["x"]), "point")
    (<Fit.PLAIN: 2>, <Fit.CLEANED: 1>, <Fit.NONE: 0>)
    """
    if _plain_numbers(text, notation) is not None:
        return Fit.PLAIN
    return Fit.NONE if numbers_of(text, notation) is None else Fit.CLEANED


def numbers_of(text: pa.Array, notation: Notation) -> pa.Array | None:
    """Text as numbers; None where one value is neither a number nor missing.

    >>> numbers_of(pa.array(["1.5", " NA", "2e3"]), "point").to_pylist()
    [1.5, None, 2000.0]
    >>> numbers_of(pa.array(["1.234,5", "7"]), "comma").to_pylist()
    [1234.5, 7.0]
    >>> numbers_of(pa.array(["1.5"]), "comma") is None
    True
    """
    numbers = _plain_numbers(text, notation)
    if numbers is not None:
        return numbers
    text = pc.utf8_trim_whitespace(text)
    text = pc.if_else(pc.is_in(text, value_set=pa.array(MISSING)), None, text)
    if notation == "comma":
        grouped = text.filter(pc.match_substring(text, "."))
        if not pc.all(pc.match_substring_regex(grouped, _GROUPED), min_count=0).as_py():
            return None
        text = pc.replace_substring(text, ".", "")
    return _plain_numbers(text, notation)


def _plain_numbers(text: pa.Array, notation: Notation) -> pa.Array | None:
    """The numbers as they stand. Arrow is slow to refuse many values, so that a few are tried first."""
    if len(text) > _A_FEW and _plain_numbers(text.slice(0, _A_FEW), notation) is None:
        return None
    if notation == "comma":
        if pc.any(pc.match_substring(text, ".")).as_py():
            return None
        text = pc.replace_substring(text, ",", ".")
    try:
        return pc.cast(text, pa.float64())
    except pa.ArrowInvalid:
        return None


def first_that_is_no_number(text: pa.Array, notation: Notation) -> int:
    """Position of the first value that keeps ``numbers_of`` from an answer.

    >>> first_that_is_no_number(pa.array(["1", None, "x", "2", "y"]), "point")
    2
    """
    start, stop = 0, len(text)
    while stop - start > 1:
        middle = (start + stop) // 2
        if numbers_of(text.slice(start, middle - start), notation) is None:
            stop = middle
        else:
            start = middle
    return start


def has_codes(text: pa.Array) -> bool:
    """Whether there is a whole number with a leading zero: an identifier, which would lose it as a number.

    >>> has_codes(pa.array(["12", " 007"])), has_codes(pa.array(["0", "0.5", "-3", None]))
    (True, False)
    """
    candidates = text.filter(pc.or_(pc.starts_with(text, "0"), pc.starts_with(text, " ")))
    return bool(pc.any(pc.match_substring_regex(candidates, _CODE)).as_py())


def no_number(place: str, column: str, row: int, value: str) -> InputError:
    """The error about a value that should be a number; the first row (after the names) is row 1."""
    return InputError(
        f"{place}: column {column!r} is to be numeric, but row {row} holds {value!r}; numbers are allowed, and "
        f"{shorten(MISSING, len(MISSING))} for missing ones"
    )
