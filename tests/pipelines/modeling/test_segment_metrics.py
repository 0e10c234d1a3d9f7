"""Metrics by region, stratum class and standing."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from segmentation_model.pipelines.modeling.metrics import evaluate_scores
from segmentation_model.pipelines.modeling.segment_metrics import (
    SEGMENT_COLUMNS,
    UNKNOWN,
    segment_dimensions,
    tabulate_segments,
)
from tests.segments.customers import RULES, customers


def scored(rows: int = 600) -> pd.DataFrame:
    random = np.random.default_rng(3)
    margin = random.normal(-1, 1.2, rows)
    target = (random.random(rows) < expit(margin)).astype(np.float32)
    return pd.DataFrame({"target": target, "margin": margin, "probability": expit(margin)})


class TestDimensions:
    def test_debt_comes_before_tenure(self):
        context = customers(tenure_months=[60, 6, 6, 60, np.nan], overdue_invoices=[0, 0, 1, 2, 0])
        standing = segment_dimensions(context, RULES)["standing"].tolist()
        assert standing == ["settled", "new", "overdue", "overdue", "settled"]

    def test_strata_are_put_into_the_classes_of_the_business(self):
        group = RULES.strata[0]
        context = customers(stratum=[float(group.strata[0]), 99.0, np.nan])
        found = segment_dimensions(context, RULES)["stratum_class"].tolist()
        assert found == [group.label, RULES.no_stratum.label, RULES.no_stratum.label]

    def test_a_region_that_is_not_known_is_a_value_of_its_own(self):
        context = customers(rows=3).assign(region=pd.array(["norte", None, "sur"], dtype="str"))
        assert segment_dimensions(context, RULES)["region"].tolist() == ["norte", UNKNOWN, "sur"]

    def test_what_nobody_has_is_left_out(self):
        nowhere = customers(rows=2, stratum=np.nan).assign(region=pd.array([None, None], dtype="str"))
        assert list(segment_dimensions(nowhere, RULES)) == ["standing"]
        assert list(segment_dimensions(customers(rows=2, tariff="Industrial"), RULES)) == ["region", "standing"]
        assert list(segment_dimensions(customers(rows=1).iloc[:0], RULES)) == ["standing"]


class TestTable:
    def test_each_segment_is_measured_as_a_part_of_its_own(self):
        rows = scored()
        region = np.where(np.arange(600) % 3 == 0, "sur", "norte")
        table = tabulate_segments(rows, pd.DataFrame({"region": region}), 0.3, 20).set_index("value")
        assert ("dimension", *table.columns[1:]) == tuple(name for name in SEGMENT_COLUMNS if name != "value")
        assert list(table.index) == ["norte", "sur"]
        for value, row in table.iterrows():
            own = rows[region == value]
            expected = evaluate_scores(own["target"], own["margin"], own["probability"])
            for metric in ("rows", "base_rate", "roc_auc", "ks", "pr_auc", "brier", "ece"):
                assert row[metric] == pytest.approx(getattr(expected, metric)), metric
            treated, unpaid = own["probability"] >= 0.3, own["target"] == 1
            assert row["mean_probability"] == pytest.approx(own["probability"].mean())
            assert row["treated_share"] == pytest.approx(treated.mean())
            assert row["unpaid_found"] == pytest.approx(treated[unpaid].mean())
            assert row["paid_treated"] == pytest.approx(treated[~unpaid].mean())

    def test_dimensions_of_one_segment_equal_the_whole(self):
        rows = scored()
        table = tabulate_segments(rows, pd.DataFrame({"standing": ["settled"] * 600}), 0.3, 20)
        whole = evaluate_scores(rows["target"], rows["margin"], rows["probability"])
        assert table["roc_auc"].tolist() == [whole.roc_auc]

    @pytest.mark.parametrize(("minimum", "measured"), [(5, True), (6, False)])
    def test_a_segment_with_too_few_of_the_rarer_class_has_rows_and_base_rate_only(self, minimum, measured):
        rows = scored(40).assign(target=np.repeat([1.0, 0.0], [5, 35]))
        (row,) = tabulate_segments(rows, pd.DataFrame({"region": ["sur"] * 40}), 0.3, minimum).to_dict("records")
        assert (row["rows"], row["base_rate"]) == (40, 0.125)
        assert np.isfinite(row["treated_share"])
        for name in ("roc_auc", "gini", "ks", "pr_auc", "brier", "log_loss", "ece", "unpaid_found", "paid_treated"):
            assert np.isfinite(row[name]) == measured, name

    def test_without_rows_there_are_columns_only(self):
        none = tabulate_segments(scored(0), pd.DataFrame({"standing": np.array([], dtype=object)}), 0.3, 20)
        assert none.empty
        assert tuple(none.columns) == SEGMENT_COLUMNS
