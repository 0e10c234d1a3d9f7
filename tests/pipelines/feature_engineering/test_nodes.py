"""The nodes, composed as the pipeline composes them, on the committed samples and on small tables."""

import datetime as dt
import logging
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest

from segmentation_model.errors import ConfigurationError, InputError
from segmentation_model.model.customer_parts import PARTS, SplitSettings, assign_parts
from segmentation_model.model.feature_settings import FeatureSettings
from segmentation_model.model.features import FeatureSpec
from segmentation_model.pipelines.feature_engineering import choice_nodes, nodes
from segmentation_model.pipelines.feature_engineering.params import (
    IntakeSettings,
    SelectionSettings,
)
from tests.batches import batches
from tests.pipelines.feature_engineering.builders import columns, layout, raw, sample, standard_layout

STANDARD = columns(standard_layout())
LENIENT = IntakeSettings(max_rejected_share=1)
FEATURES = FeatureSettings()
SPLIT = SplitSettings()
ALL = {"tariffs": "both", "not_asked_for": 0}

SMALL = columns(layout("invoice_date", "target"))


def map_small(**values: Any) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    return nodes.map_labelled(raw(**values), SMALL, LENIENT)


class TestMappingTheLabelledTable:
    canonical, rejected, record = nodes.map_labelled(sample("labelled_customers"), STANDARD, LENIENT)

    def test_loses_no_row(self) -> None:
        assert len(self.canonical) + len(self.rejected) == len(sample("labelled_customers"))
        assert self.record["without_outcome"] == 0

    def test_counts_rows_without_outcome(self, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.INFO):
            _, _, record = map_small(Invoiced="2026-05-05", Default=[0, 1, None])
        assert record["without_outcome"] == 1
        assert "labelled_customers: 1 row has no outcome yet and trains nothing" in caplog.messages

    @pytest.mark.parametrize(
        ("target", "found"),
        [([0, 0], "only 0"), (["1", "1"], "only 1"), ([None, None], "no value at all"), ([0, None], "only 0")],
    )
    def test_refuses_a_target_of_one_class(self, target: list[object], found: str) -> None:
        message = rf"labelled_customers: column 'Default' \(roles.target\) holds {found}; both 0 .* and 1 .* are needed"
        with pytest.raises(InputError, match=message):
            map_small(Invoiced="2026-05-05", Default=target)

    def test_refuses_a_layout_without_target(self) -> None:
        with pytest.raises(InputError, match="the layout maps no target"):
            nodes.map_labelled(raw(1), columns(layout()), LENIENT)


class TestMappingTheCurrentTable:
    def test_loses_no_row_and_ignores_the_target(self) -> None:
        table = sample("current_customers")
        canonical, rejected, record = nodes.map_current(batches(table), STANDARD, LENIENT)
        assert len(canonical.read()) + len(rejected) == len(table) == record["rows"]
        assert record["present"]
        assert "target" not in canonical.columns

    def test_gives_the_same_without_the_target(self) -> None:
        table = sample("current_customers")
        with_target, _, record = nodes.map_current(batches(table.assign(Incumple="?")), STANDARD, LENIENT)
        without, _, other = nodes.map_current(batches(table.drop(columns="Incumple")), STANDARD, LENIENT)
        pd.testing.assert_frame_equal(with_target.read(), without.read())
        assert record == other

    def test_may_find_no_table(self, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.WARNING):
            canonical, rejected, record = nodes.map_current(None, STANDARD, LENIENT)
        assert (len(canonical.read()), len(rejected)) == (0, 0)
        assert record == {"present": False, "rows": 0, "rejected": 0, "tariffs": "both", "hash": None}
        assert caplog.messages == ["There is no current table: the held-out test rows of the labelled table are scored"]

    def test_says_what_a_layout_lacks(self, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.WARNING):
            nodes.map_current(batches(raw(Owed=[0.0])), columns(layout("overdue_balance")), LENIENT)
        assert caplog.messages == [
            "The layout 'mine' maps no tariff: one tariff for all, every customer is Domestic",
            "The layout 'mine' maps no stratum: no customer has a stratum class",
            "The layout 'mine' maps no tenure_months: no customer is new",
            "The layout 'mine' maps no overdue_invoices: who owes is known by the overdue balance only, and the age of "
            "a debt is not",
            "The layout 'mine' maps no invoice_amount: all amounts count as nothing",
        ]

    def test_does_not_warn_of_a_tenure_that_the_contract_start_gives(self, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.INFO):
            nodes.map_current(None, columns(layout("contract_start_date")), LENIENT)
        told = [(record.levelname, record.getMessage()) for record in caplog.records if "tenure" in record.getMessage()]
        assert told == [("INFO", "The layout 'mine' maps no tenure_months: it is counted from contract_start_date")]


