"""A run may be asked for one tariff: rows of the other leave the table with that reason, and count against nothing."""

from typing import Any

import pandas as pd
import pytest

from segmentation_model.errors import ConfigurationError, InputError
from segmentation_model.pipelines.feature_engineering.intake import take_in, take_in_batches
from segmentation_model.pipelines.feature_engineering.params import IntakeSettings
from tests.batches import batches
from tests.pipelines.feature_engineering.builders import sample, standard_layout

LAYOUT = standard_layout()


def month(tariffs: list[str | None], **columns: Any) -> pd.DataFrame:
    """Usable customers of these tariffs, as the file writes them."""
    table = sample("current_customers").drop_duplicates("Id_Cliente").dropna(subset=["Id_Cliente"])
    usable = take_in_batches(batches(table, 100), LAYOUT, "current", IntakeSettings(max_rejected_share=1))[1]
    table = table[~table["Id_Cliente"].isin(usable["customer_id"])].head(len(tariffs)).reset_index(drop=True)
    return table.assign(Tarifa=tariffs, **columns)


def take_in_month(table: pd.DataFrame, **settings: Any) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    accepted, rejected, record = take_in_batches(batches(table, 2), LAYOUT, "current", IntakeSettings(**settings))
    return accepted.read(), rejected, record


def test_the_other_tariff_is_rejected_with_a_reason_of_its_own() -> None:
    table = month(["domestic ", "Industrial", " I", "D"])
    accepted, rejected, record = take_in_month(table, tariffs="Domestic")
    assert accepted["tariff"].tolist() == ["Domestic", "Domestic"]
    assert rejected["reason"].tolist() == [
        "Tarifa: not asked for (tariffs=Domestic) 'Industrial'", "Tarifa: not asked for (tariffs=Domestic) ' I'",
    ]  # fmt: skip
    assert rejected["tariff"].tolist() == ["Industrial", "Industrial"]
    assert rejected["invoice_amount"].tolist() == table["Importe_Factura_01"].iloc[1:3].tolist()
    assert (record["tariffs"], record["rows"], record["rejected"], record["not_asked_for"]) == ("Domestic", 4, 2, 2)
    assert record["amount_cents"] == round(table["Importe_Factura_01"].sum() * 100)


def test_both_tariffs_are_asked_for_by_default() -> None:
    accepted, rejected, record = take_in_month(month(["D", "I"]))
    assert (len(accepted), len(rejected), record["tariffs"], record["not_asked_for"]) == (2, 0, "both", 0)


def test_the_labelled_table_says_the_same() -> None:
    table = sample("labelled_customers")
    lenient = {"max_rejected_share": 1.0}
    both = take_in(table, LAYOUT, "labelled", IntakeSettings(**lenient))
    one = take_in(table, LAYOUT, "labelled", IntakeSettings(tariffs="Industrial", **lenient))
    expected = both.accepted[both.accepted["tariff"] == "Industrial"].reset_index(drop=True)
    pd.testing.assert_frame_equal(one.accepted, expected)
    assert len(one.accepted) + len(one.rejected) == len(table)
    left_out = one.rejected["reason"].str.startswith("Tarifa: not asked for (tariffs=Industrial)")
    assert (one.rejected["tariff"] == "Domestic").equals(left_out)


def test_what_is_left_out_does_not_count_as_unusable() -> None:
    """Nine of ten are left out: the table is sound."""
    assert take_in_month(month(["D", *["I"] * 9]), tariffs="Domestic", max_rejected_share=0)[2]["rejected"] == 9


def test_unusable_rows_are_a_share_of_those_that_are_asked_for() -> None:
    table = month(["D", "D", *["I"] * 8], Deposito=["?", *[1.0] * 9])
    with pytest.raises(InputError, match=r"1 of 2 rows cannot be used \(50.0%.* column 'Deposito'"):
        take_in_month(table, tariffs="Domestic", max_rejected_share=0.2)


def test_what_else_is_wrong_with_a_row_that_is_left_out_matters_to_nobody() -> None:
    table = month(["D", "I", "I"], Deposito=[1.0, "?", 1.0])
    table["Id_Cliente"] = "A"
    _, rejected, record = take_in_month(table, tariffs="Domestic", max_rejected_share=0)
    assert set(record["faults"]) == {"Tarifa: not asked for (tariffs=Domestic)"}
    assert rejected["reason"].str.count(";").sum() == 0


def test_a_row_whose_tariff_is_unknown_may_be_of_the_one_that_is_asked_for() -> None:
    with pytest.raises(InputError, match=r"1 of 2 rows cannot be used .* unknown tariff, for example 'S/D'"):
        take_in_month(month(["D", "S/D", "I"]), tariffs="Domestic")


def test_a_table_with_none_of_the_tariff_is_refused() -> None:
    with pytest.raises(
        InputError,
        match=r"^current .*: the run is asked for none of its 2 rows: 'Tarifa: not asked for \(tariffs=Domestic",
    ):
        take_in_month(month(["I", "I"]), tariffs="Domestic")


class TestATableWithoutTheRole:
    layout = LAYOUT.model_copy(update={"roles": LAYOUT.roles.model_copy(update={"tariff": None})})

    def test_is_all_domestic(self) -> None:
        given = (batches(month(["I", "D"]), 2), self.layout, "current")
        accepted, _, record = take_in_batches(*given, IntakeSettings(tariffs="Domestic"))
        assert set(accepted.read()["tariff"]) == {"Domestic"}
        assert record["not_asked_for"] == 0

    def test_has_no_industrial_customer(self) -> None:
        given = (batches(month(["I", "D"]), 2), self.layout, "current")
        with pytest.raises(
            ConfigurationError, match=r"tariffs: 'Industrial', but the layout .* allowed: both, Domestic"
        ):
            take_in_batches(*given, IntakeSettings(tariffs="Industrial"))
