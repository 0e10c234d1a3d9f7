"""The statistic is scipy's, the p-value within 1e-6 of it, and the grid within its stated error."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from segmentation_model.drift.judgement.table_drift import compare_tables
from segmentation_model.drift.reference.binning import cumulative_counts
from segmentation_model.drift.reference.quantile_grid import fit_grid
from segmentation_model.drift.statistics.kolmogorov_smirnov import (
    ks_from_grid,
    ks_p_values,
    ks_statistic,
)
from tests.drift.builders import FROZEN, RULE, judge_column

SMALL = st.lists(st.integers(-3, 3).map(float) | st.floats(-1e6, 1e6), min_size=2, max_size=40)


@given(reference=SMALL, current=SMALL)
@settings(derandomize=True, deadline=None, max_examples=200)
def test_the_statistic_is_scipy_s_with_and_without_ties(reference: list[float], current: list[float]) -> None:
    expected = stats.ks_2samp(reference, current, method="asymp").statistic
    assert ks_statistic(np.sort(reference), np.sort(current)) == pytest.approx(expected, abs=1e-9)


def test_missing_values_are_left_out_and_a_side_without_values_has_no_statistic() -> None:
    values = np.array([1.0, 2.0, np.nan])
    assert ks_statistic(values, np.array([1.0, 2.0])) == 0.0
    assert ks_statistic(values, np.array([np.nan])) is None
    assert ks_statistic(np.zeros(0), values) is None


def ks_against_grid(reference: np.ndarray, current: np.ndarray, size: int) -> float | None:
    grid = fit_grid(reference, size)
    return ks_from_grid(grid, reference.size, *cumulative_counts(current, grid.points), current.size)


@given(reference=SMALL, current=SMALL, size=st.integers(10, 30))
@settings(derandomize=True, deadline=None, max_examples=200)
def test_the_grid_s_statistic_is_at_most_1_over_its_size_too_small(
    reference: list[float], current: list[float], size: int
) -> None:
    exact = ks_statistic(np.sort(reference), np.sort(current))
    approximate = ks_against_grid(np.sort(reference), np.sort(current), size)
    assert exact is not None
    assert approximate is not None
    assert -1e-12 <= exact - approximate <= 1 / size


@pytest.mark.parametrize("shift", [0.0, 0.05, 0.5, 3.0])
def test_a_grid_of_1_000_is_within_a_thousandth(shift: float) -> None:
    random = np.random.default_rng(5)
    reference, current = np.sort(random.normal(size=30_000)), np.sort(random.normal(shift, 1, 20_000))
    exact, approximate = ks_statistic(reference, current), ks_against_grid(reference, current, 1_000)
    assert exact is not None
    assert approximate is not None
    assert 0 <= exact - approximate <= 0.001


def test_ties_cost_the_grid_nothing() -> None:
    random = np.random.default_rng(7)
    reference, current = np.sort(random.poisson(2, 30_000) * 1.0), np.sort(random.poisson(2.1, 20_000) * 1.0)
    assert ks_against_grid(reference, current, 1_000) == pytest.approx(ks_statistic(reference, current), abs=1e-12)


@pytest.mark.parametrize("rows", [(20_000, 20_000), (11_000, 200_000), (500_000, 500_000)])
def test_the_p_value_is_within_1e_6_of_scipy_s_above_an_effective_size_of_10_000(rows: tuple[int, int]) -> None:
    n, m = rows
    effective = round(n * m / (n + m))
    distances = np.array([0.25, 0.35, 0.45, 0.55, 0.7, 0.9, 1.1, 1.22]) / np.sqrt(effective)
    np.testing.assert_allclose(ks_p_values(distances, n, m), stats.kstwo.sf(distances, effective), rtol=0, atol=1e-6)


@pytest.mark.parametrize("effective", [60, 500, 1_200, 2_400, 2_499, 2_500, 2_501, 5_000, 9_999])
def test_the_p_value_is_as_good_below_that_size(effective: int) -> None:
    distances = np.linspace(0.3, 2.5, 23) / np.sqrt(effective)
    rows = 2 * effective
    np.testing.assert_allclose(
        ks_p_values(distances, rows, rows), stats.kstwo.sf(distances, effective), rtol=0, atol=1e-6
    )


@pytest.mark.parametrize("rows", [(11, 9), (150, 90), (4_000, 6_000), (4_990, 5_000), (5_050, 5_100), (21_000, 20_000)])
def test_the_p_value_is_that_of_ks_2samp_at_every_size(rows: tuple[int, int]) -> None:
    n, m = rows
    random = np.random.default_rng(n)
    for shift in (0.0, 1.0, 2.0, 4.0):
        reference, current = random.normal(size=n), random.normal(shift / np.sqrt(min(n, m)), 1, m)
        theirs = stats.ks_2samp(reference, current, method="asymp")
        ours = ks_p_values(ks_statistic(np.sort(reference), np.sort(current)), n, m)[0]
        assert ours == pytest.approx(theirs.pvalue, abs=1e-6)


def test_p_values_fall_as_the_distance_grows_and_stay_between_0_and_1() -> None:
    for rows in (1, 3, 100, 2_600, 1_000_000):
        p_values = ks_p_values(np.linspace(0, 1, 400), rows, rows)
        assert np.all(np.diff(p_values) <= 1e-12)
        assert p_values[0] == 1.0
        assert p_values[-1] >= 0.0


def test_two_tables_in_memory_are_judged_by_the_exact_statistic_and_a_profile_by_the_grid_s() -> None:
    random = np.random.default_rng(9)
    reference = pd.DataFrame({"x": random.normal(size=9_000)})
    current = pd.DataFrame({"x": random.normal(0.1, 1, 7_000)})
    theirs = stats.ks_2samp(reference["x"], current["x"], method="asymp")
    exact = compare_tables(reference, current, FROZEN, RULE)[1].columns[0]
    assert exact.ks == pytest.approx(theirs.statistic, abs=1e-9)
    assert exact.ks_p_value == pytest.approx(theirs.pvalue, abs=1e-6)
    from_grid = judge_column(reference["x"], current["x"]).ks
    assert from_grid == pytest.approx(theirs.statistic, abs=0.001)
