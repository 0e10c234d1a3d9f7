"""Categories, stratum classes and names of segments."""

import numpy as np
import pandas as pd
import pytest

from segmentation_model.errors import ConfigurationError
from segmentation_model.model.risk_cutoffs import RiskCutoffs
from segmentation_model.pipelines.clustering.segments import (
    Names,
    check_names_differ,
    risk_categories,
    segment_names,
    stratum_classes,
)
from tests.segments.customers import RULES, customers

CUTOFFS = RiskCutoffs(
    quantiles=(0.50, 0.80, 0.95),
    margins=(-2.0, -1.0, 0.5),
    probabilities=(0.1, 0.3, 0.6),
    labels=("Riesgo Bajo", "Riesgo Medio", "Riesgo Alto", "Riesgo Muy Alto"),
    codes=("RB", "RM", "RA", "RMA"),
    n=1_000,
)
BOTH = {"Domestic": CUTOFFS, "Industrial": CUTOFFS}


def categories(context: pd.DataFrame, margin: list[float] | None = None, cutoffs=BOTH) -> list[str]:
    """Labels of the categories; by default every margin is in the lowest one."""
    margins = pd.Series(margin if margin is not None else [-3.0] * len(context), dtype="float64")
    found = risk_categories(context, margins, cutoffs, RULES)
    assert len(set(zip(found.labels, found.codes, strict=True))) == len(set(found.labels)) == len(set(found.codes))
    return found.labels.tolist()


class TestRiskCategory:
    def test_the_frozen_cut_offs_of_the_margin_decide_for_settled_customers(self):
        margins = [-9.0, -2.0, -1.99, -1.0, -0.99, 0.5, 0.51, 9.0]
        assert categories(customers(rows=8), margins) == [
            *["Riesgo Bajo"] * 2, *["Riesgo Medio"] * 2, *["Riesgo Alto"] * 2, *["Riesgo Muy Alto"] * 2
        ]  # fmt: skip

    def test_each_tariff_has_its_own_cut_offs(self):
        higher = CUTOFFS.model_copy(update={"margins": (1.0, 2.0, 3.0)})
        context = customers(tariff=["Domestic", "Industrial"])
        found = categories(context, [0.0, 0.0], {"Domestic": CUTOFFS, "Industrial": higher})
        assert found == ["Riesgo Alto", "Riesgo Bajo"]

    def test_twelve_months_are_new_whatever_the_score_and_thirteen_are_scored(self):
        context = customers(tenure_months=[12, 12, 13, 13])
        found = categories(context, [-9.0, 9.0, -9.0, 9.0])
        assert found == ["Cliente Nuevo", "Cliente Nuevo", "Riesgo Bajo", "Riesgo Muy Alto"]

    def test_unknown_tenure_is_scored(self):
        assert categories(customers(tenure_months=[np.nan]), [9.0]) == ["Riesgo Muy Alto"]

    def test_the_age_of_a_debt_names_the_overdue(self):
        context = customers(overdue_invoices=[1, 2, 3, 4, 0], overdue_balance=[10, 10, 10, 10, 0.01])
        assert categories(context) == [
            "Incorriente 1", "Incorriente 2-3", "Incorriente 2-3", "Incorriente 4+", "Incorriente 1"
        ]  # fmt: skip

    def test_overdue_goes_before_tenure(self):
        context = customers(tenure_months=[3, 3, np.nan], overdue_invoices=[4, 0, 1], overdue_balance=[0, 1, 0])
        assert categories(context) == ["Incorriente 4+", "Incorriente 1", "Incorriente 1"]

    def test_a_tariff_without_a_model_is_not_evaluable_but_for_the_overdue_and_the_new(self):
        context = customers(
            tariff=["Domestic", "Industrial", "Industrial", "Industrial"],
            tenure_months=[60, 60, 6, 6],
            overdue_invoices=[0, 0, 0, 2],
        )
        found = categories(context, [-3.0, np.nan, np.nan, np.nan], {"Domestic": CUTOFFS, "Industrial": None})
        assert found == ["Riesgo Bajo", "No evaluable", "Cliente Nuevo", "Incorriente 2-3"]

    def test_a_missing_margin_is_not_evaluable(self):
        assert categories(customers(rows=2), [np.nan, -3.0]) == ["No evaluable", "Riesgo Bajo"]

    def test_nothing_of_the_batch_moves_a_category(self):
        margins = np.random.default_rng(3).normal(size=500)
        whole = categories(customers(rows=500), margins.tolist())
        alone = [categories(customers(rows=1), [margin])[0] for margin in margins[:50]]
        assert whole[:50] == alone
        doubled = categories(customers(rows=1_000), [*margins, *(margins + 5)])
        assert doubled[:500] == whole

    @pytest.mark.parametrize(
        ("labels", "codes"),
        [
            (("Riesgo Bajo", "Riesgo Medio", "Riesgo Alto", "Cliente Nuevo"), CUTOFFS.codes),
            (CUTOFFS.labels, ("RB", "RM", "RA", "CN")),
        ],
    )
    def test_a_name_that_a_model_and_the_rules_share_is_refused(self, labels: tuple[str, ...], codes: tuple[str, ...]):
        clash = CUTOFFS.model_copy(update={"labels": labels, "codes": codes})
        with pytest.raises(ConfigurationError, match=r"'C(liente Nuevo|N)' also names a risk category of the Domestic"):
            check_names_differ({"Domestic": clash, "Industrial": None}, RULES)
        check_names_differ(BOTH, RULES)

    def test_no_customers_have_no_category(self):
        assert categories(customers(rows=0)) == []


