"""Which row continues which: the same customer, the newest earlier month, ids and dates as exports hold them."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from segmentation_model.drift.judgement.row_pairs import RowPairs, pair_rows


def table(ids: object, dates: object = None) -> pd.DataFrame:
    columns = {"id": ids} | ({} if dates is None else {"date": dates})
    return pd.DataFrame(columns)


def pairs(reference: pd.DataFrame, current: pd.DataFrame) -> RowPairs:
    return pair_rows(
        reference, current, customer_id="id", invoice_date="date" if "date" in reference and "date" in current else None
    )


def found(result: RowPairs) -> list[tuple[int, int, int]]:
    """Reference row, current row, months between; by current row."""
    rows = zip(result.reference.tolist(), result.current.tolist(), result.months.tolist(), strict=True)
    return sorted(rows, key=lambda row: row[1])


class TestMonths:
    def test_the_newest_earlier_month_is_continued_whatever_the_day(self):
        reference = table(
            ["a", "a", "a", "b"], pd.to_datetime(["2026-04-30", "2026-06-01", "2026-05-01", "2026-03-31"])
        )
        current = table(["b", "a"], pd.to_datetime(["2026-07-01", "2026-07-31"]))
        assert found(pairs(reference, current)) == [(3, 0, 4), (1, 1, 1)]

    def test_the_same_month_is_continued_only_where_there_is_none_earlier(self):
        reference = table(["a", "a", "b"], pd.to_datetime(["2026-07-01", "2026-06-01", "2026-07-01"]))
        current = table(["a", "b"], pd.to_datetime(["2026-07-09", "2026-07-09"]))
        assert found(pairs(reference, current)) == [(1, 0, 1), (2, 1, 0)]

    def test_a_later_month_is_never_continued(self):
        result = pairs(table(["a"], pd.to_datetime(["2026-08-01"])), table(["a"], pd.to_datetime(["2026-07-01"])))
        assert (found(result), result.customers) == ([], 1)

    def test_several_current_months_are_paired_each(self):
        reference = table(["a", "b"], pd.to_datetime(["2026-05-01", "2026-05-01"]))
        current = table(["a", "a", "c"], pd.to_datetime(["2026-06-01", "2026-07-01", "2026-06-01"]))
        result = pairs(reference, current)
        assert (found(result), result.customers, result.usual_months) == ([(0, 0, 1), (0, 1, 2)], 1, 1)

    def test_a_customer_twice_in_a_month_is_left_out_for_that_month(self):
        reference = table(
            ["a", "a", "a", "b"], pd.to_datetime(["2026-06-01", "2026-06-15", "2026-05-01", "2026-06-01"])
        )
        current = table(["a", "b", "b"], pd.to_datetime(["2026-07-01", "2026-07-01", "2026-07-02"]))
        assert found(pairs(reference, current)) == [(2, 0, 2)]

    def test_without_dates_the_current_table_is_the_month_after(self):
        reference, current = table(["a", "b", "c", "c"]), table(["c", "b", "a"])
        assert found(pairs(reference, current)) == [(1, 1, 1), (0, 2, 1)]

    @pytest.mark.parametrize(
        "dates",
        [
            ["2026-06-05", "2026-05-01", "2026-06-30"],
            ["05/06/2026", "2026-05-01", "30/06/2026"],
            ["2026-06-05T23:59:59Z", "2026-05-01T00:00:00+02:00", "20260630"],
            [dt.date(2026, 6, 5), dt.date(2026, 5, 1), dt.date(2026, 6, 30)],
            pd.to_datetime(["2026-06-05", "2026-05-01", "2026-06-30"]).tz_localize("America/Mexico_City"),
        ],
    )
    def test_dates_are_read_as_exports_hold_them(self, dates: object):
        current = table(["a", "b", "c"], ["2026-07-31", "31/07/2026", "2026-07-01"])
        assert found(pairs(table(["a", "b", "c"], dates), current)) == [(0, 0, 1), (1, 1, 2), (2, 2, 1)]

    @pytest.mark.parametrize("nothing", [None, "", "0000-00-00", "31/02/2026", "sin fecha"])
    def test_a_row_without_a_readable_date_is_nobodys(self, nothing: object):
        reference = table(["a", "b"], ["2026-06-01", nothing])
        current = table(["a", "b"], ["2026-07-01", "2026-07-01"])
        assert found(pairs(reference, current)) == [(0, 0, 1)]
        assert found(pairs(current.assign(date=["2026-07-01", nothing]), current)) == [(0, 0, 0)]


class TestIds:
    @pytest.mark.parametrize(
        "ids",
        [
            [123, 7, 45],
            np.array([123, 7, 45], dtype="int32"),
            [123.0, 7.0, 45.0],
            ["123", " 7", "45 "],
            [123, "7", 45.0],
            [Decimal(123), Decimal(7), Decimal(45)],
            pd.array([123, 7, 45], dtype="Int64"),
            pd.array(["123", "7 ", "45"], dtype="string[python]"),
            pd.Categorical(["123", "7", "45"]),
        ],
        ids=lambda ids: str(getattr(ids, "dtype", type(ids[0]).__name__)),
    )
    @pytest.mark.parametrize("others", [[45, 123], ["45", " 123 "], [45.0, 123.0, np.nan], [" 45", None, "123", ""]])
    def test_are_the_same_whatever_their_type(self, ids: object, others: list[object]):
        result = pairs(table(ids), table(others))
        assert [reference for reference, _, _ in found(result)] == [2, 0]
        assert result.customers == 2

    def test_that_are_missing_are_nobodys(self):
        result = pairs(table(["a", None, " "]), table([None, "", "a"]))
        assert (found(result), result.customers) == ([(0, 2, 1)], 1)

    def test_with_leading_zeros_are_others(self):
        assert pairs(table(["007"]), table([7])).customers == 0

    def test_of_any_kind_break_nothing(self):
        odd = [[1], {"a": 1}, b"x", 1 + 2j, 10**400, np.datetime64("2026-01-01"), float("inf"), True]
        result = pairs(table(odd, odd), table(odd, ["2026-07-01"] * len(odd)))
        assert (found(result), result.customers) == ([(5, 5, 6)], len(odd))

    @pytest.mark.parametrize(("reference", "current"), [([], ["a"]), (["a"], []), ([], []), ([None], [None])])
    def test_that_do_not_meet_give_no_pair(self, reference: list[str], current: list[str]):
        result = pairs(table(pd.array(reference, dtype="str")), table(pd.array(current, dtype="str")))
        assert (found(result), result.customers) == ([], 0)


def test_random_tables_are_paired_as_a_loop_would():
    random = np.random.default_rng(5)
    tables = []
    for first, rows in ((0, 400), (3, 300)):
        months = np.datetime64("2026-01", "M") + first + random.integers(0, 5, rows)
        tables.append(table(random.integers(0, 120, rows), months.astype("datetime64[s]")))
    reference, current = (frame.assign(month=frame["date"].dt.month) for frame in tables)
    expected = []
    for position, row in current[~current.duplicated(["id", "month"], keep=False)].iterrows():
        own = reference[(reference["id"] == row["id"]) & ~reference.duplicated(["id", "month"], keep=False)]
        usable = (
            own[own["month"] < row["month"]]
            if (own["month"] < row["month"]).any()
            else own[own["month"] == row["month"]]
        )
        if len(usable):
            newest = usable["month"].idxmax()
            expected.append((newest, position, row["month"] - usable["month"][newest]))
    assert found(pairs(*tables)) == sorted(expected, key=lambda row: row[1])
    assert len(expected) > 100
