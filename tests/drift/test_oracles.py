"""The oracle table of the rule book (spec 2, drift), row by row."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from segmentation_model.drift.judgement.prediction import judge_prediction, model_severity
from segmentation_model.drift.judgement.table_drift import check_counts, check_table
from segmentation_model.drift.reference.prediction_reference import Share, build_prediction_reference, count_scores
from segmentation_model.drift.reference.profile import build_profile, count_table
from segmentation_model.drift.reference.profile_file import profile_from_bytes, profile_to_bytes
from segmentation_model.drift.statistics.homogeneity import homogeneity
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

ROWS = 30_000


def lognormal(seed: int, rows: int = ROWS) -> np.ndarray:
    return np.random.default_rng(seed).lognormal(6, 2, rows)


def zeros_and_amounts(seed: int, spike: float) -> np.ndarray:
    random = np.random.default_rng(seed)
    return np.where(random.random(ROWS) < 0.6, spike, random.lognormal(4, 1, ROWS))


def credits_and_amounts(seed: int, sign: float) -> np.ndarray:
    random = np.random.default_rng(seed)
    return np.where(random.random(ROWS) < 0.6, sign * random.uniform(0.01, 5, ROWS), random.lognormal(4, 1, ROWS))


class TestInvoicesThatDouble:
    def test_are_at_least_moderate(self) -> None:
        assert at_least(judge_column(lognormal(1), 2 * lognormal(2)).severity, "moderate")

    def test_are_none_where_they_do_not(self) -> None:
        assert judge_column(lognormal(1), lognormal(2)).severity == "none"


class TestMissingValues:
    def test_from_2_to_30_percent_are_high_in_a_number(self) -> None:
        drift = judge_column(with_missing(lognormal(1), 0.02, 3), with_missing(lognormal(2), 0.30, 4))
        assert drift.severity == "high"

    def test_from_2_to_30_percent_are_high_in_a_category(self) -> None:
        random = np.random.default_rng(5)
        category = pd.Series(random.choice(list("abcd"), ROWS), dtype="category")
        before, now = (category.mask(random.random(ROWS) < share) for share in (0.02, 0.30))
        assert judge_column(before, now).severity == "high"


class TestUnseenCategories:
    @staticmethod
    def with_unseen(rows: int) -> pd.Series:
        values = np.random.default_rng(7).choice(list("abcd"), ROWS).astype(object)
        values[:rows] = "e"
        return pd.Series(values, dtype="str")

    def test_one_row_in_30_000_is_none_or_low(self) -> None:
        drift = judge_column(self.with_unseen(0), self.with_unseen(1))
        assert drift.severity in {"none", "low"}
        assert drift.unseen == ("e",)

    def test_5_percent_of_the_rows_are_at_least_moderate(self) -> None:
        assert at_least(judge_column(self.with_unseen(0), self.with_unseen(ROWS // 20)).severity, "moderate")


SPIKES: dict[str, tuple[Values, Values]] = {
    "constant 5 becomes 4": (np.full(ROWS, 5.0), np.full(ROWS, 4.0)),
    "constant 4 becomes 5": (np.full(ROWS, 4.0), np.full(ROWS, 5.0)),
    "60 % zeros become small credits": (zeros_and_amounts(1, 0.0), credits_and_amounts(2, -1.0)),
    "60 % small credits become zeros": (credits_and_amounts(1, -1.0), zeros_and_amounts(2, 0.0)),
    "60 % zeros become small amounts": (zeros_and_amounts(1, 0.0), credits_and_amounts(2, 1.0)),
    "60 % small amounts become zeros": (credits_and_amounts(1, 1.0), zeros_and_amounts(2, 0.0)),
    "60 % zeros at the top become small amounts": (-zeros_and_amounts(1, 0.0), -credits_and_amounts(2, -1.0)),
    "60 % zeros become credits of one cent": (zeros_and_amounts(1, 0.0), zeros_and_amounts(2, -0.01)),
}


@pytest.mark.parametrize(("before", "now"), SPIKES.values(), ids=SPIKES.keys())
def test_a_spike_that_moves_is_at_least_moderate(before: Values, now: Values) -> None:
    assert at_least(judge_column(before, now).severity, "moderate")


def test_the_chi_squared_test_calls_3_to_7_percent_of_undrifted_categories_significant_at_5_percent() -> None:
    random = np.random.default_rng(11)
    shares = np.full(8, 1 / 8)
    p_values = [
        homogeneity(random.multinomial(1_000, shares), random.multinomial(1_000, shares)).p_value for _ in range(1_000)
    ]
    assert 0.03 <= np.mean(np.array(p_values) < 0.05) <= 0.07


@pytest.mark.parametrize(("rows", "trials"), [(200, 360), (500, 360), (1_000, 360), (10_000, 180), (100_000, 30)])
def test_without_drift_at_most_2_percent_of_columns_are_low_or_more(rows: int, trials: int) -> None:
    """Each column is a table of its own, where the false discovery rate helps least."""
    random = np.random.default_rng(rows)
    kinds = list(UNDRIFTED_COLUMNS.values())
    alarms = 0
    for trial in range(trials):
        draw = kinds[trial % len(kinds)]
        alarms += judge_column(draw(random, rows), draw(random, rows)).severity != "none"
    assert alarms / trials <= 0.02


def test_a_shift_of_half_a_deviation_in_300_rows_is_at_least_moderate_in_90_percent() -> None:
    random = np.random.default_rng(13)
    found = [
        at_least(judge_column(random.normal(size=300), random.normal(0.5, 1, 300)).severity, "moderate")
        for _ in range(200)
    ]
    assert np.mean(found) >= 0.90


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


def test_241_undrifted_columns_with_prediction_signals_give_a_verdict_in_at_most_5_percent_of_20_seeds() -> None:
    assert false_verdicts(range(20)) <= 0.05


@pytest.mark.slow
def test_241_undrifted_columns_with_prediction_signals_give_a_verdict_in_at_most_5_percent_of_200_seeds() -> None:
    assert false_verdicts(range(1_000, 1_200)) <= 0.05


@pytest.mark.parametrize("rows", [5_000, 20_000])
def test_margins_moved_by_half_are_at_least_moderate_and_move_the_category_shares(rows: int) -> None:
    random = np.random.default_rng(17)
    margins = random.normal(-2.5, 1.2, rows)
    cut_offs = cut_offs_of(margins)
    reference = build_prediction_reference(scores_of(margins, cut_offs), FROZEN)
    current = count_scores(reference, scores_of(random.normal(-2.0, 1.2, rows), cut_offs))
    signals = {signal.name: signal for signal in judge_prediction(RULE, reference=reference, current=current)}
    severity = model_severity(tuple(signals.values()))
    assert severity in {"moderate", "high"}
    assert signals["category_shares_psi"].severity != "none"


def test_only_the_most_important_column_moving_by_a_deviation_gives_at_least_moderate() -> None:
    random = np.random.default_rng(19)
    names = [f"c{index}" for index in range(100)]
    before = pd.DataFrame(random.normal(size=(2_000, 100)), columns=names)
    now = pd.DataFrame(random.normal(size=(2_000, 100)), columns=names).assign(c42=lambda frame: frame["c42"] + 1)
    weights = dict.fromkeys(names, 1.0) | {"c42": 5.0}
    drift = check_table(build_profile(before, FROZEN), now, RULE, weights=weights)
    assert at_least(drift.severity, "moderate")
    assert [column.column for column in drift.drifted] == ["c42"]


def test_a_stored_profile_gives_the_same_psi_and_chi_squared_as_the_raw_reference() -> None:
    random = np.random.default_rng(23)
    before, now = undrifted_table(random, 4_000, 30), undrifted_table(random, 3_000, 30)
    now["c000"] *= 2
    raw = build_profile(before, FROZEN)
    stored = profile_from_bytes(*profile_to_bytes(raw))
    pairs = zip(check_table(raw, now, RULE).columns, check_table(stored, now, RULE).columns, strict=True)
    for from_raw, from_profile in pairs:
        assert from_raw.drift is not None
        assert from_profile.drift is not None
        assert from_profile.drift.psi == pytest.approx(from_raw.drift.psi, rel=1e-12, abs=1e-15)
        assert from_profile.drift.test.statistic == pytest.approx(from_raw.drift.test.statistic, rel=1e-12, abs=1e-15)
        assert from_profile.severity == from_raw.severity


def test_counts_of_the_parts_of_a_current_table_add_up_exactly_to_the_whole_s() -> None:
    random = np.random.default_rng(29)
    profile = build_profile(undrifted_table(random, 3_000, 30), FROZEN)
    now = undrifted_table(random, 2_500, 30)
    now.loc[[3, 4, 999, 1_000, 2_000], "c005"] = ["new", "newer", None, "newest", "another"]
    whole = count_table(profile, now)
    first, *others = [count_table(profile, part) for part in (now[:7], now[7:1_000], now[1_000:1_000], now[1_000:])]
    summed = first
    for part in others:
        summed = summed + part
    assert summed.rows == whole.rows
    assert whole.columns["c005"].unseen == ("another", "new", "newer", "newest")
    for name, counts in whole.columns.items():
        np.testing.assert_array_equal(summed.columns[name].bins, counts.bins)
        np.testing.assert_array_equal(summed.columns[name].below, counts.below)
        np.testing.assert_array_equal(summed.columns[name].at_or_below, counts.at_or_below)
        assert summed.columns[name].unseen == counts.unseen
    assert check_counts(profile, summed, RULE) == check_counts(profile, whole, RULE)


SWEEPS: dict[str, Callable[[np.random.Generator], np.ndarray]] = {
    "normal": lambda random: random.normal(size=5_000),
    "lognormal": lambda random: random.lognormal(0, 1, 5_000),
    "half zeros": lambda random: np.where(random.random(5_000) < 0.5, 0.0, random.normal(size=5_000)),
}


@pytest.mark.parametrize("draw", SWEEPS.values(), ids=SWEEPS.keys())
def test_severity_never_falls_as_the_rows_of_the_reference_are_shifted_further(
    draw: Callable[[np.random.Generator], np.ndarray],
) -> None:
    reference = draw(np.random.default_rng(31))
    levels = [judge_column(reference, reference + shift).severity for shift in np.linspace(0, 2, 41)]
    assert levels == sorted(levels, key=["none", "low", "moderate", "high"].index)
    assert (levels[0], levels[-1]) == ("none", "high")


def test_half_a_million_rows_and_a_tiny_shift_are_none_however_small_the_p_value() -> None:
    """A shift of 0.02 deviations: real beyond doubt, and of no consequence."""
    random = np.random.default_rng(37)
    reference = random.normal(size=500_000)
    drift = judge_column(reference, random.normal(0.02, 1, 500_000))
    assert drift.severity == "none"
    assert drift.drift is not None
    assert drift.drift.test.p_value < 1e-9