class TestStratum:
    @pytest.mark.parametrize(
        ("stratum", "label", "code"),
        [
            (1, "Bajo", "B"),
            (2, "Bajo", "B"),
            (3, "Medio", "M"),
            (4, "Medio", "M"),
            (5, "Alto", "A"),
            (6, "Alto", "A"),
            (0, "Sin estrato", "S"),
            (7, "Sin estrato", "S"),
            (2.5, "Sin estrato", "S"),
            (None, "Sin estrato", "S"),
        ],
    )
    def test_six_strata_make_three_classes_and_the_rest_has_none(self, stratum: float | None, label: str, code: str):
        found = stratum_classes(customers(stratum=[stratum]), RULES)
        assert (found.labels.tolist(), found.codes.tolist()) == ([label], [code])

    def test_industrial_customers_have_none_even_where_the_table_gives_one(self):
        found = stratum_classes(customers(tariff="Industrial", stratum=[1, None]), RULES)
        assert found.labels.tolist() == found.codes.tolist() == [None, None]


class TestNames:
    def test_a_segment_is_tariff_stratum_class_and_category(self):
        context = customers(tariff=["Domestic", "Industrial", "Domestic"], stratum=[1, 1, np.nan])
        stratum = stratum_classes(context, RULES)
        category = Names(
            np.array(["Riesgo Alto", "Riesgo Alto", "Cliente Nuevo"], dtype=object),
            np.array(["RA", "RA", "CN"], dtype=object),
        )
        segment = segment_names(context["tariff"], stratum, category, RULES)
        assert segment.codes.tolist() == ["D-B-RA", "I-RA", "D-S-CN"]
        assert segment.labels.tolist() == [
            "Doméstica · Bajo · Riesgo Alto",
            "Industrial · Riesgo Alto",
            "Doméstica · Sin estrato · Cliente Nuevo",
        ]

    def test_every_combination_has_a_code_of_its_own(self):
        names = [(name.label, name.code) for name in RULES.categories]
        all_categories = [*names, *zip(CUTOFFS.labels, CUTOFFS.codes, strict=True)]
        cases = [("Domestic", stratum, name) for stratum in (1, 3, 5, 0) for name in all_categories]
        cases += [("Industrial", 0, name) for name in all_categories]
        context = customers(tariff=[case[0] for case in cases], stratum=[case[1] for case in cases])
        category = Names(*(np.array(words, dtype=object) for words in zip(*(case[2] for case in cases), strict=True)))
        segment = segment_names(context["tariff"], stratum_classes(context, RULES), category, RULES)
        assert len(set(segment.codes)) == len(set(segment.labels)) == len(cases)
