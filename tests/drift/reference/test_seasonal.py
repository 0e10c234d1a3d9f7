"""The same calendar month of the year before, or an error that says which months there are."""

import pytest

from segmentation_model.drift.reference.seasonal import same_month_last_year
from segmentation_model.errors import ConfigurationError


@pytest.mark.parametrize(
    ("execution_date", "month"),
    [("2026-07-26", "2025-07"), ("2026-01-01", "2025-01"), ("2026-12-31", "2025-12"), ("2028-02-29", "2027-02")],
)
def test_it_is_found_among_others_in_any_order(execution_date: str, month: str):
    assert same_month_last_year(["2026-07", month, "2024-07", "2025-06"], execution_date) == month


def test_neither_last_month_nor_two_years_ago_stands_in_for_it():
    with pytest.raises(ConfigurationError) as caught:
        same_month_last_year(["2026-06", "2024-07"], "2026-07-26")
    assert caught.value.message == (
        "no profile of '2025-07', a year before the run of 2026-07-26; there are: '2024-07', '2026-06'"
    )


def test_many_months_are_cut_with_a_count():
    months = [f"{year}-{month:02d}" for year in (2020, 2021, 2022) for month in range(1, 13)]
    with pytest.raises(ConfigurationError, match=r"'2021-12' and 12 more$"):
        same_month_last_year(months, "2026-07-26")


def test_where_there_is_none_it_says_so():
    with pytest.raises(ConfigurationError, match=r"there are: none$"):
        same_month_last_year([], "2026-07-26")
