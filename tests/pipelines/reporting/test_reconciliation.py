"""Nothing is lost: a mismatch of rows or money, however small, ends the run."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from segmentation_model.errors import SegmentationError
from segmentation_model.pipelines.reporting.benchmark import aggregate
from segmentation_model.pipelines.reporting.reconciliation import reconcile

SEGMENTED = pd.DataFrame(
    {
        "customer_id": ["A", "B", "C"],
        "tariff": ["Domestic", "Domestic", "Industrial"],
        "segment_code": ["D-M-RB", "D-B-CN", "I-RB"],
        "segment_label": ["one", "two", "three"],
        "invoice_amount": [0.1, 0.2, 1_000_000.07],
        "overdue_balance": 0.0,
        "expected_unpaid_amount": 0.0,
        "probability": 0.1,
        "target": np.nan,
    }
)
REJECTED = pd.DataFrame({"file_row": [3, 5], "invoice_amount": [-0.37, np.nan], "reason": "unreadable date"})
GIVEN: dict[str, Any] = {
    "segmented": SEGMENTED,
    "rejected": REJECTED,
    "current_rows": 5,
    "current_cents": 100_000_000,
    "benchmark_totals": aggregate([SEGMENTED]),
}


def tampered(level: str, column: str, by: float) -> pd.DataFrame:
    totals = aggregate([SEGMENTED])
    row = totals.index[totals["level"] == level][0]
    totals.loc[row, column] += by
    return totals


def test_rows_and_amounts_add_up():
    assert reconcile(**GIVEN) == {
        "rows": {"current": 5, "segmented": 3, "rejected": 2},
        "amounts": {"current": 1_000_000.0, "segmented": 1_000_000.37, "rejected": -0.37},
    }


def test_no_rejected_row_is_no_problem():
    none = pd.DataFrame({"file_row": [], "reason": []})
    found = reconcile(**{**GIVEN, "rejected": none, "current_rows": 3, "current_cents": 100_000_037})
    assert found["rows"]["rejected"] == found["amounts"]["rejected"] == 0


MISMATCHES: dict[str, tuple[dict[str, Any], str]] = {
    "a row is lost": ({"current_rows": 6}, "6 current rows, but 3 segmented and 2 rejected ones"),
    "a row came from nowhere": ({"current_rows": 4}, "4 current rows"),
    "a customer has two segments": (
        {"segmented": SEGMENTED.assign(customer_id=["A", "A", "C"])},
        "1 rows repeat a customer who has a segment already",
    ),
    "a cent is lost": (
        {"current_cents": 100_000_001},
        r"come to 1000000.01, the segmented ones to 1000000.37 .* -0.37",
    ),
    "a cent is too much in BENCHMARK's segments": (
        {"benchmark_totals": tampered("segment", "invoice_amount_sum", 0.01)},
        r"BENCHMARK's segment rows hold 3 customers and 1000000\.38, the segments 3 and 1000000\.37",
    ),
    "a cent is lost in BENCHMARK's tariffs": (
        {"benchmark_totals": tampered("tariff", "invoice_amount_sum", -0.01)},
        r"BENCHMARK's tariff rows hold 3 customers and 1000000\.36",
    ),
    "a customer is lost in BENCHMARK's portfolio": (
        {"benchmark_totals": tampered("portfolio", "customers", -1)},
        "BENCHMARK's portfolio rows hold 2 customers",
    ),
    "a segment is missing from BENCHMARK": (
        {"benchmark_totals": aggregate([SEGMENTED]).drop(index=0)},
        "BENCHMARK's segment rows hold 2 customers",
    ),
}


@pytest.mark.parametrize(("change", "message"), MISMATCHES.values(), ids=MISMATCHES.keys())
def test_a_mismatch_ends_the_run(change: dict[str, Any], message: str):
    with pytest.raises(SegmentationError, match=message):
        reconcile(**{**GIVEN, **change})
