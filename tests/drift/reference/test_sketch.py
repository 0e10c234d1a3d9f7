"""A profile from parts counts exactly, and its edges and grid lie within the stated error of the whole table's."""

from collections.abc import Callable, Iterable
from functools import reduce
from operator import add

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ks_2samp

from segmentation_model.drift.judgement.table_drift import check_table
from segmentation_model.drift.reference.column_profile import CategoricalProfile, NumericProfile
from segmentation_model.drift.reference.prediction_reference import Share
from segmentation_model.drift.reference.profile import ReferenceProfile, build_profile, count_table
from segmentation_model.drift.reference.profile_file import profile_from_bytes, profile_to_bytes
from segmentation_model.drift.reference.sketch import (
    TableSketch,
    build_profile_from_parts,
    profile_from_sketch,
    sketch_table,
    with_counts,
)
from segmentation_model.drift.reference.sketch_file import sketch_from_bytes, sketch_to_bytes
from segmentation_model.drift.settings import ProfileSettings
from segmentation_model.errors import InputError
from tests.drift.builders import FROZEN, RULE, undrifted_table, with_missing

ROWS = 200_000
STATED = 0.0005
"""The rank error that is allowed; the sketch states 0.00037, and sorted parts stay within about 0.0002."""

PRICES, HELD = [0.5, 1.5, 2.5], [0.19, 0.21, 0.6]
"""Prices that half the rows have: the first is held by 9.5 % of them, the second by 10.5 %."""

LARGEST = np.finfo(np.float64).max


def large_table(rows: int = ROWS, seed: int = 1, shift: float = 0.0) -> pd.DataFrame:
    """Columns of every shape, of which many more values are present than a sketch keeps."""
    random = np.random.default_rng(seed)
    infinite = np.array([-np.inf, 0.0, np.inf])[random.choice(3, rows, p=[0.15, 0.6, 0.25])]
    return pd.DataFrame(
        {
            "lognormal": random.lognormal(6 + shift, 2, rows),
            "float32": random.lognormal(6 + shift, 2, rows).astype(np.float32),
            "ties": random.poisson(3 + shift, rows),
            "zeros": np.where(random.random(rows) < 0.6 - shift / 2, 0.0, random.lognormal(3, 1, rows)),
            "prices": np.where(
                random.random(rows) < 0.5, random.normal(size=rows), random.choice(PRICES, rows, p=HELD)
            ),
            "constant": 5.0,
            "infinities": np.where(infinite == 0.0, random.normal(shift, 1, rows), infinite),
            "missing": with_missing(random.normal(shift, 1, rows), 0.3, seed),
            "all missing": np.nan,
            "region": pd.Series(random.choice(["north", "south", "isle", None], rows, p=[0.6, 0.3, 0.002, 0.098])),
        }
    )


def cut(table: pd.DataFrame, *at: int) -> list[pd.DataFrame]:
    """The table in parts that begin at the given rows."""
    return [table.iloc[start:stop] for start, stop in zip([0, *at], [*at, len(table)], strict=True)]


def from_parts(parts: Iterable[pd.DataFrame], frozen: ProfileSettings = FROZEN) -> ReferenceProfile:
    parts = list(parts)
    return build_profile_from_parts(lambda: iter(parts), frozen)


@pytest.fixture(scope="module")
def whole() -> pd.DataFrame:
    return large_table()


@pytest.fixture(scope="module")
def profile(whole: pd.DataFrame) -> ReferenceProfile:
    """From seven parts, of very different sizes and in no order."""
    parts = cut(whole, 100, 100, 60_000, 61_000, 130_000, 199_000)
    return from_parts(parts[index] for index in (3, 6, 0, 5, 1, 4, 2))


def numbers_of(profile: ReferenceProfile) -> dict[str, NumericProfile]:
    return {name: column for name, column in profile.columns.items() if isinstance(column, NumericProfile)}


def shares_beside(values: npt.NDArray[np.floating], points: npt.ArrayLike) -> tuple[npt.NDArray, npt.NDArray]:
    """The shares of the values below each point, and at or below it; the largest finite number is infinity here."""
    ends = np.asarray(points, dtype=np.float64)
    ends = np.where(ends == LARGEST, np.inf, np.where(ends == -LARGEST, -np.inf, ends))
    ordered = np.sort(values.astype(np.float64))
    return (
        np.searchsorted(ordered, ends, side="left") / ordered.size,
        np.searchsorted(ordered, ends, side="right") / ordered.size,
    )


SOME_VALUES = ["lognormal", "float32", "ties", "zeros", "prices", "constant", "infinities", "missing"]


