"""Windows that rolled, that did not, and that say nothing: every verdict on histories whose truth is known."""

import json

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation_model.drift.judgement.monthly_windows import FamilyWindow, WindowCheck, check_windows
from segmentation_model.drift.reports.windows_json import windows_to_json
from segmentation_model.drift.settings import WindowSettings

CUSTOMERS = 400
IDS = np.arange(CUSTOMERS)
RULE = WindowSettings()
#: Newest month of the histories; row ``m`` of a history is the month m before.
NEWEST = np.datetime64("2026-07", "M")
AMOUNTS = np.random.default_rng(1).lognormal(5, 1, (40, CUSTOMERS)).astype(np.float32)


def names(months: int, family: str = "amount") -> list[str]:
    return [f"{family}_{month:02d}" for month in range(1, months + 1)]


def export(
    history: npt.NDArray[np.generic], ago: int, months: int = 24, *, shown: int | None = None, family: str = "amount"
) -> pd.DataFrame:
    """The export of the month ``ago`` months before the newest; its window really begins with the month ``shown``."""
    first = ago if shown is None else shown
    date = np.full(history.shape[1], (NEWEST - ago).astype("datetime64[s]"))
    columns = dict(zip(names(months, family), history[first : first + months], strict=True))
    return pd.DataFrame({"id": IDS[: history.shape[1]], "date": date, **columns})


def check(
    reference: pd.DataFrame, current: pd.DataFrame, settings: WindowSettings = RULE, **families: object
) -> WindowCheck:
    columns = families or {"amount": [name for name in reference.columns if name.startswith("amount")]}
    return check_windows(reference, current, columns, customer_id="id", invoice_date="date", settings=settings)  # type: ignore[arg-type]


def only(result: WindowCheck) -> FamilyWindow:
    assert result.status == "checked"
    (window,) = result.families
    return window


class TestRolled:
    @pytest.mark.parametrize("months_between", [0, 1, 2, 3, 6])
    @pytest.mark.parametrize("months", [9, 24])
    def test_by_the_months_between_the_tables_fits_every_customer(self, months_between: int, months: int):
        window = only(check(export(AMOUNTS, months_between, months), export(AMOUNTS, 0, months)))
        assert window == FamilyWindow("amount", "rolled", None, CUSTOMERS, months_between, 1.0)

    @pytest.mark.parametrize("months", [2, 3, 6])
    def test_few_months_are_enough(self, months: int):
        window = only(check(export(AMOUNTS, 1, months), export(AMOUNTS, 0, months)))
        assert (window.status, window.customers, window.matching) == ("rolled", CUSTOMERS, 1.0)

    def test_rows_and_columns_may_lie_in_any_order(self):
        reference, current = export(AMOUNTS, 1), export(AMOUNTS, 0)
        shuffled = current.sample(frac=1, random_state=2)[current.columns[::-1]]
        assert only(check(reference, shuffled)) == only(check(reference, current))

    def test_several_reference_months_are_compared_with_the_newest(self):
        reference = pd.concat([export(AMOUNTS, 2, shown=9), export(AMOUNTS, 1)], ignore_index=True)
        assert only(check(reference, export(AMOUNTS, 0))).matching == 1.0

    def test_customers_who_skipped_a_month_are_compared_over_two(self):
        reference = pd.concat([export(AMOUNTS, 2), export(AMOUNTS, 1).iloc[:300]], ignore_index=True)
        assert only(check(reference, export(AMOUNTS, 0))) == FamilyWindow("amount", "rolled", None, CUSTOMERS, 1, 1.0)

    def test_the_coarser_resolution_decides_what_is_equal(self):
        precise = AMOUNTS.astype(np.float64) + 1e-7
        reference = export(AMOUNTS, 1).assign(amount_01=precise[1])
        current = export(AMOUNTS, 0).assign(amount_01=precise[0])
        assert only(check(reference, current)).matching == 1.0
        assert only(check(export(precise, 1), export(precise + 1e-7, 0))).matching == 0.0

    def test_integers_nullable_numbers_and_text_are_read_as_numbers(self):
        whole = np.rint(AMOUNTS).astype(np.int64)
        reference = export(whole, 1)
        for kind in ("float32", "Int64", "str", "object", "Float64"):
            current = export(whole, 0)
            assert only(check(reference, current.astype(dict.fromkeys(names(24), kind)))).matching == 1.0, kind

    def test_negative_zero_is_zero_and_infinity_is_a_value(self):
        history = np.where(AMOUNTS > 300, np.inf, np.where(AMOUNTS < 80, 0.0, AMOUNTS)).astype(np.float32)
        negative = np.where(history == 0, np.float32(-0.0), history)
        assert only(check(export(history, 1), export(negative, 0))).matching == 1.0


