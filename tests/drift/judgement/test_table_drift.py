"""A table is measured as a whole or says why not, and too few rows are never called stable."""

import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from segmentation_model.drift.judgement.table_drift import TableDrift, check_table, compare_tables
from segmentation_model.drift.reference import table_columns
from segmentation_model.drift.reference.prediction_reference import Share
from segmentation_model.drift.reference.profile import build_profile, count_table
from segmentation_model.drift.reference.profile_file import profile_to_bytes
from segmentation_model.drift.settings import ProfileSettings
from tests.drift.builders import FROZEN, RULE, judge, undrifted_table


def test_a_table_against_itself_is_none_with_every_psi_0() -> None:
    features = undrifted_table(np.random.default_rng(1), 2_000, 12)
    drift = judge(features, features)
    assert drift.severity == "none"
    assert drift.max_psi == 0.0
    assert {column.ks for column in drift.columns} == {0.0, None}


@pytest.mark.parametrize(
    ("reference", "current", "reason"),
    [
        ({"x": []}, {"x": [1.0]}, "the reference has no rows"),
        ({"x": [1.0]}, {"x": []}, "the current table has no rows"),
        ({"x": [1.0, 2.0]}, {"y": [1.0]}, "no column of the reference can be compared"),
        (
            {"x": np.arange(50.0)},
            {"x": np.arange(50.0)},
            "too few rows to call anything stable: 50 in the reference, 50",
        ),
    ],
)
def test_a_table_that_cannot_be_measured_says_why(reference: dict, current: dict, reason: str) -> None:
    drift = judge(pd.DataFrame(reference, dtype=float), pd.DataFrame(current, dtype=float))
    assert (drift.status, drift.severity) == ("not_measured", "not_measured")
    assert drift.reason is not None
    assert drift.reason.startswith(reason)


def test_too_few_rows_are_not_measurable_but_a_large_drift_shows_all_the_same() -> None:
    random = np.random.default_rng(3)
    reference = random.normal(size=100)
    quiet = judge({"x": reference}, {"x": random.normal(size=100)})
    assert (quiet.columns[0].status, quiet.columns[0].judged_severity) == ("not_measurable", "not_measured")
    assert quiet.columns[0].reason is not None
    assert "at most 0.25 is allowed" in quiet.columns[0].reason
    loud = judge({"x": reference}, {"x": random.normal(3, 1, 100)})
    assert (loud.columns[0].status, loud.severity) == ("measured", "high")


def test_a_segment_share_alone_can_be_the_verdict() -> None:
    features = pd.DataFrame({"x": np.random.default_rng(5).normal(size=4_000)})
    profile = build_profile(features, FROZEN, shares={"Incorriente": Share(200, 4_000)})
    drift = check_table(profile, features, RULE, shares={"Incorriente": Share(1_500, 4_000)})
    assert drift.verdict is not None
    assert (drift.severity, drift.verdict.prediction, drift.verdict.features) == ("high", "high", "none")
    assert drift.prediction_severity == "not_measured"


def test_a_drift_is_a_measurement_even_where_no_column_can_be_measured() -> None:
    profile = build_profile(pd.DataFrame({"gone": [1.0] * 4_000}), FROZEN, shares={"Incorriente": Share(200, 4_000)})
    for share, expected in ((Share(1_500, 4_000), ("measured", "high")), (Share(200, 4_000), ("not_measured",) * 2)):
        drift = check_table(profile, pd.DataFrame(index=range(4_000)), RULE, shares={"Incorriente": share})
        assert (drift.status, drift.severity) == expected


def test_the_false_discovery_rate_is_one_over_the_table() -> None:
    """A shift that a table of one column shows is one of a hundred chances in a table of a hundred."""
    random = np.random.default_rng(7)
    before = pd.DataFrame(random.normal(size=(300, 100))).add_prefix("c")
    now = pd.DataFrame(random.normal(size=(300, 100))).add_prefix("c")
    now["c0"] += 0.33
    alone, among = judge(before[["c0"]], now[["c0"]]).columns[0], judge(before, now).columns[0]
    assert alone.drift == among.drift
    assert alone.adjusted_p_value is not None
    assert among.adjusted_p_value is not None
    assert alone.adjusted_p_value <= 0.01 < among.adjusted_p_value
    assert (alone.severity, among.severity) == ("low", "none")