class TestATableLargerThanASketch:
    def test_states_its_error(self, profile: ReferenceProfile) -> None:
        assert 0.0 < profile.quantile_error <= STATED

    @pytest.mark.parametrize("name", SOME_VALUES)
    @pytest.mark.parametrize("part", ["edges", "grid"])
    def test_has_a_value_within_the_error_of_every_quantile(
        self, whole: pd.DataFrame, profile: ReferenceProfile, name: str, part: str
    ) -> None:
        column = numbers_of(profile)[name]
        values = whole[name].dropna().to_numpy()
        if part == "edges":  # a decile that is the largest value needs no edge
            quantiles, points = np.arange(1, 10) / 10, np.array([*column.bins.edges, values.max()])
        else:
            quantiles, points = np.arange(1, 1_001) / 1_000, column.grid.points
        below, at_or_below = shares_beside(values, np.unique(points))
        nearest = np.searchsorted(at_or_below, quantiles - STATED)
        assert np.all(below[nearest] <= quantiles + STATED)

    @pytest.mark.parametrize("name", SOME_VALUES)
    def test_has_only_values_that_occur(self, whole: pd.DataFrame, profile: ReferenceProfile, name: str) -> None:
        column = numbers_of(profile)[name]
        occurring = np.clip(whole[name].dropna().to_numpy().astype(np.float64), -LARGEST, LARGEST)
        assert np.isin(column.bins.edges, occurring).all()
        assert np.isin(column.grid.points, occurring).all()
        assert column.grid.points[-1] == occurring.max()
        assert np.all(np.diff(column.grid.points) > 0)

    @pytest.mark.parametrize("name", ["ties", "zeros", "prices", "constant"])
    def test_gives_a_bin_of_its_own_to_a_value_that_holds_a_tenth(
        self, whole: pd.DataFrame, profile: ReferenceProfile, name: str
    ) -> None:
        shares = whole[name].value_counts(normalize=True)
        edges = list(numbers_of(profile)[name].bins.edges)
        clear = shares[(shares - 0.1).abs() > 2 * STATED]
        assert {value for value in clear.index if edges.count(value) == 2} == set(clear.index[clear > 0.1])
        assert len(clear[clear > 0.1]) >= 1

    @pytest.mark.parametrize("name", [*SOME_VALUES, "all missing"])
    def test_is_counted_exactly(self, whole: pd.DataFrame, profile: ReferenceProfile, name: str) -> None:
        column = numbers_of(profile)[name]
        values = whole[name].to_numpy().astype(np.float64)
        bin_of = np.zeros(ROWS, dtype=np.int64)
        for edge, closed in zip(column.bins.edges, column.bins.closed, strict=True):
            bin_of += (values > edge) if closed else (values >= edge)
        bin_of[np.isnan(values)] = len(column.bins.edges) + 1
        assert column.counts.tolist() == np.bincount(bin_of, minlength=column.counts.size).tolist()
        for position in range(0, column.grid.points.size, 97):
            point = column.grid.points[position]
            assert column.grid.below[position] == np.sum(values < point)
            assert column.grid.at_or_below[position] == np.sum(values <= point)

    def test_counts_categories_as_the_whole_does(self, whole: pd.DataFrame, profile: ReferenceProfile) -> None:
        column, expected = (one.columns["region"] for one in (profile, build_profile(whole[["region"]], FROZEN)))
        assert isinstance(column, CategoricalProfile)
        assert isinstance(expected, CategoricalProfile)
        assert column.bins == expected.bins
        assert column.bins.pooled == ("isle",)
        assert column.counts.tolist() == expected.counts.tolist()

    def test_has_not_drifted_from_itself(self, whole: pd.DataFrame, profile: ReferenceProfile) -> None:
        for column in check_table(profile, whole, RULE).columns:
            assert column.drift is not None
            assert column.drift.psi == 0.0
            assert column.ks in (0.0, None)

    @pytest.mark.parametrize("shift", [0.0, 0.2, 0.6])
    def test_has_the_exact_profile_s_psi_to_a_thousandth(
        self, whole: pd.DataFrame, profile: ReferenceProfile, shift: float
    ) -> None:
        """Differences found in many runs are under 0.0001, at a PSI of up to 0.08."""
        now = large_table(50_000, seed=2, shift=shift)
        exact, near = (check_table(one, now, RULE).columns for one in (build_profile(whole, FROZEN), profile))
        for one, other in zip(exact, near, strict=True):
            assert one.drift is not None
            assert other.drift is not None
            assert other.drift.psi == pytest.approx(one.drift.psi, abs=1e-3)

    @pytest.mark.parametrize("name", SOME_VALUES)
    def test_has_a_ks_statistic_within_the_stated_error(
        self, whole: pd.DataFrame, profile: ReferenceProfile, name: str
    ) -> None:
        now = large_table(50_000, seed=3, shift=0.3)
        found = {column.column: column.ks for column in check_table(profile, now, RULE).columns}[name]
        exact = ks_2samp(whole[name].dropna(), now[name].dropna(), method="asymp").statistic
        assert found == pytest.approx(exact, abs=1 / FROZEN.grid_size + 2 * profile.quantile_error)


