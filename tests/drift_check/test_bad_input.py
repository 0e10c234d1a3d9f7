"""What cannot be checked: one line that says what to do, the reports, exit code 2 or 3, and no traceback."""

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from segmentation_model.drift.reports.schema import report_schema
from tests.drift_check.months import DATE, Checked, Desk, month


def refused(checked: Checked, code: int) -> str:
    """The message of a check that failed as it should, with all of its reports in form."""
    assert checked.code == code
    assert checked.complete()
    assert checked.summary["status"] == {2: "error", 3: "not_measured"}[code]
    assert checked.summary["exit_code"] == checked.report["exit_code"] == code
    jsonschema.validate(checked.summary, report_schema("drift_summary"))
    jsonschema.validate(checked.report, report_schema("drift_report"))
    assert checked.message in checked.result.stderr
    assert "Traceback" not in checked.result.stderr
    assert "\n" not in checked.message
    return checked.message


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--threshold=0", "--threshold: Input should be greater than 0 (given: '0'); a PSI above 0 and at most 10"),
        ("--threshold=11", "--threshold: Input should be less than or equal to 10 (given: '11'); a PSI above 0 and"),
        ("--threshold=-1", "--threshold: Input should be greater than 0 (given: '-1'); a PSI above 0"),
        ("--threshold=nan", "(given: 'nan'); a PSI above 0 and at most 10 is allowed"),
        ("--threshold=much", "--threshold: Input should be a valid number, unable to parse string"),
        ("--fail-on-drift=severe", "--fail-on-drift: 'severe' is not allowed; use true, false, 'low', 'moderate' or"),
        ("--model-type=Agrario", "--model-type: 'Agrario' is not allowed; use 'both', 'Domestic' or 'Industrial'"),
        ("--execution-date=31.07.2026", "--execution-date: '31.07.2026' is no date; write it as 2026-07-31"),
        ("--execution-date=", "--execution-date: missing; give the date of the run, such as 2026-07-31"),
        ("--current-path=", "--current-path: missing; give the table to judge"),
        ("--workers=0", "--workers: '0' is not allowed; use a number of threads from 1 to 64"),
        ("--workers=two", "--workers: 'two' is not allowed"),
        ("--endpoint-url=minio", "--endpoint-url: 'minio' is no address of an object store; write it as https://"),
        ("--reference-path=nowhere/domestic.tar.gz", "nowhere/domestic.tar.gz: there is no such file or folder"),
        ("--columns=nowhere.yml", "--columns: nowhere.yml: No such file or directory"),
        ("--current-path=nowhere.parquet", "nowhere.parquet: there is no such file or folder"),
        ("--reference-path=nowhere.parquet", "nowhere.parquet: there is no such file or folder"),
        ("--current-path=ftpx://nowhere/x", "ftpx"),
        ("--reference-path=ftpx://nowhere/x", "ftpx"),
    ],
)
def test_what_was_typed_wrong_is_2(desk: Desk, option: str, message: str):
    checked = desk.check(desk.put("june.parquet", month(50)), desk.put("july.parquet", month(50)), option)
    assert message in refused(checked, 2)


def test_several_mistakes_are_told_at_once(desk: Desk):
    checked = desk.check("june.parquet", "july.parquet", "--threshold=0", "--model-type=x", "--fail-on-drift=y")
    message = refused(checked, 2)
    assert all(option in message for option in ("--threshold: ", "--model-type: ", "--fail-on-drift: "))


def test_what_was_typed_right_is_in_the_report_of_an_error(desk: Desk):
    checked = desk.check("june.parquet", "july.parquet", "--threshold=0.5", "--fail-on-drift", "--model-type=x")
    refused(checked, 2)
    assert (checked.summary["threshold"], checked.summary["fail_on_drift"]) == (0.5, True)
    assert checked.summary["execution_date"] == DATE


