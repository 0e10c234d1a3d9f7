"""Who is not up to date, who is new, and for whom the score decides."""

import numpy as np
import pandas as pd
import pytest

from segmentation_model.segments import is_new_customer, is_settled, overdue_position
from tests.segments.customers import RULES, customers

UP_TO_DATE, ONE, TWO_OR_THREE, FOUR_OR_MORE = -1, 0, 1, 2


def numbers(*values: float | None, dtype: str = "float64") -> pd.Series:
    return pd.Series(values, dtype=dtype)


class TestDebt:
    @pytest.mark.parametrize(
        ("bills", "balance", "age"),
        [
            (0, 0.0, UP_TO_DATE),
            (1, 50.0, ONE),
            (1, 0.0, ONE),
            (2, 50.0, TWO_OR_THREE),
            (3, 50.0, TWO_OR_THREE),
            (4, 50.0, FOUR_OR_MORE),
            (25, 50.0, FOUR_OR_MORE),
            (0, 0.01, ONE),
            (None, 50.0, ONE),
            (0, -20.0, UP_TO_DATE),
            (3, -20.0, TWO_OR_THREE),
            (4, None, FOUR_OR_MORE),
            (None, None, UP_TO_DATE),
            (-1, 0.0, UP_TO_DATE),
        ],
    )
    def test_bills_give_its_age_and_a_balance_alone_is_the_youngest(
        self, bills: float | None, balance: float | None, age: int
    ):
        assert overdue_position(numbers(bills), numbers(balance), RULES).tolist() == [age]

    @pytest.mark.parametrize("dtype", ["float32", "float64", "Float64"])
    def test_every_type_of_number_gives_the_same(self, dtype: str):
        bills, balance = numbers(0, 1, 2, 4, None, dtype=dtype), numbers(0, 0, 0, 0, 1, dtype=dtype)
        assert overdue_position(bills, balance, RULES).tolist() == [UP_TO_DATE, ONE, TWO_OR_THREE, FOUR_OR_MORE, ONE]

    def test_the_thresholds_come_from_the_parameters(self):
        rules = RULES.model_copy(update={"overdue": (RULES.overdue[0], RULES.overdue[2])})
        assert overdue_position(numbers(1, 3, 4), numbers(0, 0, 0), rules).tolist() == [0, 0, 1]


class TestTenure:
    @pytest.mark.parametrize(
        ("months", "new"), [(0, True), (-3, True), (12, True), (12.5, False), (13, False), (None, False)]
    )
    def test_up_to_twelve_months_is_new_and_unknown_is_not(self, months: float | None, new: bool):
        assert is_new_customer(numbers(months, dtype="float32"), RULES).tolist() == [new]
        assert is_new_customer(numbers(months, dtype="Float32"), RULES).tolist() == [new]

    def test_the_bound_comes_from_the_parameters(self):
        rules = RULES.model_copy(update={"new_customer_months": 24})
        assert is_new_customer(numbers(24, 25), rules).tolist() == [True, False]


def test_the_score_decides_for_who_is_neither_new_nor_overdue():
    context = customers(
        tenure_months=[60, 12, 60, 60, np.nan, 6],
        overdue_invoices=[0, 0, 1, 0, np.nan, 2],
        overdue_balance=[0, 0, 0, 9.5, np.nan, 0],
    )
    assert is_settled(context, RULES).tolist() == [True, False, False, False, True, False]


def test_no_customers_have_no_standing():
    assert is_settled(customers(rows=0), RULES).tolist() == []
