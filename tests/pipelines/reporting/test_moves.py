"""Who moved from which segment into which: nobody is lost, and no cent."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation_model.pipelines.reporting.moves import KEPT, moves_between, previous_date
from segmentation_model.pipelines.reporting.page_nodes import follow_customers, keep_customer_segments
from tests.batches import batches
from tests.monthly_report.months import JULY, JUNE, NAN, customer, table

COUNTED = ["from_segment", "to_segment", "customers", "expected_unpaid_before", "expected_unpaid_now"]


def moves(before: pd.DataFrame, now: pd.DataFrame) -> list[list[object]]:
    return moves_between(batches(before), batches(now))[COUNTED].to_numpy().tolist()


def test_every_customer_of_either_date_is_counted_once():
    assert moves(JUNE, JULY) == [
        ["", "I-RMA", 1, 0.0, 750.0],
        ["D-B-RA", "D-B-I1", 1, 30.0, 150.0],
        ["D-M-RA", "D-M-RA", 1, 40.0, 40.0],
        ["D-M-RM", "D-M-RB", 1, 20.0, 5.0],
        ["I-RB", "", 1, 10.0, 0.0],
    ]


def test_dates_that_were_kept_before_invoices_were_are_followed_all_the_same():
    older = JUNE.drop(columns="invoice_amount")
    assert moves(older, JULY) == moves(JUNE, JULY)


def test_labels_and_categories_come_with_the_codes():
    found = moves_between(batches(JUNE), batches(JULY)).set_index("from_segment").loc["D-B-RA"]
    assert found["from_label"] == "Doméstica · Bajo · Riesgo Alto"
    assert (found["from_category"], found["to_category"]) == ("Riesgo Alto", "Incorriente 1")


def test_without_an_earlier_date_there_are_no_moves():
    found = moves_between(None, batches(JULY))
    assert found.empty
    assert found.dtypes.equals(moves_between(batches(JUNE), batches(JULY)).dtypes)


def test_a_missing_amount_counts_as_nothing():
    nothing = table(customer("C1", "D-M-NE", p=NAN, expected_unpaid_amount=NAN))
    assert moves(nothing, JULY.iloc[:1]) == [["D-M-NE", "D-M-RB", 1, 0.0, 5.0]]


SEGMENTS = st.dictionaries(st.integers(0, 30), st.sampled_from(["D-M-RB", "D-M-RA", "I-CN", "D-B-I1"]), min_size=1)


@given(SEGMENTS, SEGMENTS)
def test_moves_add_up_to_both_dates_however_the_rows_lie_in_batches(before, now):
    frames = [
        table(*(customer(f"C{key}", segment, p=0.01 * key) for key, segment in one.items())) for one in (before, now)
    ]
    found = moves_between(*(batches(frame, 3) for frame in frames))
    pd.testing.assert_frame_equal(found, moves_between(*(batches(frame.iloc[::-1], 50) for frame in frames)))
    assert found["customers"].sum() == len(before.keys() | now.keys())
    for side, frame, column in (("from", frames[0], "before"), ("to", frames[1], "now")):
        there = found[found[f"{side}_segment"] != ""]
        assert there["customers"].sum() == len(frame)
        np.testing.assert_allclose(found[f"expected_unpaid_{column}"].sum(), frame["expected_unpaid_amount"].sum())


@pytest.mark.parametrize(
    ("dates", "found"),
    [(["2026-07-26"], None), (["2026-08-30", "2026-07-26", "2026-05-31", "2026-06-28"], "2026-06-28")],
)
def test_the_newest_earlier_date_is_taken_and_later_ones_are_not(dates, found):
    assert previous_date(dict.fromkeys(dates), "2026-07-26") == found


def test_the_node_follows_what_the_other_kept():
    kept = keep_customer_segments(batches(JULY), "2026-07-26")
    assert kept["2026-07-26"].columns == list(KEPT)
    found = follow_customers({"2026-06-28": batches(JUNE), **kept}, "2026-07-26")
    assert set(found["previous_execution_date"]) == {"2026-06-28"}
    assert found["customers"].sum() == 5
    assert follow_customers(kept, "2026-07-26").empty
