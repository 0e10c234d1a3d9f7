"""Money in whole cents."""

from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation_model.money import to_cents

CENTS = st.integers(-(2**51), 2**51)


@pytest.mark.parametrize(
    ("amount", "cents"),
    [(0.1, 10), (0.29, 29), (1.15, 115), (-2.346, -235), (0.0, 0), (np.nan, 0), (None, 0), (1e13, 10**15)],
)
def test_an_amount_is_so_many_cents(amount: float | None, cents: int) -> None:
    assert to_cents(pd.Series([amount], dtype="float64")).tolist() == [cents]


@given(st.lists(CENTS, max_size=20))
def test_an_amount_that_is_whole_cents_is_exact(cents: list[int]) -> None:
    amounts = pd.Series([number / 100 for number in cents], dtype="float64")
    assert to_cents(amounts).tolist() == cents


@given(st.lists(st.floats(-1e12, 1e12), max_size=20))
def test_rounding_to_cents_before_changes_nothing(amounts: list[float]) -> None:
    given_amounts = pd.Series(amounts, dtype="float64")
    assert to_cents(given_amounts.round(2)).tolist() == to_cents(given_amounts).tolist()


@given(st.lists(CENTS, min_size=1, max_size=50), st.data())
def test_parts_add_up_to_the_whole(cents: list[int], data: st.DataObject) -> None:
    amounts = pd.Series([number / 100 for number in cents])
    segment = data.draw(st.lists(st.sampled_from("ABC"), min_size=len(cents), max_size=len(cents)))
    parts = to_cents(amounts).groupby(pd.Series(segment)).sum()
    assert int(parts.sum()) == sum(cents)


@given(st.floats(-1e6, 1e6))
def test_the_nearest_cent_is_taken(amount: float) -> None:
    exact = Decimal(amount) * 100
    nearest = exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
    assert abs(to_cents(pd.Series([amount]))[0] - exact) <= abs(nearest - exact) + Decimal("1e-7")


def test_the_index_stays_and_the_amounts_are_left_alone() -> None:
    amounts = pd.Series([1.0, np.nan], index=["a", "b"], dtype="float32")
    assert to_cents(amounts).index.tolist() == ["a", "b"]
    assert np.isnan(amounts["b"])
