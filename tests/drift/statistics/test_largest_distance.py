"""Most values are never looked at, and the largest distance is found all the same."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from segmentation_model.drift.reference.binning import cumulative_counts
from segmentation_model.drift.reference.quantile_grid import fit_grid
from segmentation_model.drift.statistics import largest_distance as module
from segmentation_model.drift.statistics.kolmogorov_smirnov import ks_statistic
from segmentation_model.drift.statistics.largest_distance import CountsAtPoints, largest_distance

Draw = Callable[[np.random.Generator, int], np.ndarray]

DISTRIBUTIONS: dict[str, tuple[Draw, Draw]] = {
    "the same": (lambda random, rows: random.normal(size=rows), lambda random, rows: random.normal(size=rows)),
    "a small shift": (lambda random, rows: random.normal(size=rows), lambda random, rows: random.normal(0.05, 1, rows)),
    "another scale": (lambda random, rows: random.normal(size=rows), lambda random, rows: random.normal(0, 2, rows)),
    "heavy tails": (lambda random, rows: random.lognormal(6, 2, rows), lambda random, rows: random.pareto(1, rows)),
    "disjoint": (lambda random, rows: random.random(rows), lambda random, rows: random.random(rows) + 2),
    "few values": (lambda random, rows: random.poisson(2, rows), lambda random, rows: random.poisson(2.05, rows)),
    "two values": (lambda random, rows: random.random(rows) < 0.3, lambda random, rows: random.random(rows) < 0.31),
    "one value": (lambda random, rows: np.zeros(rows), lambda random, rows: np.ones(rows)),
    "ties and amounts": (
        lambda random, rows: np.where(random.random(rows) < 0.5, 0.0, random.lognormal(3, 1, rows)),
        lambda random, rows: np.where(random.random(rows) < 0.5, -0.0, random.lognormal(3, 1, rows)),
    ),
    "rounded": (
        lambda random, rows: random.normal(size=rows).round(2),
        lambda random, rows: random.normal(size=rows).round(2),
    ),
    "infinite": (
        lambda random, rows: np.where(random.random(rows) < 0.2, np.inf, random.normal(size=rows)),
        lambda random, rows: np.where(random.random(rows) < 0.2, -np.inf, random.normal(size=rows)),
    ),
}


@pytest.mark.parametrize("rows", [(1, 2), (7, 1), (30, 20), (999, 2_000), (20_000, 9_000), (9_000, 60_000)])
@pytest.mark.parametrize("draws", DISTRIBUTIONS.values(), ids=DISTRIBUTIONS.keys())
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_statistic_is_scipy_s(draws: tuple[Draw, Draw], rows: tuple[int, int], dtype: type) -> None:
    random = np.random.default_rng(sum(rows))
    reference, current = (np.sort(draw(random, size).astype(dtype)) for draw, size in zip(draws, rows, strict=True))
    expected = stats.ks_2samp(reference, current, method="asymp").statistic
    assert ks_statistic(reference, current) == pytest.approx(expected, abs=1e-9)
    grid = fit_grid(reference, 50)
    points = grid.points.astype(dtype)
    known = CountsAtPoints(grid.below, grid.at_or_below, *cumulative_counts(current, points))
    assert ks_statistic(reference, current, known) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("coarse", ["reference", "current"])
def test_samples_with_different_digits_are_compared_at_the_coarser_ones(coarse: str) -> None:
    random = np.random.default_rng(3)
    reference, current = (np.sort(random.choice(np.arange(100) / 10, 5_000)) for _ in range(2))
    expected = stats.ks_2samp(reference.astype(np.float32), current.astype(np.float32), method="asymp").statistic
    sides = {"reference": reference, "current": current}
    sides[coarse] = sides[coarse].astype(np.float32)
    assert ks_statistic(sides["reference"], sides["current"]) == pytest.approx(expected, abs=1e-9)


SAMPLE = st.lists(st.integers(-4, 4).map(float) | st.floats(-10, 10), min_size=2, max_size=60).map(np.sort)


@given(reference=SAMPLE, current=SAMPLE, points=st.lists(st.floats(-12, 12), min_size=1, max_size=5).map(np.unique))
@settings(derandomize=True, deadline=None, max_examples=150)
def test_it_does_not_depend_on_how_many_values_are_looked_up_at_a_time(
    reference: np.ndarray, current: np.ndarray, points: np.ndarray
) -> None:
    expected = stats.ks_2samp(reference, current, method="asymp").statistic
    known = CountsAtPoints(*cumulative_counts(reference, points), *cumulative_counts(current, points))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_VALUES_A_ROUND", 3)
        patch.setattr(module, "_CLOSER_BY", 2)
        assert largest_distance(reference, current) == pytest.approx(expected, abs=1e-12)
        assert largest_distance(reference, current, known) == pytest.approx(expected, abs=1e-12)
        assert largest_distance(current, reference, known.swapped()) == pytest.approx(expected, abs=1e-12)


def test_few_of_the_values_are_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up = 0

    def counting(values: np.ndarray, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        nonlocal looked_up
        looked_up += points.size
        return cumulative_counts(values, points)

    monkeypatch.setattr(module, "cumulative_counts", counting)
    random = np.random.default_rng(5)
    reference, current = np.sort(random.normal(size=100_000)), np.sort(random.normal(size=100_001))
    assert largest_distance(reference, current) > 0.0
    assert looked_up < 20_000
    looked_up = 0
    assert largest_distance(reference, reference.copy()) == 0.0
    assert looked_up == 0