class TestMachinesThatShareTheWork:
    def test_sketch_send_and_count(self) -> None:
        parts = cut(large_table(60_000), 25_000)
        sent = [sketch_to_bytes(sketch_table(part, FROZEN)) for part in parts]
        frozen = profile_to_bytes(profile_from_sketch(reduce(add, map(sketch_from_bytes, sent)), FROZEN))
        counts = reduce(add, (count_table(profile_from_bytes(*frozen), part) for part in parts))
        profile = with_counts(profile_from_bytes(*frozen), counts, about={"tariff": "Domestic"})
        assert (profile.rows, profile.about) == (60_000, {"tariff": "Domestic"})
        assert 0.0 < profile.quantile_error <= STATED
        for name, column in profile.columns.items():
            assert column.rows == 60_000, name
            assert column.missing == large_table(60_000)[name].isna().sum()

    def test_sketches_add_up_without_being_changed(self) -> None:
        one, other = (sketch_table(part, FROZEN) for part in cut(large_table(40_000), 15_000))
        before = [sketch_to_bytes(sketch) for sketch in (one, other)]
        assert (one + other).rows == (other + one).rows == 40_000
        assert [sketch_to_bytes(sketch) for sketch in (one, other)] == before

    def test_a_sketch_does_not_change_the_table(self) -> None:
        table = large_table(10_000)
        sketch_table(table, FROZEN)
        pd.testing.assert_frame_equal(table, large_table(10_000))

    def test_with_other_settings_cannot_add_up(self) -> None:
        one, other = (sketch_table(large_table(10), ProfileSettings(max_categories=most)) for most in (10, 20))
        with pytest.raises(InputError, match="max_categories is 10 in one and 20 in another; sketch all parts with"):
            one + other


SMALL = undrifted_table(np.random.default_rng(7), 8_000, 12).assign(
    infinite=np.tile([np.inf, 1.0, 2.0, -np.inf], 2_000),
    infinite32=np.tile(np.array([np.inf, 1.0, 2.0, -np.inf], dtype=np.float32), 2_000),
    nothing=None,
    nothing32=np.full(8_000, np.nan, dtype=np.float32),
    since=pd.Timestamp("2024-01-01"),
)


class TestATableThatASketchHoldsWhole:
    """Up to 8,000 values a column nothing is estimated: any cut gives the very bytes of the whole's profile."""

    @pytest.mark.parametrize(
        "parts",
        [
            [SMALL],
            cut(SMALL, 1),
            cut(SMALL, 3_000, 3_000, 3_001, 7_999),
            list(reversed(cut(SMALL, 500, 5_000))),
            [SMALL.iloc[start::4] for start in range(4)],
            [SMALL.iloc[:0], *cut(SMALL, 4_000), pd.DataFrame()],
            [pd.DataFrame(), *cut(SMALL, 4_000), SMALL.iloc[:0]],
        ],
        ids=["whole", "one row", "uneven", "reversed", "interleaved", "empty parts", "a part without columns"],
    )
    def test_gives_the_same_bytes_in_any_parts(self, parts: list[pd.DataFrame]) -> None:
        profile = from_parts(parts)
        assert profile.quantile_error == 0.0
        assert profile_to_bytes(profile) == profile_to_bytes(build_profile(SMALL, FROZEN))

    def test_gives_the_same_bytes_with_any_number_of_threads(self) -> None:
        profile = build_profile_from_parts(lambda: cut(SMALL, 4_000), FROZEN, workers=3)
        assert profile_to_bytes(profile) == profile_to_bytes(build_profile(SMALL, FROZEN))

    def test_keeps_shares_and_what_the_owner_says(self) -> None:
        shares, about = {"Cliente Nuevo": Share(1, 8_000)}, {"tariff": "Domestic"}
        profile = build_profile_from_parts(lambda: cut(SMALL, 4_000), FROZEN, shares=shares, about=about)
        expected = build_profile(SMALL, FROZEN, shares=shares, about=about)
        assert profile_to_bytes(profile) == profile_to_bytes(expected)

    @pytest.mark.parametrize("parts", [[], [pd.DataFrame()]])
    def test_may_have_no_parts(self, parts: list[pd.DataFrame]) -> None:
        assert profile_to_bytes(from_parts(parts)) == profile_to_bytes(build_profile(pd.DataFrame(), FROZEN))

    def test_may_have_no_rows(self) -> None:
        nothing = SMALL.iloc[:0]
        assert profile_to_bytes(from_parts([nothing, nothing])) == profile_to_bytes(build_profile(nothing, FROZEN))


