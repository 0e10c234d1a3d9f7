"""Which columns are compared, and what the others are for: by a columns file, or by their names."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from segmentation_model.drift_check import check
from segmentation_model.drift_check.columns_file import read_columns_file
from segmentation_model.drift_check.table_roles import TableRoles
from tests.drift_check.months import Checked, Desk, month, with_tariffs

PROJECT = Path(__file__).parents[2]
MONTHS = 8


def raw_month(number: int, rows: int = 2_000, *, stuck: bool = False) -> pd.DataFrame:
    """A raw table with foreign names and six months of bills, ``B1`` the newest; month 0, 1, … of one history.

    Args:
        number: The month.
        rows: Customers, the same in every month.
        stuck: The window has not moved since the month before.
    """
    history = np.random.default_rng(5).lognormal(4, 1, (rows, MONTHS + 6))
    newest = number + 6 - (1 if stuck else 0)
    random = np.random.default_rng(number)
    return pd.DataFrame(
        {
            "ACCOUNT": np.arange(rows),
            "BILLED_ON": f"2026-{number + 1:02d}-28",
            "RATE": random.choice(["D", "dom", "I"], rows, p=[0.5, 0.2, 0.3]),
            "UNPAID": random.integers(0, 2, rows),
            "ZONE": random.choice([101, 205, 307], rows),
            "CODE": random.normal(number * 10, 1, rows),
            **{f"B{m}": history[:, newest - m] for m in range(1, 7)},
        }
    )


FILE = """
roles: {customer_id: ACCOUNT, invoice_date: BILLED_ON, tariff: RATE, target: UNPAID}
values: {tariff: {Domestic: [D, Dom], Industrial: [I]}}
monthly: {billed: {pattern: "B{m}", months: 6}}
categorical: [ZONE]
ignore: [CODE]
"""


@pytest.fixture
def file(desk: Desk) -> str:
    (desk.folder / "columns.yml").write_text(FILE)
    return str(desk.folder / "columns.yml")


def checked_with(desk: Desk, file: str, june: pd.DataFrame, july: pd.DataFrame, *options: str) -> Checked:
    return desk.check(desk.put("june.parquet", june), desk.put("july.parquet", july), "--columns", file, *options)


class TestFile:
    def test_says_what_is_compared_and_as_what(self, desk: Desk, file: str):
        checked = checked_with(desk, file, raw_month(0), raw_month(1))
        kinds = {one["column"]: one["kind"] for one in checked.report["tariffs"]["Domestic"]["columns"]}
        assert kinds == {"ZONE": "categorical", **{f"B{m}": "numeric" for m in range(1, 7)}}
        assert checked.report["tariffs"]["Domestic"]["extra_columns"] == []

    def test_says_which_values_mean_which_tariff(self, desk: Desk, file: str):
        july = raw_month(1)
        checked = checked_with(desk, file, raw_month(0), july)
        rows = {name: one["current_rows"] for name, one in checked.report["tariffs"].items()}
        assert rows == {"Domestic": (july["RATE"] != "I").sum(), "Industrial": (july["RATE"] == "I").sum()}

    def test_its_families_are_one_line(self, desk: Desk, file: str):
        checked = checked_with(desk, file, raw_month(0), raw_month(1))
        lines = {line["name"] for line in checked.report["tariffs"]["Domestic"]["families"]}
        assert lines == {"billed", "ZONE"}

    def test_all_of_its_keys_may_be_left_out(self):
        layout = read_columns_file(b"ignore: [a]", "x.yml")
        assert TableRoles(layout).compared(["customer_id", "a", "b", "target"]) == ["b"]

    def test_the_names_of_the_tariffs_need_no_values(self):
        layout = read_columns_file(b"roles: {tariff: RATE}", "x.yml")
        assert TableRoles(layout).tariff_codes == {"domestic": "Domestic", "industrial": "Industrial"}

    def test_a_projects_parameters_will_do(self):
        path = PROJECT / "conf" / "base" / "parameters" / "columns.yml"
        roles = TableRoles(read_columns_file(path.read_bytes(), str(path)))
        assert roles.column_of("tariff", ["Id_Cliente", "Tarifa"]) == "Tarifa"
        assert roles.families(["Saldo_03", "balance_mean_03", "Otro"]) == {
            "Saldo_03": "balance",
            "balance_mean_03": "balance",
        }

    def test_the_layout_in_use_is_chosen_by_name(self):
        text = "columns: {use: b, layouts: {a: {ignore: [x]}, b: {ignore: [y]}}}\nother: 1"
        assert read_columns_file(text.encode(), "x.yml").ignore == ("y",)

    def test_it_may_be_the_projects_with_canonical_tables(self, desk: Desk):
        file = str(PROJECT / "conf" / "base" / "parameters" / "columns.yml")
        june, july = with_tariffs(month(), month(seed=2)), with_tariffs(month(seed=3), month(seed=4))
        checked = checked_with(desk, file, june, july)
        assert set(checked.statistics("Industrial")) == {"amount", "late", "channel", "direct_debit"}


class TestNames:
    """What the file names must be there, by the job's rule: a misspelt role would be left out in silence."""

    @pytest.mark.parametrize("option", ["--model-type=both", "--model-type=Domestic", "--quiet"])
    def test_a_misspelt_tariff_is_refused_with_role_column_and_what_there_is(self, desk: Desk, file: str, option: str):
        Path(file).write_text(FILE.replace("RATE", "RATES"))
        checked = checked_with(desk, file, raw_month(0), raw_month(1), option)
        assert checked.code == 2
        assert checked.complete()
        assert checked.message == (
            f"--columns: {file}: no column 'RATES (roles.tariff)' in the reference or in the current table; they have "
            "'RATE', 'ACCOUNT', 'B1', 'B2', 'B3', 'B4', 'B5', 'B6', 'BILLED_ON', 'CODE' and 2 more"
        )
        assert checked.message in checked.result.stderr

    @pytest.mark.parametrize(
        ("right", "wrong", "named"),
        [
            ("customer_id: ACCOUNT", "customer_id: ACOUNT", "ACOUNT (roles.customer_id)"),
            ("BILLED_ON", "BILL_DATE", "BILL_DATE (roles.invoice_date)"),
            ("months: 6", "months: 7", "B7 (monthly.billed)"),
            ("[ZONE]", "[ZONE, AREA]", "AREA (categorical)"),
            ("ignore", "numeric: [LIMIT]\nignore", "LIMIT (numeric)"),
        ],
    )
    def test_so_is_whatever_the_job_refuses(self, desk: Desk, file: str, right: str, wrong: str, named: str):
        Path(file).write_text(FILE.replace(right, wrong))
        checked = checked_with(desk, file, raw_month(0), raw_month(1))
        assert checked.code == 2
        assert f"no column '{named}' in the reference or in the current table; they have " in checked.message

    def test_one_that_only_one_table_has_is_not_compared_and_that_is_said(self, desk: Desk, file: str):
        checked = checked_with(desk, file, raw_month(0), raw_month(1).drop(columns="ZONE"))
        assert checked.code == 0
        assert checked.column("ZONE")["reason"] == "absent from the current table"

    def test_two_tables_without_the_target_are_to_be_scored_and_a_warning_says_so(self, desk: Desk, file: str):
        june, july = (raw_month(number).drop(columns="UNPAID") for number in (0, 1))
        checked = checked_with(desk, file, june, july, "--quiet")
        assert checked.code == 0
        (warning,) = checked.result.stderr.splitlines()
        assert warning.startswith("WARNING: no column 'UNPAID (roles.target)' in the reference or in the current table")
        assert warning.endswith("; both are taken for tables to score")

    def test_a_column_to_ignore_may_be_absent(self, desk: Desk, file: str):
        june, july = (raw_month(number).drop(columns="CODE") for number in (0, 1))
        assert checked_with(desk, file, june, july, "--quiet").result.stderr == ""

    def test_against_a_profile_its_columns_count_too(self, desk: Desk, file: str):
        checked_with(desk, file, raw_month(0), raw_month(1), "--profile-path", str(desk.folder / "saved"))
        july = desk.put("july.parquet", raw_month(1).drop(columns="ZONE"))
        assert desk.check(str(desk.folder / "saved"), july, "--columns", file).code == 0
        Path(file).write_text(FILE.replace("ZONE", "AREA"))
        checked = desk.check(str(desk.folder / "saved"), july, "--columns", file)
        assert checked.code == 2
        assert "no column 'AREA (categorical)' in the reference or in the current table; they have " in checked.message

    def test_canonical_tables_excuse_no_other_table_that_has_a_canonical_name(self, desk: Desk, file: str):
        Path(file).write_text(FILE.replace("RATE", "RATES"))
        june, july = (raw_month(number).assign(target=0) for number in (0, 1))
        assert checked_with(desk, file, june, july).code == 2


