"""The contingency test is scipy's."""

import numpy as np
import pytest
from scipy import stats

from segmentation_model.drift.statistics.homogeneity import homogeneity

COUNTS = {
    "two bins": ([90, 10], [80, 20]),
    "unequal sizes": ([500, 300, 200], [12, 5, 9]),
    "an unseen bin": ([500, 300, 0], [400, 300, 7]),
    "far apart": ([10_000, 1], [1, 10_000]),
}


@pytest.mark.parametrize(("reference", "current"), COUNTS.values(), ids=COUNTS.keys())
def test_it_agrees_with_scipy(reference: list[int], current: list[int]) -> None:
    ours = homogeneity(reference, current)
    theirs = stats.chi2_contingency(np.array([reference, current]), correction=False)
    assert ours.statistic == pytest.approx(theirs.statistic, rel=1e-9)
    assert ours.p_value == pytest.approx(theirs.pvalue, rel=1e-9)
    assert ours.degrees_of_freedom == theirs.dof
    assert ours.cramers_v == pytest.approx(
        stats.contingency.association(np.array([reference, current]), method="cramer"), rel=1e-9
    )


def test_bins_that_both_sides_lack_change_nothing() -> None:
    assert homogeneity([90, 0, 10, 0], [80, 0, 20, 0]) == homogeneity([90, 10], [80, 20])


@pytest.mark.parametrize("counts", [([5], [9]), ([5, 0], [9, 0]), ([5, 5], [0, 0]), ([0, 0], [0, 0]), ([], [])])
def test_where_there_is_nothing_to_compare_the_p_value_is_1(counts: tuple[list[int], list[int]]) -> None:
    result = homogeneity(*counts)
    assert (result.statistic, result.p_value, result.cramers_v) == (0.0, 1.0, 0.0)
