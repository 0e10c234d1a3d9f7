"""Text, numbers and dates as exports hold them."""

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from segmentation_model.pipelines.feature_engineering.raw_values import read_dates, read_numbers, read_text

FORMATS = ("%Y-%m-%d", "%d/%m/%Y")


def texts(values: pd.Series) -> list[str | None]:
    return [None if pd.isna(text) else text for text in read_text(values, str.strip)]


class TestText:
    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            (pd.Series([1, 20]), ["1", "20"]),
            (pd.Series([1.0, np.nan, 20.5]), ["1", None, "20.5"]),
            (pd.Series([1, None], dtype="Int64"), ["1", None]),
            (pd.Series(["001", " A1 ", None, ""]), ["001", "A1", None, None]),
            (pd.Series(["A", None], dtype="category"), ["A", None]),
            (pd.Series([Decimal("12345"), Decimal("7.00"), None]), ["12345", "7", None]),
            (pd.Series([10_000_000_000_000_001]), ["10000000000000001"]),
            (pd.Series([True, False]), ["True", "False"]),
            (pd.Series([None, None], dtype=object), [None, None]),
            (pd.Series([], dtype="str"), []),
        ],
    )
    def test_is_the_same_however_it_is_stored(self, values: pd.Series, expected: list[str | None]) -> None:
        assert texts(values) == expected

    def test_is_transformed_once_per_distinct_value(self) -> None:
        calls: list[str] = []
        read_text(pd.Series(["a", "b", "a", "a"]), lambda text: calls.append(text) or text)
        assert calls == ["a", "b"]

    def test_that_has_no_meaning_is_missing(self) -> None:
        assert list(read_text(pd.Series(["a", "b"]), {"a": "A"}.get).isna()) == [False, True]


class TestNumbers:
    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            (pd.Series([1, -2]), [1, -2]),
            (pd.Series([1.5, np.nan]), [1.5, np.nan]),
            (pd.Series([1, None], dtype="Int64"), [1, np.nan]),
            (pd.Series([True, False]), [1, 0]),
            (pd.Series([True, None], dtype=object), [1, np.nan]),
            (pd.Series([True, None], dtype="boolean"), [1, np.nan]),
            (pd.Series([" 12.50 ", "1e3", "-0", None, ""]), [12.5, 1000, 0, np.nan, np.nan]),
            (pd.Series([Decimal("0.10"), None]), [0.1, np.nan]),
            (pd.Series(["3", "4"], dtype="category"), [3, 4]),
            (pd.Series([None, None], dtype=object), [np.nan, np.nan]),
            (pd.Series([], dtype=object), []),
        ],
    )
    def test_are_the_same_however_they_are_stored(self, values: pd.Series, expected: list[float]) -> None:
        numbers, unusable = read_numbers(values, 1e6)
        np.testing.assert_array_equal(numbers, expected)
        assert numbers.dtype == np.float64
        assert not unusable.any()

    @pytest.mark.parametrize(
        "value", ["abc", "1,5", "12 €", "NaN", "inf", "1e7", np.inf, -np.inf, 1e7, -1_000_001, Decimal("1e9")]
    )
    def test_that_are_none_or_too_large_are_unusable(self, value: Any) -> None:
        numbers, unusable = read_numbers(pd.Series([value, type(value)(1)]), 1e6)
        assert unusable.tolist() == [True, False]
        np.testing.assert_array_equal(numbers, [np.nan, 1])

    def test_the_largest_is_usable(self) -> None:
        assert not read_numbers(pd.Series([1e6, -1e6]), 1e6)[1].any()


class TestDates:
    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            (pd.Series(["2026-05-01", "01/05/2026", " 2026-05-01 "]), ["2026-05-01"] * 3),
            (pd.Series(["03/04/2026"]), ["2026-04-03"]),
            (pd.Series(["2026-05-01", None, ""]), ["2026-05-01", "NaT", "NaT"]),
            (pd.Series(["9999-12-31", "1899-12-31"]), ["9999-12-31", "1899-12-31"]),
            (pd.Series([dt.date(2026, 5, 1), None], dtype=object), ["2026-05-01", "NaT"]),
            (pd.to_datetime(pd.Series(["2026-05-01", None])), ["2026-05-01", "NaT"]),
            (pd.Series(["2026-05-01"], dtype="datetime64[ms]"), ["2026-05-01"]),
            (pd.Series(["2026-05-01"], dtype="category"), ["2026-05-01"]),
            (pd.Series([None], dtype=object), ["NaT"]),
        ],
    )
    def test_are_the_same_however_they_are_stored(self, values: pd.Series, expected: list[str]) -> None:
        dates, unreadable = read_dates(values, FORMATS)
        found = np.asarray(dates)
        assert found.dtype == "datetime64[s]"
        np.testing.assert_array_equal(found, np.array(expected, dtype="datetime64[s]"))
        assert not unreadable.any()

    def test_with_a_time_zone_keep_the_local_day(self) -> None:
        values = pd.Series(["2026-05-01 23:30"]).astype("datetime64[s]").dt.tz_localize("America/Bogota")
        assert np.asarray(read_dates(values, FORMATS).values).astype("datetime64[D]") == np.datetime64("2026-05-01")

    @pytest.mark.parametrize("value", ["2026-13-01", "31/02/2026", "2026-05-01 10:00", "mañana", "0", "05/2026"])
    def test_in_no_known_format_are_unreadable(self, value: str) -> None:
        dates, unreadable = read_dates(pd.Series([value, "2026-05-01"]), FORMATS)
        assert unreadable.tolist() == [True, False]
        assert np.isnat(np.asarray(dates)).tolist() == [True, False]

    @pytest.mark.parametrize("values", [pd.Series([20260501]), pd.Series([20260501.0, np.nan])])
    def test_as_numbers_are_read_by_a_format_of_their_own(self, values: pd.Series) -> None:
        dates, unreadable = read_dates(values, ("%Y%m%d",))
        assert np.asarray(dates)[0] == np.datetime64("2026-05-01")
        assert not unreadable.any()

    def test_take_the_first_format_that_fits(self) -> None:
        dates, _ = read_dates(pd.Series(["03/04/2026", "13/04/2026"]), ("%m/%d/%Y", "%d/%m/%Y"))
        np.testing.assert_array_equal(np.asarray(dates), np.array(["2026-03-04", "2026-04-13"], "datetime64[s]"))
