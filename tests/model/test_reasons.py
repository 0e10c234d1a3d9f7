"""Reasons of a score: the model's own contributions, rolled up, ranked and put into words."""

import logging
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xgboost as xgb

from segmentation_model.columns import Layout, MonthlyFamily, Roles
from segmentation_model.model import reasons
from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.features import apply_feature_spec
from segmentation_model.model.reason_settings import Phrase, ReasonSettings
from segmentation_model.model.reasons import REASONS, Explainer, exact_margin, group_of, strongest
from segmentation_model.model.shapley_tables import MAX_DEPTH, tabulate
from segmentation_model.pipelines.modeling.scoring_nodes import score_current
from tests.batches import batches
from tests.model.artifacts import COLUMNS, FEW_TREES, GATE_OPEN, features, fit, skipped, trained

LAYOUT = Layout(
    roles=Roles(customer_id="ID", last_payment_date="Pago"),
    monthly={
        "days_late": MonthlyFamily(pattern="Mora_{m}", months=2),
        "balance": MonthlyFamily(pattern="Saldo_{m}", months=2),
        "balance_paid": MonthlyFamily(pattern="Abono_{m}", months=2),
    },
)
SETTINGS = ReasonSettings(
    phrases={
        "days_late": Phrase(name="Días de mora", raises="Días de mora altos"),
        "balance": Phrase(name="Saldo", raises="Saldo alto", lowers="Saldo bajo"),
    }
)


class TestGroups:
    @pytest.mark.parametrize(
        ("feature", "group"),
        [
            ("days_late_01", "days_late"),
            ("days_late_months_since_last", "days_late"),
            ("balance_mean_3", "balance"),
            ("balance_paid_02", "balance_paid"),
            ("last_payment_date_days", "last_payment_date"),
            ("overdue_balance", "overdue_balance"),
            ("holidays_days", "holidays_days"),
            ("limit_bal", "limit_bal"),
        ],
    )
    def test_a_feature_comes_of_its_family_role_or_column(self, feature: str, group: str):
        assert group_of(feature, LAYOUT) == group


class TestWords:
    def test_the_strongest_come_first_whichever_way_they_go(self):
        (texts,) = strongest(np.array([[0.3, -2.0, 0.7]]), ["days_late", "balance", "region"], SETTINGS)
        assert texts.tolist() == [
            "Saldo bajo (baja el riesgo)", "region (sube el riesgo)", "Días de mora altos (sube el riesgo)", None, None,
        ]  # fmt: skip

    def test_a_phrase_without_an_own_word_for_a_direction_is_its_name(self):
        assert SETTINGS.text("days_late", raises=False) == "Días de mora (baja el riesgo)"

    def test_equal_contributions_stand_in_the_order_of_the_groups(self):
        sums = np.array([[1.0, -1, 1, -1, 1, -1, 2], [-1.0, 1, -1, 1, -1, 1, 2]])
        for texts in strongest(sums, list("abcdefg"), SETTINGS):
            assert [text.split()[0] for text in texts] == ["g", "a", "b", "c", "d"]

    def test_what_moves_nothing_is_no_reason(self):
        assert strongest(np.zeros((1, 7)), list("abcdefg"), SETTINGS).tolist() == [[None] * 5]

    def test_rounding_breaks_no_tie(self):
        sums = np.array([[0.1 + 0.2, 0.3, 0.3 + 1e-12], [1e-12, 0, 0.3]])
        first, second = strongest(sums, list("abc"), SETTINGS)
        assert [text.split()[0] for text in first[:3]] == ["a", "b", "c"]
        assert second.tolist() == ["c (sube el riesgo)", None, None, None, None]