def drifted_pair(rows: int = 3_000) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two tables of every kind of column, with drift, different digits, and columns that cannot be compared."""
    random = np.random.default_rng(11)
    before, now = undrifted_table(random, rows, 18), undrifted_table(random, rows - 700, 18)
    now["c000"] *= 1.2
    now["c001"] = now["c001"].astype("float32")
    now["c003"] = np.nan
    now["c009"] = [None] * len(now)
    now["c005"] = now["c005"].str.replace("a", "new")
    now["c006"] = now["c006"].astype("float64")
    now["c007"] = "text"
    before["day"] = pd.Timestamp("2024-01-01")
    now["more"] = 1
    return before, pd.concat([now.drop(columns="c008"), now[["c002"]]], axis=1)


def without_ks(drift: TableDrift) -> TableDrift:
    columns = tuple(replace(column, ks=None, ks_p_value=None) for column in drift.columns)
    return replace(drift, columns=columns, ks_error=0.0)


class TestTwoTablesInMemory:
    def test_give_the_profile_and_the_judgement_that_they_give_one_after_the_other(self) -> None:
        before, now = drifted_pair()
        families, weights = {"c000": "x", "c004": "x"}, {"c000": 2.0, "c010": 1.0}
        profile, drift = compare_tables(before, now, FROZEN, RULE, families=families, weights=weights)
        expected = build_profile(before, FROZEN)
        assert profile_to_bytes(profile) == profile_to_bytes(expected)
        judged = check_table(expected, now, RULE, families=families, weights=weights)
        assert without_ks(drift) == without_ks(judged)
        assert {column.status for column in drift.columns} == {"measured", "not_compared"}
        assert drift.extra_columns == ("more",)

    def test_have_the_statistics_of_scipy(self) -> None:
        before, now = drifted_pair()
        compared = 0
        for column in compare_tables(before, now, FROZEN, RULE)[1].columns:
            if column.ks is None:
                continue
            sides = [table[column.column].dropna() for table in (before, now)]
            if "float32" in {str(side.dtype) for side in sides}:
                sides = [side.astype("float32") for side in sides]
            theirs = stats.ks_2samp(*(side.astype(float) for side in sides), method="asymp")
            assert column.ks == pytest.approx(theirs.statistic, abs=1e-9)
            assert column.ks_p_value == pytest.approx(theirs.pvalue, abs=1e-6)
            compared += 1
        assert compared == 10

    def test_are_judged_alike_in_threads_and_left_as_they_were(self) -> None:
        before, now = drifted_pair()
        copies = before.copy(), now.copy()
        assert compare_tables(before, now, FROZEN, RULE)[1] == compare_tables(before, now, FROZEN, RULE, workers=3)[1]
        pd.testing.assert_frame_equal(before, copies[0])
        pd.testing.assert_frame_equal(now, copies[1])

    def test_are_read_once_each(self, monkeypatch: pytest.MonkeyPatch) -> None:
        read: list[object] = []

        def reading(column: pd.Series) -> object:
            read.append(column.name)
            return read_column(column)

        read_column = table_columns.read_column
        monkeypatch.setattr(table_columns, "read_column", reading)
        features = undrifted_table(np.random.default_rng(1), 50, 12)
        compare_tables(features, features, FROZEN, RULE)
        assert sorted(map(str, read)) == sorted([*features, *features])

    @pytest.mark.parametrize("rows", [(0, 5), (5, 0), (0, 0), (1, 1), (3, 4_000), (4_000, 3)])
    def test_may_be_of_any_size(self, rows: tuple[int, int]) -> None:
        random = np.random.default_rng(13)
        before, now = (undrifted_table(random, size, 6) for size in rows)
        _, drift = compare_tables(before, now, FROZEN, RULE)
        assert without_ks(drift) == without_ks(judge(before, now))


class TestTheErrorOfTheKsStatistic:
    features = pd.DataFrame({"x": np.random.default_rng(17).normal(size=5_000)})

    def test_is_0_for_two_tables_in_memory(self) -> None:
        assert compare_tables(self.features, self.features, FROZEN, RULE)[1].ks_error == 0.0

    @pytest.mark.parametrize(("grid_size", "quantile_error", "error"), [(1_000, 0.0, 0.001), (50, 0.002, 0.024)])
    def test_is_what_lies_between_two_points_of_the_grid(
        self, grid_size: int, quantile_error: float, error: float
    ) -> None:
        profile = build_profile(self.features, ProfileSettings(grid_size=grid_size))
        drift = check_table(replace(profile, quantile_error=quantile_error), self.features + 0.013, RULE)
        assert drift.ks_error == pytest.approx(error)
        exact = compare_tables(self.features, self.features + 0.013, FROZEN, RULE)[1].columns[0].ks
        assert drift.columns[0].ks is not None
        assert exact is not None
        assert 0.0 <= exact - drift.columns[0].ks <= drift.ks_error


@pytest.mark.parametrize(("workers", "columns_at_a_time"), [(1, 3), (2, 10), (3, 14)])
def test_few_columns_are_copied_at_a_time(workers: int, columns_at_a_time: int) -> None:
    """Four per thread wait to be judged, beside the one that is and the one before it; 60 are in the table."""
    rows, columns = 50_000, 60
    features = pd.DataFrame(np.random.default_rng(19).random((columns, rows), dtype=np.float32).T)
    settings = ProfileSettings(grid_size=10)
    profile = build_profile(features, settings)
    column = rows * features[0].dtype.itemsize
    assert peak_memory(lambda: count_table(profile, features, workers=workers)) < (columns_at_a_time + 1) * column
    moved = features + 1
    both = peak_memory(lambda: compare_tables(features, moved, settings, RULE, workers=workers))
    assert both < 2 * (columns_at_a_time + 1) * column


def peak_memory(task: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        task()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
