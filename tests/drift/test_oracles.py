"""The oracle table of the rule book (spec 2, drift), row by row, by every way from two tables to a judgement.

Where the way cannot matter (statistics of counts, prediction signals), or hundreds of trials would take long, there is
one test: the ways agree, which is a test as well.
"""

from collections.abc import Callable
from functools import reduce
from operator import add

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from segmentation_model.drift.judgement.binned_drift import BinnedDrift
from segmentation_model.drift.judgement.column_drift import ColumnDrift
from segmentation_model.drift.judgement.prediction import judge_prediction, model_severity
from segmentation_model.drift.judgement.severity import SEVERITIES
from segmentation_model.drift.judgement.table_drift import check_counts, check_table
from segmentation_model.drift.reference.prediction_reference import Share, build_prediction_reference, count_scores
from segmentation_model.drift.reference.profile import build_profile, count_table
from segmentation_model.drift.statistics.homogeneity import homogeneity
from segmentation_model.drift.statistics.kolmogorov_smirnov import ks_p_values
from tests.drift.builders import (
    FROZEN,
    RULE,
    UNDRIFTED_COLUMNS,
    Values,
    at_least,
    cut_offs_of,
    judge_column,
    scores_of,
    undrifted_table,
    with_missing,
)
from tests.drift.ways import WAYS, Way, by_raw, one_column

ROWS = 30_000


@pytest.fixture(params=WAYS.values(), ids=WAYS.keys())
def judge(request: pytest.FixtureRequest) -> Way:
    """Each way from two tables to a judgement."""
    return request.param


def lognormal(seed: int, rows: int = ROWS) -> np.ndarray:
    return np.random.default_rng(seed).lognormal(6, 2, rows)


def zeros_and_amounts(seed: int, spike: float) -> np.ndarray:
    random = np.random.default_rng(seed)
    return np.where(random.random(ROWS) < 0.6, spike, random.lognormal(4, 1, ROWS))


def credits_and_amounts(seed: int, sign: float) -> np.ndarray:
    random = np.random.default_rng(seed)
    return np.where(random.random(ROWS) < 0.6, sign * random.uniform(0.01, 5, ROWS), random.lognormal(4, 1, ROWS))


class TestInvoices:
    @pytest.mark.parametrize(("before", "now"), [(1, 2), (2, 1)])
    def test_that_double_or_halve_are_at_least_moderate(self, judge: Way, before: int, now: int) -> None:
        drift = one_column(judge, before * lognormal(1), now * lognormal(2))
        assert at_least(drift.severity, "moderate")

    def test_that_do_not_are_none(self, judge: Way) -> None:
        assert one_column(judge, lognormal(1), lognormal(2)).severity == "none"


@pytest.mark.parametrize(("before", "now"), [(0.02, 0.30), (0.30, 0.02)])
class TestMissingValues:
    def test_from_2_to_30_percent_and_back_are_high_in_a_number(self, judge: Way, before: float, now: float) -> None:
        drift = one_column(judge, with_missing(lognormal(1), before, 3), with_missing(lognormal(2), now, 4))
        assert drift.severity == "high"

    def test_from_2_to_30_percent_and_back_are_high_in_a_category(self, judge: Way, before: float, now: float) -> None:
        random = np.random.default_rng(5)
        category = pd.Series(random.choice(list("abcd"), ROWS), dtype="category")
        sides = [category.mask(random.random(ROWS) < share) for share in (before, now)]
        assert one_column(judge, *sides).severity == "high"