class TestHoldingOut:
    """Sixty customers with a row of June, then one of May, then one without date."""

    ids = pd.Series([f"C{number}" for number in range(60)])
    invoiced = ["2026-06-05"] * 60 + ["2026-05-05"] * 60 + [None] * 60
    table = raw(Invoiced=invoiced, Default=[0, 1] * 90).assign(ID=[*ids, *ids, *ids])
    canonical = nodes.map_labelled(table, SMALL, LENIENT)[0]

    def test_keeps_the_newest_row_of_every_test_customer(self) -> None:
        held_out = nodes.hold_out_test_rows(self.canonical, {"present": False}, SPLIT)
        tests = assign_parts(self.ids, SPLIT) == PARTS.index("test")
        assert held_out["customer_id"].tolist() == self.ids[tests].tolist()
        assert set(held_out["invoice_date"]) == {pd.Timestamp("2026-06-05")}

    def test_keeps_the_last_row_of_a_table_without_dates(self) -> None:
        canonical = self.canonical.drop(columns="invoice_date").assign(place=range(len(self.canonical)))
        held_out = nodes.hold_out_test_rows(canonical, {"present": False}, SPLIT)
        assert held_out["place"].min() >= 120

    def test_keeps_nothing_beside_a_current_table(self) -> None:
        held_out = nodes.hold_out_test_rows(self.canonical, {"present": True}, SPLIT)
        assert len(held_out) == 0
        assert held_out.columns.tolist() == self.canonical.columns.tolist()


class TestBuildingLabelledFeatures:
    canonical = map_small(Invoiced=["2026-05-05", "2026-06-05", "2026-07-05"], Default=[0, 1, None])[0]

    def test_takes_the_rows_whose_outcome_is_known(self) -> None:
        features, context = nodes.build_labelled_features(self.canonical, SMALL, FEATURES, IntakeSettings())
        assert features["customer_id"].tolist() == ["C0", "C1"] == context["customer_id"].tolist()
        assert features.columns.tolist() == ["customer_id", "invoice_date", "tariff", "target"]
        assert context["execution_date"].unique().tolist() == [pd.Timestamp("2026-06-05")]

    def test_has_the_features_of_the_current_table_and_the_target(self) -> None:
        labelled, _, _ = nodes.map_labelled(sample("labelled_customers"), STANDARD, LENIENT)
        current, _, record = nodes.map_current(batches(sample("current_customers")), STANDARD, LENIENT)
        of_labelled, _ = nodes.build_labelled_features(labelled, STANDARD, FEATURES, LENIENT)
        built = nodes.build_current_features(current, None, record, "2026-07-26", STANDARD, FEATURES)
        for of_current in built:
            types = of_current.read().dtypes
            pd.testing.assert_series_equal(of_labelled.drop(columns=["tariff", "target"]).dtypes, types)


