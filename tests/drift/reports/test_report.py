"""What people and machines read: complete, finite, in a stable order, and alike in all its forms."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from segmentation_model.drift.judgement.gate import FailOnDrift, decide_gate, failed_gate
from segmentation_model.drift.judgement.monthly_windows import WindowCheck
from segmentation_model.drift.judgement.severity import Severity
from segmentation_model.drift.judgement.table_drift import TableDrift, skipped_table, unmeasured_table
from segmentation_model.drift.reports.findings import Findings
from segmentation_model.drift.reports.json_report import TIDY_COLUMNS, drift_columns, drift_report
from segmentation_model.drift.reports.summary import drift_summary
from segmentation_model.drift.reports.text_report import LINES_PER_TARIFF, drift_page
from segmentation_model.drift.settings import DriftSettings
from tests.drift.builders import RULE, judge, table_at

DATE = "2024-01-31"
KEYS = {
    "status",
    "exit_code",
    "severity",
    "max_psi",
    "columns",
    "columns_drifted",
    "prediction_severity",
    "threshold",
    "fail_on_drift",
    "execution_date",
}
NO_IDS = WindowCheck(status="not_checked", reason="the current table has no column 'id' that identifies the customer")


class TestTheSummary:
    def test_has_the_contract_s_keys_and_no_others(self, tables: dict[str, TableDrift]) -> None:
        summary = drift_summary(Findings(tables, decide_gate(tables, "moderate"), RULE, DATE))
        assert set(summary) == KEYS | {"message", "misrolled_families", "tariffs"}
        assert set(summary["tariffs"]) == {"Domestic", "Industrial"}
        assert all(set(entry) == KEYS for entry in summary["tariffs"].values())

    def test_is_the_worst_of_the_tariffs(self, tables: dict[str, TableDrift]) -> None:
        summary = drift_summary(Findings(tables, decide_gate(tables, "moderate"), RULE, DATE))
        domestic, industrial = summary["tariffs"]["Domestic"], summary["tariffs"]["Industrial"]
        assert {key: summary[key] for key in KEYS} == domestic
        assert (summary["status"], summary["exit_code"], summary["fail_on_drift"]) == ("tripped", 1, "moderate")
        assert (summary["columns"], summary["columns_drifted"]) == (24, 3)
        assert summary["prediction_severity"] in {"moderate", "high"}
        assert industrial["status"] == "skipped"
        assert (industrial["severity"], industrial["max_psi"], industrial["columns"]) == ("not_measured", None, 0)

    def test_adds_columns_up_over_tariffs(self) -> None:
        both = {"Domestic": table_at("high"), "Industrial": table_at("none")}
        summary = drift_summary(Findings(both, decide_gate(both, False), RULE, DATE))
        assert (summary["columns"], summary["columns_drifted"], summary["severity"]) == (4, 1, "high")
        assert summary["prediction_severity"] == "not_measured"

    @pytest.mark.parametrize("fail_on_drift", [False, "low", True])
    def test_says_in_one_line_what_the_gate_says(self, tables: dict[str, TableDrift], fail_on_drift: Any) -> None:
        outcome = decide_gate(tables, fail_on_drift)
        assert drift_summary(Findings(tables, outcome, RULE, DATE))["message"] == outcome.message

    def test_says_it_in_one_line_where_a_reason_has_several(self) -> None:
        tables = {"Domestic": skipped_table("no baseline:\n  nothing is named")}
        summary = drift_summary(Findings(tables, decide_gate(tables, True), RULE, DATE))
        assert summary["message"] == "drift skipped: Domestic: no baseline: nothing is named"

    def test_says_which_threshold_was_used(self, tables: dict[str, TableDrift]) -> None:
        rule = DriftSettings(drift_threshold=0.4)
        assert drift_summary(Findings(tables, decide_gate(tables, False), rule, DATE))["threshold"] == 0.4

    @pytest.mark.parametrize(("checked", "named"), [(True, ["amounts"]), (False, None)])
    def test_names_the_mis_rolled_families_and_nothing_where_that_was_not_checked(
        self, tables: dict[str, TableDrift], windows: WindowCheck, checked: bool, named: list[str] | None
    ) -> None:
        outcome = decide_gate(tables, False)
        summary = drift_summary(Findings(tables, outcome, RULE, DATE, windows=windows if checked else NO_IDS))
        assert summary["misrolled_families"] == named
        assert drift_summary(Findings(tables, outcome, RULE, DATE))["misrolled_families"] is None

    def test_can_be_written_where_an_error_came_first(self) -> None:
        summary = drift_summary(Findings({}, failed_gate("fail_on_drift: 'x' is not allowed", True), RULE, DATE))
        assert (summary["status"], summary["exit_code"], summary["tariffs"]) == ("error", 2, {})


class TestTheReport:
    def test_is_finite_deterministic_json_of_at_most_10_digits(self, tables: dict[str, TableDrift]) -> None:
        report = drift_report(Findings(tables, decide_gate(tables, True), RULE, DATE))
        text = json.dumps(report, allow_nan=False)
        assert json.loads(text) == report
        assert text == json.dumps(
            drift_report(Findings(tables, decide_gate(tables, True), RULE, DATE)), allow_nan=False
        )

        def numbers(value: object) -> list[float]:
            if isinstance(value, dict):
                return [number for one in value.values() for number in numbers(one)]
            if isinstance(value, list):
                return [number for one in value for number in numbers(one)]
            return [value] if isinstance(value, float) else []

        assert all(number == float(f"{number:.10g}") for number in numbers(report))

    def test_has_every_column_with_its_bins(self, tables: dict[str, TableDrift]) -> None:
        report = drift_report(Findings(tables, decide_gate(tables, True), RULE, DATE))
        columns = {one["column"]: one for one in report["tariffs"]["Domestic"]["columns"]}
        assert list(columns) == [column.column for column in tables["Domestic"].columns]
        assert columns["c005"]["unseen"] == ["zz"]
        unseen = next(one for one in columns["c005"]["bins"] if one["role"] == "unseen")
        assert (unseen["reference"], unseen["current"]) == (0, 300)
        for name, column in columns.items():
            if name not in {"gone", "when"}:
                assert sum(one["reference"] for one in column["bins"]) == 3_000
                assert sum(one["current"] for one in column["bins"]) == 2_000
        assert columns["gone"]["severity"] == columns["when"]["severity"] == "not_measured"
        assert columns["when"]["reason"].startswith("left out of the profile: dtype datetime64")

    def test_rolls_families_up_and_keeps_them_expandable(self, tables: dict[str, TableDrift]) -> None:
        first = drift_report(Findings(tables, decide_gate(tables, True), RULE, DATE))["tariffs"]["Domestic"][
            "families"
        ][0]
        assert (first["name"], first["is_family"]) == ("amounts", True)
        assert (first["columns"], first["columns_drifted"]) == (10, 3)
        assert len(first["members"]) == 10

    def test_says_what_is_known_about_the_windows(self, tables: dict[str, TableDrift], windows: WindowCheck) -> None:
        outcome = decide_gate(tables, True)
        assert drift_report(Findings(tables, outcome, RULE, DATE))["windows"] is None
        families = drift_report(Findings(tables, outcome, RULE, DATE, windows=windows))["windows"]["families"]
        assert [(one["family"], one["status"]) for one in families] == [
            (one.family, one.status) for one in windows.families
        ]

    def test_cuts_categories_that_are_long_texts(self) -> None:
        text = pd.Series(["word " * 1_000, "b"] * 200)
        drift = {"Domestic": judge({"x": text}, {"x": pd.concat([text, pd.Series(["c" * 5_000])])})}
        column = drift_report(Findings(drift, decide_gate(drift, False), RULE, DATE))["tariffs"]["Domestic"]["columns"][
            0
        ]
        assert sorted(len(label) for label in [*column["unseen"], column["bins"][1]["label"]]) == [120, 120]


class TestTheTidyTable:
    def test_has_one_row_per_tariff_column_and_statistic(self, tables: dict[str, TableDrift]) -> None:
        tidy = drift_columns(tables)
        assert tuple(tidy.columns) == TIDY_COLUMNS
        assert not tidy.duplicated(["tariff", "column", "statistic"]).any()
        assert np.isfinite(tidy["value"]).all()
        assert set(tidy["tariff"]) == {"Domestic"}

    def test_agrees_with_the_judgements(self, tables: dict[str, TableDrift]) -> None:
        psi = drift_columns(tables).query("statistic == 'psi' and kind != 'prediction'").set_index("column")["value"]
        expected = {column.column: column.drift.psi for column in tables["Domestic"].columns if column.drift}
        assert psi.to_dict() == pytest.approx(expected, rel=1e-9)

    def test_has_the_same_columns_where_nothing_was_measured(self) -> None:
        nothing = drift_columns({"Domestic": skipped_table("no baseline")})
        something = drift_columns({"Domestic": judge({"x": [1]}, {"x": [1]})})
        assert nothing.empty
        assert not something.empty
        pd.testing.assert_series_equal(nothing.dtypes, something.dtypes)


class TestTheHeadline:
    """A gate that lets a run pass does not make its drift small."""

    @pytest.mark.parametrize(
        ("severity", "fail_on_drift", "headline"),
        [
            ("none", True, "NO DRIFT: exit code 0"),
            ("none", False, "NO DRIFT: exit code 0"),
            ("low", "moderate", "LOW DRIFT, below the level that stops (fail_on_drift: moderate): exit code 0"),
            ("moderate", True, "MODERATE DRIFT, below the level that stops (fail_on_drift: high): exit code 0"),
            ("high", False, "HIGH DRIFT, and the gate is off (fail_on_drift: false): exit code 0"),
            ("high", "low", "HIGH DRIFT, and the gate tripped (fail_on_drift: low): exit code 1"),
        ],
    )
    def test_gives_the_severity_and_what_the_gate_made_of_it(
        self, severity: Severity, fail_on_drift: FailOnDrift, headline: str
    ) -> None:
        tables = {"Domestic": table_at(severity), "Industrial": table_at("none")}
        assert headline_of(Findings(tables, decide_gate(tables, fail_on_drift), RULE, DATE)) == headline

    @pytest.mark.parametrize(
        ("tables", "headline"),
        [
            ({"D": skipped_table("no baseline")}, "SKIPPED, nothing was compared: exit code 0"),
            ({"D": unmeasured_table("no rows")}, "NOT MEASURED, which is not the same as no drift: exit code 3"),
            (
                {"D": table_at("moderate"), "I": unmeasured_table("no rows")},
                "NOT MEASURED everywhere; MODERATE DRIFT where it was: exit code 3",
            ),
        ],
    )
    def test_never_calls_stable_what_was_not_measured(self, tables: dict[str, TableDrift], headline: str) -> None:
        assert headline_of(Findings(tables, decide_gate(tables, True), RULE, DATE)) == headline

    def test_of_an_error_says_that_nothing_was_measured(self) -> None:
        findings = Findings({}, failed_gate("drift_threshold: 99 is not allowed", True), RULE, DATE)
        assert headline_of(findings) == "THE CHECK FAILED, nothing was measured: exit code 2"


def headline_of(findings: Findings) -> str:
    """The first line of the page below its title."""
    return drift_page(findings).splitlines()[2]


class TestThePage:
    def test_gives_the_verdict_and_why(self, tables: dict[str, TableDrift]) -> None:
        page = drift_page(Findings(tables, decide_gate(tables, True), RULE, DATE))
        for words in (
            "DRIFT REPORT  2024-01-31",
            "Domestic: high",
            "amounts (3 of 10 columns, worst c0",
            "mean_probability",
            "not compared: 'gone': absent from the current table",
            "not in the reference: 'new'",
            "Industrial: skipped",
            "no rows of this tariff",
        ):
            assert words in page

    def test_tells_mis_rolled_windows_before_the_tariffs(
        self, tables: dict[str, TableDrift], windows: WindowCheck
    ) -> None:
        page = drift_page(Findings(tables, decide_gate(tables, True), RULE, DATE, windows=windows))
        summed = "monthly windows, 900 customers in both tables: 1 MIS-ROLLED, 1 changed, 1 not measurable, 1 rolled"
        assert page.index(summed) < page.index("  - amounts: looks not rolled") < page.index("Domestic: ")
        assert page.index("  - amounts") < page.index("  - debts") < page.index("  - days")
        assert "consumption" not in page

    @pytest.mark.parametrize(("windows", "words"), [(NO_IDS, "not checked: the current table has no"), (None, "")])
    def test_says_why_windows_were_not_checked(
        self, tables: dict[str, TableDrift], windows: WindowCheck | None, words: str
    ) -> None:
        page = drift_page(Findings(tables, decide_gate(tables, True), RULE, DATE, windows=windows))
        assert ("monthly windows" in page) is bool(words)
        assert words in page

    def test_stays_a_page_however_much_drifts(self) -> None:
        random = np.random.default_rng(3)
        before = pd.DataFrame(random.normal(size=(500, 120))).add_prefix("c")
        page = drift_page(
            Findings(
                {"Domestic": (drift := judge(before, before + 1))}, decide_gate({"Domestic": drift}, False), RULE, DATE
            )
        )
        assert f"and {120 - LINES_PER_TARIFF} more" in page
        assert len(page.splitlines()) < 60
        assert max(map(len, page.splitlines())) <= 120
