"""How the page writes the intervals of a number's bins."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

_NUMBER = r"(-?(?:inf|[\d.]+(?:e[+-]\d+)?))"
_INTERVAL = re.compile(rf"[\[(]{_NUMBER}, {_NUMBER}[\])]")
_EDGE = re.compile(rf"(<=|>=|<|>)? ?{_NUMBER}")


def short_intervals(labels: Sequence[str]) -> dict[str, str]:
    """Labels of numeric bins for people, by the label.

    Three digits, or as many as keep the bins apart and give a value with a bin of its own exactly. What happens at an
    edge (open or closed) is left to the label itself.

    >>> short_intervals(["<= 0.123456", "(0.123456, 2107.08]", "> 2107.08"])
    {'<= 0.123456': '≤ 0.123', '(0.123456, 2107.08]': '0.123 to 2,110', '> 2107.08': '> 2,110'}
    >>> list(short_intervals(["< 1250.5", "1250.5", "(1250.5, 98765.4]", "> 98765.4"]).values())
    ['< 1,250.5', '1,250.5', '1,250.5 to 98,765', '> 98,765']
    """
    values = [label for label in labels if _is_value(label)]
    shortened: dict[str, str] = {}
    for digits in (3, 4, 5, 6):
        shortened = {label: _short_interval(label, digits) for label in labels}
        exact = all(_short_number(value, digits) == _short_number(value, 6) for value in values)
        if exact and _are_apart(shortened.values()):
            break
    return shortened


def _are_apart(texts: Collection[str]) -> bool:
    """Whether no two of them are the same, nor both ends of one."""
    ends = [text.split(" to ") for text in texts]
    return len(set(texts)) == len(texts) and all(len(set(pair)) == len(pair) for pair in ends)


def _short_interval(label: str, digits: int) -> str:
    if (interval := _INTERVAL.fullmatch(label)) is not None:
        return " to ".join(_short_number(edge, digits) for edge in interval.groups())
    if (edge := _EDGE.fullmatch(label)) is not None:
        sign = {None: "", "<=": "≤ ", ">=": "≥ "}.get(edge[1], f"{edge[1]} ")
        return sign + _short_number(edge[2], digits)
    return label


def _is_value(label: str) -> bool:
    edge = _EDGE.fullmatch(label)
    return edge is not None and edge[1] is None


def _short_number(number: str, digits: int) -> str:
    return f"{float(f'{float(number):.{digits}g}'):,.6g}".replace("-", "−", 1)
