"""In memory and batch by batch: two ways of computing, the same rules."""

import logging

import pandas as pd
import pytest

from segmentation_model.drift_check import check
from tests.drift_check.months import Checked, Desk, month, with_tariffs

JUNE = with_tariffs(month(4_000, seed=1), month(3_000, seed=2))
JULY = with_tariffs(month(3_500, seed=3, shift=0.3), month(2_500, seed=4)).assign(new=1.0)


@pytest.fixture
def no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "available_bytes", lambda: 0)


def without_ks(checked: Checked, tariff: str) -> dict[str, dict[str, float | None]]:
    return {
        name: {key: value for key, value in statistics.items() if not key.startswith("ks")}
        for name, statistics in checked.statistics(tariff).items()
    }


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_batches_give_what_memory_gives(desk: Desk, monkeypatch: pytest.MonkeyPatch, kind: str):
    given = (desk.put(f"june.{kind}", JUNE), desk.put(f"july.{kind}", JULY))
    whole = desk.check(*given, output="whole")
    monkeypatch.setattr(check, "available_bytes", lambda: 0)
    parts = desk.check(*given)
    assert "in memory" in whole.result.stdout
    assert "batch by batch (the tables are larger than a quarter of the free memory)" in parts.result.stdout
    for tariff in ("Domestic", "Industrial"):
        one, other = (checked.report["tariffs"][tariff] for checked in (whole, parts))
        assert [column["bins"] for column in one["columns"]] == [column["bins"] for column in other["columns"]]
        assert one["extra_columns"] == other["extra_columns"] == ["new"]
        assert without_ks(whole, tariff) == without_ks(parts, tariff)
        for name, statistics in whole.statistics(tariff).items():
            if statistics["ks"] is not None:
                assert parts.statistics(tariff)[name]["ks"] == pytest.approx(statistics["ks"], abs=0.001)


@pytest.mark.usefixtures("no_memory")
def test_a_table_against_itself_has_no_drift_at_all(desk: Desk):
    june = desk.put("june.parquet", pd.concat([month(60_000, seed) for seed in (1, 2, 3)], ignore_index=True))
    checked = desk.check(june, june)
    assert checked.summary["max_psi"] == 0
    assert all(not statistics["ks"] for statistics in checked.statistics().values())


@pytest.mark.parametrize("memory", [None, 0], ids=["in memory", "batch by batch"])
@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_dates_as_text_are_listed_and_not_compared(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, kind: str, memory: int | None
):
    if memory is not None:
        monkeypatch.setattr(check, "available_bytes", lambda: memory)
    june, july = month().assign(BILLED="30/06/2026"), month(seed=2).assign(BILLED="31/07/2026")
    checked = desk.check(desk.put(f"june.{kind}", june), desk.put(f"july.{kind}", july))
    assert checked.summary["severity"] == "none"
    assert checked.column("BILLED")["reason"] == "left out of the profile: its text holds dates"
    assert "not compared: 'BILLED': left out of" in (checked.output / "drift_report.txt").read_text()


@pytest.mark.usefixtures("no_memory")
def test_profiles_from_batches_are_saved(desk: Desk):
    given = (desk.put("june.parquet", JUNE), desk.put("july.parquet", JULY))
    first = desk.check(*given, "--profile-path", str(desk.folder / "saved"), output="first")
    checked = desk.check(str(desk.folder / "saved"), given[1])
    assert checked.report["tariffs"] == first.report["tariffs"]


@pytest.mark.usefixtures("no_memory")
def test_rows_of_unknown_tariffs_are_counted_over_all_batches(desk: Desk):
    june = JUNE.assign(tariff=JUNE["tariff"].where(JUNE.index % 1_000 != 0, "?"))
    checked = desk.check(desk.put("june.parquet", june), desk.put("july.parquet", JULY))
    assert "rows of the reference that are in neither tariff: 7," in checked.report["tariffs"]["Domestic"]["reason"]


@pytest.mark.usefixtures("no_memory")
def test_empty_tables_are_not_measured(desk: Desk):
    checked = desk.check(desk.put("june.parquet", JUNE.iloc[:0]), desk.put("july.parquet", JULY.iloc[:0]))
    assert checked.code == 3


@pytest.mark.usefixtures("no_memory")
def test_threads_change_nothing(desk: Desk):
    given = (desk.put("june.parquet", JUNE), desk.put("july.parquet", JULY))
    one, four = (desk.check(*given, "--workers", workers, output=workers) for workers in ("1", "4"))
    assert one.report == four.report


def test_long_work_is_told_of_in_the_log(desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    monkeypatch.setattr(check, "available_bytes", lambda: 0)
    monkeypatch.setattr("segmentation_model.drift_check.progress._SECONDS_BETWEEN_LINES", 0.0)
    with caplog.at_level(logging.INFO):
        desk.check(desk.put("june.parquet", JUNE), desk.put("july.parquet", JULY))
    assert "Counting the current table: 6,000 of 6,000 rows" in caplog.text
