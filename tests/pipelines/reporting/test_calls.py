"""Whom to call first."""

import pandas as pd

from segmentation_model.pipelines.reporting.calls import choose_calls
from tests.batches import batches
from tests.monthly_report.months import JULY, NAN, customer, many, table


def ids(frame: pd.DataFrame, size: int = 10, least: float = 0.0) -> list[str]:
    return choose_calls(batches(frame), size, least)["customer_id"].tolist()


def test_the_largest_expected_amounts_come_first_and_are_ranked():
    found = choose_calls(batches(JULY), 3, 0)
    assert found["customer_id"].tolist() == ["C4", "C3", "C2"]
    assert found["rank"].tolist() == [1, 2, 3]


def test_equal_amounts_stand_in_the_order_of_their_ids():
    assert ids(table(customer("C2"), customer("C1"), customer("C3")), size=2) == ["C1", "C2"]


def test_who_owes_nothing_or_has_no_score_is_not_called():
    unscored = customer("C3", p=NAN, expected_unpaid_amount=NAN)
    rows = table(
        customer("C1", invoice=-5.0),
        customer("C2", invoice=0.0),
        unscored,
        customer("C4", invoice=20.0),
        customer("C5"),
    )
    assert ids(rows) == ["C5", "C4"]
    assert ids(rows, least=2.0) == ["C5"]
    assert ids(rows, least=10.0) == []


def test_however_the_rows_lie_in_batches_the_list_is_the_same():
    month = many(2_000)
    month["expected_unpaid_amount"] = month["expected_unpaid_amount"].round(-1)  # so that many are equal
    expected = (
        month[month["expected_unpaid_amount"] > 0]
        .sort_values(["expected_unpaid_amount", "customer_id"], ascending=[False, True])
        .head(300)["customer_id"]
        .tolist()
    )
    for rows in (7, 333, 5_000):
        assert choose_calls(batches(month, rows), 300, 0)["customer_id"].tolist() == expected
