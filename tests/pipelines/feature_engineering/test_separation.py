"""How well one column separates: against scikit-learn, brute force, and columns whose answer is known."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from segmentation_model.pipelines.feature_engineering.separation import (
    FOLDS,
    Separation,
    auc_of_counts,
    customer_folds,
    separation_of_codes,
    separation_of_numbers,
)

ROWS = 1_000
POSITIVE = np.arange(ROWS) % 10 == 0
#: Customers in the order of the rows; 7 is prime to 10, so that every fold has positives.
CUSTOMERS = np.arange(ROWS) // 7 % FOLDS


def of_numbers(values: NDArray[Any], positive: NDArray[np.bool_] = POSITIVE) -> Separation:
    return separation_of_numbers(values, positive, CUSTOMERS[: len(values)], 0.95)


def of_text(values: list[str | None] | NDArray[Any], folds: NDArray[Any] = CUSTOMERS) -> Separation:
    codes, distinct = pd.factorize(pd.Series(values, dtype="str"))
    return separation_of_codes(codes, distinct.to_numpy(dtype=object), POSITIVE, folds, 0.95)


def random(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


class TestAUCOfCounts:
    @given(st.lists(st.tuples(st.booleans(), st.integers(-3, 3)), min_size=4).filter(
        lambda rows: 2 <= sum(row[0] for row in rows) <= len(rows) - 2
    ))  # fmt: skip
    def test_is_scikit_learns_with_ties(self, rows: list[tuple[bool, int]]) -> None:
        target, values = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
        codes = np.unique(values, return_inverse=True)[1]
        counts = [np.bincount(codes[side], minlength=codes.max() + 1) for side in (target, ~target)]
        assert auc_of_counts(*counts)[0] == pytest.approx(roc_auc_score(target, values))

    def test_has_the_error_of_all_pairs(self) -> None:
        """DeLong's: the variance of the means of rows and of columns of the table of all pairs."""
        ones, zeros = random().integers(2, 9, 30), random(2).integers(0, 7, 50)
        pairs = (ones[:, None] > zeros) + 0.5 * (ones[:, None] == zeros)
        expected = np.sqrt(pairs.mean(axis=1).var(ddof=1) / 30 + pairs.mean(axis=0).var(ddof=1) / 50)
        auc, error = auc_of_counts(np.bincount(ones, minlength=9), np.bincount(zeros, minlength=9))
        assert (auc, error) == pytest.approx((pairs.mean(), expected))

    def test_bounds_the_true_area_from_below_as_often_as_it_says(self) -> None:
        """Two normal distributions one standard deviation apart: the area is 0.7602."""
        above = 0
        for seed in range(400):
            draws = random(seed).normal(size=300) + POSITIVE[:300] * 1.0
            found = of_numbers(draws, POSITIVE[:300])
            above += found.lower > 0.76025
        assert 8 <= above <= 36  # 5 % of 400 is 20; four standard deviations are 17


class TestNumbers:
    @pytest.mark.parametrize("sign", [1, -1])
    def test_separate_in_either_direction(self, sign: int) -> None:
        values = random().normal(size=ROWS) + 2 * POSITIVE
        assert of_numbers(sign * values).auc == pytest.approx(roc_auc_score(POSITIVE, values))

    @pytest.mark.parametrize("sign", [1, -1])
    def test_take_missing_for_the_lowest_or_the_highest(self, sign: int) -> None:
        values = sign * np.where(POSITIVE, np.nan, random().normal(size=ROWS))
        assert of_numbers(values).auc == 1

    def test_with_gaps_are_scikit_learns_with_the_gap_at_one_end(self) -> None:
        values = random().normal(size=ROWS) + 2 * POSITIVE
        values[~POSITIVE & (random(2).random(ROWS) < 0.3)] = np.nan
        ends = [roc_auc_score(POSITIVE, np.nan_to_num(values, nan=end)) for end in (-99, 99)]
        assert of_numbers(values).auc == pytest.approx(max(ends))

    @pytest.mark.parametrize("spread", [0, 0.1])
    def test_separate_by_an_outcome_in_the_middle(self, spread: float) -> None:
        values = np.where(POSITIVE, 2, random().choice([1, 3], ROWS)) + spread * random(3).uniform(-1, 1, ROWS)
        found = of_numbers(values)
        assert found.auc > 0.97
        assert found.copy is None

    def test_of_the_target_with_noise_have_the_area_of_two_normal_distributions(self) -> None:
        """Phi(1 / (0.2 * sqrt(2))) = 0.99980."""
        found = of_numbers(POSITIVE + random().normal(0, 0.2, ROWS))
        assert found.auc == pytest.approx(0.9998, abs=3e-4)
        assert found.lower > 0.999

    @pytest.mark.parametrize(("one", "zero"), [(1.0, 0.0), (0.0, 1.0), (7.0, -3.0), (np.nan, 1.0), (0.0, np.nan)])
    def test_that_copy_the_target_are_told_with_their_codes(self, one: float, zero: float) -> None:
        found = of_numbers(np.where(POSITIVE, one, zero))
        assert found.copy == pytest.approx((one, zero), nan_ok=True)
        assert (found.auc, found.lower) == (1, 1)

    def test_that_are_constant_separate_nothing(self) -> None:
        assert of_numbers(np.zeros(ROWS)) == Separation(0.5, 0.5)
        assert of_numbers(np.full(ROWS, np.nan)) == Separation(0.5, 0.5)


class TestText:
    @pytest.mark.parametrize(("one", "zero"), [("s", "n"), (None, "n"), ("s", None)])
    def test_that_copies_the_target_is_told_with_its_codes(self, one: str | None, zero: str | None) -> None:
        found = of_text([one if positive else zero for positive in POSITIVE])
        assert found.copy is not None
        assert [None if pd.isna(value) else value for value in found.copy] == [one, zero]

    def test_of_many_codes_separates_where_each_means_one_outcome(self) -> None:
        codes = np.arange(ROWS) // 10 % 8
        found = of_text([f"{'a' if positive else 'b'}{code}" for code, positive in zip(codes, POSITIVE, strict=True)])
        assert found.auc == 1
        assert found.copy is None

    def test_that_identifies_each_row_tells_nothing(self) -> None:
        assert of_text([f"x{row}" for row in range(ROWS)]) == Separation(0.5, 0.5)

    def test_that_identifies_a_customer_of_several_rows_tells_nothing(self) -> None:
        """All rows of a customer have one outcome; a rate that counted them would be perfect."""
        customers = pd.Series(
            [f"x{row}" for row in np.where(POSITIVE, np.arange(ROWS) % 30, 30 + np.arange(ROWS) % 90)]
        )
        found = of_text(customers.to_numpy(), customer_folds(customers))
        assert found == Separation(0.5, 0.5)

    def test_that_identifies_a_case_of_every_defaulter_separates(self) -> None:
        """No two customers share a case, but who has none has paid."""
        assert of_text([f"case {row}" if positive else None for row, positive in enumerate(POSITIVE)]).auc == 1


def test_rows_of_a_customer_share_a_fold() -> None:
    customers = pd.Series([f"C{row % 97}" for row in range(ROWS)])
    folds = pd.Series(customer_folds(customers))
    assert folds.groupby(customers).nunique().max() == 1
    assert folds.nunique() == FOLDS
