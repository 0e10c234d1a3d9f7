"""Whether the monthly windows of two tables fit together: month 01 of last month is month 02 of this one.

A row shows a family of months, the newest first. A month later the same customer's row must show the same values one
place further. Where an export was not rolled, or rolled twice, no distribution moves and no index sees it; comparing
the rows of the customers that both tables have does.

How shifts are compared: ``window_shifts``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from segmentation_model.drift.judgement.row_pairs import pair_rows
from segmentation_model.drift.judgement.window_shifts import Standing, compare_family, has_column
from segmentation_model.drift.settings import WindowSettings

WindowStatus = Literal["rolled", "mis_rolled", "changed", "not_measurable"]


@dataclass(frozen=True)
class FamilyWindow:
    """What is known about the window of one monthly family.

    Attributes:
        family: Name.
        status: ``rolled`` as it should; ``mis_rolled``: another shift fits; ``changed``: no shift fits;
            ``not_measurable``.
        reason: In words for people; None where it rolled.
        customers: Customers that tell the shifts apart.
        expected_shift: Months between both tables, the usual one; None where nothing could be compared.
        matching: Share of these customers whose values stand where they should.
        found_shift: The shift that fits instead, where mis-rolled.
        found_matching: Share of these customers whose values stand there.
    """

    family: str
    status: WindowStatus
    reason: str | None
    customers: int = 0
    expected_shift: int | None = None
    matching: float | None = None
    found_shift: int | None = None
    found_matching: float | None = None


@dataclass(frozen=True)
class WindowCheck:
    """What is known about all windows.

    Attributes:
        status: ``not_checked``: the tables have nothing to compare.
        reason: Why not; or what had to be assumed.
        customers: Customers that both tables have.
        families: One judgement per monthly family.
    """

    status: Literal["checked", "not_checked"]
    reason: str | None
    customers: int = 0
    families: tuple[FamilyWindow, ...] = ()

    @property
    def mis_rolled(self) -> tuple[FamilyWindow, ...]:
        """The families whose window is mis-rolled."""
        return tuple(window for window in self.families if window.status == "mis_rolled")


def check_windows(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    families: Mapping[str, Sequence[str]],
    *,
    customer_id: str,
    invoice_date: str | None,
    settings: WindowSettings,
) -> WindowCheck:
    """Check whether every monthly family moved by as many places as months lie between the rows of a customer.

    Looks at nothing but the columns named. See ``pair_rows`` for which rows belong together.

    Args:
        reference: The earlier table, one row per customer and month, of one or several months.
        current: The current table.
        families: Columns of each monthly family, newest month first.
        customer_id: Column that identifies the customer in both tables.
        invoice_date: Column that dates a row in both tables. None, or where a table lacks it: the current table is
            taken for the month after the reference, and the check says so.
        settings: When windows fit together.
    """
    if not families:
        return WindowCheck("not_checked", "there are no monthly families")
    for name, table in (("reference", reference), ("current table", current)):
        if not has_column(table, customer_id):
            return WindowCheck("not_checked", f"the {name} has no column {customer_id!r} that identifies the customer")
    dated = invoice_date if all(has_column(table, invoice_date) for table in (reference, current)) else None
    pairs = pair_rows(reference, current, customer_id=customer_id, invoice_date=dated)
    if not pairs.customers:
        return WindowCheck("not_checked", "the tables have no customer in common")
    if not pairs.current.size:
        why = "no customer of both tables has one dated row in the same or an earlier month of the reference"
        return WindowCheck("not_checked", why, pairs.customers)
    return WindowCheck(
        status="checked",
        reason=None if dated else "no invoice date: one month is assumed to lie between the tables",
        customers=pairs.customers,
        families=tuple(
            _judge(family, compare_family(reference, current, columns, pairs, settings), settings)
            for family, columns in families.items()
        ),
    )


def _judge(family: str, standing: Standing | str, settings: WindowSettings) -> FamilyWindow:
    """The verdict on a family, in words where it is not as it should be."""
    if isinstance(standing, str):
        return FamilyWindow(family, "not_measurable", standing)
    telling, expected = standing.telling, standing.expected
    if telling < settings.minimum_customers:
        why = (
            f"the values of only {telling:,} of {standing.pairs:,} customers tell the months apart; "
            f"{settings.minimum_customers:,} are needed"
        )
        return FamilyWindow(family, "not_measurable", why, telling, expected)
    in_place = standing.off_by.get(0, 0)
    matching = in_place / telling
    if matching >= settings.matching_share:
        return FamilyWindow(family, "rolled", None, telling, expected, matching)
    off, moved = max(
        ((off, count) for off, count in standing.off_by.items() if off), key=lambda item: (item[1], -abs(item[0]))
    )
    if moved / telling < settings.moved_share:
        why = (
            f"only {_percent(in_place, telling)} of {telling:,} customers show the values of {_ago(expected)} where "
            "they should stand, and at no other place do enough"
        )
        return FamilyWindow(family, "changed", why, telling, expected, matching)
    why = f"{_movement(expected, expected + off)} for {_percent(moved, telling)} of {telling:,} customers"
    return FamilyWindow(family, "mis_rolled", why, telling, expected, matching, expected + off, moved / telling)


def _movement(expected: int, found: int) -> str:
    """What a wrong shift looks like.

    >>> _movement(1, 0)
    "looks not rolled: month 01 repeats last month's 01"
    >>> _movement(1, 2)
    "looks rolled too far: last month's 01 stands in month 03 instead of 02"
    """
    place = {0: "the same month's {:02d}", 1: "last month's {:02d}"}.get(
        expected, f"the {{:02d}} of {expected} months before"
    )
    if found == 0:
        return f"looks not rolled: month 01 repeats {place.format(1)}"
    if found < 0:
        return f"looks older than the reference: month 01 shows {place.format(1 - found)}"
    how = "too far" if found > expected else "too little"
    return f"looks rolled {how}: {place.format(1)} stands in month {found + 1:02d} instead of {expected + 1:02d}"


def _ago(months: int) -> str:
    return {0: "the same month", 1: "last month"}.get(months, f"{months} months before")


def _percent(part: int, whole: int) -> str:
    """A share in whole percent, rounded down: 89.6 % is not yet 90 %."""
    return f"{100 * part // whole} %"
