"""Taking in a table: the labelled one whole, the current one in batches."""

import logging

import numpy as np
import pandas as pd
import pytest

from segmentation_model.columns import Layout
from segmentation_model.errors import InputError
from segmentation_model.model.hashing import content_hash
from segmentation_model.pipelines.feature_engineering.intake import name_with_source, take_in, take_in_batches
from segmentation_model.pipelines.feature_engineering.params import IntakeSettings
from segmentation_model.pipelines.feature_engineering.rejection import Intake
from segmentation_model.table_batches import TableBatches
from tests.batches import batches
from tests.pipelines.feature_engineering.builders import layout, raw, sample, standard_layout

LENIENT = IntakeSettings(max_rejected_share=1)


def take_in_month(raw: pd.DataFrame, used: Layout, settings: IntakeSettings = LENIENT, rows: int = 1) -> Intake:
    """Take in a current table, in batches of a row."""
    accepted, rejected, record = take_in_batches(batches(raw, rows), used, "current", settings)
    return Intake(accepted.read(), rejected, record)


def test_the_labelled_sample_loses_its_unusable_rows_only() -> None:
    table = sample("labelled_customers")
    intake = take_in(table, standard_layout(), "labelled_customers", LENIENT)
    assert intake.record["rows"] == len(table) == intake.record["accepted"] + intake.record["rejected"]
    assert set(intake.record["faults"]) == {
        "Id_Cliente: missing",
        "Fecha_Factura: unreadable date",
        "Tarifa: unknown tariff",
        "Id_Cliente: duplicate customer of the same invoice month",
    }
    assert intake.record["left_out"] == []
    assert intake.record["amount_cents"] == round(table["Importe_Factura_01"].sum() * 100)
    assert intake.record["hash"] == content_hash(intake.accepted)


def test_a_customer_comes_once_a_month_if_labelled_else_once() -> None:
    used = layout("invoice_date", "target")
    table = raw(Invoiced=["2026-05-05", "2026-06-05"], Default=[0, 1]).assign(ID="A")
    assert take_in(table, used, "labelled", LENIENT).record["rejected"] == 0
    assert take_in_month(table, used).record["rejected"] == 1


def test_the_target_of_the_current_table_is_ignored() -> None:
    intake = take_in_month(raw(Default=["?", "?"]), layout("target"), IntakeSettings())
    assert (len(intake.accepted), "target" in intake.accepted) == (2, False)


def test_columns_that_nothing_names_are_told_once(caplog: pytest.LogCaptureFixture) -> None:
    table = raw(2, Region="Norte", **{f"X{number}": 0 for number in range(7)})
    with caplog.at_level(logging.WARNING):
        intake = take_in_month(table, layout("region"))
    assert intake.record["left_out"] == [f"X{number}" for number in range(7)]
    assert [record.message for record in caplog.records] == [
        "current: 7 columns are named by nothing and left out: 'X0', 'X1', 'X2', 'X3', 'X4' and 2 more"
    ]


def test_rejected_rows_are_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        take_in_month(raw(2).assign(ID=["A", None]), layout())
    assert [record.message for record in caplog.records] == ["current: 1 row is rejected: {'ID: missing': 1}"]


def test_a_refusal_names_the_file() -> None:
    table = raw(2).assign(ID=[None, None])
    table.attrs["source"] = "s3://bucket/current.parquet"
    with pytest.raises(
        InputError, match=r"current_customers \(s3://bucket/current.parquet\): 2 of 2 rows cannot be used"
    ):
        take_in_batches(batches(table, 1), layout(), "current_customers", IntakeSettings())
    assert name_with_source(raw(1), "current_customers") == "current_customers"


def test_the_execution_date_stands_in_for_an_invoice_date() -> None:
    settings = IntakeSettings.model_validate({"execution_date": "2026-02-15"})
    intake = take_in_month(raw(Since=["2025-01-15"]), layout("contract_start_date"), settings)
    assert intake.accepted["tenure_months"].tolist() == [13]


@pytest.mark.parametrize(("amounts", "cents"), [([0.1, 0.2, np.nan], 30), (["1.005", "x", "-3"], -200)])
def test_amounts_are_added_up_over_all_rows_whose_amount_is_readable(amounts: list[object], cents: int) -> None:
    used = layout(monthly={"invoice_amount": {"columns": ["A"]}})
    table = raw(3, A=pd.Series(amounts)).assign(ID=["A", "A", "B"])
    assert take_in_month(table, used).record["amount_cents"] == cents


def test_a_table_without_amounts_sums_to_nothing() -> None:
    assert take_in_month(raw(1), layout()).record["amount_cents"] == 0


class TestBatches:
    """The committed sample has every kind of unusable row."""

    @pytest.mark.parametrize("rows", [7, 64, 1_000])
    def test_of_any_size_give_the_rows_and_reasons_of_the_whole(self, rows: int) -> None:
        table = sample("current_customers")
        whole = take_in_month(table, standard_layout(), rows=len(table))
        parts = take_in_month(table, standard_layout(), rows=rows)
        pd.testing.assert_frame_equal(parts.accepted, whole.accepted)
        pd.testing.assert_frame_equal(parts.rejected, whole.rejected)
        assert parts.record | {"hash": None} == whole.record | {"hash": None}
        assert whole.record["rejected"] > 3

    def test_find_a_customer_again_whom_an_earlier_batch_had(self) -> None:
        table = raw(Region=["n", "s", "e", "w"]).assign(ID=["A", "B", " A ", "B"])
        intake = take_in_month(table, layout("region"), rows=2)
        assert intake.accepted["region"].tolist() == ["n", "s"]
        assert intake.rejected["file_row"].tolist() == [3, 4]
        assert intake.rejected["reason"].tolist() == ["ID: duplicate customer 'A'", "ID: duplicate customer 'B'"]

    def test_keep_the_first_row_of_a_customer_that_can_be_used(self) -> None:
        table = raw(Owed=["many", "1", "2"]).assign(ID="A")
        intake = take_in_month(table, layout("overdue_balance"))
        assert (intake.accepted["overdue_balance"].tolist(), intake.record["rejected"]) == ([1.0], 2)

    def test_hash_alike_where_they_hold_the_same(self) -> None:
        one, again, other = (
            take_in_month(raw(Region=["n", "s", value]), layout("region"), rows=2).record["hash"]
            for value in ("e", "e", "w")
        )
        assert one == again != other

    def test_of_a_table_that_changes_meanwhile_are_refused(self) -> None:
        lengths = iter((3, 2))
        table = TableBatches(lambda: iter([raw(next(lengths))]))
        accepted, _, _ = take_in_batches(table, layout(), "current", LENIENT)
        with pytest.raises(InputError, match="current: the table changed while it was read; run again"):
            accepted.read()
