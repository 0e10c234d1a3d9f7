"""The reference of another season: the profile of the same calendar month a year ago, so that winter is not drift."""

from __future__ import annotations

import re
from collections.abc import Iterable

from segmentation_model.errors import ConfigurationError, shorten

MONTH = "month"
"""Key of a profile's ``about`` that holds its month, as year-month."""

_FOLDER = re.compile(r"month=(\d{4}-\d{2})")
_MOST_MONTHS = 24


def month_of(execution_date: str) -> str:
    """The month of a date in ISO text.

    >>> month_of("2026-07-26")
    '2026-07'
    """
    return execution_date[:7]


def month_in_name(folder: str) -> str | None:
    """The month that a folder of profiles is for; None for another folder.

    >>> month_in_name("month=2025-07"), month_in_name("domestic")
    ('2025-07', None)
    """
    found = _FOLDER.fullmatch(folder)
    return found[1] if found else None


def same_month_last_year(months: Iterable[str], execution_date: str) -> str:
    """Choose the profile of the same calendar month, a year before a run.

    Args:
        months: Months that there are profiles of, as year-month.
        execution_date: Date of the run in ISO text.

    Returns:
        One of the months.

    Raises:
        ConfigurationError: There is no profile of that month; names those that there are.

    >>> same_month_last_year(["2025-07", "2026-06"], "2026-07-26")
    '2025-07'
    """
    there = sorted(months)
    year, month = month_of(execution_date).split("-")
    wanted = f"{int(year) - 1:04d}-{month}"
    if wanted not in there:
        found = shorten(there, _MOST_MONTHS) if there else "none"
        raise ConfigurationError(
            f"no profile of {wanted!r}, a year before the run of {execution_date}; there are: {found}"
        )
    return wanted