class TestMissingValues:
    def test_the_beginning_of_a_customer_moves_with_the_window(self):
        """All bills are the same; only where the months before the first bill are missing tells the places apart."""
        age = np.random.default_rng(3).integers(1, 24, CUSTOMERS)
        history = np.where(np.arange(40)[:, None] < age, 30.0, np.nan)
        window = only(check(export(history, 1), export(history, 0)))
        assert (window.status, window.matching) == ("rolled", 1.0)
        assert window.customers < CUSTOMERS
        assert only(check(export(history, 1), export(history, 0, shown=1))).found_shift == 0

    def test_of_any_bits_are_missing_values(self):
        other = np.frombuffer(np.uint32(0xFFC12345).tobytes(), np.float32)[0]
        holes = np.random.default_rng(4).random(AMOUNTS.shape) < 0.2
        reference, current = (np.where(holes, hole, AMOUNTS) for hole in (np.float32(np.nan), other))
        assert only(check(export(reference, 1), export(current, 0))).matching == 1.0


class TestMisRolled:
    @pytest.mark.parametrize(
        ("between", "shown", "shift", "words"),
        [
            (1, 1, 0, "looks not rolled: month 01 repeats last month's 01 for 100 % of 400 customers"),
            (1, -1, 2, "looks rolled too far: last month's 01 stands in month 03 instead of 02 for 100 % of 400"),
            (1, 2, -1, "looks older than the reference: month 01 shows last month's 02 for 100 % of 400 customers"),
            (3, 3, 0, "looks not rolled: month 01 repeats the 01 of 3 months before for 100 % of 400 customers"),
            (3, 1, 2, "looks rolled too little: the 01 of 3 months before stands in month 03 instead of 04 for"),
            (0, 1, -1, "looks older than the reference: month 01 shows the same month's 02 for 100 % of 400 customers"),
            (0, -1, 1, "looks rolled too far: the same month's 01 stands in month 02 instead of 01 for 100 %"),
        ],
    )
    def test_the_shift_that_fits_is_named(self, between: int, shown: int, shift: int, words: str):
        older = np.vstack([np.zeros((2, CUSTOMERS), np.float32), AMOUNTS])  # two months that are still to come
        current = export(older, 2, shown=2 + shown).assign(date=export(older, 0)["date"])
        reference = export(older, 2 + between).assign(date=export(older, between)["date"])
        window = only(check(reference, current))
        assert (window.status, window.expected_shift, window.found_shift) == ("mis_rolled", between, shift)
        assert (window.matching, window.found_matching) == (0.0, 1.0)
        assert window.reason is not None
        assert window.reason.startswith(words)

    def test_a_part_of_the_customers_is_enough(self):
        current = export(AMOUNTS, 0)
        current.loc[:99, names(24)] = export(AMOUNTS, 1).loc[:99, names(24)]
        window = only(check(export(AMOUNTS, 1), current))
        assert (window.status, window.matching, window.found_shift, window.found_matching) == (
            "mis_rolled",
            0.75,
            0,
            0.25,
        )
        assert window.reason == "looks not rolled: month 01 repeats last month's 01 for 25 % of 400 customers"

    def test_customers_who_skipped_a_month_are_off_by_as_much(self):
        reference = pd.concat([export(AMOUNTS, 2), export(AMOUNTS, 1).iloc[:300]], ignore_index=True)
        window = only(check(reference, export(AMOUNTS, 0, shown=1)))
        assert (window.status, window.expected_shift, window.found_shift, window.found_matching) == (
            "mis_rolled",
            1,
            0,
            1.0,
        )

    def test_only_the_family_that_did_not_roll_is_named(self):
        other = np.random.default_rng(5).normal(size=(40, CUSTOMERS))
        reference = export(AMOUNTS, 1).join(export(other, 1, family="days")[names(24, "days")])
        current = export(AMOUNTS, 0).join(export(other, 1, family="days")[names(24, "days")])
        result = check(reference, current, amount=names(24), days=names(24, "days"))
        assert [window.status for window in result.families] == ["rolled", "mis_rolled"]
        assert [window.family for window in result.mis_rolled] == ["days"]

    def test_rare_events_tell_it_too(self):
        """One customer in six has an event in a window; everybody else's zeros say nothing."""
        events = (np.random.default_rng(6).random((40, CUSTOMERS)) < 0.01).astype(np.int32)
        stale = only(check(export(events, 1), export(events, 0, shown=1)))
        rolled = only(check(export(events, 1), export(events, 0)))
        assert (stale.status, rolled.status) == ("mis_rolled", "rolled")
        assert (stale.found_matching, rolled.matching) == (1.0, 1.0)
        assert stale.customers == rolled.customers < CUSTOMERS / 3

    def test_the_distributions_need_not_move(self):
        """The rows are the same ones; a PSI of any column is 0."""
        reference = export(AMOUNTS, 1)
        current = export(AMOUNTS, 0, shown=1)
        assert reference[names(24)].equals(current[names(24)])
        assert only(check(reference, current)).status == "mis_rolled"