def test_no_reference_option_is_2_and_not_a_skipped_check(desk: Desk):
    given = ["--current-path", desk.put("july.parquet", month(50)), "--execution-date", DATE]
    checked = desk.call([*given, "--output-path", str(desk.folder / "out")])
    assert "--reference-path: missing; give a table, a saved profile or a model" in refused(checked, 2)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("numbers: [a]", "numbers: unknown key; allowed here: categorical, date_formats, ignore, monthly, numeric"),
        ("roles: {tarif: T}", "roles.tarif: unknown key; allowed here: business_activity, complaints_12m"),
        ("monthly: {a: {pattern: x}}", "monthly.a: give either `pattern` and `months`, or `columns`"),
        ("roles: {tariff: T}\nvalues: {tariff: {Agrario: [A]}}", "values.tariff: 'Agrario' is no tariff"),
        ("numeric: [a]\ncategorical: [a]", "columns named more than once: 'a'; each column has one role"),
        ("- a", "the keys of a layout are needed: 'roles', 'values', 'monthly', 'numeric', 'categorical', 'ignore'"),
        ("", "the keys of a layout are needed"),
        ("a: [", "no YAML ("),
        ("columns: {use: '${x}', layouts: {a: {}, b: {}}}", "'${x}' does not name one of the layouts 'a', 'b'; write"),
        ("columns: {use: c, layouts: {a: {}}}", "c"),
        ("columns: {layouts: {}}", "columns.layouts: at least one layout is needed"),
    ],
)
def test_a_wrong_columns_file_is_2(desk: Desk, content: str, message: str):
    (desk.folder / "columns.yml").write_text(content)
    given = (desk.put("june.parquet", month(50)), desk.put("july.parquet", month(50)))
    checked = desk.check(*given, "--columns", str(desk.folder / "columns.yml"))
    assert message in refused(checked, 2)


def test_no_common_columns_is_3(desk: Desk):
    july = month(50).add_prefix("new_")
    checked = desk.check(desk.put("june.parquet", month(50)), desk.put("july.parquet", july))
    assert "no column of the reference can be compared" in refused(checked, 3)


@pytest.mark.parametrize("empty", ["reference", "current", "both"])
def test_empty_tables_are_3(desk: Desk, empty: str):
    june, july = (
        desk.put(f"{name}.parquet", month(50).iloc[: 0 if empty in (name, "both") else None])
        for name in ("reference", "current")
    )
    assert "no rows" in refused(desk.check(june, july), 3)


def test_too_few_rows_to_say_anything_is_3(desk: Desk):
    checked = desk.check(desk.put("june.parquet", month(20)), desk.put("july.parquet", month(20, seed=2)))
    assert "too few rows to call anything stable: 20 in the reference, 20 now" in refused(checked, 3)


@pytest.mark.parametrize(("content", "name"), [(b"PAR1 damaged", "x.parquet"), (b"\x00\xff\xfe\x00", "x.csv")])
@pytest.mark.parametrize("side", [0, 1])
def test_a_damaged_table_is_3(desk: Desk, content: bytes, name: str, side: int):
    paths = [desk.put("june.parquet", month(50)), desk.put("july.parquet", month(50))]
    (desk.folder / name).write_bytes(content)
    paths[side] = str(desk.folder / name)
    assert name in refused(desk.check(*paths), 3)


def edited(change: Callable[[dict], None]) -> Callable[[Path], None]:
    """Changes the JSON document of a profile."""

    def edit(folder: Path) -> None:
        path = folder / "reference_profile.json"
        document = json.loads(path.read_text())
        change(document)
        path.write_text(json.dumps(document))

    return edit


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (edited(lambda document: document.update(schema_version=99)), "schema version 99 cannot be read"),
        (edited(lambda document: document.update(rows=7)), "damaged, the document does not match its checksum"),
        (lambda folder: (folder / "reference_profile.json").write_text("{"), "damaged, the document is not JSON"),
        (lambda folder: (folder / "reference_profile.parquet").write_bytes(b"x"), "damaged, the table is not Parquet"),
        (lambda folder: (folder / "reference_profile.parquet").unlink(), "no 'reference_profile.parquet'"),
        (lambda folder: (folder / "reference_profile.json").unlink(), "no 'reference_profile.json'"),
    ],
)
def test_a_profile_that_cannot_be_read_is_3(desk: Desk, damage: Callable[[Path], None], message: str):
    june, july = desk.put("june.parquet", month()), desk.put("july.parquet", month(seed=2))
    desk.check(june, july, "--profile-path", str(desk.folder / "saved"), output="first")
    damage(desk.folder / "saved" / "domestic")
    said = refused(desk.check(str(desk.folder / "saved"), july), 3)
    assert message in said
    assert "saved/domestic" in said
