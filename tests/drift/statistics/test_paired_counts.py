"""Many columns at once give what each gives on its own."""

import numpy as np
import pytest
from scipy import stats

from segmentation_model.drift.statistics.homogeneity import homogeneity, homogeneity_tests
from segmentation_model.drift.statistics.paired_counts import pair_counts
from segmentation_model.drift.statistics.psi import population_stability_index, population_stability_indices


def counts_of_columns(seed: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Columns of 1 to 30 bins, many of them empty, and one column whose bins are all empty."""
    random = np.random.default_rng(seed)
    sides: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
    for bins in range(1, 31):
        for side in sides:
            side.append(random.poisson(random.choice([0, 1, 40, 10_000], bins)))
    for side in sides:
        side[12] = np.zeros(13, dtype=int)
    return sides


@pytest.mark.parametrize("seed", range(5))
def test_each_column_has_its_own_psi_and_test_whatever_stands_beside_it(seed: int) -> None:
    reference, current = counts_of_columns(seed)
    pairs = pair_counts(reference, current)
    indices, tests = population_stability_indices(pairs), homogeneity_tests(pairs)
    assert len(indices) == len(tests) == 30
    for before, now, psi, test in zip(reference, current, indices, tests, strict=True):
        assert psi == population_stability_index(before, now)
        assert test == homogeneity(before, now)


@pytest.mark.parametrize("seed", range(5))
def test_every_test_is_scipy_s(seed: int) -> None:
    reference, current = counts_of_columns(seed)
    compared = 0
    for before, now, test in zip(reference, current, homogeneity_tests(pair_counts(reference, current)), strict=True):
        table = np.array([before, now])[:, (before + now) > 0]
        if table.shape[1] < 2 or not table.any(axis=1).all():
            continue
        theirs = stats.chi2_contingency(table, correction=False)
        assert test.statistic == pytest.approx(theirs.statistic, rel=1e-9)
        assert test.p_value == pytest.approx(theirs.pvalue, rel=1e-9, abs=1e-300)
        assert test.degrees_of_freedom == theirs.dof
        compared += 1
    assert compared >= 20


def test_no_columns_give_no_results() -> None:
    pairs = pair_counts([], [])
    assert population_stability_indices(pairs).tolist() == []
    assert homogeneity_tests(pairs) == []
