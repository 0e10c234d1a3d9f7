"""How long a step's result may be used again: ISO 8601 durations, in the loose spelling that SageMaker allows."""

import re
from datetime import timedelta

_DURATION = re.compile(
    r"P?(?:(?P<Y>\d+)Y)?(?:(?P<M>\d+)M)?(?:(?P<W>\d+)W)?(?:(?P<D>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+)S)?)?",
    re.IGNORECASE,
)
# A year and a month have no length of their own; these are the usual ones.
_DAYS = {"Y": 365, "M": 30, "W": 7, "D": 1}
_SECONDS = {"h": 3600, "m": 60, "s": 1}


def parse_duration(text: str) -> timedelta:
    """Read a duration.

    >>> parse_duration("P30D") == parse_duration("30d")
    True
    >>> parse_duration("30dT5h").total_seconds() / 3600
    725.0
    >>> parse_duration("T16m").total_seconds()
    960.0

    Raises:
        ValueError: It is none.
    """
    match = _DURATION.fullmatch(text.strip())
    given = {unit: int(number) for unit, number in match.groupdict().items() if number} if match else {}
    if not given:
        raise ValueError(f"{text!r} is no duration; write it as 'P30D', '30d', 'T16m' or 'P1DT12H'")
    days = sum(number * _DAYS.get(unit, 0) for unit, number in given.items())
    return timedelta(days=days, seconds=sum(number * _SECONDS.get(unit, 0) for unit, number in given.items()))
