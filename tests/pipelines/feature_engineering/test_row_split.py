"""Which rows of its customers a part uses, at random and out of time."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from segmentation_model.errors import ConfigurationError
from segmentation_model.model.customer_parts import PARTS, SplitSettings, assign_parts
from segmentation_model.pipelines.feature_engineering.row_split import require_months, split_rows

RANDOM, OUT_OF_TIME = SplitSettings(), SplitSettings(method="out_of_time")
CUSTOMERS = 500


def dates(months: Sequence[str]) -> pd.Series:
    return pd.Series(np.array(months, dtype="datetime64[s]"))


#: Every customer in April, May and June of 2026, on different days; one more without a date.
IDS = pd.Series([*(f"C{i}" for _ in range(3) for i in range(CUSTOMERS)), "X"], dtype="str")
DATES = dates([*(f"2026-0{4 + month}-{1 + i % 28:02d}" for month in range(3) for i in range(CUSTOMERS)), "NaT"])
MONTH = DATES.dt.strftime("%Y-%m")


def test_at_random_every_row_is_in_the_part_of_its_customer() -> None:
    used, record = split_rows(IDS, DATES, RANDOM)
    parts = assign_parts(IDS, RANDOM)
    assert all((used[part] == (parts == index)).all() for index, part in enumerate(PARTS))
    assert (record.method, record.unused) == ("random", {})
    for part in PARTS:
        described = record.parts[part]
        assert (described.first_month, described.last_month) == ("2026-04", "2026-06")
        assert (described.rows, described.customers) == (used[part].sum(), IDS[used[part]].nunique())


class TestOutOfTime:
    used, record = split_rows(IDS, DATES, OUT_OF_TIME)

    def test_trains_on_the_earlier_months_and_tests_on_the_newest(self) -> None:
        assert set(MONTH[self.used["train"]]) == set(MONTH[self.used["calibration"]]) == {"2026-04", "2026-05"}
        assert set(MONTH[self.used["test"]]) == {"2026-06"}
        assert {part: (found.first_month, found.last_month) for part, found in self.record.parts.items()} == {
            "train": ("2026-04", "2026-05"),
            "calibration": ("2026-04", "2026-05"),
            "test": ("2026-06", "2026-06"),
        }

    def test_a_customer_is_in_one_part_and_in_the_same_as_at_random(self) -> None:
        at_random, _ = split_rows(IDS, DATES, RANDOM)
        for part in PARTS:
            assert (at_random[part] | ~self.used[part]).all()
        customers = [set(IDS[rows]) for rows in self.used.values()]
        assert sum(map(len, customers)) == len(set.union(*customers)) == CUSTOMERS

    def test_every_row_is_used_or_counted_under_one_reason(self) -> None:
        parts = assign_parts(IDS[:CUSTOMERS], OUT_OF_TIME)
        train, calibration, test = (int((parts == index).sum()) for index in range(3))
        assert self.record.unused == {
            "no invoice date": 1,
            "train customer, newest month": train,
            "calibration customer, newest month": calibration,
            "test customer, earlier month": 2 * test,
        }
        assert sum(rows.sum() for rows in self.used.values()) + sum(self.record.unused.values()) == len(IDS)

    def test_a_tariff_of_one_month_has_nothing_to_learn_from(self) -> None:
        used, record = split_rows(IDS[:CUSTOMERS], DATES[:CUSTOMERS], OUT_OF_TIME)
        assert not used["train"].any()
        assert not used["calibration"].any()
        assert used["test"].any()
        assert record.parts["train"].model_dump() == {
            "rows": 0, "customers": 0, "first_month": None, "last_month": None,
        }  # fmt: skip

    def test_a_tariff_without_rows_or_dates_has_empty_parts(self) -> None:
        for rows, unused in ((slice(0, 0), {}), (slice(len(IDS) - 1, None), {"no invoice date": 1})):
            used, record = split_rows(IDS[rows], DATES[rows], OUT_OF_TIME)
            assert not any(found.any() for found in used.values())
            assert record.unused == unused


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (dates(["NaT", "NaT"]), "'out_of_time' needs invoice dates of two months or more, and .* has none"),
        (dates(["2026-05-01", "2026-05-31", "NaT"]), "labelled_customers has those of '2026-05' only; 'random'"),
        (dates([]), "has none"),
    ],
)
def test_a_table_without_two_months_cannot_be_split_out_of_time(table: pd.Series, message: str) -> None:
    require_months(table, RANDOM)
    with pytest.raises(ConfigurationError, match=message):
        require_months(table, OUT_OF_TIME)


def test_two_months_are_enough() -> None:
    require_months(dates(["2026-05-31", "2026-06-01"]), OUT_OF_TIME)
