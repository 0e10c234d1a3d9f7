"""One segment per customer, with the model's frozen cut-offs."""

import logging

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation_model.columns import Columns
from segmentation_model.errors import InputError
from segmentation_model.pipelines.clustering.nodes import assign_segments
from segmentation_model.pipelines.feature_engineering.nodes import build_current_context, map_current
from segmentation_model.pipelines.feature_engineering.params import IntakeSettings
from segmentation_model.segments import is_settled
from tests.batches import batches, score_month
from tests.model.artifacts import context_of, features, skipped, trained
from tests.segments.customers import RULES, customers

CONTRACT = [
    "customer_id", "execution_date", "invoice_date", "tariff", "stratum_class", "tenure_months", "probability",
    "risk_category", "segment_code", "segment_label", "overdue_invoices", "overdue_balance", "invoice_amount",
    "expected_unpaid_amount", "reason_1", "reason_2", "reason_3", "reason_4", "reason_5", "model_version",
]  # fmt: skip
LABELS = ["Riesgo Bajo", "Riesgo Medio", "Riesgo Alto", "Riesgo Muy Alto"]


def scored(
    context: pd.DataFrame, margin: object = -3.0, probability: object = 0.25, industrial=None
) -> dict[str, pd.DataFrame]:
    """Scores of these customers per tariff, given instead of computed."""
    versions = {"Domestic": trained().model.version, "Industrial": (industrial or trained().model).version}
    reasons = {f"reason_{rank}": pd.array([None] * len(context), dtype="str") for rank in range(1, 6)}
    table = context[["customer_id", "tariff"]].assign(
        margin=margin,
        probability=probability,
        **reasons,
        reasons_exact=True,
        model_version=context["tariff"].map(versions),
    )
    return {tariff: table[table["tariff"] == tariff].drop(columns="tariff") for tariff in ("Domestic", "Industrial")}


def segment(context: pd.DataFrame, scores: dict[str, pd.DataFrame] | None = None, industrial=None) -> pd.DataFrame:
    scores = scored(context, industrial=industrial) if scores is None else scores
    domestic, industrial = trained().model, industrial or trained().model
    given = (batches(context), batches(scores["Domestic"], 61), batches(scores["Industrial"], 13))
    return assign_segments(*given, domestic, industrial, RULES).read()


def settled_shares(table: pd.DataFrame) -> dict[str, float]:
    """Shares of the risk categories among settled customers, scored by the trained model."""
    context = context_of(table)
    scores = {**scored(context), "Domestic": score_month(trained().model, table)}
    categories = segment(context, scores)["risk_category"]
    return categories[categories.isin(LABELS)].value_counts(normalize=True).reindex(LABELS, fill_value=0.0).to_dict()


class TestFrozenCutoffs:
    def test_undrifted_customers_fall_into_the_categories_by_their_quantiles(self):
        found = settled_shares(trained().test)
        n_calibration = trained().cutoffs["n"]
        n_test = is_settled(context_of(trained().test), RULES).sum()
        below = np.cumsum(list(found.values()))[:-1]
        for share, quantile in zip(below, (0.50, 0.80, 0.95), strict=True):
            noise = np.sqrt(quantile * (1 - quantile) * (1 / n_calibration + 1 / n_test))
            assert abs(share - quantile) < 4 * noise

    def test_a_shifted_batch_moves_the_shares(self):
        before, after = settled_shares(features(2_000, 11)), settled_shares(features(2_000, 11, shift=1.0))
        assert before["Riesgo Muy Alto"] == pytest.approx(0.05, abs=0.03)
        assert after["Riesgo Muy Alto"] > 3 * before["Riesgo Muy Alto"]
        assert after["Riesgo Bajo"] < 0.6 * before["Riesgo Bajo"]

    def test_a_customer_keeps_the_category_whoever_else_is_scored(self):
        quiet, alarming = features(300, 12), features(700, 13, shift=3.0, prefix="X")
        together = pd.concat([quiet, alarming], ignore_index=True)
        context = context_of(together)

        def categories(rows: pd.DataFrame) -> list[str]:
            part = context[context["customer_id"].isin(rows["customer_id"])].reset_index(drop=True)
            scores = {**scored(part), "Domestic": score_month(trained().model, rows)}
            return segment(part, scores)["risk_category"].tolist()

        assert categories(together)[:300] == categories(quiet)