def resolution_of(*parts: pd.Series) -> str:
    column = numbers_of(from_parts(part.to_frame("x") for part in parts))["x"]
    return column.resolution


class TestDigits:
    def test_are_those_of_the_part_that_keeps_the_fewest(self) -> None:
        prices = pd.Series([0.1, 0.2, 0.3] * 50)
        profile = from_parts([prices.to_frame("x"), prices.astype(np.float32).to_frame("x")])
        column = numbers_of(profile)["x"]
        assert column.resolution == "float32"
        assert np.unique(column.grid.points).tolist() == [float(np.float32(price)) for price in (0.1, 0.2, 0.3)]
        assert [count for count in column.counts.tolist() if count] == [100, 100, 100]

    def test_of_a_part_without_values_do_not_count(self) -> None:
        nothing = pd.Series([np.nan] * 3, dtype=np.float32)
        assert resolution_of(nothing, pd.Series([0.1])) == resolution_of(pd.Series([0.1]), nothing) == "float64"

    def test_beyond_the_coarser_resolution_numbers_are_as_good_as_infinite(self) -> None:
        profile = from_parts([pd.DataFrame({"x": [1e300, -1e300]}), pd.DataFrame({"x": np.ones(3, dtype=np.float32)})])
        assert profile.columns["x"].rows == 5


NUMBERS = pd.Series([1.0, 2.0, np.nan])
TEXT = pd.Series(["a", "b", None], dtype="str")
NOTHING = pd.Series([None, None])
DATES = pd.Series(pd.date_range("2024-01-01", periods=3))


class TestKindsOfParts:
    @pytest.mark.parametrize("nothing", [NOTHING, NOTHING.astype("float64"), NOTHING.astype("str"), DATES[:0]])
    @pytest.mark.parametrize(("values", "kind"), [(NUMBERS, "numeric"), (TEXT, "categorical")])
    def test_without_values_fit_either(self, nothing: pd.Series, values: pd.Series, kind: str) -> None:
        for parts in ([nothing, values], [values, nothing], [nothing, values, nothing]):
            profile = from_parts(part.to_frame("x") for part in parts)
            assert profile.columns["x"].kind == kind
            assert profile.columns["x"].rows == profile.rows == sum(map(len, parts))

    def test_without_values_anywhere_are_numbers_if_every_part_has_such_a_dtype(self) -> None:
        numbers = NOTHING.astype("float64")
        for parts, kind in (([numbers, numbers], "numeric"), ([numbers, NOTHING], "categorical")):
            for order in (parts, parts[::-1]):
                assert from_parts(part.to_frame("x") for part in order).columns["x"].kind == kind

    @pytest.mark.parametrize(
        ("parts", "reason"),
        [
            ([{"x": NUMBERS}, {"x": TEXT}], "numbers in one part of the table, categories in another"),
            ([{"x": NUMBERS}, {"y": NUMBERS}], "absent from a part of the table"),
            ([{"x": NUMBERS}, {"y": NUMBERS}, {"x": NUMBERS}], "absent from a part of the table"),
            ([{"x": DATES}, {"x": NOTHING}], "dtype datetime64[us] holds neither numbers nor categories"),
            ([{"x": pd.Series([1, "a"])}, {"x": NUMBERS}], "dtype object holds neither numbers nor categories"),
            ([{"x": pd.Series(list("abcdef"))}, {"x": TEXT}], "more than 4 distinct values; at most 4 can be compared"),
            (
                [{"x": pd.Series(list("abc"))}, {"x": pd.Series(list("cde"))}, {"x": TEXT}],
                "more than 4 distinct values; at most 4 can be compared",
            ),
        ],
        ids=["mixed", "absent", "absent in between", "dates", "mixed in a part", "too many", "too many together"],
    )
    def test_that_do_not_fit_leave_the_column_out_with_the_reason_and_no_other(self, parts, reason: str) -> None:
        tables = [pd.DataFrame(part).assign(good=1.0) for part in parts]
        for order in (tables, tables[::-1]):
            profile = from_parts(order, ProfileSettings(max_categories=4))
            assert profile.left_out["x"] == reason
            assert profile.columns["good"].rows == sum(map(len, tables))

    def test_a_name_that_occurs_twice_is_left_out(self) -> None:
        twice = pd.concat([NUMBERS.to_frame("x"), NUMBERS.to_frame("x"), NUMBERS.to_frame("y")], axis=1)
        for parts in ([twice], [twice, NUMBERS.to_frame("x").assign(y=1.0)]):
            profile = from_parts(parts)
            assert profile.left_out == {"x": "the name occurs 2 times"}
            assert set(profile.columns) == {"y"}

    def test_categories_may_be_exactly_as_many_as_can_be_compared(self) -> None:
        parts = [pd.DataFrame({"x": list("abc")}), pd.DataFrame({"x": list("bcd")})]
        assert from_parts(parts, ProfileSettings(max_categories=4)).columns["x"].kind == "categorical"
        sketch = reduce(add, (sketch_table(part, ProfileSettings(max_categories=4)) for part in parts))
        left_out = profile_from_sketch(sketch, ProfileSettings(max_categories=3)).left_out
        assert left_out == {"x": "more than 3 distinct values; at most 3 can be compared"}