class TestBuildingCurrentFeatures:
    canonical = map_small(Invoiced=["2026-05-05", "2026-06-30"], Default=[0, 1])[0]

    def build(
        self, current: pd.DataFrame, held_out: pd.DataFrame | None, *, present: bool, **intake: Any
    ) -> tuple[pd.DataFrame, pd.DataFrame, str]:
        """Domestic features, context, execution date."""
        settings = IntakeSettings.model_validate(intake)
        given = (batches(current, 1), held_out, {"present": present})
        context, date = nodes.build_current_context(*given, settings)
        domestic, _ = nodes.build_current_features(*given, date, SMALL, FEATURES)
        return domestic.read(), context.read(), date

    def test_takes_the_newest_invoice_date_as_execution_date(self) -> None:
        features, context, date = self.build(self.canonical.drop(columns="target"), None, present=True)
        assert date == "2026-06-30"
        assert context["execution_date"].dt.date.unique().tolist() == [dt.date(2026, 6, 30)]
        assert features.columns.tolist() == ["customer_id", "invoice_date"]

    def test_takes_the_execution_date_that_is_given(self) -> None:
        _, context, _ = self.build(self.canonical, None, present=True, execution_date="2026-07-01")
        assert context["execution_date"].dt.date.unique().tolist() == [dt.date(2026, 7, 1)]

    def test_takes_the_held_out_rows_without_a_current_table(self) -> None:
        features, context, _ = self.build(pd.DataFrame(), self.canonical, present=False)
        assert features["customer_id"].tolist() == ["C0", "C1"]
        assert "target" not in features
        assert context["target"].tolist() == [0, 1]

    def test_needs_a_date_where_there_is_none(self) -> None:
        for canonical in (self.canonical.drop(columns="invoice_date"), self.canonical.assign(invoice_date=pd.NaT)):
            with pytest.raises(ConfigurationError, match=r"current_customers: .* --params execution_date=YYYY-MM-DD"):
                self.build(canonical, None, present=True)

    def test_gives_an_empty_invoice_date_where_there_is_none(self) -> None:
        canonical = self.canonical.drop(columns="invoice_date")
        features, context, _ = self.build(canonical, None, present=True, execution_date="2026-07-01")
        assert str(features["invoice_date"].dtype) == "datetime64[s]" == str(context["invoice_date"].dtype)
        assert features["invoice_date"].isna().all()

    def test_keeps_the_tariffs_apart_in_the_order_of_the_table(self) -> None:
        canonical, _, record = nodes.map_current(batches(sample("current_customers")), STANDARD, LENIENT)
        context, date = nodes.build_current_context(canonical, None, record, LENIENT)
        built = nodes.build_current_features(canonical, None, record, date, STANDARD, FEATURES)
        rows = canonical.read()
        assert context.read()["customer_id"].tolist() == rows["customer_id"].tolist()
        for features, tariff in zip(built, ("Domestic", "Industrial"), strict=True):
            expected = rows.loc[rows["tariff"] == tariff, "customer_id"].tolist()
            assert features.read()["customer_id"].tolist() == expected != []

    def test_of_one_tariff_leaves_the_other_empty_with_all_columns(self) -> None:
        given = (batches(self.canonical), None, {"present": True}, "2026-06-30", SMALL, FEATURES)
        domestic, industrial = nodes.build_current_features(*given)
        assert len(industrial.read()) == 0
        pd.testing.assert_series_equal(industrial.read().dtypes, domestic.read().dtypes)

    @pytest.mark.parametrize(
        ("present", "message"),
        [(True, "no row to score: every one is rejected"), (False, "neither such a table nor held-out test rows")],
    )
    def test_needs_a_row(self, present: bool, message: str) -> None:
        with pytest.raises(InputError, match=message):
            self.build(self.canonical.iloc[:0], self.canonical.iloc[:0], present=present)


