"""Frozen bins: quantiles that are data, spikes that stand alone, and counting that loses no row."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation_model.drift.reference.binning import (
    CategoricalBins,
    NumericBins,
    count_categories,
    count_numbers,
    cumulative_counts,
    cumulative_counts_at,
    fit_categorical_bins,
    fit_numeric_bins,
)

ANY_NUMBER = st.floats(allow_nan=False, width=32) | st.integers(-2, 2).map(float)


@pytest.mark.parametrize("rows", [30, 100, 997, 5_000])
def test_edges_are_the_inverted_empirical_quantiles(rows: int) -> None:
    values = np.sort(np.random.default_rng(rows).lognormal(6, 2, rows))
    bins = fit_numeric_bins(values, 10)
    expected = [values[int(np.ceil(rows * tenth / 10)) - 1] for tenth in range(1, 10)]
    np.testing.assert_array_equal(bins.edges, expected)
    assert all(bins.closed)


def test_ten_deciles_hold_a_tenth_each() -> None:
    values = np.arange(1.0, 1_001.0)
    assert count_numbers(values, fit_numeric_bins(values, 10)).tolist() == [100] * 10 + [0]


def test_tied_edges_merge_and_a_spike_has_its_own_bin() -> None:
    values = np.sort(np.concatenate([np.zeros(60), np.arange(1.0, 41.0)]))
    bins = fit_numeric_bins(values, 10)
    assert bins.edges[:2] == (0.0, 0.0)
    assert bins.closed[:2] == (False, True)
    assert bins.labels[:2] == ("< 0", "0")
    assert count_numbers(values, bins).tolist() == [0, 60, 10, 10, 10, 10, 0]


@pytest.mark.parametrize(("value", "position"), [(-1e-300, 0), (0.0, 1), (-0.0, 1), (1e-300, 2), (1e9, -2)])
def test_a_value_beside_a_spike_is_not_in_its_bin(value: float, position: int) -> None:
    bins = fit_numeric_bins(np.sort(np.concatenate([np.zeros(60), np.arange(1.0, 41.0)])), 10)
    assert count_numbers(np.array([value]), bins)[position] == 1


@given(values=st.lists(ANY_NUMBER, min_size=1, max_size=60), bins=st.integers(2, 12))
@settings(derandomize=True, deadline=None, max_examples=300)
def test_every_value_that_holds_its_part_has_a_bin_for_itself(values: list[float], bins: int) -> None:
    ordered = np.sort(np.array(values))
    counts = count_numbers(ordered, fit_numeric_bins(ordered, bins)).tolist()
    assert sum(counts) == len(values)
    held = pd.Series(values).value_counts()
    for rows in held[held * bins >= len(values)]:
        assert rows in counts
    assert max(counts) <= max(held.max(), 2 * -(-len(values) // bins))


@given(values=st.lists(ANY_NUMBER, min_size=0, max_size=60), missing=st.integers(0, 3))
@settings(derandomize=True, deadline=None, max_examples=200)
def test_edges_are_finite_values_of_the_reference_and_no_row_is_lost(values: list[float], missing: int) -> None:
    ordered = np.sort(np.array([*values, *[np.nan] * missing], dtype=np.float64))
    bins = fit_numeric_bins(ordered[: len(values)], 10)
    finite = [value for value in values if np.isfinite(value)]
    assert all(edge in finite or abs(edge) == np.finfo(float).max for edge in bins.edges)
    counts = count_numbers(ordered, bins)
    assert counts.sum() == ordered.size
    assert counts[-1] == missing
    assert len(bins.labels) == len(bins.roles) == counts.size


def test_infinities_are_the_outermost_values() -> None:
    values = np.sort(np.concatenate([np.full(30, -np.inf), np.arange(40.0), np.full(30, np.inf)]))
    bins = fit_numeric_bins(values, 10)
    counts = count_numbers(values, bins)
    assert counts[0] == counts[-2] == 30
    assert np.all(np.isfinite(bins.edges))
    assert count_numbers(np.array([-1e308, 1e308]), bins)[[0, -2]].tolist() == [0, 0]


def test_labels_say_which_end_belongs_to_an_interval() -> None:
    bins = NumericBins(edges=(1.0, 2.0, 2.0, 3.5), closed=(True, False, True, True))
    assert bins.labels == ("<= 1", "(1, 2)", "2", "(2, 3.5]", "> 3.5", "(missing)")
    assert NumericBins(edges=(), closed=()).labels == ("any value", "(missing)")


COUNTS = {"a": 600, "b": 391, "c": 5, "d": 4}


class TestCategories:
    def test_rare_ones_are_pooled(self) -> None:
        bins = fit_categorical_bins(COUNTS, rows=1_000, rare_share=0.01)
        assert bins == CategoricalBins(categories=("a", "b"), pooled=("c", "d"))
        assert bins.labels == ("a", "b", "(other)", "(unseen)", "(missing)")

    def test_without_rare_ones_there_is_no_pool(self) -> None:
        bins = fit_categorical_bins({"a": 10}, rows=10, rare_share=0.01)
        assert bins.roles == ("category", "unseen", "missing")

    def test_unseen_ones_are_counted_together_and_named(self) -> None:
        bins = fit_categorical_bins(COUNTS, rows=1_000, rare_share=0.01)
        counts, unseen = count_categories({"b": 3, "d": 2, "z": 4, "y": 1}, missing=7, bins=bins)
        assert counts.tolist() == [0, 3, 2, 5, 7]
        assert unseen == ["y", "z"]


NUMBERS = st.lists(ANY_NUMBER | st.sampled_from([0.0, -0.0, np.inf, -np.inf]), min_size=1, max_size=40).map(np.sort)


@given(values=NUMBERS, points=st.lists(ANY_NUMBER, max_size=10), data=st.data())
@settings(derandomize=True, deadline=None, max_examples=200)
def test_values_below_and_at_a_point_are_counted_with_all_their_ties(
    values: np.ndarray, points: list[float], data: st.DataObject
) -> None:
    below, at_or_below = cumulative_counts(values, np.array(points))
    assert below.tolist() == [int(np.sum(values < point)) for point in points]
    assert at_or_below.tolist() == [int(np.sum(values <= point)) for point in points]
    chosen = data.draw(st.lists(st.integers(0, values.size - 1), max_size=10))
    positions = np.sort(np.array(chosen, dtype=np.int64))
    for ours, theirs in zip(
        cumulative_counts_at(values, positions), cumulative_counts(values, values[positions]), strict=True
    ):
        assert ours.tolist() == theirs.tolist()
