"""The command on whole tables: what it says, what it exits with, what it leaves behind."""

import json

import jsonschema
import pandas as pd
import pytest

from segmentation_model.drift.reports.schema import report_schema
from segmentation_model.drift_check import check
from tests.drift_check.months import REPORTS, Desk, month, with_tariffs

SHIFTED = month(seed=2, shift=1.0)


class TestExitCodes:
    def test_no_drift_is_0(self, desk: Desk):
        checked = desk.check(desk.put("june.parquet", month()), desk.put("july.parquet", month(seed=2)))
        assert checked.code == 0
        assert (checked.summary["status"], checked.summary["exit_code"]) == ("clean", 0)

    def test_drift_without_a_gate_is_0(self, desk: Desk):
        checked = desk.check(desk.put("june.parquet", month()), desk.put("july.parquet", SHIFTED))
        assert checked.code == 0
        assert checked.summary["severity"] == "high"

    @pytest.mark.parametrize(
        ("option", "code"),
        [
            ("--fail-on-drift", 1),
            ("--fail-on-drift=true", 1),
            ("--fail-on-drift=high", 1),
            ("--fail-on-drift=Moderate", 1),
            ("--fail-on-drift=false", 0),
        ],
    )
    def test_the_gate_decides(self, desk: Desk, option: str, code: int):
        checked = desk.check(desk.put("june.parquet", month()), desk.put("july.parquet", SHIFTED), option)
        assert checked.code == code
        assert checked.summary["status"] == ("tripped" if code else "clean")
        assert checked.complete()

    def test_the_level_may_follow_as_a_word_of_its_own(self, desk: Desk):
        given = (desk.put("june.parquet", month()), desk.put("july.parquet", SHIFTED))
        assert desk.check(*given, "--fail-on-drift", "low").summary["fail_on_drift"] == "low"

    def test_a_higher_threshold_lets_drift_pass(self, desk: Desk):
        given = (desk.put("june.parquet", month()), desk.put("july.parquet", SHIFTED), "--fail-on-drift")
        assert desk.check(*given, "--threshold", "5").code == 0
        assert desk.check(*given, "--threshold", "0.2").code == 1

    def test_an_empty_reference_is_skipped_and_says_so(self, desk: Desk):
        checked = desk.check("", desk.put("july.parquet", month()), "--fail-on-drift")
        assert checked.code == 0
        assert {one["status"] for one in checked.summary["tariffs"].values()} == {"skipped"}
        assert checked.message == (
            "drift skipped: Domestic and Industrial: no reference is given (--reference-path is empty)"
        )
        assert checked.complete()

    def test_an_empty_current_table_is_3(self, desk: Desk):
        checked = desk.check(desk.put("june.parquet", month()), desk.put("july.parquet", month().iloc[:0]))
        assert checked.code == 3
        assert checked.summary["status"] == "not_measured"
        assert "the current table has no rows" in checked.result.stderr
        assert checked.complete()

    def test_an_error_that_nobody_foresaw_is_3_with_its_traceback(self, desk: Desk, monkeypatch: pytest.MonkeyPatch):
        def fail(*_: object) -> None:
            raise ZeroDivisionError("surprise")

        monkeypatch.setattr(check, "compare_frames", fail)
        checked = desk.check(desk.put("june.parquet", month()), desk.put("july.parquet", month()))
        assert checked.code == 3
        assert checked.message.endswith("unforeseen ZeroDivisionError: surprise")
        assert 'raise ZeroDivisionError("surprise")' in checked.result.stderr
        assert checked.complete()

    def test_an_interruption_is_130_without_a_word_more(self, desk: Desk, monkeypatch: pytest.MonkeyPatch):
        def interrupt(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(check, "compare_frames", interrupt)
        checked = desk.check(desk.put("june.parquet", month()), desk.put("july.parquet", month()))
        assert checked.code == 130
        assert checked.result.stderr.splitlines()[-1] == "Interrupted"
        assert list(checked.output.iterdir()) == []


class TestTables:
    @pytest.mark.parametrize("reference", ["june.parquet", "june.csv"])
    @pytest.mark.parametrize("current", ["july.parquet", "july.csv"])
    def test_parquet_and_csv_say_the_same(self, desk: Desk, reference: str, current: str):
        june, july = month(), month(seed=2, shift=0.3)
        expected = desk.check(desk.put("a.parquet", june), desk.put("b.parquet", july), output="expected")
        checked = desk.check(desk.put(reference, june), desk.put(current, july))
        assert checked.statistics() == expected.statistics()

    def test_a_folder_of_files_is_one_table(self, desk: Desk):
        june, july = month(), month(seed=2, shift=0.3)
        expected = desk.check(desk.put("a.parquet", june), desk.put("b.parquet", july), output="expected")
        for part in range(3):
            desk.put(f"june/part-{part}.parquet", june.iloc[part::3])
        checked = desk.check(str(desk.folder / "june"), desk.put("july.parquet", july))
        assert checked.statistics() == expected.statistics()

    def test_customers_dates_target_and_tariff_are_not_compared(self, desk: Desk):
        june = month().assign(invoice_date="2026-06-30", target=0, tariff="Domestic")
        july = month(seed=2).assign(invoice_date="2026-07-31", target=1, tariff="Domestic")
        checked = desk.check(desk.put("june.parquet", june), desk.put("july.parquet", july))
        assert set(checked.statistics()) == {"amount", "late", "channel", "direct_debit"}
        assert checked.report["tariffs"]["Domestic"]["extra_columns"] == []
        assert checked.summary["severity"] == "none"

    def test_numbered_columns_are_one_line_of_the_report(self, desk: Desk):
        june = pd.DataFrame({f"BILL_{m}": month(seed=m)["amount"] for m in range(1, 7)})
        july = pd.DataFrame({f"BILL_{m}": month(seed=m + 10, shift=1)["amount"] for m in range(1, 7)})
        checked = desk.check(desk.put("june.parquet", june), desk.put("july.parquet", july))
        (line,) = checked.report["tariffs"]["Domestic"]["families"]
        assert (line["name"], line["columns"], line["columns_drifted"]) == ("BILL", 6, 6)

    def test_a_column_of_another_type_takes_no_other_down(self, desk: Desk):
        july = month(seed=2).assign(late="often")
        checked = desk.check(desk.put("june.parquet", month()), desk.put("july.parquet", july))
        assert checked.code == 0
        assert checked.column("late")["status"] == "not_compared"
        assert checked.column("late")["reason"].startswith("numeric in the reference, categorical now")
        assert checked.column("amount")["status"] == "measured"

    def test_a_column_that_the_files_do_not_agree_on_takes_no_other_down(self, desk: Desk):
        for name, table in (("june", month()), ("july", month(seed=2))):
            desk.put(f"{name}/0.parquet", table.iloc[:2_000])
            other = table.iloc[2_000:]
            desk.put(
                f"{name}/1.parquet", other.assign(late="often") if name == "june" else other.drop(columns="amount")
            )
        checked = desk.check(str(desk.folder / "june"), str(desk.folder / "july"))
        assert checked.code == 0
        assert checked.column("late")["reason"].startswith("in the reference: ")
        assert checked.column("amount")["reason"].startswith("in the current table: absent from ")
        assert checked.column("channel")["status"] == "measured"
        assert checked.report["tariffs"]["Domestic"]["extra_columns"] == []

    def test_a_tariff_column_that_the_files_do_not_agree_on_is_3(self, desk: Desk):
        desk.put("june/0.parquet", month().assign(tariff="Domestic"))
        desk.put("june/1.parquet", month())
        checked = desk.check(str(desk.folder / "june"), desk.put("july.parquet", month().assign(tariff="Domestic")))
        assert checked.code == 3
        assert "the tariff column 'tariff' cannot be read: absent from" in checked.message

    def test_a_missing_column_takes_no_other_down(self, desk: Desk):
        july = month(seed=2).drop(columns="late").assign(new=1.0)
        checked = desk.check(desk.put("june.parquet", month()), desk.put("july.parquet", july))
        assert checked.column("late")["reason"] == "absent from the current table"
        assert checked.report["tariffs"]["Domestic"]["extra_columns"] == ["new"]


class TestTariffs:
    JUNE = with_tariffs(month(seed=1), month(seed=2))
    JULY = with_tariffs(month(seed=3), month(seed=4, shift=1.0))

    def test_each_is_judged_apart(self, desk: Desk):
        checked = desk.check(desk.put("june.parquet", self.JUNE), desk.put("july.parquet", self.JULY))
        by_tariff = {name: one["severity"] for name, one in checked.summary["tariffs"].items()}
        assert by_tariff == {"Domestic": "none", "Industrial": "high"}

    def test_two_that_drift_in_opposite_directions_are_both_seen(self, desk: Desk):
        july = with_tariffs(month(seed=3, shift=0.5), month(seed=4, shift=-0.5))
        checked = desk.check(desk.put("june.parquet", self.JUNE), desk.put("july.parquet", july))
        assert all(one["columns_drifted"] == 1 for one in checked.summary["tariffs"].values())

    @pytest.mark.parametrize(("wanted", "severity"), [("Domestic", "none"), ("industrial", "high")])
    def test_one_can_be_asked_for(self, desk: Desk, wanted: str, severity: str):
        given = (desk.put("june.parquet", self.JUNE), desk.put("july.parquet", self.JULY))
        checked = desk.check(*given, "--model-type", wanted)
        assert list(checked.summary["tariffs"]) == [wanted.capitalize()]
        assert checked.summary["severity"] == severity

    def test_a_table_without_is_all_domestic(self, desk: Desk):
        checked = desk.check(desk.put("june.parquet", month()), desk.put("july.parquet", month(seed=2)))
        assert list(checked.summary["tariffs"]) == ["Domestic"]

    def test_a_table_without_is_of_the_tariff_that_is_named(self, desk: Desk):
        given = (desk.put("june.parquet", month()), desk.put("july.parquet", month(seed=2)))
        assert list(desk.check(*given, "--model-type", "Industrial").summary["tariffs"]) == ["Industrial"]

    def test_a_tariff_without_rows_on_either_side_is_skipped(self, desk: Desk):
        june, july = (table[table["tariff"] == "Domestic"] for table in (self.JUNE, self.JULY))
        checked = desk.check(desk.put("june.parquet", june), desk.put("july.parquet", july))
        assert checked.code == 0
        assert checked.summary["tariffs"]["Industrial"]["status"] == "skipped"

    def test_rows_of_an_unknown_tariff_are_counted_and_said(self, desk: Desk):
        july = self.JULY.assign(tariff=self.JULY["tariff"].where(self.JULY.index >= 7, "Agrario"))
        july.loc[0, "tariff"] = None
        checked = desk.check(desk.put("june.parquet", self.JUNE), desk.put("july.parquet", july))
        said = "rows of the current table that are in neither tariff: 7, for their value of it: 'Agrario', '(missing)'"
        assert checked.report["tariffs"]["Domestic"]["reason"] == said
        assert said in checked.result.stderr
        assert said in (checked.output / "drift_report.txt").read_text()
        assert checked.report["tariffs"]["Domestic"]["current_rows"] == 3_000 - 7

    def test_tables_whose_tariffs_all_are_unknown_are_not_called_clean(self, desk: Desk):
        june, july = (table.assign(tariff="T" + table["tariff"]) for table in (self.JUNE, self.JULY))
        checked = desk.check(desk.put("june.parquet", june), desk.put("july.parquet", july))
        assert checked.code == 3
        assert "rows of the reference that are in neither tariff: 6,000," in checked.message

    def test_a_tariff_column_on_one_side_only_is_a_mistake(self, desk: Desk):
        checked = desk.check(desk.put("june.parquet", self.JUNE), desk.put("july.parquet", month()))
        assert checked.code == 2
        assert "july.parquet: has no tariff column, while" in checked.message
        assert (
            desk.check(
                desk.put("june.parquet", self.JUNE), desk.put("july.parquet", month()), "--model-type=Domestic"
            ).code
            == 0
        )


class TestOutput:
    def test_all_reports_are_there_and_agree(self, desk: Desk):
        checked = desk.check(desk.put("june.parquet", month()), desk.put("july.parquet", SHIFTED))
        assert checked.complete()
        jsonschema.validate(checked.report, report_schema("drift_report"))
        jsonschema.validate(checked.summary, report_schema("drift_summary"))
        tidy = pd.read_parquet(checked.output / "drift_columns.parquet")
        psi = tidy.query("column == 'amount' and statistic == 'psi'")["value"].item()
        assert psi == checked.statistics()["amount"]["psi"] == checked.summary["max_psi"]
        assert "amount" in (checked.output / "drift_report.txt").read_text()
        assert (checked.output / "drift_report.html").read_text().startswith("<!doctype html>")

    def test_json_prints_the_summary_and_nothing_else(self, desk: Desk):
        checked = desk.check(desk.put("june.parquet", month()), desk.put("july.parquet", SHIFTED), "--json")
        assert json.loads(checked.result.stdout) == checked.summary

    def test_json_is_printed_for_an_error_too(self, desk: Desk):
        checked = desk.check(desk.put("june.parquet", month()), str(desk.folder / "nowhere"), "--json")
        assert json.loads(checked.result.stdout)["status"] == "error"
        assert checked.result.stderr.splitlines()[-1].startswith("Error: ")

    def test_the_summary_for_people_says_what_was_found_and_written(self, desk: Desk):
        checked = desk.check(desk.put("june.parquet", month()), desk.put("july.parquet", SHIFTED))
        shown = checked.result.stdout
        headline, message, _ = shown.split("\n", 2)
        assert headline == "HIGH DRIFT, and the gate is off (fail_on_drift: false): exit code 0"
        assert message.startswith("drift: Domestic is high, 1 of 4 columns drifted, first amount with PSI ")
        assert (checked.output / "drift_report.txt").read_text().splitlines()[2:4] == [headline, message]
        assert "in memory (exact KS statistics)" in shown
        assert all(str(checked.output / name) in shown for name in REPORTS)
        assert "\x1b" not in shown

    def test_quiet_says_nothing(self, desk: Desk):
        checked = desk.check(desk.put("june.parquet", month()), desk.put("july.parquet", SHIFTED), "--quiet")
        assert (checked.result.stdout, checked.result.stderr) == ("", "")

    def test_other_files_in_the_folder_stay_and_old_reports_go(self, desk: Desk):
        given = (desk.put("june.parquet", month()), desk.put("july.parquet", SHIFTED))
        (desk.folder / "out").mkdir()
        (desk.folder / "out" / "mine.txt").write_text("mine")
        (desk.folder / "out" / "drift_summary.json").write_text("old")
        checked = desk.check(*given)
        assert checked.summary["severity"] == "high"
        assert {path.name for path in checked.output.iterdir()} == {*REPORTS, "mine.txt"}

    @pytest.mark.parametrize("given", [["--output-path", ""], []])
    def test_no_place_to_write_to_is_2_with_a_message(self, desk: Desk, given: list[str]):
        checked = desk.call(["--reference-path", "", *given])
        assert checked.code == 2
        assert checked.result.stderr == "Error: --output-path: missing; give the folder to write the reports to\n"

    def test_a_place_that_cannot_be_written_to_is_2_before_any_work(self, desk: Desk, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(check, "open_table", None)
        (desk.folder / "out").write_text("a file")
        checked = desk.check(desk.put("june.parquet", month()), desk.put("july.parquet", month()))
        assert checked.code == 2
        assert checked.result.stderr == f"Error: --output-path: {desk.folder}/out: File exists\n"
