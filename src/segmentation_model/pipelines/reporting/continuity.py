"""Whether a month goes on from the previous date: with most of its customers, and with new invoices of theirs."""

import logging
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation_model.money import to_cents
from segmentation_model.pages.wording import plural, sentence
from segmentation_model.pipelines.reporting.moves import places_of
from segmentation_model.table_batches import TableBatches

logger = logging.getLogger(__name__)

#: Customers that a share must be of: of fewer, a handful of departures or of fixed fees is half or all of them.
ENOUGH = 20
#: Part of the customers of the smaller date that both dates must share. Of a portfolio a few per cent come and go in a
#: month, of ids that were read otherwise nobody is left. The smaller date, so that neither growth nor a run of one
#: tariff alone is taken for that.
LEAST_KNOWN = 0.5
#: Part of the customers whose newest invoice may be that of the previous date, to the cent. Who pays a fixed fee has
#: the same amount every month, and there may be many of them; of a table that was not rolled it is everybody.
MOST_UNCHANGED = 0.9

#: Characters that are shown of an id.
_ID_LENGTH = 40
_COMPARED = ("customer_id", "invoice_amount")

Doubt = Literal["unknown_customers", "not_rolled"]


@dataclass(frozen=True)
class Continuity:
    """What two dates have in common.

    Attributes:
        customers: Customers of this date.
        customers_before: Customers of the previous one.
        known: Customers of both.
        compared: Of those, how many have a newest invoice amount on both dates that is not 0 on both.
        unchanged: Of those, how many have the same amount on both, to the cent.
        example: First id that only this date has, cut where it is endless; None where the other has them all.
        example_before: First id that only the previous date has.
    """

    customers: int
    customers_before: int
    known: int
    compared: int
    unchanged: int
    example: str | None
    example_before: str | None

    @property
    def doubts(self) -> list[Doubt]:
        """What should be looked into before anybody acts; mostly nothing."""
        found: list[Doubt] = []
        fewest = min(self.customers, self.customers_before)
        if fewest >= ENOUGH and self.known < LEAST_KNOWN * fewest:
            found.append("unknown_customers")
        if self.compared >= ENOUGH and self.unchanged > MOST_UNCHANGED * self.compared:
            found.append("not_rolled")
        return found


def compare_dates(before: TableBatches, now: TableBatches) -> Continuity:
    """Set the customers and the newest invoices of a date against those of an earlier one.

    Args:
        before: ``customer_id`` and ``invoice_amount`` of the earlier date, each customer once; without the amounts,
            as releases before them kept it, none is compared.
        now: The same of this date.
    """
    earlier, later = _invoices(before), _invoices(now)
    place = places_of(later["customer_id"], earlier["customer_id"])
    known = place >= 0
    gone = np.ones(len(earlier), dtype=bool)
    gone[place[known]] = False
    then, today = earlier["cents"].to_numpy()[place[known]], later["cents"].to_numpy()[known]
    compared = ~np.isnan(then) & ~np.isnan(today) & ((then != 0) | (today != 0))
    return Continuity(
        customers=len(later),
        customers_before=len(earlier),
        known=int(known.sum()),
        compared=int(compared.sum()),
        unchanged=int((then == today)[compared].sum()),
        example=_first(later["customer_id"], ~known),
        example_before=_first(earlier["customer_id"], gone),
    )


def check_continuity(
    before: TableBatches | None, now: TableBatches, previous_date: str | None, execution_date: str
) -> dict[str, Any]:
    """Compare two dates, and warn of what makes the month doubtful.

    Args:
        before: As for ``compare_dates``; None where there is nothing to compare with.
        now: The same of this date.
        previous_date: ISO date of ``before``.
        execution_date: ISO date of the run.

    Returns:
        JSON-able: ``doubts``, ``previous_execution_date``, and with an earlier date the fields of ``Continuity``.
    """
    if before is None:
        return {"doubts": [], "previous_execution_date": None}
    found = compare_dates(before, now)
    if "unknown_customers" in found.doubts:
        logger.warning(
            "Only %d of the %d customers of %s are among the %d of %s. Were the ids read as numbers, so that leading "
            "zeros were lost? An id of now: %r; one of then: %r",
            found.known, found.customers, execution_date, found.customers_before, previous_date,
            found.example, found.example_before,
        )  # fmt: skip
    if "not_rolled" in found.doubts:
        logger.warning(
            "The table of %s looks like that of %s: %d of %d customers have exactly the same newest invoice amount. "
            "Was the month rolled?",
            execution_date, previous_date, found.unchanged, found.compared,
        )  # fmt: skip
    return {"doubts": found.doubts, "previous_execution_date": previous_date, **asdict(found)}


def count_without_invoice(segmented: TableBatches) -> int:
    """Count the customers with a score but no newest invoice amount, and tell of them.

    Nothing can be expected of them: they add nothing to the amounts, and nobody is told to call them.
    """
    scores = segmented.select(["probability", "invoice_amount"])
    found = sum(int((batch["probability"].notna() & batch["invoice_amount"].isna()).sum()) for batch in scores)
    if found:
        logger.info(
            "%s no newest invoice: they are scored, count 0 in the amounts and are not on the call list",
            plural(found, "customer has", "customers have"),
        )
    return found


def _invoices(table: TableBatches) -> pd.DataFrame:
    """Customers with their newest invoice amount in cents; missing where the table has none."""
    there = [name for name in _COMPARED if name in table.columns]
    found = table.select(there).read().reindex(columns=list(_COMPARED))
    amounts = found["invoice_amount"]
    return pd.DataFrame({"customer_id": found["customer_id"], "cents": to_cents(amounts).where(amounts.notna())})


def _first(ids: "pd.Series[str]", chosen: NDArray[np.bool_]) -> str | None:
    return sentence(ids.iloc[int(chosen.argmax())], _ID_LENGTH) if chosen.any() else None
