"""Calibrations that chance might have given: the same fit, on labels drawn from the first one."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit

from segmentation_model.drift.reference.quantile_grid import fit_grid
from segmentation_model.model.calibration import CalibrationSettings, Calibrator, fit_calibrator
from segmentation_model.model.calibration_draws import CalibrationMargins, draw_calibrations, margins_of_grid

FloatArray = NDArray[np.float64]


def fitted(rows: int, slope: float, method: str) -> tuple[Calibrator, CalibrationMargins]:
    """A calibration of distinct margins, far from centred and scaled."""
    random = np.random.default_rng(rows)
    margin = np.sort(random.normal(loc=30.0, scale=5.0, size=rows))
    target = (random.random(rows) < expit(slope * (margin - 30) / 5 - 0.5)).astype(np.float64)
    settings = CalibrationSettings.model_validate({"method": method})
    return fit_calibrator(margin, target, settings), CalibrationMargins(margin, np.ones(rows, dtype=np.int64))


class TestDraws:
    @pytest.mark.parametrize("method", ["isotonic", "platt"])
    @pytest.mark.parametrize(("rows", "slope"), [(40, 0.0), (60, 6.0), (400, 1.0)])
    def test_each_is_what_fitting_on_the_drawn_labels_gives(self, method: str, rows: int, slope: float) -> None:
        """Noise, near separation, and the usual; some slopes are held at 0."""
        calibrator, fitted_on = fitted(rows, slope, method)
        at = np.linspace(0, 60, 200)
        found = draw_calibrations(calibrator, fitted_on, at, 30, np.random.default_rng(5))
        labels = np.random.default_rng(5).binomial(1, calibrator.apply(fitted_on.values), size=(30, rows))
        settings = CalibrationSettings.model_validate({"method": method})
        for probability, target in zip(found, labels, strict=True):
            again = fit_calibrator(fitted_on.values, target, settings)
            np.testing.assert_allclose(probability, again.apply(at), atol=1e-6)

    @pytest.mark.parametrize("method", ["isotonic", "platt"])
    def test_they_never_turn_the_order_around_and_stay_within_the_bounds(self, method: str) -> None:
        calibrator, fitted_on = fitted(300, 0.5, method)
        found = draw_calibrations(calibrator, fitted_on, np.linspace(-100, 100, 500), 50, np.random.default_rng(1))
        assert found.shape == (50, 500)
        assert (np.diff(found, axis=1) >= -1e-15).all()
        low, high = calibrator.bounds
        assert (found >= low).all()
        assert (found <= high).all()

    def test_labels_of_one_class_and_margins_that_tie_are_no_obstacle(self) -> None:
        calibrator = Calibrator(method="platt", n=20, n_positive=1, slope=0.0, intercept=-3.0)
        one_value = CalibrationMargins(np.array([1.0]), np.array([20]))
        found = draw_calibrations(calibrator, one_value, np.array([-5.0, 5.0]), 100, np.random.default_rng(2))
        assert np.isfinite(found).all()
        np.testing.assert_array_equal(found[:, 0], found[:, 1])
        # No drawn bill unpaid: Platt's smoothing leaves 1 case in 22.
        assert found.min() == pytest.approx(1 / 22)


class TestMarginsOfAGrid:
    def test_a_grid_of_all_values_gives_them_with_their_rows(self) -> None:
        values = np.array([-1.0, 0.0, 0.0, 2.0, 2.0, 2.0])
        found = margins_of_grid(fit_grid(values, 6))
        assert (found.values.tolist(), found.rows.tolist()) == ([-1.0, 0.0, 2.0], [1, 2, 3])

    def test_rows_between_two_points_stand_at_the_upper_one_and_none_is_lost(self) -> None:
        values = np.sort(np.random.default_rng(3).normal(size=12_345))
        found = margins_of_grid(fit_grid(values, 100))
        assert len(found.values) == 100
        assert found.rows.sum() == 12_345
        assert set(found.rows) <= {123, 124}
        assert found.values[-1] == values[-1]
