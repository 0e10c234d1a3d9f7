"""The parts add up to the whole, and every figure is what a person with a pencil would get."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation_model.money import to_cents
from segmentation_model.pipelines.reporting.benchmark import FIGURES, KEYS, aggregate, compare

NAN = float("nan")
MONEY = ["invoice_amount", "overdue_balance", "expected_unpaid_amount"]


def segmented(*rows: dict[str, Any]) -> pd.DataFrame:
    """Segmented customers; what a row leaves out is Domestic, D-M-RB, 0 money, probability 0.1, outcome unknown."""
    usual = {
        "tariff": "Domestic",
        "segment_code": "D-M-RB",
        "probability": 0.1,
        **dict.fromkeys(MONEY, 0.0),
        "target": NAN,
    }
    table = pd.DataFrame([{**usual, **row} for row in rows])
    table = table.assign(segment_label="label of " + table["segment_code"])
    return table.astype({"tariff": "str", "segment_code": "str", "segment_label": "str", "target": "float32"})


def row_of(table: pd.DataFrame, level: str, tariff: str = "All", code: str = "All") -> pd.Series:
    found = table[(table["level"] == level) & (table["tariff"] == tariff) & (table["segment_code"] == code)]
    assert len(found) == 1
    return found.iloc[0]


FIVE = segmented(
    {"invoice_amount": 100.0, "probability": 0.2, "expected_unpaid_amount": 20.0, "target": 0},
    {"invoice_amount": 50.01, "probability": 0.4, "expected_unpaid_amount": 20.0, "target": 1},
    {"segment_code": "D-B-I1", "invoice_amount": 30.0, "overdue_balance": 12.34, "probability": 0.9, "target": 1,
     "expected_unpaid_amount": 27.0},
    {"tariff": "Industrial", "segment_code": "I-NE", "invoice_amount": 1000.0, "probability": NAN,
     "expected_unpaid_amount": NAN},
    {"tariff": "Industrial", "segment_code": "I-NE", "invoice_amount": NAN, "probability": NAN,
     "expected_unpaid_amount": NAN},
)  # fmt: skip


class TestFigures:
    def test_there_is_a_row_per_segment_per_tariff_and_for_the_portfolio(self):
        table = aggregate([FIVE])
        assert table[KEYS].to_numpy().tolist() == [
            ["segment", "Domestic", "D-B-I1"],
            ["segment", "Domestic", "D-M-RB"],
            ["segment", "Industrial", "I-NE"],
            ["tariff", "Domestic", "All"],
            ["tariff", "Industrial", "All"],
            ["portfolio", "All", "All"],
        ]
        assert table.loc[0, "segment_label"] == "label of D-B-I1"

    @pytest.mark.parametrize(
        ("where", "figures"),
        [
            (("segment", "Domestic", "D-M-RB"), [2, 0.4, 150.01, 75.0, 0.0, 0.3, 40.0, 0.5]),
            (("segment", "Domestic", "D-B-I1"), [1, 0.2, 30.0, 30.0, 12.34, 0.9, 27.0, 1.0]),
            (("segment", "Industrial", "I-NE"), [2, 0.4, 1000.0, 500.0, 0.0, NAN, 0.0, NAN]),
            (("tariff", "Domestic"), [3, 0.6, 180.01, 60.0, 12.34, 0.5, 67.0, 2 / 3]),
            (("tariff", "Industrial"), [2, 0.4, 1000.0, 500.0, 0.0, NAN, 0.0, NAN]),
            (("portfolio",), [5, 1.0, 1180.01, 236.0, 12.34, 0.5, 67.0, 2 / 3]),
        ],
    )
    def test_they_are_these(self, where: tuple[str, ...], figures: list[float]):
        found = row_of(aggregate([FIVE]), *where)[FIGURES].to_numpy(dtype=np.float64)
        np.testing.assert_allclose(found, figures, rtol=1e-12)

    def test_the_default_rate_is_over_the_known_outcomes_only(self):
        table = aggregate([segmented({"target": 1}, {"target": 0}, {"target": 0}, {"target": NAN})])
        assert row_of(table, "portfolio")["observed_default_rate"] == 1 / 3

    def test_it_is_missing_where_no_outcome_is_known(self):
        assert aggregate([segmented({}, {})])["observed_default_rate"].isna().all()

    def test_the_table_is_left_as_it_was(self):
        before = FIVE.copy(deep=True)
        aggregate([FIVE])
        pd.testing.assert_frame_equal(FIVE, before)


CENTS = st.integers(-(10**12), 10**12)
AMOUNTS = st.one_of(
    CENTS.map(lambda cents: cents / 100),
    st.sampled_from([0.1, 0.2, 0.3, -0.0, 1.005, 2.675, 0.615, 1e9 + 0.01, -1e9 - 0.07, 33.33, NAN]),
    st.floats(-1e9, 1e9, allow_nan=False),
)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["D-M-RB", "D-B-RA", "D-S-I1", "I-RB", "I-CN"]), AMOUNTS, AMOUNTS, AMOUNTS),
        min_size=1,
        max_size=30,
    )
)
def test_the_parts_equal_the_whole_to_the_cent(rows: list[tuple[str, float, float, float]]):
    table = segmented(
        *(
            {
                "tariff": "Domestic" if code.startswith("D") else "Industrial",
                "segment_code": code,
                **dict(zip(MONEY, amounts, strict=True)),
            }
            for code, *amounts in rows
        )
    )
    totals = aggregate([table])
    for name in MONEY:
        whole = int(to_cents(table[name]).sum())
        for level in ("segment", "tariff", "portfolio"):
            assert to_cents(totals.loc[totals["level"] == level, f"{name}_sum"]).sum() == whole
    by_level = totals.groupby("level")[["customers", "share"]].sum()
    assert (by_level["customers"] == len(rows)).all()
    np.testing.assert_allclose(by_level["share"], 1.0, rtol=1e-12)


def dated(**tables: pd.DataFrame) -> pd.DataFrame:
    """Totals of several dates, as they lie in the partitions; ``d2026_06_28`` stands for the date."""
    return pd.concat(
        [aggregate([table]).assign(execution_date=date[1:].replace("_", "-")) for date, table in tables.items()],
        ignore_index=True,
    ).astype({"execution_date": "str"})


JUNE = segmented(
    {"invoice_amount": 80.0, "probability": 0.1, "target": 0},
    {"segment_code": "D-B-RA", "invoice_amount": 20.0, "probability": 0.5, "target": 1},
)
JULY = segmented(
    {"invoice_amount": 90.1, "probability": 0.2},
    {"invoice_amount": 10.0, "probability": 0.4},
    {"segment_code": "D-B-RB", "invoice_amount": 99.9, "probability": 0.3},
)


class TestComparison:
    def test_ratios_set_every_figure_against_the_portfolio(self):
        table = compare(dated(d2026_07_26=FIVE), "2026-07-26")
        one = row_of(table, "segment", "Domestic", "D-M-RB")
        expected = {
            "invoice_amount_sum_ratio": 150.01 / 1180.01,
            "invoice_amount_mean_ratio": 75 / 236,
            "overdue_balance_sum_ratio": 0.0,
            "probability_mean_ratio": 0.6,
            "expected_unpaid_amount_sum_ratio": 40 / 67,
            "observed_default_rate_ratio": 0.75,
        }
        assert {name for name in table.columns if name.endswith("_ratio")} == set(expected)
        for name, value in expected.items():
            assert one[name] == pytest.approx(value)
            assert row_of(table, "portfolio")[name] == 1.0

    def test_a_ratio_to_nothing_is_missing(self):
        table = compare(dated(d2026_07_26=segmented({"probability": NAN}, {"probability": NAN})), "2026-07-26")
        assert table.filter(like="_ratio").isna().all(axis=None)

    def test_changes_are_against_the_previous_date(self):
        table = compare(dated(d2026_06_28=JUNE, d2026_07_26=JULY), "2026-07-26")
        assert table["previous_execution_date"].eq("2026-06-28").all()
        whole, same = row_of(table, "portfolio"), row_of(table, "segment", "Domestic", "D-M-RB")
        assert (whole["customers_change"], whole["share_change"], whole["invoice_amount_sum_change"]) == (1, 0, 100.0)
        assert (same["customers_change"], same["invoice_amount_sum_change"]) == (1, 20.1)
        assert same["share_change"] == pytest.approx(2 / 3 - 1 / 2)
        assert same["probability_mean_change"] == pytest.approx(0.3 - 0.1)
        assert same["invoice_amount_mean_change"] == -29.95

    def test_a_segment_that_is_new_has_no_change_and_one_that_vanished_no_row(self):
        table = compare(dated(d2026_06_28=JUNE, d2026_07_26=JULY), "2026-07-26")
        assert row_of(table, "segment", "Domestic", "D-B-RB").filter(like="_change").isna().all()
        assert "D-B-RA" not in set(table["segment_code"])

    def test_the_newest_earlier_date_is_taken_and_later_ones_are_not(self):
        totals = dated(d2026_05_31=FIVE, d2026_06_28=JUNE, d2026_07_26=JULY, d2026_08_30=FIVE)
        table = compare(totals, "2026-07-26")
        assert set(table["execution_date"]) == {"2026-07-26"}
        pd.testing.assert_frame_equal(
            table, compare(dated(d2026_06_28=JUNE, d2026_07_26=JULY), "2026-07-26"), check_exact=True
        )

    def test_without_an_earlier_date_there_is_no_change(self):
        table = compare(dated(d2026_07_26=JULY, d2026_08_30=FIVE), "2026-07-26")
        assert table["previous_execution_date"].isna().all()
        changes = table.filter(like="_change")
        assert changes.shape == (4, len(FIGURES))
        assert changes.isna().all(axis=None)
        assert changes.dtypes.eq("float64").all()

    def test_an_outcome_that_one_date_does_not_know_gives_no_change(self):
        table = compare(dated(d2026_06_28=JUNE, d2026_07_26=JULY), "2026-07-26")
        assert table["observed_default_rate_change"].isna().all()
