"""The calendar of one run: which months its histories span."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from segmentation_model.pipelines.synthetic_data.layout import WINDOW_MONTHS

WARM_UP_MONTHS: Final = 12
"""Months before the oldest month shown, so that debts are as old there as anywhere else."""

CYCLE_DAYS: Final = 30
"""Days a billing cycle counts, whatever the calendar says: lateness and days billed are in months of 30 days."""


@dataclass(frozen=True)
class Months:
    """Consecutive calendar months, by position: 0 is the first of the warm-up, the last is the current month.

    Attributes:
        starts: First day of every month, and of one more after the last.
        labelled: Positions of the two labelled reference months.
        current: Position of the current reference month.
    """

    starts: NDArray[np.datetime64]
    labelled: tuple[int, int]
    current: int

    @classmethod
    def spanning(cls, first_labelled: date, months_until_current: int) -> "Months":
        """Lay out the months that one run's histories need.

        Args:
            first_labelled: First day of the first labelled month.
            months_until_current: Months from the second labelled month to the current one.

        >>> months = Months.spanning(date(2026, 5, 1), 1)
        >>> months.labelled, months.current, str(months.starts[months.current])
        ((35, 36), 37, '2026-07-01')
        """
        first = WARM_UP_MONTHS + WINDOW_MONTHS - 1
        current = first + 1 + months_until_current
        origin = np.datetime64(first_labelled, "M") - first
        return cls(np.arange(origin, origin + current + 2).astype("datetime64[D]"), (first, first + 1), current)

    @property
    def count(self) -> int:
        """Number of months."""
        return self.current + 1

    @property
    def calendar_month(self) -> NDArray[np.int64]:
        """0 for January to 11 for December."""
        return self.starts[:-1].astype("datetime64[M]").astype(np.int64) % 12

    def epoch_days(self, position: int) -> int:
        """Days from 1970-01-01 to the first day of a month."""
        return int(self.starts[position].astype(np.int64))
