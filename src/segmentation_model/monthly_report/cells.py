"""Cells of the page's tables: what people read, and what the table is sorted by."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """A figure in words, and as a number to sort by (empty where there is none: it comes last)."""

    text: str
    value: str = ""


def figure(text: str, value: float | None) -> Cell:
    """A figure's cell.

    >>> figure("12,5 %", 0.125), figure("–", None)
    (Cell(text='12,5 %', value='0.125'), Cell(text='–', value=''))
    """
    return Cell(text, "" if value is None or not math.isfinite(value) else f"{value:.10g}")
