"""What stands in the card: the figures of the evaluation, in words."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from segmentation_model.pipelines.modeling.card_nodes import write_model_card
from tests.model.artifacts import COLUMNS, INTAKE, REASONS, skipped, trained, without_rows
from tests.model_card.cards import (
    GATE,
    LEAKAGE,
    card_of,
    cells,
    facts_of,
    section_of,
    table_in,
    weaknesses_in,
    with_metadata,
    with_metrics,
)


def number(text: str) -> float:
    return float(text.replace("−", "-").replace(",", "").removesuffix(" %"))


class TestFigures:
    def test_metrics_are_those_that_scikit_learn_measures(self):
        rows = cells(card_of(), "Metrics by part")
        for part in ("train", "calibration", "test"):
            own = trained().predictions.query(f"part == '{part}'")
            assert number(rows["ROC AUC"][part.capitalize()]) == pytest.approx(
                roc_auc_score(own["target"], own["margin"]), abs=5e-4
            )
            assert number(rows["Rows"][part.capitalize()]) == len(own)
            squared = ((own["probability"] - own["target"]) ** 2).mean()
            assert number(rows["Brier score"][part.capitalize()]) == pytest.approx(squared, abs=5e-4)

    def test_the_interval_of_the_test_part_stands_beside_it(self):
        ends = trained().metrics["intervals"]["ks"]
        row = cells(card_of(), "Metrics by part")["KS"]
        assert row["95 % interval of test"] == f"{ends['lower']:.3f} to {ends['upper']:.3f}"

    def test_parts_are_counted(self):
        rows = cells(card_of(), "Parts")
        for part in ("train", "calibration", "test"):
            own = trained().margins.query(f"part == '{part}'")
            assert number(rows[part]["Rows"]) == len(own)
            assert number(rows[part]["Customers"]) == own["customer_id"].nunique()
            assert number(rows[part]["Unpaid"]) == own["target"].sum()
            assert rows[part]["Months"] == "2026-07"

    def test_cut_offs_stand_with_their_probabilities(self):
        rows = cells(card_of(), "Frozen cut-offs")
        low, middle, high = (f"{100 * one:.1f} %" for one in trained().cutoffs["probabilities"])
        assert [row["Probability"] for row in rows.values()] == [
            f"up to {low}", f"{low} to {middle}", f"{middle} to {high}", f"above {high}",
        ]  # fmt: skip
        assert [row["Share when frozen"] for row in rows.values()] == ["50.0 %", "30.0 %", "15.0 %", "5.0 %"]

    def test_features_are_ranked_by_gain_in_the_words_of_the_business(self):
        rows = cells(card_of(), "Most important features")
        gain = trained().booster.record["gain"]
        assert list(rows) == sorted((name for name in gain if gain[name] > 0), key=lambda name: -gain[name])
        assert rows["late"]["Comes of"] == "Mora"
        assert rows["noise"]["Comes of"] == "noise"
        assert number(rows["late"]["Share of the total gain"]) == pytest.approx(
            100 * gain["late"] / sum(gain.values()), abs=0.05
        )

    def test_the_decision_has_every_row_of_the_test_part(self):
        rows = cells(card_of(), "The threshold on the test part")
        outcomes = [number(row["Figure"]) for name, row in rows.items() if not name.startswith("Cost")]
        assert sum(outcomes) == 1_000
        assert number(rows["Cost per row"]["Figure"]) == pytest.approx(
            trained().metrics["decision"]["cost_per_row"], abs=5e-4
        )

    def test_it_says_which_model_on_which_data_it_is(self):
        rows = cells(card_of(), "Which model this is")
        assert rows["Model version"]["Value"].startswith(trained().model.version)
        assert INTAKE["hash"] in rows["Labelled data"]["Value"]
        assert rows["Seed"]["Value"] == "7"
        assert "xgboost" in rows["Libraries"]["Value"]
        assert "4,010 rows; 10 (0.2 %) were rejected" in section_of(card_of(), "data").sentences[0]

    def test_the_gate_and_the_guard_are_quoted(self):
        assert (
            "Gate of the run that trained it: clean, none. Drift: Domestic is none."
            in section_of(card_of(), "drift").sentences
        )
        assert cells(card_of(), "Strongest single features")["late"] == {
            "Feature": "late", "Comes of": "Mora", "AUC alone": "0.810",
        }  # fmt: skip
        unchecked = {**LEAKAGE, "status": "not_checked", "reason": "3 cases of the rarer class"}
        assert section_of(card_of(facts_of(leakage=unchecked)), "leakage").sentences == (
            "Only dates were checked: 3 cases of the rarer class.",
        )

    def test_every_table_has_a_cell_per_column_and_a_title_of_its_own(self):
        tables = [table for section in card_of().sections for table in section.tables]
        assert len({table.title for table in tables}) == len(tables)
        assert all(len(row.cells) == len(table.columns) for table in tables for row in table.rows)


class TestFairnessTable:
    def test_figures_are_those_of_the_evaluation(self):
        rows = cells(card_of(), "By stratum class")
        (group,) = (one for one in trained().metrics["fairness"]["groups"] if one["dimension"] == "stratum_class")
        own = rows[group["value"]]
        assert number(own["Rows"]) == group["rows"] == 1_000
        assert own["Treated"] == f"{100 * group['treated_share']:.1f} % (1.00)"
        assert own["Unpaid found (TPR)"].startswith(f"{100 * group['unpaid_found']:.1f} %")
        assert number(own["AUC"]) == pytest.approx(group["roc_auc"], abs=5e-4)
        assert own["Judgement"] == "Within bounds"
        assert rows["Whole"]["Rows"] == "1,000"

    def test_many_groups_are_cut_the_flagged_ones_first(self):
        (group,) = (one for one in trained().metrics["fairness"]["groups"] if one["dimension"] == "region")
        many = [{**group, "value": f"region {index}", "rows": index} for index in range(1_000)]
        many[3] = {**many[3], "status": "flagged", "finding": "customers are treated 2.00 times as often"}
        card = card_of(with_metrics(facts_of(), fairness={"groups": many}))
        table = table_in(card, "By region")
        assert [row.cells[0] for row in table.rows][:3] == ["Whole", "region 3", "region 999"]
        assert "960 more groups are left out here" in table.note
        assert [one.text for one in section_of(card, "fairness").weaknesses] == [
            "Region region 3: customers are treated 2.00 times as often."
        ]

    def test_many_findings_are_cut_and_counted(self):
        (group,) = (one for one in trained().metrics["fairness"]["groups"] if one["dimension"] == "region")
        flagged = [{**group, "value": f"r{index}", "status": "flagged", "finding": "treated"} for index in range(15)]
        told = section_of(card_of(with_metrics(facts_of(), fairness={"groups": flagged})), "fairness").weaknesses
        assert (len(told), told[-1].tone, told[-1].text) == (13, "moderate", "3 more groups like these: see the table.")

    def test_without_regions_and_strata_it_says_so(self):
        card = card_of(with_metrics(facts_of(), fairness={"groups": []}))
        assert section_of(card, "fairness").tables == ()
        assert "neither regions nor strata" in section_of(card, "fairness").sentences[0]


class TestRecordsOfOthers:
    def test_what_training_recorded_besides_is_shown_without_being_known_here(self):
        model = with_metadata(
            trained().model, search={"trials": 30, "best": {"max_depth": 3}}, selection={"dropped": []}
        )
        rows = cells(card_of(facts_of(model=model)), "Further records of the training")
        assert {name: row["Value"] for name, row in rows.items()} == {
            "selection.dropped": "none", "search.best.max_depth": "3", "search.trials": "30",
        }  # fmt: skip

    def test_a_long_record_is_cut(self):
        model = with_metadata(trained().model, dropped={f"feature {index}": "gain 0" for index in range(500)})
        table = table_in(card_of(facts_of(model=model)), "Further records of the training")
        assert len(table.rows) == 13
        assert table.rows[-1].cells == ("dropped, and more", "488 values: see metadata.json")

    def test_constraints_are_told_with_the_sweep_that_verified_them(self):
        record = {**trained().model.metadata["training"], "monotone": {"late": 1, "noise": 1}}
        swept = {"status": "checked", "reason": None, "customers": 200, "steps": 4_000, "violations": {}}
        card = card_of(facts_of(model=with_metadata(trained().model, training=record, monotone_check=swept)))
        assert section_of(card, "training").sentences[1] == (
            "The risk is held to one direction in 2 features; 4,000 steps of a sweep over 200 customers went the right "
            "way, none the wrong one."
        )
        assert not [text for text in weaknesses_in(card) if "monotone" in text]

    def test_without_one_there_is_no_such_table(self):
        assert [table.title for table in section_of(card_of(), "training").tables] == ["Training parameters"]


class TestWithoutAModel:
    @pytest.mark.parametrize("fitted", [skipped, without_rows])
    def test_the_card_says_why(self, fitted):
        found = fitted()
        markdown, html = write_model_card(found.model, found.margins, LEAKAGE, GATE, REASONS, COLUMNS)
        reason = found.model.metadata["reason"]
        assert f"No model was trained: {reason}." in markdown
        assert "No model was trained:" in html
        assert "not evaluable" in markdown
        card = card_of(facts_of(found))
        assert [section.anchor for section in card.sections] == ["identity", "data", "leakage", "drift"]
        assert card.tone == "not_measured"

    def test_a_test_part_with_one_class_is_told_of_instead_of_measured(self):
        found = trained()
        paid = found.margins.query("part != 'test' or target == 0")
        metrics = {
            **found.metrics, "deciles": [], "intervals": None, "calibration_cost": None,
            "test": dict.fromkeys(found.metrics["test"]) | {"rows": 800, "base_rate": 0.0},
        }  # fmt: skip
        metrics["fairness"] = {**metrics["fairness"], "groups": []}
        model = with_metadata(found.model, metrics=metrics)
        markdown, _ = write_model_card(model, paid, LEAKAGE, GATE, REASONS, COLUMNS)
        assert "How good it is was not measured" in markdown
        assert "**Grave.** The test part lacks paid or unpaid bills" in markdown


class TestSafety:
    def test_no_customer_is_in_it(self):
        markdown, html = write_model_card(trained().model, trained().margins, LEAKAGE, GATE, REASONS, COLUMNS)
        ids = trained().margins["customer_id"]
        assert not [one for one in ids if one in markdown or one in html]

    def test_equal_input_gives_equal_bytes_whatever_the_order_of_the_rows(self):
        shuffled = trained().margins.sample(frac=1, random_state=np.random.RandomState(1))
        given = (LEAKAGE, GATE, REASONS, COLUMNS)
        assert write_model_card(trained().model, trained().margins, *given) == write_model_card(
            trained().model, shuffled, *given
        )
