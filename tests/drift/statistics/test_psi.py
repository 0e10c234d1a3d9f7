"""The index itself, against a computation of its own."""

import math
from itertools import pairwise

import numpy as np
import pytest

from segmentation_model.drift.statistics.psi import population_stability_index
from tests.drift.builders import judge_column


def psi_by_hand(reference: list[float], current: list[float]) -> float:
    """The definition, term by term, in plain Python."""
    bins = [(p, q) for p, q in zip(reference, current, strict=True) if p or q]
    n, m = sum(p + 0.5 for p, _ in bins), sum(q + 0.5 for _, q in bins)
    return sum(((q + 0.5) / m - (p + 0.5) / n) * math.log(((q + 0.5) / m) / ((p + 0.5) / n)) for p, q in bins)


@pytest.mark.parametrize(
    ("reference", "current"),
    [
        ([10, 20, 30], [30, 20, 10]),
        ([100, 0], [0, 100]),
        ([5, 0, 0, 7], [50, 0, 3, 1]),
        ([1_000_000, 1], [1, 3]),
    ],
)
def test_it_is_the_definition(reference: list[float], current: list[float]) -> None:
    assert population_stability_index(reference, current) == pytest.approx(psi_by_hand(reference, current), rel=1e-12)


def test_equal_counts_give_0_and_sides_can_be_swapped() -> None:
    assert population_stability_index([3, 5, 0], [3, 5, 0]) == 0.0
    assert population_stability_index([3, 5, 2], [4, 1, 9]) == pytest.approx(
        population_stability_index([4, 1, 9], [3, 5, 2]), rel=1e-14
    )


def test_bins_that_are_empty_on_both_sides_change_nothing() -> None:
    assert population_stability_index([90, 10, 0, 0, 0], [9, 1, 0, 0, 0]) == population_stability_index(
        [90, 10], [9, 1]
    )


@pytest.mark.parametrize("counts", [([], []), ([0, 0], [0, 0]), ([5, 5], [0, 0]), ([0], [7])])
def test_it_is_finite_whatever_is_empty(counts: tuple[list[float], list[float]]) -> None:
    assert math.isfinite(population_stability_index(*counts))


def test_a_quantile_psi_computed_independently_from_raw_values_agrees() -> None:
    """Deciles by numpy's own definition, counted with a loop; the missing bin is one of them."""
    random = np.random.default_rng(3)
    reference, current = random.lognormal(6, 2, 8_000), 1.3 * random.lognormal(6, 2, 6_000)
    reference[:400], current[:900] = np.nan, np.nan
    edges = np.quantile(reference[400:], np.arange(1, 10) / 10, method="inverted_cdf")
    bounds = [-math.inf, *edges.tolist(), math.inf]

    def count(values: np.ndarray) -> list[float]:
        inside = [float(np.sum((values > low) & (values <= high))) for low, high in pairwise(bounds)]
        return [*inside, float(np.isnan(values).sum())]

    drift = judge_column(reference, current).drift
    assert drift is not None
    assert drift.psi == pytest.approx(psi_by_hand(count(reference), count(current)), rel=1e-12)