class TestUnseenCategories:
    @staticmethod
    def with_unseen(rows: int) -> pd.Series:
        values = np.random.default_rng(7).choice(list("abcd"), ROWS).astype(object)
        values[:rows] = "e"
        return pd.Series(values, dtype="str")

    def test_one_row_in_30_000_is_none_or_low(self, judge: Way) -> None:
        drift = one_column(judge, self.with_unseen(0), self.with_unseen(1))
        assert drift.severity in {"none", "low"}
        assert drift.unseen == ("e",)

    def test_5_percent_of_the_rows_are_at_least_moderate(self, judge: Way) -> None:
        drift = one_column(judge, self.with_unseen(0), self.with_unseen(ROWS // 20))
        assert at_least(drift.severity, "moderate")


SPIKES: dict[str, tuple[Values, Values]] = {
    "constant 5 becomes 4": (np.full(ROWS, 5.0), np.full(ROWS, 4.0)),
    "constant 4 becomes 5": (np.full(ROWS, 4.0), np.full(ROWS, 5.0)),
    "60 % zeros become small credits": (zeros_and_amounts(1, 0.0), credits_and_amounts(2, -1.0)),
    "60 % small credits become zeros": (credits_and_amounts(1, -1.0), zeros_and_amounts(2, 0.0)),
    "60 % zeros become small amounts": (zeros_and_amounts(1, 0.0), credits_and_amounts(2, 1.0)),
    "60 % small amounts become zeros": (credits_and_amounts(1, 1.0), zeros_and_amounts(2, 0.0)),
    "60 % zeros at the top become small amounts": (-zeros_and_amounts(1, 0.0), -credits_and_amounts(2, -1.0)),
    "60 % small amounts become zeros at the top": (-credits_and_amounts(1, -1.0), -zeros_and_amounts(2, 0.0)),
    "60 % zeros become credits of one cent": (zeros_and_amounts(1, 0.0), zeros_and_amounts(2, -0.01)),
    "60 % credits of one cent become zeros": (zeros_and_amounts(1, -0.01), zeros_and_amounts(2, 0.0)),
}


@pytest.mark.parametrize(("before", "now"), SPIKES.values(), ids=SPIKES.keys())
def test_a_spike_that_moves_is_at_least_moderate(judge: Way, before: Values, now: Values) -> None:
    assert at_least(one_column(judge, before, now).severity, "moderate")


class TestWithoutDrift:
    def test_the_chi_squared_test_calls_3_to_7_percent_of_categories_significant_at_5_percent(self) -> None:
        random = np.random.default_rng(11)
        shares = np.full(8, 1 / 8)
        p_values = [
            homogeneity(random.multinomial(1_000, shares), random.multinomial(1_000, shares)).p_value
            for _ in range(1_000)
        ]
        assert 0.03 <= np.mean(np.array(p_values) < 0.05) <= 0.07

    def test_so_does_the_whole_way_from_1_000_columns(self) -> None:
        random = np.random.default_rng(12)
        sides = [
            pd.DataFrame(random.choice(list("abcdefgh"), (1_000, 1_000)), dtype="category").add_prefix("c")
            for _ in range(2)
        ]
        p_values = [binned(column).test.p_value for column in by_raw(*sides).columns]
        assert len(p_values) == 1_000
        assert 0.03 <= np.mean(np.array(p_values) < 0.05) <= 0.07

    @pytest.mark.parametrize(("rows", "trials"), [(200, 720), (500, 720), (1_000, 720), (10_000, 360), (100_000, 60)])
    def test_at_most_2_percent_of_columns_are_low_or_more(self, rows: int, trials: int) -> None:
        """Each column is a table of its own, where the false discovery rate helps least."""
        random = np.random.default_rng(rows)
        kinds = list(UNDRIFTED_COLUMNS.values())
        alarms = 0
        for trial in range(trials):
            draw = kinds[trial % len(kinds)]
            alarms += judge_column(draw(random, rows), draw(random, rows)).severity != "none"
        assert alarms / trials <= 0.02

    def test_241_columns_with_prediction_signals_give_a_verdict_in_at_most_5_percent_of_20_seeds(self) -> None:
        assert false_verdicts(range(20)) <= 0.05

    @pytest.mark.slow
    def test_241_columns_with_prediction_signals_give_a_verdict_in_at_most_5_percent_of_200_seeds(self) -> None:
        assert false_verdicts(range(1_000, 1_200)) <= 0.05


def false_verdicts(seeds: range, reference_rows: int = 1_500, current_rows: int = 1_000) -> float:
    """Share of seeds in which 241 undrifted columns and all prediction signals give a verdict other than none."""
    alarms = 0
    for seed in seeds:
        random = np.random.default_rng(seed)
        margins = random.normal(-2.5, 1.2, reference_rows)
        cut_offs = cut_offs_of(margins)
        profile = build_profile(
            undrifted_table(random, reference_rows, 241),
            FROZEN,
            shares={
                "Cliente Nuevo": Share(int(random.binomial(reference_rows, 0.1)), reference_rows),
                "Incorriente": Share(int(random.binomial(reference_rows, 0.05)), reference_rows),
            },
        ).with_prediction(build_prediction_reference(scores_of(margins, cut_offs), FROZEN))
        drift = check_table(
            profile,
            undrifted_table(random, current_rows, 241),
            RULE,
            shares={
                "Cliente Nuevo": Share(int(random.binomial(current_rows, 0.1)), current_rows),
                "Incorriente": Share(int(random.binomial(current_rows, 0.05)), current_rows),
            },
            scores=scores_of(random.normal(-2.5, 1.2, current_rows), cut_offs),
        )
        assert drift.prediction_severity != "not_measured"
        alarms += drift.severity != "none"
    return alarms / len(seeds)


def test_a_shift_of_half_a_deviation_in_300_rows_is_at_least_moderate_in_90_percent(judge: Way) -> None:
    random = np.random.default_rng(13)
    found = [
        at_least(one_column(judge, random.normal(size=300), random.normal(0.5, 1, 300)).severity, "moderate")
        for _ in range(200)
    ]
    assert np.mean(found) >= 0.90


@pytest.mark.parametrize("rows", [(5_000, 5_000), (20_000, 20_000), (20_000, 5_000)])
def test_margins_moved_by_half_are_at_least_moderate_and_move_the_category_shares(rows: tuple[int, int]) -> None:
    for seed in range(17, 27):
        random = np.random.default_rng(seed)
        margins = random.normal(-2.5, 1.2, rows[0])
        cut_offs = cut_offs_of(margins)
        reference = build_prediction_reference(scores_of(margins, cut_offs), FROZEN)
        current = count_scores(reference, scores_of(random.normal(-2.0, 1.2, rows[1]), cut_offs))
        signals = {signal.name: signal for signal in judge_prediction(RULE, reference=reference, current=current)}
        assert model_severity(tuple(signals.values())) in {"moderate", "high"}
        assert signals["category_shares_psi"].severity != "none"


def test_only_the_most_important_column_moving_by_a_deviation_gives_at_least_moderate(judge: Way) -> None:
    random = np.random.default_rng(19)
    names = [f"c{index}" for index in range(100)]
    before = pd.DataFrame(random.normal(size=(2_000, 100)), columns=names)
    now = pd.DataFrame(random.normal(size=(2_000, 100)), columns=names).assign(c42=lambda frame: frame["c42"] + 1)
    drift = judge(before, now, dict.fromkeys(names, 1.0) | {"c42": 5.0})
    assert at_least(drift.severity, "moderate")
    assert [column.column for column in drift.drifted] == ["c42"]


def drifted_tables(before_rows: int = 4_000, now_rows: int = 3_000) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Columns of every kind, some of which have drifted."""
    random = np.random.default_rng(23)
    before, now = undrifted_table(random, before_rows, 30), undrifted_table(random, now_rows, 30)
    now["c000"] *= 2
    now.loc[:90, "c005"] = "new"
    now["c003"] = now["c003"].where(now.index % 3 > 0)
    return before, now


class TestAgreement:
    """What is compared with is computed here, from the raw values."""

    def test_psi_and_chi_squared_are_the_same_by_every_way(self) -> None:
        ours, *others = (way(*drifted_tables()).columns for way in WAYS.values())
        for other in others:
            for one, two in zip(ours, other, strict=True):
                assert binned(two).psi == pytest.approx(binned(one).psi, rel=1e-12, abs=1e-15)
                assert binned(two).test.statistic == pytest.approx(binned(one).test.statistic, rel=1e-12, abs=1e-15)
                assert (two.severity, two.bins, two.unseen) == (one.severity, one.bins, one.unseen)

    def test_chi_squared_is_scipy_s_to_1e_9(self, judge: Way) -> None:
        before, now = drifted_tables()
        drift = {column.column: column for column in judge(before, now).columns}
        for name in before:
            table = contingency(before[name], now[name])
            theirs = stats.chi2_contingency(table, correction=False)
            test = binned(drift[name]).test
            assert test.statistic == pytest.approx(theirs.statistic, rel=1e-9)
            assert test.p_value == pytest.approx(theirs.pvalue, rel=1e-9)
            assert test.degrees_of_freedom == theirs.dof
            assert test.cramers_v == pytest.approx(stats.contingency.association(table, method="cramer"), rel=1e-9)

    def test_psi_is_that_of_a_table_of_counts_by_pandas(self, judge: Way) -> None:
        before, now = drifted_tables()
        drift = {column.column: column for column in judge(before, now).columns}
        for name in before:
            smoothed = contingency(before[name], now[name]) + 0.5
            p, q = smoothed / smoothed.sum(axis=1, keepdims=True)
            assert binned(drift[name]).psi == pytest.approx(float((q - p) @ np.log(q / p)), rel=1e-9)

    def test_the_ks_statistic_of_raw_values_is_scipy_s_to_1e_9_and_of_a_profile_within_the_stated_error(
        self, judge: Way
    ) -> None:
        before, now = drifted_tables(9_000, 7_000)
        drift = judge(before, now)
        assert (drift.ks_error == 0.0) is (judge is by_raw)
        compared = 0
        for column in drift.columns:
            if column.kind == "numeric":
                sides = [side[column.column].dropna().astype(float) for side in (before, now)]
                theirs = stats.ks_2samp(*sides, method="asymp")
                assert column.ks == pytest.approx(theirs.statistic, rel=0, abs=max(drift.ks_error, 1e-9))
                compared += 1
        assert compared == 25

    def test_the_ks_p_value_of_raw_values_is_scipy_s_to_1e_6_above_an_effective_size_of_10_000(self) -> None:
        random = np.random.default_rng(24)
        for rows in ((21_000, 20_000), (12_000, 90_000)):
            for shift in (0.0, 0.5, 1.0, 2.0):
                before, now = random.normal(size=rows[0]), random.normal(shift / np.sqrt(rows[0]), 1, rows[1])
                column = one_column(by_raw, before, now)
                theirs = stats.ks_2samp(before, now, method="asymp")
                assert column.ks == pytest.approx(theirs.statistic, rel=0, abs=1e-9)
                assert column.ks_p_value == pytest.approx(theirs.pvalue, rel=0, abs=1e-6)

    def test_a_profile_s_ks_p_value_is_that_of_its_statistic(self, judge: Way) -> None:
        column = one_column(judge, lognormal(1, 9_000), lognormal(2, 7_000))
        assert column.ks is not None
        assert column.ks_p_value == ks_p_values(column.ks, 9_000, 7_000)[0]


def binned(column: ColumnDrift) -> BinnedDrift:
    assert column.drift is not None
    return column.drift


def contingency(before: pd.Series, now: pd.Series) -> np.ndarray:
    """Rows of both sides per bin: the definition of the bins, by pandas; bins that both sides lack are left out."""
    if before.dtype == "str":
        shares = before.value_counts(normalize=True, dropna=False).drop(labels=[np.nan], errors="ignore")
        frequent, rare = shares.index[shares >= 0.01], shares.index[shares < 0.01]
        names = {**dict.fromkeys(rare, "(rare)"), **{name: name for name in frequent}}
        sides = [side.map(lambda name: names.get(name, "(unseen)"), na_action="ignore") for side in (before, now)]
    else:
        values = before.dropna().astype(float)
        deciles = np.quantile(values, np.arange(1, 11) / 10, method="inverted_cdf")
        own = [value for value in np.unique(deciles) if (values == value).mean() >= 0.1]
        edges = np.unique([-np.inf, *deciles[:-1], *own, *np.nextafter(own, -np.inf), np.inf])
        sides = [pd.cut(side.astype(float), edges, labels=False).astype("object") for side in (before, now)]
    both = pd.concat(sides, keys=["before", "now"], names=["side", "row"]).fillna("(missing)")
    return pd.crosstab(both.index.get_level_values("side"), both).loc[["before", "now"]].to_numpy()


def test_counts_of_the_parts_of_a_current_table_add_up_exactly_to_the_whole_s() -> None:
    random = np.random.default_rng(29)
    profile = build_profile(undrifted_table(random, 3_000, 30), FROZEN)
    now = undrifted_table(random, 2_500, 30)
    now.loc[[3, 4, 999, 1_000, 2_000], "c005"] = ["new", "newer", None, "newest", "another"]
    whole = count_table(profile, now)
    parts = (now[:7], now[7:1_000], now[1_000:1_000], now[1_000:])
    summed = reduce(add, (count_table(profile, part) for part in parts))
    assert summed.rows == whole.rows
    assert whole.columns["c005"].unseen == ("another", "new", "newer", "newest")
    for name, counts in whole.columns.items():
        assert summed.columns[name].unseen == counts.unseen
        for kind in ("bins", "below", "at_or_below"):
            np.testing.assert_array_equal(getattr(summed.columns[name], kind), getattr(counts, kind))
    assert check_counts(profile, summed, RULE) == check_counts(profile, whole, RULE)


SWEEPS: dict[str, Callable[[np.random.Generator], np.ndarray]] = {
    "normal": lambda random: random.normal(size=5_000),
    "lognormal": lambda random: random.lognormal(0, 1, 5_000),
    "half zeros": lambda random: np.where(random.random(5_000) < 0.5, 0.0, random.normal(size=5_000)),
}


@pytest.mark.parametrize("direction", [1, -1], ids=["up", "down"])
@pytest.mark.parametrize("draw", SWEEPS.values(), ids=SWEEPS.keys())
def test_severity_never_falls_as_the_rows_of_the_reference_are_shifted_further(
    draw: Callable[[np.random.Generator], np.ndarray], direction: int
) -> None:
    reference = draw(np.random.default_rng(31))
    levels = [one_column(by_raw, reference, reference + direction * shift).severity for shift in np.linspace(0, 2, 41)]
    assert levels == sorted(levels, key=SEVERITIES.index)
    assert (levels[0], levels[-1]) == ("none", "high")


def test_half_a_million_rows_and_a_tiny_shift_are_none_however_small_the_p_value(judge: Way) -> None:
    """A shift of 0.02 deviations: real beyond doubt, and of no consequence."""
    random = np.random.default_rng(37)
    drift = one_column(judge, random.normal(size=500_000), random.normal(0.02, 1, 500_000))
    assert drift.severity == "none"
    assert binned(drift).test.p_value < 1e-14
    assert drift.ks_p_value is not None
    assert drift.ks_p_value < 1e-14
