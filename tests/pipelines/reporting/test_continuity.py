"""A month goes on from the previous one: most of its customers were there, and their invoices are new."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from segmentation_model.pipelines.reporting.continuity import (
    ENOUGH,
    check_continuity,
    compare_dates,
    count_without_invoice,
)
from segmentation_model.pipelines.reporting.page_nodes import check_month, keep_customer_segments
from tests.batches import batches
from tests.monthly_report.months import BEFORE, DATE, NAN, customer, table

FIXTURES = Path(__file__).parents[2] / "fixtures"
LOGGER = "segmentation_model.pipelines.reporting.continuity"


def month(amounts: list[float], first: int = 0, ids: str = "{:08d}") -> pd.DataFrame:
    """So many customers, each with a newest invoice amount; the first one has this number."""
    return pd.DataFrame(
        {
            "customer_id": pd.array([ids.format(first + one) for one in range(len(amounts))], dtype="str"),
            "invoice_amount": np.array(amounts, dtype=np.float64),
        }
    )


def amounts(customers: int = 100, seed: int = 1) -> list[float]:
    found: list[float] = np.random.default_rng(seed).gamma(2.0, 400.0, customers).round(2).tolist()
    return found


def doubts(before: pd.DataFrame, now: pd.DataFrame) -> list[str]:
    return list(compare_dates(batches(before), batches(now)).doubts)


def check(before: pd.DataFrame | None, now: pd.DataFrame) -> dict:
    earlier = (None, None) if before is None else (batches(before), BEFORE)
    return check_continuity(earlier[0], batches(now), earlier[1], DATE)


def test_an_ordinary_month_raises_no_doubt(caplog):
    found = check(month(amounts(100)), month(amounts(100, seed=2), first=5))
    assert found == {
        "doubts": [], "previous_execution_date": BEFORE, "customers": 100, "customers_before": 100, "known": 95,
        "compared": 95, "unchanged": 0, "example": "00000100", "example_before": "00000000",
    }  # fmt: skip
    assert not caplog.records


def test_the_synthetic_months_raise_no_doubt():
    months = {}
    for name in ("labelled", "current"):
        raw = pd.read_parquet(FIXTURES / f"{name}_customers.parquet").sort_values("Fecha_Factura")
        newest = raw.dropna(subset="Id_Cliente").drop_duplicates("Id_Cliente", keep="last")
        found = newest.rename(columns={"Id_Cliente": "customer_id", "Importe_Factura_01": "invoice_amount"})
        months[name] = found[["customer_id", "invoice_amount"]].astype({"customer_id": "str"})
    found = compare_dates(batches(months["labelled"]), batches(months["current"]))
    assert found.doubts == []
    assert found.compared > 5 * ENOUGH
    assert found.unchanged == 0


class TestCustomers:
    def test_ids_that_lost_their_zeros_are_warned_of_with_one_of_each_date(self, caplog):
        found = check(month(amounts(), first=103_300), month(amounts(seed=2), first=103_300, ids="{}"))
        assert (found["doubts"], found["known"]) == (["unknown_customers"], 0)
        (record,) = caplog.records
        assert record.levelno == logging.WARNING
        assert record.getMessage() == (
            "Only 0 of the 100 customers of 2026-07-26 are among the 100 of 2026-06-28. Were the ids read as numbers, "
            "so that leading zeros were lost? An id of now: '103300'; one of then: '00103300'"
        )

    @pytest.mark.parametrize(("known", "found"), [(49, ["unknown_customers"]), (50, [])])
    def test_half_of_them_must_be_known(self, known, found):
        assert doubts(month(amounts()), month(amounts(seed=2), first=100 - known)) == found

    @pytest.mark.parametrize(("before", "now"), [(100, 1_000), (1_000, 100)])
    def test_neither_growth_nor_a_run_of_one_tariff_alone_is_a_doubt(self, before, now):
        assert doubts(month(amounts(before)), month(amounts(now, seed=2))) == []

    @pytest.mark.parametrize("smaller", ["before", "now"])
    def test_a_handful_of_customers_says_nothing(self, smaller):
        few, many = month(amounts(ENOUGH - 1)), month(amounts(), first=1_000)
        assert doubts(*((few, many) if smaller == "before" else (many, few))) == []
        assert doubts(month(amounts(ENOUGH)), many) == ["unknown_customers"]

    def test_an_endless_id_is_cut_and_cannot_break_the_line(self, caplog):
        check(month(amounts()), month(amounts(), ids="{}\n" + "9" * 500))
        assert r"An id of now: '0\\n999" in caplog.text
        assert "9" * 41 not in caplog.text


class TestInvoices:
    def test_the_same_table_under_another_date_is_warned_of(self, caplog):
        found = check(month(amounts()), month(amounts()))
        assert (found["doubts"], found["example"], found["example_before"]) == (["not_rolled"], None, None)
        (record,) = caplog.records
        assert record.levelno == logging.WARNING
        assert record.getMessage() == (
            "The table of 2026-07-26 looks like that of 2026-06-28: 100 of 100 customers have exactly the same newest "
            "invoice amount. Was the month rolled?"
        )

    @pytest.mark.parametrize(("fixed", "found"), [(90, []), (91, ["not_rolled"])])
    def test_customers_of_a_fixed_fee_repeat_their_amount_and_are_no_doubt(self, fixed, found):
        now = amounts()[:fixed] + [amount + 1 for amount in amounts()[fixed:]]
        assert doubts(month(amounts()), month(now)) == found

    def test_amounts_that_are_missing_or_0_on_both_dates_compare_nothing(self):
        nothing = [0.0] * 40 + [NAN] * 40
        assert doubts(month(nothing), month(nothing)) == []
        found = compare_dates(batches(month([*nothing, 0.0, 5.0, NAN])), batches(month([*nothing, 5.0, 5.0, 5.0])))
        assert (found.known, found.compared, found.unchanged) == (83, 2, 1)

    @pytest.mark.parametrize(("customers", "found"), [(ENOUGH - 1, []), (ENOUGH, ["not_rolled"])])
    def test_it_takes_more_than_a_handful(self, customers, found):
        assert doubts(month(amounts(customers)), month(amounts(customers))) == found

    def test_amounts_are_compared_to_the_cent_whatever_type_they_are_stored_in(self):
        assert doubts(month(amounts()).astype({"invoice_amount": "float32"}), month(amounts())) == ["not_rolled"]

    def test_a_date_that_was_kept_without_amounts_compares_customers_only(self):
        found = compare_dates(batches(month(amounts()).drop(columns="invoice_amount")), batches(month(amounts())))
        assert (found.known, found.compared, found.doubts) == (100, 0, [])


def test_however_the_rows_lie_in_batches_the_dates_compare_the_same():
    before, now = month(amounts()), month(amounts(seed=2), first=30).iloc[::-1]
    assert compare_dates(batches(before, 7), batches(now, 11)) == compare_dates(batches(before, 500), batches(now, 500))


@pytest.mark.parametrize(("before", "now"), [(0, 100), (100, 0), (0, 0)])
def test_a_date_without_customers_raises_no_doubt(before, now):
    assert doubts(month(amounts(before)), month(amounts(now))) == []


class TestWithoutInvoice:
    def test_those_with_a_score_are_counted_and_told_of(self, caplog):
        lacking = {"invoice": NAN, "expected_unpaid_amount": NAN}
        scored = [customer(f"N{one}", **lacking) for one in range(3)]
        rows = table(customer("C1"), *scored, customer("N9", p=NAN, **lacking))
        with caplog.at_level(logging.INFO, logger=LOGGER):
            assert count_without_invoice(batches(rows, 2)) == 3
        (record,) = caplog.records
        assert (record.levelno, record.getMessage()) == (
            logging.INFO,
            "3 customers have no newest invoice: they are scored, count 0 in the amounts and are not on the call list",
        )

    def test_where_there_are_none_nothing_is_said(self, caplog):
        with caplog.at_level(logging.INFO, logger=LOGGER):
            assert count_without_invoice(batches(table(customer("C1")))) == 0
        assert not caplog.records


class TestNode:
    customers = table(*(customer(f"C{one}", invoice=100.0 + one) for one in range(ENOUGH)))

    def checked(self, present: bool, *dates: str) -> dict:
        history = {}
        for date in dates:
            history |= keep_customer_segments(batches(self.customers), date)
        return check_month(batches(self.customers), history, {"present": present}, DATE)

    def test_it_compares_with_the_newest_earlier_date(self):
        found = self.checked(True, "2026-05-31", BEFORE, DATE, "2026-08-30")
        assert (found["previous_execution_date"], found["doubts"]) == (BEFORE, ["not_rolled"])

    @pytest.mark.parametrize(("present", "dates"), [(True, [DATE]), (False, [BEFORE, DATE])])
    def test_the_first_date_and_held_out_rows_are_compared_with_nothing(self, present, dates):
        assert self.checked(present, *dates) == {"doubts": [], "previous_execution_date": None, "without_invoice": 0}
