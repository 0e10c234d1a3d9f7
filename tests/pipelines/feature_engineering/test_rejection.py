"""Unusable rows leave with a reason; too many of them refuse the table."""

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation_model.errors import InputError
from segmentation_model.pipelines.feature_engineering.canonical import CanonicalRows, canonicalise
from segmentation_model.pipelines.feature_engineering.rejection import duplicate_fault, reject_rows, rejected_rows
from tests.pipelines.feature_engineering.builders import layout, raw

USED = layout("invoice_date", "tariff", "overdue_invoices", monthly={"invoice_amount": {"columns": ["Amount"]}})
GOOD: dict[str, Any] = {"Invoiced": "2026-05-05", "Tariff": "D", "Unpaid": "0", "Amount": 10.0}


def canonical(table: pd.DataFrame) -> CanonicalRows:
    return canonicalise(table, USED, with_target=False)


def with_duplicates(rows: CanonicalRows, *, by_month: bool) -> CanonicalRows:
    return CanonicalRows(rows.frame, (*rows.faults, duplicate_fault(rows, "ID", by_month=by_month)))


class TestDuplicates:
    def test_of_a_customer_and_month_leave_the_first_row(self) -> None:
        table = raw(5, **GOOD | {"Invoiced": ["2026-05-05", "2026-05-20", "2026-06-05", "2026-05-05", "2026-06-30"]})
        table["ID"] = ["A", "A", "A", "B", "A"]
        fault = duplicate_fault(canonical(table), "ID", by_month=True)
        assert fault.rows.tolist() == [1, 4]
        assert fault.values == ("A", "A")
        assert (fault.what, fault.allowed) == (
            "duplicate customer of the same invoice month",
            "one row per customer and invoice month",
        )
        assert (fault.column, fault.source) == ("ID", "roles.customer_id")

    def test_of_a_customer_leave_the_first_row_of_any_month(self) -> None:
        table = raw(3, **GOOD | {"Invoiced": ["2026-05-05", "2026-06-05", "2026-06-05"]}).assign(ID=["A", "A", "B"])
        fault = duplicate_fault(canonical(table), "ID", by_month=False)
        assert (fault.rows.tolist(), fault.what) == ([1], "duplicate customer")

    def test_without_invoice_dates_are_those_of_a_customer(self) -> None:
        rows = canonicalise(raw(2).assign(ID="A"), layout(), with_target=False)
        fault = duplicate_fault(rows, "ID", by_month=True)
        assert (fault.rows.tolist(), fault.allowed) == ([1], "one row per customer")

    def test_are_looked_for_among_usable_rows_only(self) -> None:
        """The first row of A is of no use, so the second one stands for A."""
        table = raw(3, **GOOD | {"Tariff": ["?", "D", "D"]}).assign(ID="A")
        assert duplicate_fault(canonical(table), "ID", by_month=True).rows.tolist() == [2]

    def test_are_not_the_rows_without_an_id(self) -> None:
        table = raw(3, **GOOD).assign(ID=[None, None, "A"])
        assert duplicate_fault(canonical(table), "ID", by_month=True).rows.tolist() == []