class TestSplitting:
    canonical = nodes.map_labelled(sample("labelled_customers"), STANDARD, LENIENT)[0]
    features = nodes.build_labelled_features(canonical, STANDARD, FEATURES, LENIENT)[0]
    outputs = nodes.split_labelled(features, ALL, SPLIT)
    parts: ClassVar = {name: part for name, part in outputs.items() if isinstance(part, pd.DataFrame)}

    def test_puts_every_row_into_one_part(self) -> None:
        assert set(self.parts) == {f"{p}_{t}" for p in PARTS for t in ("domestic", "industrial")}
        rows = pd.concat(self.parts.values())
        assert len(rows) == len(self.features)
        assert not rows.duplicated(["customer_id", "invoice_date"]).any()

    def test_keeps_a_customer_in_one_part_in_all_months(self) -> None:
        customers = [set(part["customer_id"]) for part in self.parts.values()]
        assert sum(map(len, customers)) == len(set.union(*customers)) == self.features["customer_id"].nunique()
        assert len(self.features) > self.features["customer_id"].nunique()  # some customers have two months

    def test_out_of_time_says_what_no_part_uses(self, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.INFO):
            outputs = nodes.split_labelled(self.features, ALL, SplitSettings(method="out_of_time"))
        unused = outputs["split_record_domestic"]["unused"]
        rows = sum(len(outputs[f"{part}_domestic"]) for part in PARTS) + sum(unused.values())
        assert rows == (self.features["tariff"] == "Domestic").sum()
        assert f"Domestic: rows that no part uses: {next(iter(unused))} " in caplog.text

    def test_out_of_time_needs_two_months_in_the_whole_table(self) -> None:
        newest = self.features["invoice_date"].dt.month == self.features["invoice_date"].dt.month.max()
        with pytest.raises(ConfigurationError, match="needs invoice dates of two months or more"):
            nodes.split_labelled(self.features[newest], ALL, SplitSettings(method="out_of_time"))

    def test_keeps_tariffs_apart(self) -> None:
        tariff = self.features.set_index("customer_id")["tariff"].to_dict()
        for name, part in self.parts.items():
            assert {tariff[customer].lower() for customer in part["customer_id"]} <= {name.rsplit("_", 1)[1]}
            assert "tariff" not in part
            assert part.index.tolist() == list(range(len(part)))


class TestChoosingFeatures:
    def test_leaves_keys_and_target_out_and_gives_reasons(self, caplog: pytest.LogCaptureFixture) -> None:
        train = pd.DataFrame(
            {
                "customer_id": ["A", "B"],
                "invoice_date": pd.NaT,
                "target": np.array([0, 1], np.float32),
                "age": np.array([30, 40], np.float32),
                "nothing": np.full(2, np.nan, np.float32),
            }
        )
        with caplog.at_level(logging.INFO):
            spec = choice_nodes.choose_features(train, {"status": "checked"}, STANDARD, FEATURES, SelectionSettings())
        chosen = FeatureSpec.model_validate(spec)
        assert chosen.names == ["age"]
        assert chosen.left_out == {"nothing": "100.00% missing"}
        assert caplog.messages == ["1 column carries nothing and is left out: 'nothing'"]

    train = pd.DataFrame(
        {
            "customer_id": ["A", "B"],
            "invoice_date": pd.NaT,
            "target": np.array([0, 1], np.float32),
            "days_late_01": np.array([0, 3], np.float32),
            "days_late_months_since_last": np.array([24, 0], np.float32),
            "balance_01": np.array([1, 2], np.float32),
            "region": pd.array(["norte", "sur"], dtype="str"),
        }
    )

    def choose(self, **monotone: int) -> FeatureSpec:
        features = FeatureSettings.model_validate({"monotone": monotone})
        chosen = choice_nodes.choose_features(
            self.train, {"status": "checked"}, STANDARD, features, SelectionSettings()
        )
        return FeatureSpec.model_validate(chosen)

    def test_gives_those_of_constrained_families_their_signs(self) -> None:
        assert self.choose(days_late=1).signs == {"days_late_01": 1, "days_late_months_since_last": -1}
        assert self.choose(days_late=0).signs == {}

    def test_refuses_to_constrain_a_category(self) -> None:
        with pytest.raises(ConfigurationError, match=r"features\.monotone: 'region' is a category: it has no order"):
            self.choose(region=1)

    def test_a_misspelt_constraint_is_warned_of_and_a_role_that_the_layout_lacks_is_not(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        canonical = map_small(Invoiced="2026-05-05", Default=[0, 1])[0]
        features = FeatureSettings(monotone={"day_late": 1, "overdue_invoices": 1})
        nodes.build_labelled_features(canonical, SMALL, features, LENIENT)
        assert caplog.messages == [
            "feature_engineering.features.monotone: the layout 'mine' has no 'day_late', nothing is constrained"
        ]
