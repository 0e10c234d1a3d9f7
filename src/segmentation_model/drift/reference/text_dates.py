"""Text that holds dates: a category by its type, and no more to be compared than a date is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

#: Why such a column is left out of a profile.
DATES = "its text holds dates"
#: A typing error or a word for "none" among the dates does not make a category of them.
_SHARE_OF_ROWS = 0.95
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ].*)?")
_DAY_FIRST = re.compile(r"\d{2}/\d{2}/\d{4}")


def holds_dates(categories: Mapping[str, int]) -> bool:
    """Whether nearly all rows that have a value have a date: ISO, with or without a time, or DD/MM/YYYY.

    Args:
        categories: Rows per category that occurs.

    >>> holds_dates({"2026-07-31": 2, "31/07/2026": 17, "none": 1}), holds_dates({"2026-07-31": 18, "none": 2})
    (True, False)
    >>> holds_dates({"20260731": 1}), holds_dates({"2026-31-07": 1}), holds_dates({})
    (False, False, False)
    """
    dates = sum(rows for text, rows in categories.items() if _is_date(text.strip()))
    return dates > 0 and dates >= _SHARE_OF_ROWS * sum(categories.values())


def _is_date(text: str) -> bool:
    try:
        if _ISO.fullmatch(text):
            datetime.fromisoformat(text)
        elif _DAY_FIRST.fullmatch(text):
            datetime.strptime(text, "%d/%m/%Y")
        else:
            return False
    except ValueError:
        return False
    return True
