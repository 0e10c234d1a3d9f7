"""Features of what the risk may follow one way only: each goes one way with every month, column and date."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from segmentation_model.errors import ConfigurationError
from segmentation_model.model.feature_settings import FeatureSettings
from segmentation_model.pipelines.feature_engineering.features import build_features, feature_signs
from tests.pipelines.feature_engineering.builders import layout, standard_layout

MONTHS = 4
TABLE = layout(
    "invoice_date", "tariff", "contract_start_date", "overdue_balance", "target", "region",
    monthly={
        name: {"pattern": f"{name}{{m}}", "months": MONTHS}
        for name in ("days_late", "balance", "paid_amount", "invoice_amount")
    },
    numeric=["Credit Limit"],
)  # fmt: skip
COLUMNS = [name for family in TABLE.family_columns().values() for name in family]
CONSTRAINED = FeatureSettings(
    windows=(2, 4),
    pattern_window=3,
    monotone={
        "days_late": 1,
        "balance": -1,
        "paid_amount": -1,
        "overdue_balance": 1,
        "contract_start_date": -1,
        "credit_limit": -1,
    },
)
SIGNS = feature_signs(TABLE, CONSTRAINED)

FIGURES = st.one_of(st.integers(-50, 50).map(np.float32), st.just(np.float32(0)), st.just(np.float32(np.nan)))


def canonical(months: np.ndarray) -> pd.DataFrame:
    """One row per row of the months of all families, and what else is constrained."""
    rows = len(months)
    return pd.DataFrame(months, columns=COLUMNS).assign(
        invoice_date=np.full(rows, np.datetime64("2026-05-05", "s")),
        contract_start_date=np.full(rows, np.datetime64("2020-05-05", "s")),
        overdue_balance=10.25,
        credit_limit=np.float32(5),
    )


def test_each_feature_of_a_constrained_family_has_a_sign_and_no_other_is_built() -> None:
    built = build_features(canonical(np.ones((1, len(COLUMNS)), np.float32)), TABLE.family_columns(), CONSTRAINED)
    of_days_late = {name: SIGNS[name] for name in built if name.startswith("days_late")}
    assert of_days_late == {
        **{f"days_late_0{month}": 1 for month in (1, 2, 3, 4)},
        "days_late_mean_2": 1, "days_late_mean_4": 1, "days_late_max": 1,
        "days_late_months_2": 1, "days_late_months_4": 1, "days_late_months_since_last": -1,
    }  # fmt: skip
    assert {name for name in SIGNS if name not in of_days_late} == {
        *(f"{family}_{part}" for family in ("balance", "paid_amount") for part in ("01", "02", "03", "04")),
        "balance_mean_2", "balance_mean_4", "paid_amount_mean_2", "paid_amount_mean_4",
        "paid_amount_share_2", "paid_amount_share_4", "overdue_balance", "contract_start_date_days", "credit_limit",
    }  # fmt: skip
    assert {name for name in built if name.endswith(("_spread", "_trend", "_last_to_usual"))} == {
        "invoice_amount_spread", "invoice_amount_trend", "invoice_amount_last_to_usual",
    }  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(arrays(np.float32, (1, len(COLUMNS)), elements=FIGURES), st.data())
def test_raising_a_month_moves_every_feature_the_way_of_its_sign(months: np.ndarray, data: st.DataObject) -> None:
    raised = months.copy()
    family = data.draw(st.sampled_from(["days_late", "balance", "paid_amount"]))
    sign = CONSTRAINED.signs[family]
    column = COLUMNS.index(f"{family}_0{data.draw(st.integers(1, MONTHS))}")
    raised[0, column] += np.float32(data.draw(st.integers(1, 60)))  # a missing month stays missing
    before, after = (build_features(canonical(rows), TABLE.family_columns(), CONSTRAINED) for rows in (months, raised))
    pd.testing.assert_frame_equal(before.isna(), after.isna())
    changed = [name for name in before if not before[name].equals(after[name])]
    assert set(changed) <= SIGNS.keys()
    for name in changed:
        risk = SIGNS[name] * (after[name] - before[name]).item()
        assert sign * risk > 0, (name, before[name].item(), after[name].item())


def test_a_column_or_a_date_moves_its_feature_the_way_of_its_sign() -> None:
    rows = canonical(np.ones((2, len(COLUMNS)), np.float32))
    rows.loc[1, "overdue_balance"] = 11
    rows.loc[1, "contract_start_date"] = pd.Timestamp("2021-05-05")
    features = build_features(rows, TABLE.family_columns(), CONSTRAINED)
    assert features["overdue_balance"].diff().iloc[1] > 0
    assert features["contract_start_date_days"].diff().iloc[1] > 0
    assert (SIGNS["overdue_balance"], SIGNS["contract_start_date_days"]) == (1, -1)


def test_no_paid_share_is_built_where_the_invoiced_amounts_are_constrained() -> None:
    """It falls with what was invoiced, unless nothing was paid, and is missing where credits exceed the bills."""
    both = FeatureSettings(windows=(2,), monotone={"paid_amount": -1, "invoice_amount": 1})
    built = build_features(canonical(np.ones((1, len(COLUMNS)), np.float32)), TABLE.family_columns(), both)
    assert not [name for name in built if "share" in str(name)]


def test_a_zero_takes_a_constraint_back() -> None:
    off = FeatureSettings(monotone={"days_late": 0})
    assert feature_signs(TABLE, off) == {}
    one = canonical(np.ones((1, len(COLUMNS)), np.float32))
    expected = build_features(one, TABLE.family_columns(), FeatureSettings())
    pd.testing.assert_frame_equal(build_features(one, TABLE.family_columns(), off), expected)


def test_a_family_that_is_called_like_a_role_is_constrained_with_it() -> None:
    both = layout("overdue_balance", monthly={"overdue_balance": {"pattern": "Owed{m}", "months": 1}})
    signs = feature_signs(both, FeatureSettings(monotone={"overdue_balance": 1}))
    assert signs == {"overdue_balance": 1, "overdue_balance_01": 1}


def test_what_the_layout_lacks_has_no_features() -> None:
    assert feature_signs(TABLE, FeatureSettings(monotone={"overdue_invoices": 1, "surcharges": 1})) == {}


@pytest.mark.parametrize("name", ["tariff", "target", "customer_id", "invoice_date", "days_late_01"])
def test_what_is_no_feature_by_itself_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"monotone: '{name}' cannot be constrained; a whole monthly family"):
        feature_signs(TABLE, FeatureSettings(monotone={name: 1}))


def test_the_standard_layout_has_all_of_its_constrained_features() -> None:
    arrears = FeatureSettings(monotone={"days_late": 1, "overdue_invoices": 1, "overdue_balance": 1})
    signs = feature_signs(standard_layout(), arrears)
    assert len(signs) == 24 + 4 + 1 + 4 + 1 + 2
    assert [name for name, sign in signs.items() if sign < 0] == ["days_late_months_since_last"]
