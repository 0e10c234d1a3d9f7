"""Figures of a monthly family against a slow reference, and on the customers that are hard."""

import math
import statistics
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from segmentation_model.pipelines.feature_engineering import family_features as family

Row = list[float]

AMOUNTS = st.floats(-1e5, 1e5, width=32).map(lambda amount: np.float32(round(amount, 2)))
MONTHS = arrays(
    np.float32,
    array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=6),
    elements=st.one_of(AMOUNTS, AMOUNTS, st.just(np.float32(np.nan)), st.just(np.float32(0))),
)


WHOLE = st.one_of(st.integers(-50, 200).map(np.float32), st.just(np.float32(np.nan)))


def there(row: Row) -> Row:
    return [value for value in row if not math.isnan(value)]


def slow_mean(row: Row) -> float:
    return statistics.fmean(there(row)) if there(row) else math.nan


def slow_spread(row: Row) -> float:
    return statistics.stdev(there(row)) if len(there(row)) > 1 else math.nan


def slow_trend(row: Row) -> float:
    points = [(-age, value) for age, value in enumerate(row) if not math.isnan(value)]
    if len(points) < 2:
        return math.nan
    return statistics.linear_regression(*zip(*points, strict=True)).slope


def slow_last_to_usual(row: Row) -> float:
    usual = slow_mean(row[1:])
    return row[0] / usual if usual > 0 else math.nan


def slow_months_above_zero(row: Row) -> float:
    return sum(value > 0 for value in row) if there(row) else math.nan


def slow_months_since_positive(row: Row) -> float:
    return next((age for age, value in enumerate(row) if value > 0), len(row)) if there(row) else math.nan


def slow_maximum(row: Row) -> float:
    return max(there(row), default=math.nan)


SLOW: dict[Callable[[family.Months], family.Values], Callable[[Row], float]] = {
    family.mean: slow_mean,
    family.spread: slow_spread,
    family.trend: slow_trend,
    family.last_to_usual: slow_last_to_usual,
    family.months_above_zero: slow_months_above_zero,
    family.months_since_positive: slow_months_since_positive,
    family.maximum: slow_maximum,
}


@pytest.mark.parametrize("figure", SLOW, ids=lambda figure: figure.__name__)
@settings(max_examples=100, deadline=None)
@given(MONTHS)
def test_a_figure_is_what_the_slow_way_gives(
    figure: Callable[[family.Months], family.Values], months: family.Months
) -> None:
    found = figure(months)
    assert found.dtype == np.float32
    expected = [SLOW[figure](row) for row in months.astype(float).tolist()]
    scale = float(np.nanmax(np.abs(months), initial=0))
    np.testing.assert_allclose(found, np.array(expected, dtype=np.float32), rtol=2e-6, atol=1e-9 * scale)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 5), st.data())
def test_the_paid_share_is_what_the_slow_way_gives(width: int, data: st.DataObject) -> None:
    paid, invoiced = (data.draw(arrays(np.float32, (3, width), elements=WHOLE)) for _ in range(2))
    expected = []
    for payments, bills in zip(paid.tolist(), invoiced.tolist(), strict=True):
        pairs = [(p, b) for p, b in zip(payments, bills, strict=True) if not (math.isnan(p) or math.isnan(b))]
        owed = sum(b for _, b in pairs)
        expected.append(sum(p for p, _ in pairs) / owed if owed > 0 else math.nan)
    np.testing.assert_array_equal(family.paid_share(paid, invoiced), np.array(expected, np.float32))


@pytest.mark.parametrize("figure", SLOW, ids=lambda figure: figure.__name__)
def test_a_row_does_not_depend_on_the_rows_beside_it_nor_on_the_layout_in_memory(
    figure: Callable[[family.Months], family.Values],
) -> None:
    """To the last bit, with months that all but cancel out, so that the order in which they are added shows."""
    random = np.random.default_rng(0)
    amounts = random.normal(size=(200, 12)) * 10.0 ** random.integers(-5, 15, size=(200, 12))
    tiny = random.normal(size=(200, 12)) * 1e-5
    months = random.permuted(np.hstack([amounts, tiny - amounts]), axis=1).astype(np.float32)
    whole = figure(np.asfortranarray(months))
    np.testing.assert_array_equal(figure(np.ascontiguousarray(months)), whole)
    for row in range(len(months)):
        np.testing.assert_array_equal(figure(np.asfortranarray(months[row : row + 1])), whole[row : row + 1])


class TestConstantCustomers:
    constant = np.full((1, 24), np.float32(1234.56))

    def test_have_no_spread_and_no_trend(self) -> None:
        assert family.spread(self.constant).tolist() == [0]
        assert family.trend(self.constant).tolist() == [0]
        assert family.last_to_usual(self.constant).tolist() == [1]

    def test_that_are_young_have_none_either(self) -> None:
        young = self.constant.copy()
        young[:, 5:] = np.nan
        assert family.spread(young).tolist() == [0]
        assert family.trend(young).tolist() == [0]


class TestCustomersWithoutAMonth:
    nobody = np.full((2, 4), np.float32(np.nan))

    @pytest.mark.parametrize("figure", SLOW, ids=lambda figure: figure.__name__)
    def test_have_no_figure(self, figure: Callable[[family.Months], family.Values]) -> None:
        assert np.isnan(figure(self.nobody)).all()

    def test_have_no_paid_share(self) -> None:
        assert np.isnan(family.paid_share(self.nobody, self.nobody)).all()


@pytest.mark.parametrize("figure", SLOW, ids=lambda figure: figure.__name__)
def test_a_table_without_rows_has_no_figures(figure: Callable[[family.Months], family.Values]) -> None:
    assert figure(np.empty((0, 3), np.float32)).shape == (0,)


@pytest.mark.parametrize(
    ("months", "slope"),
    [
        ([5, 4, 3, 2, 1], 1.0),
        ([1, 2, 3, 4, 5], -1.0),
        ([3, np.nan, np.nan, np.nan, 1], 0.5),
        ([np.nan, np.nan, 4, 2, 0], 2.0),
    ],
)
def test_a_trend_rises_towards_the_newest_month_and_counts_the_gaps(months: list[float], slope: float) -> None:
    assert family.trend(np.array([months], np.float32)).tolist() == [slope]


@pytest.mark.parametrize(
    ("paid", "invoiced", "share"),
    [
        ([50, 100], [100, 100], 0.75),
        ([50, 100], [100, np.nan], 0.5),  # a payment without a bill does not count
        ([100, 0], [100, -20], 1.25),  # a credit lessens what was invoiced
        ([0, 0], [100, 100], 0.0),
        ([10, 10], [0, 0], np.nan),
        ([10, 10], [50, -60], np.nan),
    ],
)
def test_the_paid_share_is_money_paid_over_money_invoiced(
    paid: list[float], invoiced: list[float], share: float
) -> None:
    found = family.paid_share(np.array([paid], np.float32), np.array([invoiced], np.float32))
    np.testing.assert_allclose(found, [share], rtol=1e-6)