class TestExplain:
    ROWS = features(700, 71)

    def explained(self, rows: pd.DataFrame | None = None) -> pd.DataFrame:
        rows = self.ROWS if rows is None else rows
        return Explainer.of(trained().model, SETTINGS, COLUMNS.layout).explain(rows, np.zeros(len(rows)))

    def test_every_customer_has_the_reasons_that_xgboosts_own_contributions_give(self):
        model = trained().model
        rows, _ = apply_feature_spec(self.ROWS, model.features, "x")
        own = model.booster.predict(xgb.DMatrix(rows, enable_categorical=True), pred_contribs=True)[:, :-1]
        expected = strongest(own.astype(np.float64), model.features.names, SETTINGS)
        gaps = np.diff(np.sort(np.abs(own), axis=1), axis=1).min(axis=1)
        clear = (gaps > 1e-5) & (np.abs(own).min(axis=1) > 1e-5)
        assert clear.mean() > 0.95
        for place, name in enumerate(REASONS[:3]):
            assert self.explained()[name][clear].tolist() == expected[clear, place].tolist()

    def test_features_of_one_family_are_one_reason(self):
        random = np.random.default_rng(4)
        names = ["days_late_01", "region_size", "days_late_mean_3", "balance_01"]
        rows = pd.DataFrame(random.normal(size=(300, 4)).astype(np.float32), columns=names)
        matrix = xgb.DMatrix(rows, rows.sum(axis=1) > 0)
        booster = xgb.train({"max_depth": 3, "objective": "binary:logistic", "nthread": 1}, matrix, 10)
        assert [group_of(name, LAYOUT) for name in names] == ["days_late", "region_size", "days_late", "balance"]
        own = booster.predict(matrix, pred_contribs=True)
        tables = tabulate(booster, [0, 1, 0, 2])
        assert tables is not None
        found = tables.contributions(rows)
        np.testing.assert_allclose(found, np.column_stack([own[:, 0] + own[:, 2], own[:, 1], own[:, 3]]), atol=1e-5)
        for texts in strongest(found, ["days_late", "region_size", "balance"], SETTINGS):
            assert sum("mora" in text for text in texts if text) == 1

    def test_a_customers_reasons_do_not_depend_on_parts_order_or_company(self, monkeypatch: pytest.MonkeyPatch):
        whole = self.explained()
        pd.testing.assert_frame_equal(self.explained(self.ROWS[::-1])[::-1], whole)
        pd.testing.assert_frame_equal(self.explained(self.ROWS.iloc[[5]]), whole.iloc[[5]])
        monkeypatch.setattr(reasons, "_ROWS_AT_A_TIME", 33)
        pd.testing.assert_frame_equal(self.explained(), whole)

    @pytest.mark.parametrize(("artifact", "rows"), [(skipped, 20), (trained, 0)])
    def test_without_a_model_or_rows_nobody_has_reasons(self, artifact: Any, rows: int):
        table = features(20, 72).iloc[:rows]
        found = Explainer.of(artifact().model, SETTINGS, COLUMNS.layout).explain(table, np.full(rows, np.nan))
        assert list(found) == [*REASONS, "reasons_exact"]
        assert len(found) == rows
        assert found[list(REASONS)].dtypes.eq("str").all()
        assert found[list(REASONS)].isna().all(axis=None)


class TestDeepTrees:
    """Too deep to be tabulated, so that every exact contribution is computed by XGBoost, row by row."""

    @staticmethod
    @cache
    def model() -> ModelArtifact:
        deep = FEW_TREES.model_copy(update={"max_depth": MAX_DEPTH + 2, "min_child_weight": 0.0, "gamma": 0.0})
        return fit(trained().train, trained().calibration, trained().test, settings=deep).model

    def month(self, rows: pd.DataFrame, most_exact_rows: int) -> pd.DataFrame:
        settings = SETTINGS.model_copy(update={"most_exact_rows": most_exact_rows})
        return score_current(self.model(), batches(rows), GATE_OPEN, settings, COLUMNS).read()

    def own(self, rows: pd.DataFrame, *, approximate: bool) -> list[str]:
        """First reasons by XGBoost's own contributions."""
        table, _ = apply_feature_spec(rows, self.model().features, "x")
        matrix = xgb.DMatrix(table, enable_categorical=True)
        values = self.model().booster.predict(matrix, pred_contribs=True, approx_contribs=approximate)[:, :-1]
        return strongest(values.astype(np.float64), self.model().features.names, SETTINGS)[:, 0].tolist()

    def test_give_exact_reasons_to_the_two_highest_categories_and_approximate_ones_to_the_others(
        self, caplog: pytest.LogCaptureFixture
    ):
        table = features(600, 73)
        with caplog.at_level(logging.WARNING):
            month = self.month(table, 600)
        exact = month["reasons_exact"].to_numpy()
        high = self.model().cutoffs.positions(month["margin"]) >= 2
        assert exact.tolist() == high.tolist()
        assert 30 < exact.sum() < 300
        assert month["reason_1"][exact].tolist() == [
            text for text, it in zip(self.own(table, approximate=False), exact, strict=True) if it
        ]
        near = self.own(table, approximate=True)
        assert month["reason_1"][~exact].tolist() == [text for text, it in zip(near, exact, strict=True) if not it]
        assert f"deeper than {MAX_DEPTH}" in caplog.text
        assert f"{600 - exact.sum()} customers have approximate reasons, below a margin of" in caplog.text

    def test_give_exact_reasons_to_so_many_of_the_riskiest_at_most(self):
        month = self.month(features(600, 73), 20)
        exact = month["reasons_exact"].to_numpy()
        assert 15 <= exact.sum() <= 20
        assert month["margin"][exact].min() > month["margin"][~exact].max()
        assert not self.month(features(600, 73), 0)["reasons_exact"].any()

    @pytest.mark.parametrize(
        ("most", "reached"), [(10, [3.0, 2.0, 2.0]), (3, [3.0, 2.0, 2.0]), (2, [3.0]), (1, [3.0]), (0, [])]
    )
    def test_ties_at_the_bound_are_left_out_together(self, most: int, reached: list[float]):
        margins = np.array([2.0, 0.5, 3.0, 1.0, 2.0])
        bound = exact_margin([margins[:2], margins[2:]], 1.0, most)
        assert sorted(margins[margins >= bound], reverse=True) == reached
