"""How customers moved between segments since the previous execution date."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from segmentation_model.money import to_cents
from segmentation_model.table_batches import TableBatches

#: What moves are found from.
FOLLOWED = ("customer_id", "segment_code", "segment_label", "risk_category", "expected_unpaid_amount")
#: What is kept of every customer and date for later ones; dates of older releases lack the amount of the invoice.
KEPT = (*FOLLOWED, "invoice_amount")
#: Segment of a customer on a date that has no row of them: gone by then, or not there yet.
ABSENT = ""

Names = dict[str, tuple[str, str]]


def previous_date(history: Mapping[str, TableBatches], execution_date: str) -> str | None:
    """The newest date before this one; None where there is none.

    >>> previous_date(dict.fromkeys(["2026-05-31", "2026-06-28", "2026-07-26"]), "2026-07-26")
    '2026-06-28'
    """
    return max((date for date in history if date < execution_date), default=None)


def moves_between(before: TableBatches | None, now: TableBatches) -> pd.DataFrame:
    """Count the customers of each pair of segments, and add up what of theirs may stay unpaid.

    Args:
        before: The ``FOLLOWED`` columns of the earlier date, each customer once; None where there is no such date.
        now: The same of this date.

    Returns:
        One row per pair of segments that has customers, in the order of their codes: ``from_segment``, ``from_label``,
        ``from_category``, the same with ``to_``, ``customers``, ``expected_unpaid_before`` and
        ``expected_unpaid_now`` (currency units, added up in cents; a missing amount counts as nothing). A code that is
        ``ABSENT`` stands for no row on that date. No rows without an earlier date.
    """
    names: Names = {ABSENT: (ABSENT, ABSENT)}
    numbers = {ABSENT: 0}
    if before is None:
        return _named(np.zeros((0, 2), dtype=np.int64), np.zeros((0, 3), dtype=np.int64), numbers, names)
    earlier, later = _coded(before, names, numbers), _coded(now, names, numbers)
    place = places_of(later.pop("customer_id"), earlier.pop("customer_id"))
    stayed = place >= 0
    gone = np.ones(len(earlier), dtype=bool)
    gone[place[stayed]] = False
    joined = pd.concat(
        [
            _side_by_side(earlier.iloc[place[stayed]], later[stayed]),
            _side_by_side(None, later[~stayed]),
            _side_by_side(earlier[gone], None),
        ]
    )
    pairs = joined.groupby(["from", "to"]).agg(
        customers=("before", "size"), before=("before", "sum"), now=("now", "sum")
    )
    return _named(pairs.index.to_frame().to_numpy(), pairs.to_numpy(), numbers, names)


def places_of(ids: "pd.Series[str]", earlier: "pd.Series[str]") -> NDArray[np.int64]:
    """Row of each customer in the table of an earlier date; -1 where that has none of them.

    >>> places_of(pd.Series(["b", "c"]), pd.Series(["a", "b"])).tolist()
    [1, -1]
    """
    found = pc.index_in(pa.array(ids), value_set=pa.array(earlier))
    places: NDArray[np.int64] = found.fill_null(-1).to_numpy()
    return places


def _side_by_side(earlier: pd.DataFrame | None, later: pd.DataFrame | None) -> pd.DataFrame:
    """The same customers on both dates; on a date that lacks them they are absent and owe nothing."""
    rows = len(earlier if earlier is not None else later)  # type: ignore[arg-type]
    nothing = np.zeros(rows, dtype=np.int64)
    return pd.DataFrame(
        {
            "from": nothing if earlier is None else earlier["segment"].to_numpy(),
            "to": nothing if later is None else later["segment"].to_numpy(),
            "before": nothing if earlier is None else earlier["cents"].to_numpy(),
            "now": nothing if later is None else later["cents"].to_numpy(),
        }
    )


def _coded(table: TableBatches, names: Names, numbers: dict[str, int]) -> pd.DataFrame:
    """Customers with their segment as a number and their amount in cents; new segments are added to the names."""
    parts = []
    for batch in table.select(FOLLOWED):
        distinct = batch[["segment_code", "segment_label", "risk_category"]].drop_duplicates("segment_code")
        for code, label, category in distinct.itertuples(index=False):
            names[code] = (label, category)
            numbers.setdefault(code, len(numbers))
        parts.append(
            pd.DataFrame(
                {
                    "customer_id": batch["customer_id"],
                    "segment": batch["segment_code"].map(numbers).astype(np.int32),
                    "cents": to_cents(batch["expected_unpaid_amount"]),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _named(pairs: NDArray[np.int64], sums: NDArray[np.int64], numbers: Mapping[str, int], names: Names) -> pd.DataFrame:
    codes = list(numbers)
    columns: dict[str, object] = {}
    for place, side in enumerate(("from", "to")):
        found = [codes[number] for number in pairs[:, place]]
        columns[f"{side}_segment"] = pd.array(found, dtype="str")
        columns[f"{side}_label"] = pd.array([names[code][0] for code in found], dtype="str")
        columns[f"{side}_category"] = pd.array([names[code][1] for code in found], dtype="str")
    table = pd.DataFrame(
        {
            **columns,
            "customers": sums[:, 0],
            "expected_unpaid_before": sums[:, 1] / 100,
            "expected_unpaid_now": sums[:, 2] / 100,
        }
    )
    return table.sort_values(["from_segment", "to_segment"], ignore_index=True)