class TestCorrections:
    @pytest.mark.parametrize(
        ("customers", "status"), [(0, "rolled"), (40, "rolled"), (41, "changed"), (400, "changed")]
    )
    def test_of_whole_customers_are_borne_up_to_a_share_of_them(self, customers: int, status: str):
        current = export(AMOUNTS, 0)
        current.loc[: customers - 1, names(24)] = -1.0
        window = only(check(export(AMOUNTS, 1), current))
        assert (window.status, window.matching) == (status, 1 - customers / CUSTOMERS)

    @pytest.mark.parametrize(("bills", "status"), [(0, "rolled"), (5, "rolled"), (6, "changed")])
    def test_of_some_months_of_everybody_are_borne_up_to_a_share_of_them(self, bills: int, status: str):
        """23 months of both windows are the same ones; a quarter of them may have been corrected."""
        current = export(AMOUNTS, 0)
        current[names(24)[1 : 1 + bills]] += np.float32(7)
        assert only(check(export(AMOUNTS, 1), current)).status == status

    def test_more_than_that_changed_what_was_told_before(self):
        window = only(check(export(AMOUNTS, 1), export(AMOUNTS * np.float32(1.16), 0)))
        assert (window.status, window.matching, window.found_shift) == ("changed", 0.0, None)
        assert window.reason == (
            "only 0 % of 400 customers show the values of last month where they should stand, and at no other place do "
            "enough"
        )

    def test_the_settings_say_how_many(self):
        current = export(AMOUNTS, 0)
        current.loc[:99, names(24)] = export(AMOUNTS, 1).loc[:99, names(24)]
        assert only(check(export(AMOUNTS, 1), current, WindowSettings(matching_share=0.7))).status == "rolled"
        assert only(check(export(AMOUNTS, 1), current, WindowSettings(moved_share=0.3))).status == "changed"
        assert (
            only(check(export(AMOUNTS, 1), current, WindowSettings(minimum_customers=401))).status == "not_measurable"
        )


class TestNotMeasurable:
    @pytest.mark.parametrize("stale", [False, True])
    @pytest.mark.parametrize(
        "history",
        [
            np.full((40, CUSTOMERS), 30),
            np.zeros((40, CUSTOMERS)),
            np.full((40, CUSTOMERS), np.nan),
            np.tile(IDS, (40, 1)),
            np.tile([[1], [2]], (20, CUSTOMERS)),
        ],
        ids=["constant", "zero", "missing", "constant of the customer", "every other month"],
    )
    def test_values_that_are_the_same_at_every_place_say_nothing(self, history: npt.NDArray[np.generic], stale: bool):
        window = only(check(export(history, 1), export(history, 0, shown=1 if stale else 0)))
        assert window.status == "not_measurable"
        assert (window.customers, window.matching) == (0, None)
        assert window.reason == "the values of only 0 of 400 customers tell the months apart; 30 are needed"

    def test_too_few_customers_say_nothing(self):
        history = np.where(IDS < 29, AMOUNTS, np.float32(0))
        assert only(check(export(history, 1), export(history, 0))).status == "not_measurable"
        history = np.where(IDS < 30, AMOUNTS, np.float32(0))
        assert only(check(export(history, 1), export(history, 0))).status == "rolled"

    @pytest.mark.parametrize(
        ("months", "ago", "reason"),
        [
            (1, 1, "one month alone cannot move"),
            (6, 6, "6 months lie between the tables, and the family has 6"),
            (6, 9, "9 months lie between the tables, and the family has 6"),
        ],
    )
    def test_windows_that_share_no_month_cannot_be_compared(self, months: int, ago: int, reason: str):
        window = only(check(export(AMOUNTS, ago, months), export(AMOUNTS, 0, months)))
        assert (window.status, window.reason) == ("not_measurable", reason)

    def test_five_months_of_six_can(self):
        assert only(check(export(AMOUNTS, 5, 6), export(AMOUNTS, 0, 6))).status == "rolled"

    def test_a_column_that_is_absent_or_twice_concerns_its_family_only(self):
        reference, current = export(AMOUNTS, 1), export(AMOUNTS, 0)
        other = {"early": names(6), "late": names(24)[12:]}
        lost = check(reference, current.drop(columns="amount_02"), **other)
        assert [window.status for window in lost.families] == ["not_measurable", "rolled"]
        assert lost.families[0].reason == "columns that the current table does not have once: 'amount_02'"
        doubled = pd.concat([reference, reference[["amount_02"]]], axis=1)
        twice = check(doubled, current, **other)
        assert [window.status for window in twice.families] == ["not_measurable", "rolled"]

    @pytest.mark.parametrize(
        "values",
        [
            ["a", "b"],
            [[1], [2]],
            [b"1", b"2"],
            [1 + 2j, 3j],
            [10**400, 10**401],
            [1, "a"],
            pd.to_datetime(["2026-01-01", "2026-02-01"]),
            pd.to_timedelta([1, 2], "D"),
            pd.Categorical(["a", "b"]),
        ],
        ids=["text", "lists", "bytes", "complex", "huge", "mixed", "dates", "durations", "categories"],
    )
    def test_what_is_no_number_says_nothing_and_takes_no_other_family_down(self, values: object):
        tables = [export(AMOUNTS[:, :2], ago).assign(odd_01=values, odd_02=values) for ago in (1, 0)]
        result = check(
            *tables, settings=WindowSettings(minimum_customers=1), odd=["odd_01", "odd_02"], amount=names(24)
        )
        assert [window.status for window in result.families] == ["not_measurable", "rolled"]


