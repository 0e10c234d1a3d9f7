"""From margin to probability: right numbers, kept order, exact storage."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydantic import ValidationError
from scipy.special import expit, logit
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from segmentation_model.errors import InputError
from segmentation_model.model.calibration import CalibrationSettings, Calibrator, fit_calibrator

FloatArray = NDArray[np.float64]
ISOTONIC = CalibrationSettings(method="isotonic")
PLATT = CalibrationSettings(method="platt")


def simulated(rows: int, slope: float = 1.0, intercept: float = 0.0, seed: int = 1) -> tuple[FloatArray, FloatArray]:
    """Margins whose true log-odds are ``slope * margin + intercept``, and labels drawn from them."""
    rng = np.random.default_rng(seed)
    margin = rng.normal(size=rows).astype(np.float32).astype(np.float64)
    return margin, (rng.random(rows) < expit(slope * margin + intercept)).astype(np.float64)


class TestMethod:
    @pytest.mark.parametrize(
        ("n_positive", "n_negative", "method"),
        [(1_000, 1_000, "isotonic"), (999, 5_000, "platt"), (5_000, 999, "platt"), (1_000, 5_000, "isotonic")],
    )
    def test_auto_counts_the_rarer_class(self, n_positive: int, n_negative: int, method: str) -> None:
        target = np.repeat([1, 0], [n_positive, n_negative])
        margin = np.random.default_rng(0).normal(size=len(target))
        calibrator = fit_calibrator(margin, target, CalibrationSettings())
        assert (calibrator.method, calibrator.n, calibrator.n_positive) == (method, len(target), n_positive)

    def test_a_named_method_is_taken_whatever_the_cases(self) -> None:
        margin, target = simulated(50)
        assert fit_calibrator(margin, target, ISOTONIC).method == "isotonic"
        margin, target = simulated(5_000)
        assert fit_calibrator(margin, target, PLATT).method == "platt"


class TestIsotonic:
    def test_gives_what_scikit_learn_gives(self) -> None:
        margin, target = simulated(3_000, seed=2)
        bound = 0.5 / len(margin)
        model = IsotonicRegression(y_min=bound, y_max=1 - bound, out_of_bounds="clip").fit(margin, target)
        grid = np.linspace(-6, 6, 5_001)
        np.testing.assert_allclose(
            fit_calibrator(margin, target, ISOTONIC).apply(grid), model.predict(grid), rtol=1e-12
        )

    def test_pools_what_is_out_of_order(self) -> None:
        # By hand: 1, 0 at the margins 1, 2 are pooled to one half; 1/8 and 7/8 are half a case of four rows.
        calibrator = fit_calibrator([0, 1, 2, 3], [0, 1, 0, 1], ISOTONIC)
        assert calibrator.apply([-9, 0, 0.5, 1, 2, 3, 9]).tolist() == [0.125, 0.125, 0.3125, 0.5, 0.5, 0.875, 0.875]

    def test_rounding_never_turns_two_margins_around(self) -> None:
        x, y = (-0.56, -0.01), (0.07, 0.87)
        just_below = np.nextafter(x[1], -1)
        assert np.interp(just_below, x, y) > y[1], "the case is chosen so that plain interpolation overshoots"
        calibrator = Calibrator(method="isotonic", n=100, n_positive=50, margin_thresholds=x, probability_thresholds=y)
        assert calibrator.apply([just_below]) <= calibrator.apply([x[1]]) == y[1]

    def test_one_distinct_margin_gives_the_base_rate(self) -> None:
        assert fit_calibrator([2.0] * 4, [0, 0, 0, 1], ISOTONIC).apply([-1, 2, 5]).tolist() == [0.25] * 3


class TestPlatt:
    def test_gives_the_maximum_likelihood_of_the_smoothed_targets(self) -> None:
        margin, target = simulated(400, slope=0.7, intercept=-1.2)
        n_positive = target.sum()
        smoothed = np.where(target == 1, (n_positive + 1) / (n_positive + 2), 1 / (len(target) - n_positive + 2))
        oracle = LogisticRegression(C=np.inf, tol=1e-12, max_iter=1_000).fit(
            np.tile(margin, 2)[:, None],
            np.repeat([1, 0], len(margin)),
            sample_weight=np.concatenate([smoothed, 1 - smoothed]),
        )
        calibrator = fit_calibrator(margin, target, PLATT)
        assert calibrator.slope == pytest.approx(oracle.coef_.item(), rel=1e-5)
        assert calibrator.intercept == pytest.approx(oracle.intercept_.item(), rel=1e-5)

    def test_finds_the_line_the_labels_were_drawn_from(self) -> None:
        calibrator = fit_calibrator(*simulated(200_000, slope=1.7, intercept=-0.4), PLATT)
        assert calibrator.slope == pytest.approx(1.7, abs=0.04)
        assert calibrator.intercept == pytest.approx(-0.4, abs=0.03)

    def test_stays_finite_where_the_margin_separates_the_classes(self) -> None:
        calibrator = fit_calibrator([-2.0, -1.0, 1.0, 2.0] * 5, [0, 0, 1, 1] * 5, PLATT)
        assert calibrator.apply([-1.5, 1.5]) == pytest.approx([1 / 12, 11 / 12], abs=0.03)

    def test_does_not_mind_the_scale_of_the_margins(self) -> None:
        margin, target = simulated(2_000)
        plain, shifted = fit_calibrator(margin, target, PLATT), fit_calibrator(1e6 + 1e-3 * margin, target, PLATT)
        np.testing.assert_allclose(shifted.apply(1e6 + 1e-3 * margin), plain.apply(margin), rtol=1e-5)

    @pytest.mark.parametrize("margin", [[3.0, 2.0, 1.0, 0.0], [1.5, 1.5, 1.5, 1.5]], ids=["inverted", "constant"])
    def test_gives_everyone_the_base_rate_rather_than_turn_the_order_around(self, margin: list[float]) -> None:
        calibrator = fit_calibrator(margin, [0, 0, 1, 1], PLATT)
        assert calibrator.slope == 0
        assert calibrator.apply([-np.inf, -5.0, 5.0, np.inf]) == pytest.approx([0.5] * 4)


class TestAnyCalibrator:
    @pytest.mark.parametrize("method", [ISOTONIC, PLATT], ids=["isotonic", "platt"])
    def test_repairs_the_shift_of_a_class_weight(self, method: CalibrationSettings) -> None:
        margin, target = simulated(40_000, intercept=-np.log(3.5))
        probability = fit_calibrator(margin[::2], target[::2], method).apply(margin[1::2])
        assert abs(expit(margin[1::2]).mean() - target[1::2].mean()) > 0.15
        assert probability.mean() == pytest.approx(target[1::2].mean(), abs=0.015)

    @pytest.mark.parametrize("method", [ISOTONIC, PLATT], ids=["isotonic", "platt"])
    def test_missing_stays_missing_and_shapes_stay(self, method: CalibrationSettings) -> None:
        calibrator = fit_calibrator(*simulated(100), method)
        probability = calibrator.apply(np.array([[np.nan, -np.inf], [0.0, np.inf]]))
        assert probability.dtype == np.float64
        assert np.isnan(probability).tolist() == [[True, False], [False, False]]
        assert calibrator.apply([]).shape == (0,)
        low, high = calibrator.bounds
        assert (low, high) == (0.005, 0.995)
        assert low <= probability[0, 1] <= probability[1, 0] <= probability[1, 1] <= high

    @settings(deadline=None)
    @given(
        rows=st.lists(st.tuples(st.floats(-30, 30, width=32), st.integers(0, 1)), min_size=2, max_size=60),
        method=st.sampled_from([ISOTONIC, PLATT]),
    )
    def test_keeps_the_order_the_bounds_and_its_numbers(
        self, rows: list[tuple[float, int]], method: CalibrationSettings
    ) -> None:
        margin, target = zip(*[*rows, (0.0, 0), (1.0, 1)], strict=True)
        calibrator = fit_calibrator(margin, target, method)
        grid = np.sort(np.concatenate([np.linspace(-40, 40, 997), margin, np.nextafter(margin, np.inf)]))
        probability = calibrator.apply(grid)
        assert (np.diff(probability) >= 0).all()
        assert probability.min() >= 0.5 / len(margin)
        assert probability.max() <= 1 - 0.5 / len(margin)
        again = Calibrator.model_validate_json(calibrator.model_dump_json())
        assert again == calibrator
        assert again.apply(grid).tobytes() == probability.tobytes()

    def test_isotonic_averages_to_the_base_rate(self) -> None:
        margin, target = simulated(2_000)
        assert fit_calibrator(margin, target, ISOTONIC).apply(margin).mean() == pytest.approx(target.mean(), abs=1e-3)

    def test_platt_meets_the_odds_of_two_groups(self) -> None:
        # Two margins make the line pass through both groups: odds of 11/12 * 1/12 shares by Platt's smoothing.
        calibrator = fit_calibrator([0.0] * 10 + [1.0] * 10, [1] + [0] * 9 + [0] + [1] * 9, PLATT)
        low = (1 * 11 / 12 + 9 * 1 / 12) / 10
        assert calibrator.intercept == pytest.approx(float(logit(low)), rel=1e-6)
        assert calibrator.apply([1.0]) == pytest.approx([1 - low])


class TestErrors:
    @pytest.mark.parametrize(
        ("margin", "target", "message"),
        [
            ([0.0, 1.0], [1], r"margins \(2,\) and targets \(1,\) must be vectors of one length"),
            ([[0.0, 1.0]], [[0, 1]], "must be vectors of one length"),
            ([0.0, np.nan, np.inf], [0, 1, 1], "calibration part: 2 margins are not finite numbers"),
            ([0.0, 1.0], [0, 2], r"column 'target' holds 2\.0 \(1 rows\); allowed are 0, 1"),
            ([0.0, 1.0], [0, np.nan], "column 'target' holds nan"),
            ([0.0, 1.0], [1, 1], "2 rows with 2 unpaid bills; both paid and unpaid bills are needed"),
            ([], [], "0 rows with 0 unpaid bills"),
        ],
    )
    def test_unusable_rows_are_refused(self, margin: object, target: object, message: str) -> None:
        with pytest.raises(InputError, match=message):
            fit_calibrator(margin, target, CalibrationSettings())

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"slope": None}, "platt a slope and an intercept"),
            ({"method": "isotonic"}, "isotonic needs as many"),
            ({"margin_thresholds": (1.0,)}, "nothing else"),
            ({"slope": -0.1}, "greater than or equal to 0"),
            ({"n_positive": 4}, "n_positive 4 must be below n 4"),
            ({"intercept": float("nan")}, "finite number"),
            ({"model": 1}, "Extra inputs are not permitted"),
        ],
    )
    def test_a_damaged_platt_calibrator_is_refused(self, changes: dict[str, object], message: str) -> None:
        sound = {"method": "platt", "n": 4, "n_positive": 2, "slope": 1.0, "intercept": 0.0}
        assert Calibrator.model_validate(sound).slope == 1
        with pytest.raises(ValidationError, match=message):
            Calibrator.model_validate(sound | changes)

    @pytest.mark.parametrize(
        ("margins", "probabilities", "message"),
        [
            ((0.0, 0.0), (0.2, 0.3), "margin_thresholds must increase"),
            ((0.0, 1.0), (0.3, 0.2), "probability_thresholds must not decrease"),
            ((0.0, 1.0), (0.3,), "isotonic needs as many"),
        ],
    )
    def test_a_damaged_isotonic_calibrator_is_refused(
        self, margins: tuple[float, ...], probabilities: tuple[float, ...], message: str
    ) -> None:
        with pytest.raises(ValidationError, match=message):
            Calibrator(
                method="isotonic", n=4, n_positive=2, margin_thresholds=margins, probability_thresholds=probabilities
            )