class TestSegments:
    def test_the_table_has_the_columns_that_others_rely_on(self):
        table = segment(customers(rows=3))
        assert set(CONTRACT) <= set(table.columns)
        assert table[["customer_id", "tariff", "risk_category", "segment_code", "model_version"]].dtypes.eq("str").all()

    def test_customers_stay_in_order_and_keep_what_is_known_of_them(self):
        context = customers(customer_id=["Z", "A", "M"], tariff=["Industrial", "Domestic", "Domestic"])
        table = segment(context)
        kept = ["customer_id", "execution_date", "invoice_date", "tariff", "tenure_months", "overdue_balance"]
        pd.testing.assert_frame_equal(table[kept], context[kept])

    def test_codes_and_labels_name_tariff_stratum_and_category(self):
        context = customers(
            tariff=["Domestic", "Domestic", "Industrial", "Domestic"],
            stratum=[2, 5, 2, np.nan],
            tenure_months=[60, 6, 60, 60],
            overdue_invoices=[0, 0, 0, 5],
        )
        table = segment(context)
        assert table["segment_code"].tolist() == ["D-B-RB", "D-A-CN", "I-RB", "D-S-I4"]
        assert table["segment_label"].tolist() == [
            "Doméstica · Bajo · Riesgo Bajo",
            "Doméstica · Alto · Cliente Nuevo",
            "Industrial · Riesgo Bajo",
            "Doméstica · Sin estrato · Incorriente 4+",
        ]
        assert table["stratum_class"].fillna("none").tolist() == ["Bajo", "Alto", "none", "Sin estrato"]

    def test_every_customer_keeps_the_reasons_of_the_score(self):
        table = features(200, 14)
        context = context_of(table)
        scores = score_month(trained().model, table)
        segments = segment(context, {**scored(context), "Domestic": scores})
        names = [f"reason_{rank}" for rank in range(1, 6)]
        expected = scores.set_index("customer_id").loc[segments["customer_id"], names].reset_index(drop=True)
        pd.testing.assert_frame_equal(segments[names], expected)
        high = segments["risk_category"].isin(LABELS[2:])
        assert segments.loc[high, "reason_1"].str.endswith("riesgo)").all()
        assert high.any()

    def test_who_was_not_scored_has_no_reasons(self):
        assert segment(customers(rows=3)).filter(regex="^reason_").isna().all(axis=None)

    def test_the_new_and_the_overdue_keep_their_probability(self):
        context = customers(tenure_months=[6, 60], overdue_invoices=[0, 3])
        assert segment(context, scored(context, probability=[0.7, 0.9]))["probability"].tolist() == [0.7, 0.9]

    def test_the_expected_unpaid_amount_is_probability_times_invoice_to_the_cent(self):
        context = customers(invoice_amount=[100.0, 33.33, -20.0, np.nan])
        table = segment(context, scored(context, probability=[0.333, 0.5, 0.25, 0.5]))
        np.testing.assert_array_equal(table["expected_unpaid_amount"], [33.3, 16.66, -5.0, np.nan])

    def test_each_tariff_names_its_model(self):
        table = segment(customers(tariff=["Domestic", "Industrial"]), industrial=skipped().model)
        assert table["model_version"].tolist() == [trained().model.version, skipped().model.version]

    def test_without_a_model_customers_are_not_evaluable_unless_overdue_or_new(self):
        context = customers(rows=3, tariff="Industrial", tenure_months=[60, 6, 60], overdue_invoices=[0, 0, 1])
        scores = scored(context)
        table = features(3, 1).assign(customer_id=context["customer_id"])
        scores["Industrial"] = score_month(skipped().model, table)
        table = segment(context, scores, industrial=skipped().model)
        assert table["risk_category"].tolist() == ["No evaluable", "Cliente Nuevo", "Incorriente 1"]
        assert table["segment_code"].tolist() == ["I-NE", "I-CN", "I-I1"]
        assert table[["probability", "expected_unpaid_amount"]].isna().all(axis=None)

    def test_a_tariff_without_customers_is_no_problem(self):
        assert segment(customers(rows=2))["tariff"].tolist() == ["Domestic"] * 2
        assert segment(customers(rows=2, tariff="Industrial"))["tariff"].tolist() == ["Industrial"] * 2

    def test_a_known_outcome_stays_with_the_customer(self):
        assert segment(customers(target=[1, 0, np.nan]))["target"].fillna(-1).tolist() == [1, 0, -1]

    @settings(max_examples=30, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["Domestic", "Industrial"]),
                st.sampled_from([np.nan, 0, 1, 2, 3, 4, 5, 6, 9]),
                st.sampled_from([np.nan, -1, 0, 11, 12, 13, 400]),
                st.sampled_from([np.nan, 0, 1, 2, 3, 4, 40]),
                st.sampled_from([np.nan, -5.0, 0.0, 0.01, 1e9]),
                st.sampled_from([np.nan, -8.0, -2.0, -1.0, 0.0, 8.0]),
            ),
            min_size=1,
            max_size=40,
        )
    )
    def test_everybody_ends_in_exactly_one_segment(self, rows: list[tuple[object, ...]]):
        tariff, stratum, tenure, bills, balance, margin = (list(values) for values in zip(*rows, strict=True))
        context = customers(
            tariff=tariff, stratum=stratum, tenure_months=tenure, overdue_invoices=bills, overdue_balance=balance
        )
        table = segment(context, scored(context, margin=margin))
        assert table["customer_id"].tolist() == context["customer_id"].tolist()
        assert table[["risk_category", "segment_code", "segment_label"]].notna().all(axis=None)


