"""A profile freezes what can be compared and names what cannot; a table is counted against it column by column."""

import numpy as np
import pandas as pd
import pytest

from segmentation_model.drift.judgement.table_drift import check_table
from segmentation_model.drift.reference.column_profile import CategoricalProfile, NumericProfile
from segmentation_model.drift.reference.prediction_reference import Share, shares_of
from segmentation_model.drift.reference.profile import build_profile, count_table
from segmentation_model.drift.settings import ProfileSettings
from segmentation_model.errors import InputError
from tests.drift.builders import FROZEN, RULE, Values, judge_column, undrifted_table


def table(rows: int = 1_000) -> pd.DataFrame:
    random = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "amount": random.lognormal(6, 2, rows).astype(np.float32),
            "active": random.random(rows) < 0.3,
            "region": pd.Categorical(random.choice(["north", "south"], rows)),
            "channel": pd.Series(random.choice(["web", "shop", None], rows), dtype="str"),
            "since": pd.date_range("2020-01-01", periods=rows),
            "id": [f"customer {row}" for row in range(rows)],
        }
    )


def test_columns_are_frozen_by_kind_in_the_table_s_order() -> None:
    profile = build_profile(table(), ProfileSettings(max_categories=500))
    kinds = {name: type(column) for name, column in profile.columns.items()}
    assert list(kinds.items()) == [
        ("amount", NumericProfile),
        ("active", NumericProfile),
        ("region", CategoricalProfile),
        ("channel", CategoricalProfile),
    ]
    assert all(column.rows == profile.rows == 1_000 for column in profile.columns.values())
    assert profile.columns["channel"].missing == table()["channel"].isna().sum()


def test_what_is_no_feature_is_left_out_with_a_reason() -> None:
    profile = build_profile(table(), ProfileSettings(max_categories=500))
    assert profile.left_out["since"].startswith("dtype datetime64")
    assert profile.left_out["id"] == "1000 distinct values; at most 500 can be compared"
    drift = {column.column: column for column in check_table(profile, table(), RULE).columns}
    assert drift["id"].status == "not_compared"
    assert drift["id"].reason == "left out of the profile: 1000 distinct values; at most 500 can be compared"


def test_a_profile_does_not_change_the_table() -> None:
    features = table()
    build_profile(features, FROZEN)
    pd.testing.assert_frame_equal(features, table())


PROBLEMS = {
    "absent": (lambda now: now.drop(columns="amount"), "absent from the current table"),
    "text": (lambda now: now.assign(amount="12,5"), "numeric in the reference, categorical now (dtype str)"),
    "dates": (lambda now: now.assign(amount=now["since"]), "numeric in the reference, dtype datetime64[us]"),
    "twice": (lambda now: pd.concat([now, now[["amount"]]], axis=1), "occurs 2 times in the current table"),
}


@pytest.mark.parametrize(("change", "reason"), PROBLEMS.values(), ids=PROBLEMS.keys())
def test_a_column_that_cannot_be_compared_says_why_and_takes_no_other_down(change, reason: str) -> None:
    profile = build_profile(table(), FROZEN)
    drift = {column.column: column for column in check_table(profile, change(table()), RULE).columns}
    assert drift["amount"].status == "not_compared"
    assert drift["amount"].judged_severity == "not_measured"
    assert drift["amount"].reason == reason
    assert {drift[name].status for name in ("active", "region", "channel")} == {"measured"}


def test_a_column_that_occurs_twice_in_the_reference_is_left_out() -> None:
    features = pd.concat([table(), table()[["amount"]]], axis=1)
    assert build_profile(features, FROZEN).left_out["amount"] == "the name occurs 2 times"


def test_a_column_that_is_missing_altogether_is_high_whatever_dtype_the_reader_gave_it() -> None:
    profile = build_profile(table(), FROZEN)
    for nothing in (np.nan, None, pd.NA, pd.NaT):
        drift = {column.column: column for column in check_table(profile, table().assign(region=nothing), RULE).columns}
        assert (drift["region"].severity, drift["region"].reason) == ("high", "all missing")


@pytest.mark.parametrize(
    ("before", "now", "severity"),
    [
        (np.arange(10.0), np.full(10, np.nan), "high"),
        (np.arange(200.0), np.full(2, np.nan), "high"),
        ([1.0, *[np.nan] * 99], np.full(20, np.nan), "none"),  # one value in a hundred: twenty rows lack it by chance
        ([1.0], [np.nan], "none"),
    ],
)
def test_all_missing_is_high_unless_it_is_mere_chance(before: Values, now: Values, severity: str) -> None:
    drift = judge_column(before, now)
    assert drift.severity == severity
    assert (drift.reason == "all missing") is (severity == "high")


def test_other_columns_of_the_current_table_are_listed() -> None:
    profile = build_profile(table(), FROZEN)
    assert check_table(profile, table().assign(new=1, newer=2), RULE).extra_columns == ("new", "newer")


@pytest.mark.parametrize(("stored", "read"), [("float32", "float64"), ("float64", "float32")])
def test_a_file_that_keeps_fewer_digits_has_not_drifted(stored: str, read: str) -> None:
    """0.1 is another number with fewer digits, and the spike of a price list would seem to move."""
    prices = np.random.default_rng(3).choice([0.1, 0.2, 0.3, 1e10], 2_000)
    profile = build_profile(pd.DataFrame({"price": prices.astype(stored)}), FROZEN)
    drift = check_table(profile, pd.DataFrame({"price": prices.astype(read)}), RULE).columns[0]
    assert drift.drift is not None
    assert drift.drift.psi == 0.0
    assert drift.ks == 0.0


def test_threads_change_nothing() -> None:
    before = undrifted_table(np.random.default_rng(5), 500, 24)
    now = undrifted_table(np.random.default_rng(6), 500, 24)
    one, four = (
        check_table(build_profile(before, FROZEN, workers=workers), now, RULE, workers=workers) for workers in (1, 4)
    )
    assert one == four


def test_counts_against_an_absent_column_add_up_to_the_same_problem() -> None:
    profile = build_profile(table(), FROZEN)
    with_it, without = count_table(profile, table()), count_table(profile, table().drop(columns="amount"))
    assert (with_it + without).columns["amount"].problem == "absent from the current table"
    assert (with_it + without).columns["region"].problem is None


class TestSharesOfSegments:
    def test_are_counted_by_name(self) -> None:
        segments = pd.Series(["Cliente Nuevo", "Incorriente 1", "Incorriente 4+", "D-B-RA", None])
        names = {"Cliente Nuevo": ["Cliente Nuevo"], "Incorriente": ["Incorriente 1", "Incorriente 4+"]}
        assert shares_of(segments, names) == {"Cliente Nuevo": Share(1, 5), "Incorriente": Share(2, 5)}

    def test_add_up(self) -> None:
        assert Share(1, 5) + Share(2, 10) == Share(3, 15)

    @pytest.mark.parametrize(("count", "rows"), [(-1, 5), (6, 5)])
    def test_that_cannot_be_are_refused(self, count: int, rows: int) -> None:
        with pytest.raises(InputError, match=f"a share of {count} in 5 rows; 0 <= count <= rows is allowed"):
            Share(count, rows)