class TestNotChecked:
    def test_tables_without_a_common_customer_give_the_reason(self):
        result = check(export(AMOUNTS, 1), export(AMOUNTS, 0).assign(id=IDS + CUSTOMERS))
        assert result == WindowCheck("not_checked", "the tables have no customer in common")

    @pytest.mark.parametrize("empty", [0, 1])
    def test_neither_do_empty_ones_have_one(self, empty: int):
        tables = [export(AMOUNTS, 1), export(AMOUNTS, 0)]
        tables[empty] = tables[empty].iloc[:0]
        assert check(*tables).status == "not_checked"

    def test_nor_those_without_the_column(self):
        result = check(export(AMOUNTS, 1), pd.DataFrame(), amount=names(24))
        assert result.reason == "the current table has no column 'id' that identifies the customer"

    def test_nor_those_that_lie_in_the_wrong_order(self):
        result = check(export(AMOUNTS, 0), export(AMOUNTS, 1))
        assert (result.status, result.customers) == ("not_checked", CUSTOMERS)
        assert (
            result.reason
            == "no customer of both tables has one dated row in the same or an earlier month of the reference"
        )

    def test_without_families_there_is_nothing_to_check(self):
        result = check_windows(
            export(AMOUNTS, 1), export(AMOUNTS, 0), {}, customer_id="id", invoice_date=None, settings=WindowSettings()
        )
        assert result == WindowCheck("not_checked", "there are no monthly families")


class TestWithoutDates:
    @pytest.mark.parametrize("without", ["reference", "current", "both"])
    def test_one_month_is_assumed_and_said(self, without: str):
        reference, current = export(AMOUNTS, 3, shown=1), export(AMOUNTS, 0)
        reference = reference if without == "current" else reference.drop(columns="date")
        current = current if without == "reference" else current.drop(columns="date")
        result = check(reference, current)
        assert result.reason == "no invoice date: one month is assumed to lie between the tables"
        assert (only(result).status, only(result).expected_shift) == ("rolled", 1)


@given(st.integers(0, 2**32 - 1), st.integers(1, 8), st.integers(0, 4), st.sampled_from([0.0, 0.5, 1.0]))
def test_whatever_the_tables_hold_nothing_is_raised_and_the_shares_are_shares(
    seed: int, months: int, between: int, missing: float
):
    random = np.random.default_rng(seed)
    history = random.integers(0, 3, (12, 60)).astype(float)
    history[random.random(history.shape) < missing] = np.nan
    tables = [
        export(history, ago, months).sample(frac=random.random(), replace=True, random_state=seed)
        for ago in (between, 0)
    ]
    result = check(*tables, settings=WindowSettings(minimum_customers=1), amount=names(months))
    for window in result.families:
        assert 0 <= window.customers <= 60
        assert window.matching is None or 0 <= window.matching + (window.found_matching or 0) <= 1
        assert (window.reason is None) == (window.status == "rolled")
    json.dumps(windows_to_json(result), allow_nan=False)


def test_the_inputs_are_not_changed():
    tables = [export(AMOUNTS, 1), export(AMOUNTS, 0)]
    before = [table.copy() for table in tables]
    check(*tables)
    for table, copy in zip(tables, before, strict=True):
        pd.testing.assert_frame_equal(table, copy)


def test_nothing_but_the_columns_named_is_looked_at():
    class Forbidden(pd.DataFrame):
        def __getitem__(self, key: object) -> object:
            assert key in {"id", "date", *names(24)}
            return super().__getitem__(key)

    reference, current = (Forbidden(export(AMOUNTS, ago).assign(other=1.0)) for ago in (1, 0))
    result = check(reference, current, amount=names(24))
    assert only(result).status == "rolled"
