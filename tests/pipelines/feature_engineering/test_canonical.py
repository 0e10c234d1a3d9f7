"""From raw to canonical: names, types, text, tariffs, tenure; any slice like the whole."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation_model.columns import Layout
from segmentation_model.errors import InputError
from segmentation_model.pipelines.feature_engineering.canonical import (
    CanonicalRows,
    canonicalise,
    check_columns,
    select_columns,
)
from tests.pipelines.feature_engineering.builders import layout, raw, sample, standard_layout


def read(table: pd.DataFrame, used: Layout, reference: str | None = None) -> CanonicalRows:
    return canonicalise(
        table,
        used,
        with_target=used.has("target"),
        reference_date=None if reference is None else pd.Timestamp(reference),
    )


def values(frame: pd.DataFrame, column: str) -> list[Any]:
    return [None if pd.isna(value) else value for value in frame[column].tolist()]


class TestCheckingColumns:
    table = raw(1, Default=0, Region="Norte", Extra=1)

    def test_gives_the_columns_that_nothing_names(self) -> None:
        used = layout("target", ignore=["Region"])
        assert check_columns(self.table.assign(Other=2), used, "labelled", with_target=True) == ["Extra", "Other"]

    def test_names_every_mapped_column_that_is_absent_and_what_there_is(self) -> None:
        used = layout("target", "tariff", monthly={"paid": {"columns": ["P1"]}}, numeric=["N"])
        message = (
            r"labelled: no column 'Tariff \(roles.tariff\)', 'P1 \(monthly.paid\)', 'N \(numeric\)'; "
            "the file has 'Default', 'Extra', 'ID', 'Region'"
        )
        with pytest.raises(InputError, match=message):
            check_columns(self.table, used, "labelled", with_target=True)

    def test_lets_the_target_be_absent_where_it_is_not_read(self) -> None:
        used = layout("target", "region")
        table = self.table.drop(columns="Default")
        assert check_columns(table, used, "current", with_target=False) == ["Extra"]
        with pytest.raises(InputError, match=r"no column 'Default \(roles.target\)'"):
            check_columns(table, used, "labelled", with_target=True)

    def test_needs_a_mapped_target_to_train(self) -> None:
        with pytest.raises(InputError, match="labelled: the layout maps no target"):
            check_columns(self.table, layout(), "labelled", with_target=True)
        assert check_columns(self.table, layout(), "current", with_target=False) == ["Default", "Region", "Extra"]

    def test_refuses_an_empty_table(self) -> None:
        with pytest.raises(InputError, match="current: the table has no rows; at least one is needed"):
            check_columns(self.table.iloc[:0], layout(), "current", with_target=False)

    def test_refuses_a_column_that_is_there_twice(self) -> None:
        table = pd.concat([self.table, self.table[["Region"]]], axis=1)
        with pytest.raises(InputError, match=r"column 'Region' \(roles.region\) is there 2 times; once is allowed"):
            check_columns(table, layout("region"), "current", with_target=False)

    @pytest.mark.parametrize("value", [[1, 2], np.array([1]), {"a": 1}, b"Norte"])
    def test_refuses_values_that_are_not_plain(self, value: object) -> None:
        table = raw(2, Region=pd.Series([None, value], dtype=object))
        with pytest.raises(InputError, match=r"column 'Region' \(roles.region\) holds .*; text, numbers and dates are"):
            check_columns(table, layout("region"), "current", with_target=False)


class TestTypes:
    def test_of_the_standard_layout(self) -> None:
        frame = canonicalise(sample("labelled_customers"), standard_layout(), with_target=True).frame
        dtypes = {name: str(dtype) for name, dtype in frame.dtypes.items()}
        money = {"invoice_amount_01", "overdue_balance"}
        months = {name for names in standard_layout().family_columns().values() for name in names}
        assert {dtypes[name] for name in money} == {"float64"}
        assert {dtypes[name] for name in months - money} == {"float32"}
        assert {dtypes[name] for name in dtypes if name.endswith("_date")} == {"datetime64[s]"}
        assert {dtypes[name] for name in ("customer_id", "tariff", "region", "direct_debit")} == {"str"}
        assert {dtypes[name] for name in ("target", "stratum", "tenure_months")} == {"float32"}
        assert dtypes["tenure_known"] == "bool"
        assert len(dtypes) == 242  # all 241 columns, and whether the tenure is known

    def test_do_not_depend_on_how_a_file_stores_a_column(self) -> None:
        used = layout("region", "stratum", "overdue_invoices", "target")
        stored = {"Region": ["1", None], "Stratum": ["3", ""], "Unpaid": ["0", "2"], "Default": ["1", "0"]}
        typed = {"Region": [1.0, np.nan], "Stratum": [3, np.nan], "Unpaid": [0, 2], "Default": [True, False]}
        pd.testing.assert_frame_equal(read(raw(**stored), used).frame, read(raw(**typed), used).frame)

    def test_money_keeps_its_cents_where_float32_would_not(self) -> None:
        used = layout("overdue_balance", monthly={"invoice_amount": {"columns": ["A1", "A2"]}})
        frame = read(raw(Owed=["9876543.21"], A1=[1234567.89], A2=[1234567.89]), used).frame
        assert frame.loc[0, "overdue_balance"] == 9876543.21
        assert frame.loc[0, "invoice_amount_01"] == 1234567.89
        assert frame.loc[0, "invoice_amount_02"] == np.float32(1234567.89)


class TestIdentifiers:
    def test_are_text_without_outer_spaces(self) -> None:
        assert values(read(pd.DataFrame({"ID": [" A1 ", "001"]}), layout()).frame, "customer_id") == ["A1", "001"]

    def test_given_as_numbers_are_the_same_in_a_column_with_gaps(self) -> None:
        whole = read(pd.DataFrame({"ID": [17, 18]}), layout()).frame
        gaps = read(pd.DataFrame({"ID": [17.0, np.nan, 18.0]}), layout())
        assert values(whole, "customer_id") == ["17", "18"]
        assert values(gaps.frame, "customer_id") == ["17", None, "18"]
        (fault,) = gaps.faults
        assert (fault.column, fault.what, fault.rows.tolist()) == ("ID", "missing", [1])

    def test_that_are_blank_are_missing(self) -> None:
        (fault,) = read(pd.DataFrame({"ID": ["A", "  ", None]}), layout()).faults
        assert fault.rows.tolist() == [1, 2]


class TestTariffs:
    used = layout("tariff")

    @pytest.mark.parametrize(
        ("spelling", "tariff"),
        [
            (" DOMESTICA", "Domestic"), ("domestic ", "Domestic"), ("Doméstica", "Domestic"), ("d", "Domestic"),
            ("Industrial", "Industrial"), ("INDUSTRIAL\t", "Industrial"), ("i", "Industrial"),
        ],
    )  # fmt: skip
    def test_are_known_in_any_spelling(self, spelling: str, tariff: str) -> None:
        found = read(raw(Tariff=[spelling]), self.used)
        assert values(found.frame, "tariff") == [tariff]
        assert found.faults == ()

    def test_of_the_standard_layout_are_known_as_exports_spell_them(self) -> None:
        spellings = [" DOMESTICA", "domestic ", "Doméstica", "Industrial", "I"]
        table = sample("labelled_customers").head(5).assign(Tarifa=spellings)
        found = canonicalise(table, standard_layout(), with_target=True).frame["tariff"].tolist()
        assert found == ["Domestic"] * 3 + ["Industrial"] * 2

    def test_that_nobody_knows_are_a_fault_with_value_and_what_is_allowed(self) -> None:
        (fault,) = read(raw(Tariff=["D", "comercial", None]), self.used).faults
        assert (fault.column, fault.source, fault.what) == ("Tariff", "roles.tariff", "unknown tariff")
        assert fault.rows.tolist() == [1, 2]
        assert fault.values[0] == "comercial"
        assert (
            fault.allowed
            == "'d', 'domestic', 'domestica', 'i', 'industrial', as values.tariff of the layout names them"
        )

    def test_are_all_domestic_where_there_is_no_such_column(self) -> None:
        assert values(read(raw(2), layout()).frame, "tariff") == ["Domestic", "Domestic"]

    def test_given_as_numbers_are_known_by_their_text(self) -> None:
        used = layout("tariff", values={"tariff": {"Domestic": ["1"], "Industrial": ["2"]}})
        assert values(read(raw(Tariff=[1.0, 2.0]), used).frame, "tariff") == ["Domestic", "Industrial"]


class TestTargets:
    used = layout("target")

    @pytest.mark.parametrize("stored", [[0, 1, None], ["0", "1", None], [False, True, None], [0.0, 1.0, np.nan]])
    def test_are_0_1_or_unknown(self, stored: list[object]) -> None:
        found = read(raw(Default=stored), self.used)
        assert values(found.frame, "target") == [0, 1, None]
        assert found.faults == ()

    @pytest.mark.parametrize("value", [2, -1, 0.5, "yes"])
    def test_that_are_something_else_are_a_fault(self, value: object) -> None:
        found = read(raw(Default=pd.Series([1, value], dtype=object)), self.used)
        (fault,) = found.faults
        allowed = "0 (paid), 1 (unpaid) or null, or what values.target of the layout names"
        assert (fault.what, fault.allowed, fault.values) == ("no target value", allowed, (value,))
        assert values(found.frame, "target") == [1, None]

    @pytest.mark.parametrize(
        ("codes", "stored"),
        [
            ({"unpaid": ["IMPAGO", "Mora"], "paid": "Pagado"}, ["pagado ", "IMPAGO", "MORA", None, ""]),
            ({"unpaid": [2, 3], "paid": [1]}, [1.0, 2.0, 3.0, np.nan, np.nan]),
            ({"unpaid": 0, "paid": 1}, ["1", "0", "0", None, " "]),
            ({"unpaid": ["false"], "paid": ["true"]}, [True, False, False, None, None]),
        ],
    )
    def test_of_other_codes_are_what_the_layout_says(self, codes: dict[str, object], stored: list[object]) -> None:
        found = read(raw(Default=stored), layout("target", values={"target": codes}))
        assert values(found.frame, "target") == [0, 1, 1, None, None]
        assert found.frame["target"].dtype == "float32"
        assert found.faults == ()

    def test_that_the_codes_do_not_name_are_a_fault(self) -> None:
        used = layout("target", values={"target": {"unpaid": ["IMPAGO"], "paid": ["PAGADO"]}})
        found = read(raw(Default=["PAGADO", "1", "impago"]), used)
        (fault,) = found.faults
        assert (fault.values, fault.rows.tolist()) == (("1",), [1])
        assert fault.allowed == "'pagado' (paid), 'impago' (unpaid), as values.target of the layout names them, or null"
        assert values(found.frame, "target") == [0, None, 1]

    def test_are_ignored_where_they_are_not_read(self) -> None:
        found = canonicalise(raw(Default=["what", "ever"]), self.used, with_target=False)
        assert "target" not in found.frame
        assert found.faults == ()


class TestFaults:
    def test_of_numbers_name_the_column_and_the_key_that_maps_it(self) -> None:
        used = layout(monthly={"days_late": {"pattern": "Late{m}", "months": 2}}, numeric=["Age"])
        found = read(raw(Late1=["1", "x"], Late2=[0, 1], Age=[1e16, 30]), used)
        late, age = found.faults
        assert (late.column, late.source, late.values, late.rows.tolist()) == (
            "Late1",
            "monthly.days_late",
            ("x",),
            [1],
        )
        assert (age.column, age.source, age.values, age.rows.tolist()) == ("Age", "numeric", (1e16,), [0])
        assert late.allowed == age.allowed == "a number up to 1e+15 or null"
        assert values(found.frame, "days_late_01") == [1, None]

    def test_of_money_name_the_largest_amount(self) -> None:
        (fault,) = read(raw(Owed=[1e14]), layout("overdue_balance")).faults
        assert fault.allowed == "a number up to 1e+13 or null"

    @pytest.mark.parametrize(("texts", "told"), [(["x", "0,00"], True), (["1.255,92"], True), (["1,255", "x"], False)])
    def test_of_numbers_with_a_decimal_comma_say_how_to_read_them(self, texts: list[str], told: bool) -> None:
        (fault,) = read(raw(Owed=texts), layout("overdue_balance")).faults
        assert fault.allowed.endswith("; decimal commas? read the CSV with decimal=',' and thousands='.'") == told

    def test_of_dates_name_the_formats(self) -> None:
        used = layout("invoice_date", date_formats=["%d.%m.%Y"])
        found = read(raw(Invoiced=["01.05.2026", "2026-05-01"]), used)
        (fault,) = found.faults
        assert (fault.what, fault.values) == ("unreadable date", ("2026-05-01",))
        assert fault.allowed == "a date or text as '%d.%m.%Y'"
        assert found.frame["invoice_date"].notna().tolist() == [True, False]

    def test_a_stratum_or_a_category_has_none(self) -> None:
        found = read(raw(Stratum=["3", "n/a", None], Region=[" NORTE", "", None]), layout("stratum", "region"))
        assert found.faults == ()
        assert values(found.frame, "stratum") == [3, None, None]
        assert values(found.frame, "region") == ["norte", None, None]


class TestTenure:
    used = layout("invoice_date", "contract_start_date", "tenure_months")

    @pytest.mark.parametrize(
        ("start", "invoice", "months"),
        [
            ("2025-05-05", "2026-05-05", 12),
            ("2025-05-06", "2026-05-05", 11),
            ("2025-02-05", "2026-03-05", 13),  # 393 days
            ("2025-07-05", "2026-08-05", 13),  # 396 days
            ("2024-02-29", "2026-02-28", 23),
            ("2026-05-05", "2026-05-05", 0),
            ("2026-06-01", "2026-05-05", 0),
        ],
    )
    def test_is_counted_in_whole_calendar_months_where_it_is_missing(
        self, start: str, invoice: str, months: int
    ) -> None:
        frame = read(raw(Since=[start], Invoiced=[invoice], Months=[np.nan]), self.used).frame
        assert values(frame, "tenure_months") == [months]
        assert values(frame, "tenure_known") == [True]

    def test_that_is_given_stays(self) -> None:
        frame = read(raw(Since=["2020-01-01"], Invoiced=["2026-05-05"], Months=[13]), self.used).frame
        assert values(frame, "tenure_months") == [13]

    def test_is_unknown_without_both(self) -> None:
        table = raw(Since=[None, "2020-01-01"], Invoiced=["2026-05-05", None], Months=[np.nan, np.nan])
        frame = read(table, self.used).frame
        assert values(frame, "tenure_months") == [None, None]
        assert values(frame, "tenure_known") == [False, False]

    def test_is_counted_to_the_execution_date_in_a_table_without_invoice_dates(self) -> None:
        frame = read(raw(Since=["2025-01-15"]), layout("contract_start_date"), "2026-02-15").frame
        assert values(frame, "tenure_months") == [13]

    def test_needs_an_execution_date_in_a_table_without_invoice_dates(self) -> None:
        frame = read(raw(Since=["2025-01-15"]), layout("contract_start_date")).frame
        assert values(frame, "tenure_known") == [False]

    def test_is_no_column_where_nothing_tells_it(self) -> None:
        assert "tenure_known" not in read(raw(1), layout()).frame


class TestSlices:
    messy = st.sampled_from([None, "", "x", " D", "I ", "1", "0", "3.5", "2026-05-01", "01/05/2026", "1e40"])

    def check(self, table: pd.DataFrame, used: Layout, rows: np.ndarray) -> None:
        """Canonical rows and faults of a slice are those of the whole at the same rows."""
        whole, part = read(table, used), read(table.iloc[rows], used)
        pd.testing.assert_frame_equal(part.frame, whole.frame.iloc[rows].reset_index(drop=True), check_exact=True)
        assert self.at(part, np.arange(len(rows))) == self.at(whole, rows)

    def at(self, found: CanonicalRows, rows: np.ndarray) -> list[set[tuple[str, str, str]]]:
        by_row: dict[int, set[tuple[str, str, str]]] = {}
        for fault in found.faults:
            for row, value in zip(fault.rows.tolist(), fault.values, strict=True):
                by_row.setdefault(row, set()).add((fault.column, fault.what, str(value)))
        return [by_row.get(row, set()) for row in rows.tolist()]

    @settings(max_examples=15, deadline=None)
    @given(st.data())
    def test_of_the_sample_give_the_same_as_the_whole(self, data: st.DataObject) -> None:
        table = sample("labelled_customers")
        first = data.draw(st.integers(0, len(table) - 1))
        rows = np.arange(first, data.draw(st.integers(first, len(table))))
        self.check(table, standard_layout(), rows)

    @settings(max_examples=60, deadline=None)
    @given(st.data())
    def test_of_any_table_give_the_same_as_the_whole(self, data: st.DataObject) -> None:
        used = layout("invoice_date", "contract_start_date", "tariff", "stratum", "tenure_months", "region", "target")
        length = data.draw(st.integers(1, 8))
        column = st.lists(self.messy, min_size=length, max_size=length)
        names = ("Invoiced", "Since", "Tariff", "Stratum", "Months", "Region", "Default", "ID")
        table = raw(length, **{name: pd.Series(data.draw(column), dtype="str") for name in names})
        rows = np.array(data.draw(st.lists(st.integers(0, length - 1), unique=True)), dtype=np.intp)
        self.check(table, used, rows)

    def test_leave_the_raw_table_alone(self) -> None:
        table = sample("labelled_customers").head(20)
        before = table.copy(deep=True)
        canonicalise(table, standard_layout(), with_target=True)
        pd.testing.assert_frame_equal(table, before)


def test_selected_columns_that_the_table_lacks_are_missing() -> None:
    canonical = pd.DataFrame({"a": np.array([1.0, 2.0])}, index=[5, 6])
    wanted = {
        "x": ("a", "float32"),
        "n": ("b", "float64"),
        "t": ("c", "str"),
        "d": ("d", "datetime64[s]"),
        "f": ("e", "bool"),
    }
    found = select_columns(canonical, wanted)
    assert {name: str(dtype) for name, dtype in found.dtypes.items()} == {n: dtype for n, (_, dtype) in wanted.items()}
    assert found["x"].tolist() == [1, 2]
    assert found[["n", "t", "d"]].isna().all(axis=None)
    assert found["f"].tolist() == [False, False]
