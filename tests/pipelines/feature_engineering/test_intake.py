"""Taking in a whole table."""

import logging

import numpy as np
import pandas as pd
import pytest

from segmentation_model.errors import InputError
from segmentation_model.model.hashing import content_hash
from segmentation_model.pipelines.feature_engineering.intake import name_with_source, take_in
from segmentation_model.pipelines.feature_engineering.params import IntakeSettings
from tests.pipelines.feature_engineering.builders import layout, raw, sample, standard_layout

LENIENT = IntakeSettings(max_rejected_share=1)


def test_the_labelled_sample_loses_its_unusable_rows_only() -> None:
    table = sample("labelled_customers")
    intake = take_in(table, standard_layout(), "labelled_customers", LENIENT, labelled=True)
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
    assert take_in(table, used, "labelled", LENIENT, labelled=True).record["rejected"] == 0
    assert take_in(table, used, "current", LENIENT, labelled=False).record["rejected"] == 1


def test_the_target_of_the_current_table_is_ignored() -> None:
    intake = take_in(raw(Default=["?", "?"]), layout("target"), "current", IntakeSettings(), labelled=False)
    assert (len(intake.accepted), "target" in intake.accepted) == (2, False)


def test_columns_that_nothing_names_are_told_once(caplog: pytest.LogCaptureFixture) -> None:
    table = raw(2, Region="Norte", **{f"X{number}": 0 for number in range(7)})
    with caplog.at_level(logging.WARNING):
        intake = take_in(table, layout("region"), "current", IntakeSettings(), labelled=False)
    assert intake.record["left_out"] == [f"X{number}" for number in range(7)]
    assert [record.message for record in caplog.records] == [
        "current: 7 columns are named by nothing and left out: 'X0', 'X1', 'X2', 'X3', 'X4' and 2 more"
    ]


def test_rejected_rows_are_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        take_in(raw(2).assign(ID=["A", None]), layout(), "current", LENIENT, labelled=False)
    assert [record.message for record in caplog.records] == ["current: 1 rows are rejected: {'ID: missing': 1}"]


def test_a_refusal_names_the_file() -> None:
    table = raw(2).assign(ID=[None, None])
    table.attrs["source"] = "s3://bucket/current.parquet"
    with pytest.raises(
        InputError, match=r"current_customers \(s3://bucket/current.parquet\): 2 of 2 rows cannot be used"
    ):
        take_in(table, layout(), "current_customers", IntakeSettings(), labelled=False)
    assert name_with_source(raw(1), "current_customers") == "current_customers"


def test_the_execution_date_stands_in_for_an_invoice_date() -> None:
    settings = IntakeSettings.model_validate({"execution_date": "2026-02-15"})
    intake = take_in(raw(Since=["2025-01-15"]), layout("contract_start_date"), "current", settings, labelled=False)
    assert intake.accepted["tenure_months"].tolist() == [13]


@pytest.mark.parametrize(("amounts", "cents"), [([0.1, 0.2, np.nan], 30), (["1.005", "x", "-3"], -200)])
def test_amounts_are_added_up_over_all_rows_whose_amount_is_readable(amounts: list[object], cents: int) -> None:
    used = layout(monthly={"invoice_amount": {"columns": ["A"]}})
    table = raw(3, A=pd.Series(amounts)).assign(ID=["A", "A", "B"])
    assert take_in(table, used, "current", LENIENT, labelled=False).record["amount_cents"] == cents


def test_a_table_without_amounts_sums_to_nothing() -> None:
    assert take_in(raw(1), layout(), "current", LENIENT, labelled=False).record["amount_cents"] == 0