class TestTenure:
    def test_unknown_tenure_is_scored_flagged_and_reported(self, caplog: pytest.LogCaptureFixture):
        with caplog.at_level(logging.WARNING):
            table = segment(customers(tenure_months=[60, np.nan, np.nan]))
        assert table["tenure_known"].tolist() == [True, False, False]
        assert table["risk_category"].tolist() == ["Riesgo Bajo"] * 3
        assert "2 customers of unknown tenure are segmented by their score and flagged" in caplog.text

    def test_a_missing_tenure_comes_from_the_contract_start_where_there_is_one(self):
        raw = pd.DataFrame(
            {
                "id": ["new", "old", "unknown", "given"],
                "bill": ["2026-07-05"] * 4,
                "months": [None, None, None, 12.0],
                "since": ["2026-02-01", "2019-05-20", None, "2019-05-20"],
                "amount": [10.0, 20.0, 30.0, 40.0],
            }
        )
        roles = {"customer_id": "id", "invoice_date": "bill", "tenure_months": "months", "contract_start_date": "since"}
        layout = {"roles": roles, "monthly": {"invoice_amount": {"columns": ["amount"]}}}
        columns = Columns.model_validate({"use": "small", "layouts": {"small": layout}})
        canonical, _, intake = map_current(batches(raw), columns, IntakeSettings())
        context, _ = build_current_context(canonical, None, intake, IntakeSettings())
        table = segment(context.read())
        assert dict(zip(table["customer_id"], table["risk_category"], strict=True)) == {
            "new": "Cliente Nuevo",
            "old": "Riesgo Bajo",
            "unknown": "Riesgo Bajo",
            "given": "Cliente Nuevo",
        }
        assert table["tenure_known"].tolist() == [True, True, False, True]


class TestMismatch:
    def test_scores_of_another_version_of_the_model_are_refused(self):
        """Its cut-offs are others: categories would be wrong without a word."""
        context = customers(rows=300)
        scores = scored(context)
        scores["Domestic"].loc[scores["Domestic"].index[7], "model_version"] = "0ld"
        with pytest.raises(InputError, match=r"scored_domestic: scored by version '0ld', but the model is '\w+' now"):
            segment(context, scores)

    def test_a_customer_without_a_score_is_named(self):
        context = customers(rows=3)
        with pytest.raises(InputError, match=r"Domestic customers were not scored by the model .*: 'C00001'"):
            segment(context, scored(context.drop(index=1).reset_index(drop=True)))
        with pytest.raises(InputError, match=r"Domestic customers were not scored by the model .*: 'C00002'"):
            segment(context, scored(context.iloc[:2]))

    def test_scores_in_another_order_are_refused(self):
        context = customers(rows=3)
        with pytest.raises(InputError, match=r"or in another order: 'C00000', 'C00002'"):
            segment(context, scored(context[::-1]))

    def test_a_score_by_the_other_tariffs_model_is_refused(self):
        context = customers(rows=2)
        with pytest.raises(InputError, match=r"Domestic customers were not scored .* order: 'C00000', 'C00001'"):
            segment(context, scored(context.assign(tariff="Industrial")))

    def test_a_customer_who_is_scored_twice_is_refused(self):
        context = customers(rows=2)
        scores = scored(context)
        with pytest.raises(InputError, match="Industrial customers were scored who are not to be segmented"):
            segment(context, {**scores, "Industrial": scores["Domestic"]})

    def test_a_score_of_a_stranger_is_refused(self):
        context = customers(rows=300)
        with pytest.raises(InputError, match="Domestic customers were scored who are not to be segmented"):
            segment(context.drop(index=299), scored(context))