class TestWindows:
    def test_that_moved_are_said_to_be_fine(self, desk: Desk, file: str):
        checked = checked_with(desk, file, raw_month(0), raw_month(1))
        windows = checked.report["windows"]
        assert (windows["status"], windows["families"][0]["status"]) == ("checked", "rolled")

    @pytest.mark.parametrize("memory", [None, 200_000])
    def test_that_did_not_move_are_named(
        self, desk: Desk, file: str, memory: int | None, monkeypatch: pytest.MonkeyPatch
    ):
        if memory is not None:
            monkeypatch.setattr(check, "available_bytes", lambda: memory)
        checked = checked_with(desk, file, raw_month(0), raw_month(1, stuck=True))
        windows = checked.report["windows"]
        assert windows["families"][0]["status"] == "mis_rolled"
        assert "Monthly window of billed: " in checked.result.stdout
        assert (windows["customers"] == 2_000) == (memory is None)
        assert ("checked on one customer of" in (windows["reason"] or "")) == (memory is not None)

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            ("{}", "no monthly families are named (--columns, `monthly`), so the order of the months is not known"),
            ("monthly: {b: {pattern: 'B{m}', months: 6}}", "no column identifies the customer in both tables"),
        ],
    )
    def test_that_cannot_be_checked_are_said_not_to_be(self, desk: Desk, content: str, reason: str):
        (desk.folder / "columns.yml").write_text(content)
        june, july = (table.drop(columns="RATE") for table in (raw_month(0), raw_month(1)))
        checked = checked_with(desk, str(desk.folder / "columns.yml"), june, july)
        assert checked.report["windows"]["status"] == "not_checked"
        assert reason in checked.report["windows"]["reason"]

    def test_of_a_family_that_each_table_has_under_other_months_are_said_not_to_be(self, desk: Desk, file: str):
        june, july = raw_month(0).drop(columns=["B1", "B2", "B3"]), raw_month(1).drop(columns=["B4", "B5", "B6"])
        checked = checked_with(desk, file, june, july)
        assert checked.report["windows"]["reason"] == "no monthly family has columns in both tables"

    def test_that_lost_a_month_are_not_measurable_and_that_is_said(self, desk: Desk, file: str):
        checked = checked_with(desk, file, raw_month(0), raw_month(1).drop(columns="B3"))
        (window,) = checked.report["windows"]["families"]
        assert (window["status"], window["reason"]) == (
            "not_measurable",
            "columns that the current table does not have once: 'B3'",
        )

    def test_against_a_profile_are_said_not_to_be_checked(self, desk: Desk, file: str):
        checked_with(desk, file, raw_month(0), raw_month(1), "--profile-path", str(desk.folder / "saved"))
        july = desk.put("july.parquet", raw_month(1))
        checked = desk.check(str(desk.folder / "saved"), july, "--columns", file)
        assert checked.report["windows"]["reason"] == "the reference is saved, and holds no customers"
