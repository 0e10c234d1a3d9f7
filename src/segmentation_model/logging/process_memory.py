"""Memory of this process, for log lines."""

import psutil


def resident_mb() -> float:
    """Resident memory of this process now, in MB of 1024 x 1024 bytes, to one decimal.

    >>> resident_mb() > 1
    True
    """
    return round(psutil.Process().memory_info().rss / 2**20, 1)