class TestRejectedRows:
    table = raw(6, **GOOD | {"Tariff": ["D", "?", "D", "D", "D", "?"], "Unpaid": ["0", "0", "0", "0", "many", "many"]})
    intake = reject_rows(with_duplicates(canonical(table.assign(ID=list("ABACDE"))), by_month=True), "labelled", 1.0)

    def test_have_their_place_in_the_file_and_what_is_known_of_them(self) -> None:
        expected = pd.DataFrame(
            {
                "file_row": [2, 3, 5, 6],
                "customer_id": pd.array(["B", "A", "D", "E"], dtype="str"),
                "invoice_date": np.full(4, np.datetime64("2026-05-05", "s")),
                "tariff": pd.array([None, "Domestic", "Domestic", None], dtype="str"),
                "invoice_amount": 10.0,
                "reason": pd.array(
                    [
                        "Tariff: unknown tariff '?'",
                        "ID: duplicate customer of the same invoice month 'A'",
                        "Unpaid: no usable number 'many'",
                        "Tariff: unknown tariff '?'; Unpaid: no usable number 'many'",
                    ],
                    dtype="str",
                ),
            }
        )
        pd.testing.assert_frame_equal(self.intake.rejected, expected)

    def test_and_accepted_ones_are_all_rows(self) -> None:
        assert self.intake.accepted["customer_id"].tolist() == ["A", "C"]
        assert self.intake.accepted.index.tolist() == [0, 1]
        assert self.intake.record == {
            "rows": 6,
            "accepted": 2,
            "rejected": 4,
            "faults": {
                "Tariff: unknown tariff": 2,
                "Unpaid: no usable number": 2,
                "ID: duplicate customer of the same invoice month": 1,
            },
            "not_asked_for": 0,
        }

    def test_of_a_missing_value_have_a_reason_without_it(self) -> None:
        rows = canonical(raw(2, **GOOD).assign(ID=["A", None]))
        assert reject_rows(rows, "labelled", 1.0).rejected["reason"].tolist() == ["ID: missing"]

    def test_may_be_none(self) -> None:
        rows = canonical(raw(2, **GOOD))
        intake = reject_rows(rows, "labelled", 0.0)
        assert intake.accepted is rows.frame
        assert (len(intake.rejected), intake.record["rejected"], intake.record["faults"]) == (0, 0, {})

    def test_look_alike_whatever_the_table_lacks(self) -> None:
        """Partitions of the rejected rows of several dates are read as one table."""
        nothing = rejected_rows(pd.DataFrame(), np.empty(0, dtype=np.intp), [])
        assert nothing.dtypes.to_dict() == self.intake.rejected.dtypes.to_dict()

    @settings(max_examples=50, deadline=None)
    @given(st.data())
    def test_of_any_table_part_it_without_loss(self, data: st.DataObject) -> None:
        length = data.draw(st.integers(1, 12))

        def column(*choices: str | None) -> pd.Series:
            return pd.Series(
                data.draw(st.lists(st.sampled_from(choices), min_size=length, max_size=length)), dtype="str"
            )

        table = pd.DataFrame(
            {
                "ID": column("A", "B", "C", "D", None),
                "Invoiced": column("2026-05-05", "2026-06-05", "soon", None),
                "Tariff": column("D", "I", "?"),
                "Unpaid": column("0", "x", None),
                "Amount": column("1.10", "-2.20", "?"),
            }
        )
        rows = with_duplicates(canonical(table), by_month=True)
        intake = reject_rows(rows, "labelled", 1.0)
        rejected = set((intake.rejected["file_row"] - 1).tolist())
        accepted = [row for row in range(length) if row not in rejected]
        assert rejected == {row for fault in rows.faults for row in fault.rows.tolist()}
        pd.testing.assert_frame_equal(intake.accepted, rows.frame.iloc[accepted].reset_index(drop=True))
        keys = intake.accepted.assign(month=intake.accepted["invoice_date"].dt.strftime("%Y-%m"))
        assert not keys.duplicated(["customer_id", "month"]).any()
        assert (intake.rejected["reason"].str.len() > 0).all()


class TestTooMany:
    table = raw(20, **GOOD | {"Tariff": ["?", *["D"] * 19]})

    def test_are_more_than_the_share_that_is_allowed(self) -> None:
        rows = canonical(self.table)
        assert reject_rows(rows, "labelled", 0.05).record["rejected"] == 1
        with pytest.raises(InputError, match=re.escape("1 of 20 rows cannot be used (5.0%; at most 4.9% may be")):
            reject_rows(rows, "labelled", 0.049)

    def test_are_refused_with_the_worst_column_its_values_and_what_is_allowed(self) -> None:
        table = raw(20, **GOOD | {"Unpaid": ["x", *["0"] * 19], "Tariff": ["a", "b", "c", "d", "e", *["D"] * 15]})
        message = (
            "current (data/c.parquet): 4 of 20 rows cannot be used (20.0%; at most 5.0% may be rejected, "
            "feature_engineering.intake.max_rejected_share). Most frequent: column 'Tariff' (roles.tariff), 4 rows, "
            "unknown tariff, for example 'a', 'b', 'c' and 1 more; allowed: 'd', 'domestic', 'domestica', 'i', "
            "'industrial', as values.tariff of the layout names them"
        )
        with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
            reject_rows(canonical(table), "current (data/c.parquet)", 0.05)
