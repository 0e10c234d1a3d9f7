"""Noise, size, certainty."""

import numpy as np
import pytest
from scipy import stats

from segmentation_model.drift.judgement.binned_drift import binned_severity, compare_counts
from segmentation_model.drift.judgement.severity import (
    Severity,
    adjusted_p_values,
    detectable_noncentrality,
    minimum_detectable_psi,
    noise_quantile,
    read_level,
    sampling_scale,
)
from segmentation_model.drift.settings import DriftSettings, LevelBounds
from tests.drift.builders import RULE

BOUNDS = LevelBounds(low=0.02, moderate=0.10, high=0.25)


@pytest.mark.parametrize(
    ("psi", "level"),
    [(-0.01, "none"), (0.0199, "none"), (0.02, "low"), (0.0999, "low"), (0.10, "moderate"), (0.25, "high")],
)
def test_a_bound_belongs_to_the_level_that_it_opens(psi: float, level: Severity) -> None:
    assert read_level(psi, BOUNDS) == level


@pytest.mark.parametrize("degrees", [1, 9, 30, 200])
def test_the_noise_quantile_is_scipy_s(degrees: int) -> None:
    assert noise_quantile(degrees, 0.99) == pytest.approx(stats.chi2.ppf(0.99, degrees), rel=1e-10)


@pytest.mark.parametrize("degrees", [1, 9, 30, 200])
def test_at_the_detectable_noncentrality_the_test_has_the_wanted_power(degrees: int) -> None:
    noncentrality = detectable_noncentrality(degrees, 0.01, 0.80)
    power = stats.ncx2.sf(stats.chi2.isf(0.01, degrees), degrees, noncentrality)
    assert power == pytest.approx(0.80, abs=1e-9)


@pytest.mark.parametrize(("rows", "measurable"), [(177, False), (178, True)])
def test_ten_bins_and_missing_are_measurable_from_about_177_rows_a_side(rows: int, measurable: bool) -> None:
    detectable = minimum_detectable_psi(sampling_scale(rows, rows), 10, RULE)
    assert (detectable <= RULE.not_measurable_above) is measurable


def test_a_difference_is_judged_alike_whatever_the_order_of_the_columns() -> None:
    p_values = [0.2, 0.001, 0.03, 0.9]
    assert adjusted_p_values(p_values) == list(stats.false_discovery_control(p_values))
    assert adjusted_p_values([]) == []


class TestALevel:
    counts = np.full(10, 1_000)

    def test_is_none_within_the_noise_even_where_it_is_certain_and_large(self) -> None:
        few = np.full(10, 10)
        drift = compare_counts(few, few + np.resize([6, -6], 10), RULE)
        assert 0.10 < drift.psi_corrected < drift.psi <= drift.noise_floor
        assert binned_severity(drift, 0.0, RULE) == "none"

    def test_is_none_where_it_may_be_chance(self) -> None:
        drift = compare_counts(self.counts, self.counts + np.resize([500, -500], 10), RULE)
        assert binned_severity(drift, 0.0101, RULE) == "none"
        assert binned_severity(drift, 0.0100, RULE) == "high"

    def test_is_read_from_the_psi_without_what_sampling_adds(self) -> None:
        counts = np.full(10, 100)
        drift = compare_counts(counts, counts + np.resize([30, -30], 10), RULE)
        assert drift.psi_corrected == pytest.approx(drift.psi - (1 / 1_000 + 1 / 1_000) * 9, abs=1e-15)
        assert drift.psi == pytest.approx(0.092, abs=0.002)
        assert binned_severity(drift, 0.0, RULE) == "low"
        assert binned_severity(drift, 0.0, DriftSettings(drift_threshold=0.07)) == "high"

    def test_does_not_depend_on_how_small_the_p_value_is(self) -> None:
        drift = compare_counts(self.counts, self.counts + np.resize([200, -200], 10), RULE)
        assert binned_severity(drift, 1e-300, RULE) == binned_severity(drift, 0.005, RULE) == "low"


def test_a_bin_that_the_reference_does_not_fill_is_no_degree_of_freedom() -> None:
    assert compare_counts([50, 50, 0, 0], [50, 40, 10, 0], RULE).degrees_of_freedom == 1
    assert compare_counts([100, 0], [90, 10], RULE).degrees_of_freedom == 0
