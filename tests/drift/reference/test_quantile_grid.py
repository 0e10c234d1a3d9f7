"""The grid stands on values of the reference, and its counts are those of all rows."""

import numpy as np
import pytest

from segmentation_model.drift.reference.quantile_grid import fit_grid

SAMPLES: dict[str, np.ndarray] = {
    "distinct": np.arange(1_000.0),
    "fewer than the grid": np.arange(7.0),
    "one": np.array([3.0]),
    "ties": np.repeat([1.0, 2.0, 5.0], [10, 500, 90]),
    "neighbours that tie": np.repeat(np.arange(500.0), 2),
    "infinite": np.array([-np.inf] * 40 + [1.0, 2.0, 3.0] * 20 + [np.inf] * 40),
    "the largest and infinite": np.array([0.0] * 10 + [np.finfo(np.float64).max] * 10 + [np.inf] * 10),
}


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES.keys())
@pytest.mark.parametrize("size", [10, 250])
def test_its_points_are_quantiles_with_the_rows_below_and_at_each(sample: np.ndarray, size: int) -> None:
    values = np.sort(sample)
    grid = fit_grid(values, size)
    quantiles = np.quantile(values, np.arange(1, size + 1) / size, method="inverted_cdf")
    largest = np.finfo(np.float64).max
    assert grid.points.tolist() == sorted(set(np.clip(quantiles, -largest, largest).tolist()))
    assert grid.below.tolist() == [int(np.sum(values < point)) for point in grid.points]
    assert grid.at_or_below.tolist() == [int(np.sum(values <= point)) for point in grid.points]


def test_no_values_give_no_points() -> None:
    grid = fit_grid(np.zeros(0), 100)
    assert grid.points.size == grid.below.size == grid.at_or_below.size == 0
