"""Performance without labels: the right expectation, and a band that holds what comes."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import expit
from scipy.stats import binom
from sklearn.metrics import roc_auc_score

from segmentation_model.errors import InputError
from segmentation_model.model.calibration import CalibrationSettings, Calibrator, fit_calibrator
from segmentation_model.model.calibration_draws import CalibrationMargins
from segmentation_model.model.label_free import (
    LabelFreeSettings,
    RealisedPerformance,
    expect_performance,
    expected_roc_auc,
    realised_performance,
)

FloatArray = NDArray[np.float64]
SETTINGS = LabelFreeSettings()
HONEST = Calibrator(method="platt", n=10**9, n_positive=10**8, slope=1.0, intercept=-2.0)
#: So many calibration rows leave nothing uncertain about the calibration.
ENDLESS = CalibrationMargins(np.linspace(-5.0, 5.0, 101), np.full(101, 10**7))


def draw(rows: int, random: np.random.Generator, shift: float = 0.0) -> tuple[FloatArray, FloatArray]:
    """Margins and labels of a month; the margin is calibrated neither by a line nor at all."""
    margin = random.normal(size=rows) + shift
    return margin, (random.random(rows) < expit(1.3 * margin + 0.3 * np.tanh(2 * margin) - 2)).astype(np.float64)


def margins_of(margin: FloatArray) -> CalibrationMargins:
    return CalibrationMargins(*np.unique(margin, return_counts=True))


class TestExpectedRocAuc:
    @staticmethod
    def by_pairs(margin: list[float], probability: list[float]) -> float | None:
        in_order = pairs = 0.0
        for i, j in itertools.permutations(range(len(margin)), 2):
            weight = probability[i] * (1 - probability[j])
            pairs += weight
            in_order += weight * ((margin[i] > margin[j]) + (margin[i] == margin[j]) / 2)
        return in_order / pairs if pairs else None

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.tuples(st.integers(-3, 3), st.floats(0.01, 0.99)), min_size=2, max_size=15))
    def test_is_the_sum_over_all_pairs_ties_and_order_of_the_rows_included(self, rows: list[tuple[int, float]]) -> None:
        margin, probability = [float(row[0]) for row in rows], [row[1] for row in rows]
        assert expected_roc_auc(margin, probability) == pytest.approx(self.by_pairs(margin, probability), abs=1e-12)

    def test_labels_that_are_certain_give_their_own_auc(self) -> None:
        margin, labels = draw(500, np.random.default_rng(1))
        margin = margin.round(1)
        assert expected_roc_auc(margin, labels) == pytest.approx(roc_auc_score(labels, margin), abs=1e-12)

    def test_is_the_mean_auc_of_labels_drawn_from_the_probabilities(self) -> None:
        random = np.random.default_rng(2)
        margin = random.normal(size=400)
        probability = expit(margin - 1)
        drawn = [roc_auc_score(random.random(400) < probability, margin) for _ in range(400)]
        assert expected_roc_auc(margin, probability) == pytest.approx(np.mean(drawn), abs=0.004)

    def test_scores_that_rank_nothing_give_one_half(self) -> None:
        assert expected_roc_auc([1.0] * 5, [0.1, 0.5, 0.5, 0.2, 0.9]) == 0.5
        assert expected_roc_auc([1.0, 2.0, 3.0], [0.3] * 3) == pytest.approx(0.5)

    def test_a_plateau_of_the_calibration_is_ranked_by_its_margins_and_counts_one_half(self) -> None:
        # By hand: p = .2, .2, .8; in order .2*.8/2*2 (the plateau) + .8*.8*2, against it .2*.2*2.
        assert expected_roc_auc([1, 2, 3], [0.2, 0.2, 0.8]) == pytest.approx((0.16 + 1.28) / (0.32 + 1.28 + 0.08))

    @pytest.mark.parametrize(
        ("margin", "probability"), [([], []), ([1.0], [0.3]), ([1.0, 2.0], [0.0, 0.0]), ([1.0, 2.0], [1.0, 1.0])]
    )
    def test_without_a_pair_to_expect_there_is_none(self, margin: list[float], probability: list[float]) -> None:
        assert expected_roc_auc(margin, probability) is None

    @pytest.mark.parametrize(
        ("margin", "probability", "message"),
        [
            ([1.0, 2.0], [0.5], r"\(2,\) margins and \(1,\) probabilities must match"),
            ([1.0, np.nan], [0.5, 0.5], "1 margins are not finite"),
            ([1.0, 2.0], [0.5, 1.5], r"probability 1.5 \(1 rows\) is not within 0 and 1"),
            ([1.0, 2.0], [np.nan, 0.5], "probability nan"),
        ],
    )
    def test_what_is_no_score_is_refused(self, margin: list[float], probability: list[float], message: str) -> None:
        with pytest.raises(InputError, match=message):
            expected_roc_auc(margin, probability)


class TestBands:
    @pytest.mark.parametrize(
        ("calibration_rows", "month_rows", "shift", "method"),
        [
            (6_000, 6_000, 0.0, "isotonic"),
            (6_000, 50_000, 0.5, "isotonic"),
            (1_000, 3_000, 0.0, "platt"),
            (200, 500, 0.0, "platt"),
        ],
    )
    def test_hold_the_realised_figures_and_the_estimates_lie_in_their_midst(
        self, calibration_rows: int, month_rows: int, shift: float, method: str
    ) -> None:
        """Over 20 worlds; the calibration part is as small, and the month as much on the move, as in practice."""
        auc_held, rate_held, gaps = 0, 0, []
        for seed in range(20):
            random = np.random.default_rng([7, seed])
            fitted_on, target = draw(calibration_rows, random)
            calibrator = fit_calibrator(fitted_on, target, CalibrationSettings.model_validate({"method": method}))
            margin, labels = draw(month_rows, random, shift)
            expected = expect_performance(margin, calibrator, margins_of(fitted_on), LabelFreeSettings(draws=200), seed)
            assert expected.roc_auc is not None
            realised = roc_auc_score(labels, margin)
            auc_held += expected.roc_auc.low <= realised <= expected.roc_auc.high
            rate_held += expected.default_rate.low <= labels.mean() <= expected.default_rate.high
            gaps.append(expected.roc_auc.value - realised)
        assert auc_held >= 18
        assert rate_held >= 17
        assert abs(np.mean(gaps)) <= (0.01 if calibration_rows >= 1_000 else 0.03)

    def test_with_an_endless_calibration_part_only_the_labels_are_uncertain(self) -> None:
        """The band of the default rate of equal customers is the binomial one."""
        flat = Calibrator(method="platt", n=10**9, n_positive=10**8, slope=0.0, intercept=float(np.log(0.1 / 0.9)))
        expected = expect_performance(np.zeros(1_000), flat, ENDLESS, LabelFreeSettings(draws=4_000), 1)
        assert expected.default_rate.value == pytest.approx(0.1, abs=1e-4)
        found = [expected.default_rate.low, expected.default_rate.high]
        np.testing.assert_allclose(found, binom.ppf([0.025, 0.975], 1_000, 0.1) / 1_000, atol=0.002)
        assert expected.roc_auc is not None
        assert expected.roc_auc.value == pytest.approx(0.5)

    def test_a_small_calibration_part_widens_the_band_where_the_month_is_large(self) -> None:
        margin, _ = draw(20_000, np.random.default_rng(3))
        widths = []
        for rows in (100, 1_000, 10_000):
            values, target = draw(rows, np.random.default_rng(4))
            calibrator = fit_calibrator(values, target, CalibrationSettings(method="platt"))
            band = expect_performance(margin, calibrator, margins_of(values), SETTINGS, 1).roc_auc
            assert band is not None
            widths.append(band.high - band.low)
        assert widths[0] > 2 * widths[1] > 4 * widths[2]

    def test_estimates_are_the_exact_ones_where_the_calibration_is_certain(self) -> None:
        margin, _ = draw(30_000, np.random.default_rng(5))
        expected = expect_performance(margin, HONEST, ENDLESS, SETTINGS, 1)
        probability = HONEST.apply(margin)
        assert expected.rows == 30_000
        assert expected.default_rate.value == pytest.approx(probability.mean(), abs=2e-5)
        assert expected.roc_auc is not None
        assert expected.roc_auc.value == pytest.approx(expected_roc_auc(margin, probability), abs=2e-5)

    def test_more_confidence_is_a_wider_band_around_the_same_value(self) -> None:
        margin, _ = draw(1_000, np.random.default_rng(6))
        one, other = (
            expect_performance(margin, HONEST, ENDLESS, LabelFreeSettings(confidence=c), 1).default_rate
            for c in (0.8, 0.99)
        )
        assert one.value == other.value
        assert other.low < one.low < one.value < one.high < other.high

    def test_neither_the_order_of_the_rows_nor_a_second_call_changes_a_digit(self) -> None:
        margin, _ = draw(3_000, np.random.default_rng(7))
        before = margin.copy()
        found = [expect_performance(rows, HONEST, ENDLESS, SETTINGS, 9) for rows in (margin, margin, margin[::-1])]
        assert found[0] == found[1] == found[2]
        np.testing.assert_array_equal(margin, before)
        assert expect_performance(margin, HONEST, ENDLESS, SETTINGS, 10) != found[0]


class TestThinMonths:
    def test_no_rows_are_refused(self) -> None:
        with pytest.raises(InputError, match="there are no scored rows"):
            expect_performance([], HONEST, ENDLESS, SETTINGS, 1)

    def test_a_margin_that_is_missing_is_refused(self) -> None:
        with pytest.raises(InputError, match="1 margins are not finite"):
            expect_performance([0.0, np.nan], HONEST, ENDLESS, SETTINGS, 1)

    def test_one_row_has_a_default_rate_and_no_auc(self) -> None:
        expected = expect_performance([2.0], HONEST, ENDLESS, SETTINGS, 1)
        assert expected.roc_auc is None
        assert expected.default_rate.value == pytest.approx(0.5, abs=1e-3)
        assert (round(expected.default_rate.low, 2), round(expected.default_rate.high, 2)) == (0, 1)

    def test_where_the_labels_will_be_of_one_class_most_likely_there_is_no_auc(self) -> None:
        assert expect_performance([-4.0, -4.1, -4.2], HONEST, ENDLESS, SETTINGS, 1).roc_auc is None
        assert expect_performance(np.linspace(-4, -3, 400), HONEST, ENDLESS, SETTINGS, 1).roc_auc is not None

    def test_equal_scores_give_one_half(self) -> None:
        band = expect_performance(np.ones(500), HONEST, ENDLESS, SETTINGS, 1).roc_auc
        assert band is not None
        assert (band.value, band.low, band.high) == (0.5, 0.5, 0.5)


class TestRealised:
    def test_rows_without_an_outcome_or_a_score_count_nowhere(self) -> None:
        found = realised_performance([0.1, np.nan, 0.3, 0.2, 0.9], [0, 1, 1, np.nan, 0])
        assert found == RealisedPerformance(rows=3, default_rate=1 / 3, roc_auc=0.5)

    @pytest.mark.parametrize(
        ("target", "expected"),
        [
            ([np.nan, np.nan], RealisedPerformance(0, None, None)),
            ([0, np.nan], RealisedPerformance(1, 0.0, None)),
            ([1, 1], RealisedPerformance(2, 1.0, None)),
        ],
    )
    def test_there_is_no_auc_without_both_classes(self, target: list[float], expected: RealisedPerformance) -> None:
        assert realised_performance([0.1, 0.2], target) == expected

    @pytest.mark.parametrize(
        ("target", "message"), [([0, 1, 1], "must be vectors of one length"), ([0, 2], "holds 2.0")]
    )
    def test_what_is_no_outcome_is_refused(self, target: list[float], message: str) -> None:
        with pytest.raises(InputError, match=message):
            realised_performance([0.1, 0.2], target)


@pytest.mark.parametrize("wrong", [{"confidence": 1.0}, {"confidence": 0.5}, {"draws": 99}, {"seed": 1}])
def test_settings_out_of_bounds_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        LabelFreeSettings.model_validate(wrong)
