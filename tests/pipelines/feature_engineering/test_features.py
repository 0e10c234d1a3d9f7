"""The feature table: what is in it, and any slice like the whole."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation_model.errors import ConfigurationError
from segmentation_model.model.feature_settings import FeatureSettings
from segmentation_model.pipelines.feature_engineering.canonical import canonicalise
from segmentation_model.pipelines.feature_engineering.features import build_features, days_from_invoice
from tests.pipelines.feature_engineering.builders import sample, standard_layout

DEFAULT = FeatureSettings()
FAMILIES = {"days_late": ["days_late_01", "days_late_02", "days_late_03"]}
LATE = pd.DataFrame(
    {
        "customer_id": ["A", "B"],
        "days_late_01": np.array([0, np.nan], np.float32),
        "days_late_02": np.array([30, 5], np.float32),
        "days_late_03": np.array([0, np.nan], np.float32),
    }
)


def dates(*texts: str | None) -> pd.Series:
    return pd.Series(np.array([text or "NaT" for text in texts], dtype="datetime64[s]"))


class TestDates:
    def test_become_days_from_the_invoice_negative_before_it(self) -> None:
        invoice = dates("2026-05-05", "2026-05-05", None, "2026-05-05")
        days = days_from_invoice(dates("2026-05-01", "2026-05-20", "2026-05-01", None), invoice.to_numpy())
        np.testing.assert_array_equal(days, np.array([-4, 15, np.nan, np.nan], np.float32))
        assert days.dtype == np.float32

    def test_are_whole_days_whatever_the_hour(self) -> None:
        assert days_from_invoice(dates("2026-05-04T23:59"), dates("2026-05-05T00:01").to_numpy()).tolist() == [-1]

    def test_are_named_after_the_date_and_replace_it(self) -> None:
        canonical = pd.DataFrame({"invoice_date": dates("2026-05-05"), "due_date": dates("2026-05-25")})
        assert build_features(canonical, {}, DEFAULT).to_dict("list") == {"due_date_days": [20]}

    def test_are_relative_to_the_execution_date_in_a_table_without_invoice_dates(self) -> None:
        canonical = pd.DataFrame({"due_date": dates("2026-05-25")})
        found = build_features(canonical, {}, DEFAULT, pd.Timestamp("2026-05-20"))
        assert found["due_date_days"].tolist() == [5]


class TestColumns:
    def test_that_identify_or_decide_are_no_features(self) -> None:
        canonical = pd.DataFrame(
            {
                "customer_id": ["A"],
                "invoice_date": dates("2026-05-05"),
                "tariff": ["Domestic"],
                "target": np.array([1], np.float32),
                "tenure_known": [True],
                "region": pd.array(["norte"], dtype="str"),
                "deposit": np.array([3.0], np.float32),
                "overdue_balance": [1.25],
            }
        )
        found = build_features(canonical, {}, DEFAULT)
        assert found.columns.tolist() == ["region", "deposit", "overdue_balance"]
        assert [str(dtype) for dtype in found.dtypes] == ["str", "float32", "float32"]

    def test_of_a_family_of_late_days(self) -> None:
        found = build_features(LATE, FAMILIES, FeatureSettings(windows=(1, 3, 6), pattern_window=3))
        expected = {
            "days_late_01": [0, None],
            "days_late_02": [30, 5],
            "days_late_03": [0, None],
            "days_late_mean_1": [0, None],
            "days_late_mean_3": [10, 5],
            "days_late_spread": [np.sqrt(300), None],
            "days_late_trend": [0, None],
            "days_late_last_to_usual": [0, None],
            "days_late_max": [30, 5],
            "days_late_months_1": [0, None],
            "days_late_months_3": [1, 1],
            "days_late_months_since_last": [1, 1],
        }
        pd.testing.assert_frame_equal(found, pd.DataFrame(expected, dtype="float32"))

    def test_of_a_family_that_is_not_about_lateness_have_no_late_months(self) -> None:
        canonical = LATE.rename(columns=lambda name: name.replace("days_late", "balance"))
        found = build_features(canonical, {"balance": [f"balance_0{m}" for m in (1, 2, 3)]}, DEFAULT)
        assert [name for name in found if name[-2:] not in ("01", "02", "03")] == [
            "balance_mean_3", "balance_spread", "balance_trend", "balance_last_to_usual",
        ]  # fmt: skip

    def test_of_a_family_of_one_month_are_that_month(self) -> None:
        found = build_features(LATE[["days_late_01"]], {"days_late": ["days_late_01"]}, DEFAULT)
        assert found.columns.tolist() == ["days_late_01", "days_late_max", "days_late_months_since_last"]

    def test_of_patterns_look_at_the_pattern_window_only(self) -> None:
        found = build_features(LATE, FAMILIES, FeatureSettings(pattern_window=2))
        assert found["days_late_trend"].tolist()[0] == -30
        assert found["days_late_months_since_last"].tolist() == [1, 1]

    def test_of_what_was_paid_compare_two_families_over_the_months_of_both(self) -> None:
        families = {
            "paid_amount": ["paid_amount_01", "paid_amount_02"],
            "invoice_amount": ["invoice_amount_01", "invoice_amount_02"],
        }
        canonical = pd.DataFrame(
            [[50, 100, 100, 100]], columns=[*families["paid_amount"], *families["invoice_amount"]], dtype="float32"
        )
        found = build_features(canonical, families, FeatureSettings(windows=(1, 2, 3)))
        shares = {name: values.tolist() for name, values in found.items() if "share" in str(name)}
        assert shares == {"paid_amount_share_1": [0.5], "paid_amount_share_2": [0.75]}

    def test_of_the_same_name_are_refused(self) -> None:
        canonical = LATE.assign(days_late_mean_3=1.0)
        with pytest.raises(ConfigurationError, match="columns: two features would be called 'days_late_mean_3'"):
            build_features(canonical, FAMILIES, DEFAULT)

    def test_of_the_standard_layout_begin_with_their_family_s_name(self) -> None:
        layout = standard_layout()
        canonical = canonicalise(sample("current_customers"), layout, with_target=False).frame
        found = build_features(canonical, layout.family_columns(), DEFAULT)
        built = [name for name in found if name not in canonical.columns and not name.endswith("_date_days")]
        assert len(found.columns) == 240 - 2 - 1 + 9 * 7 + 1 + 4 + 1 + 4
        assert all(layout.family_of(name) for name in built)
        assert {str(dtype) for dtype in found.dtypes} == {"float32", "str"}
        assert not np.isinf(found.select_dtypes("float32")).any(axis=None)


class TestSlices:
    layout = standard_layout()
    canonical = canonicalise(sample("labelled_customers"), layout, with_target=True).frame
    whole = build_features(canonical, layout.family_columns(), DEFAULT)

    @settings(max_examples=15, deadline=None)
    @given(st.data())
    def test_give_the_same_as_the_whole_to_the_last_bit(self, data: st.DataObject) -> None:
        number = len(self.canonical)
        rows = data.draw(st.lists(st.integers(0, number - 1), min_size=1, max_size=number, unique=True))
        part = build_features(self.canonical.iloc[rows], self.layout.family_columns(), DEFAULT)
        pd.testing.assert_frame_equal(part, self.whole.iloc[rows], check_exact=True)

    def test_of_one_row_give_the_same_as_the_whole_to_the_last_bit(self) -> None:
        for row in range(0, len(self.canonical), 20):
            part = build_features(self.canonical.iloc[[row]], self.layout.family_columns(), DEFAULT)
            pd.testing.assert_frame_equal(part, self.whole.iloc[[row]], check_exact=True)

    def test_leave_the_canonical_rows_alone(self) -> None:
        before = self.canonical.head(10).copy(deep=True)
        build_features(self.canonical.head(10), self.layout.family_columns(), DEFAULT)
        pd.testing.assert_frame_equal(self.canonical.head(10), before)