class TestPartsThatChangeBetweenThePasses:
    @staticmethod
    def changing(first: pd.DataFrame, second: pd.DataFrame) -> Callable[[], list[pd.DataFrame]]:
        passes = iter([[first], [second]])
        return lambda: next(passes)

    def test_are_found_by_their_rows(self) -> None:
        changing = self.changing(NUMBERS.to_frame("x"), NUMBERS[:2].to_frame("x"))
        with pytest.raises(InputError, match="the second pass over its parts gave 2 rows, the first 3; parts must"):
            build_profile_from_parts(changing, FROZEN)

    def test_are_found_where_they_can_be_read_only_once(self) -> None:
        once = iter([NUMBERS.to_frame("x")])
        with pytest.raises(InputError, match="the second pass over its parts gave 0 rows, the first 3"):
            build_profile_from_parts(lambda: once, FROZEN)

    @pytest.mark.parametrize(
        ("first", "second", "reason"),
        [
            (TEXT, TEXT.replace("b", "z"), "categories 'z' were counted but not sketched"),
            (NUMBERS, TEXT, "numeric in the reference, categorical now (dtype str)"),
        ],
    )
    def test_leave_the_column_out(self, first: pd.Series, second: pd.Series, reason: str) -> None:
        profile = build_profile_from_parts(self.changing(first.to_frame("x"), second.to_frame("x")), FROZEN)
        assert (profile.columns, profile.left_out) == ({}, {"x": reason})


CELLS = {
    "numbers": st.floats(width=32) | st.none(),
    "integers": st.integers(-3, 3) | st.none(),
    "text": st.sampled_from(["a", "b", "", "ñ"]) | st.none(),
    "anything": st.floats() | st.booleans() | st.text(max_size=2) | st.none() | st.just(pd.Timestamp("2024-01-01")),
}


@given(
    parts=st.lists(
        st.dictionaries(st.sampled_from("abc"), st.sampled_from(list(CELLS.values())), max_size=3).flatmap(
            lambda cells: st.integers(0, 6).flatmap(
                lambda rows: st.fixed_dictionaries(
                    {name: st.lists(cell, min_size=rows, max_size=rows) for name, cell in cells.items()}
                )
            )
        ),
        max_size=4,
    ),
    most=st.integers(1, 4),
    data=st.data(),
)
@settings(derandomize=True, deadline=None, max_examples=100)
def test_whatever_the_parts_hold_no_row_is_lost_and_nothing_raised(parts, most: int, data: st.DataObject) -> None:
    frozen = ProfileSettings(max_categories=most)
    tables = [pd.DataFrame(part) for part in parts]
    profile = from_parts(tables, frozen)
    assert profile.rows == sum(map(len, tables))
    assert all(column.rows == profile.rows for column in profile.columns.values())
    assert {*profile.columns, *profile.left_out} == {name for part in parts for name in part}
    assert profile_to_bytes(profile_from_bytes(*profile_to_bytes(profile))) == profile_to_bytes(profile)
    sketches = [sketch_table(table, frozen) for table in tables]
    nothing = TableSketch(rows=0, columns={}, max_categories=most)
    together = reduce(add, map(sketch_from_bytes, map(sketch_to_bytes, sketches)), nothing)
    reordered = reduce(add, data.draw(st.permutations(sketches)), nothing)
    assert set(profile_from_sketch(together, frozen).columns) == set(profile.columns)
    assert set(profile_from_sketch(reordered, frozen).columns) == set(profile.columns)
