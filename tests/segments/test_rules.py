"""The rules refuse what would put a customer into two segments, or two segments under one name."""

from typing import Any

import pytest
from pydantic import ValidationError

from segmentation_model.segments import SegmentRules
from tests.segments.customers import RULES

SHIPPED: dict[str, Any] = RULES.model_dump()
NEW = {"label": "Cliente Nuevo", "code": "CN"}
FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "the youngest debt does not begin with one bill": (
        {"overdue": [{"from_invoices": 2, "label": "Incorriente 2+", "code": "I2"}]},
        r"from_invoices must begin with 1 and ascend, not \[2\]",
    ),
    "ages of debt that descend": (
        {
            "overdue": [
                {"from_invoices": 1, "label": "a", "code": "A"},
                {"from_invoices": 4, "label": "b", "code": "B"},
                {"from_invoices": 2, "label": "c", "code": "C"},
            ]
        },
        r"must begin with 1 and ascend, not \[1, 4, 2\]",
    ),
    "no age of debt": ({"overdue": []}, "at least 1 item"),
    "a stratum in two classes": (
        {"strata": [{"strata": [1, 2], "label": "a", "code": "A"}, {"strata": [2, 3], "label": "b", "code": "B"}]},
        r"each stratum belongs to one class, not \[1, 2, 2, 3\]",
    ),
    "a tariff without words": ({"tariffs": {"Domestic": {"label": "d", "code": "D"}}}, "Domestic and Industrial"),
    "an unknown tariff": ({"tariffs": {"Commercial": {"label": "c", "code": "C"}}}, "'Domestic' or 'Industrial'"),
    "one code for two categories": ({"not_scored": {**NEW, "label": "No evaluable"}}, "categories must differ"),
    "one label for two categories": ({"not_scored": {**NEW, "code": "NE"}}, "categories must differ"),
    "one code for two strata": ({"no_stratum": {"label": "Sin estrato", "code": "B"}}, "strata must differ"),
    "one code for both tariffs": (
        {"tariffs": {"Domestic": {"label": "d", "code": "X"}, "Industrial": {"label": "i", "code": "X"}}},
        "tariffs must differ",
    ),
    "a code that would break the segment code": ({"new_customer": {**NEW, "code": "C-N"}}, "string_pattern_mismatch"),
    "an empty label": ({"new_customer": {**NEW, "label": ""}}, "at least 1 character"),
    "an unknown key": ({"new_client": NEW}, "Extra inputs are not permitted"),
}


@pytest.mark.parametrize(("change", "message"), FAULTS.values(), ids=FAULTS.keys())
def test_ambiguous_rules_are_refused(change: dict[str, Any], message: str):
    with pytest.raises(ValidationError, match=message):
        SegmentRules.model_validate({**SHIPPED, **change})


def test_the_shipped_rules_are_those_of_the_business():
    assert [(age.from_invoices, age.label) for age in RULES.overdue] == [
        (1, "Incorriente 1"),
        (2, "Incorriente 2-3"),
        (4, "Incorriente 4+"),
    ]
    assert (RULES.new_customer_months, RULES.new_customer.label) == (12, "Cliente Nuevo")
    assert {group.strata: group.label for group in RULES.strata} == {(1, 2): "Bajo", (3, 4): "Medio", (5, 6): "Alto"}
    assert RULES.no_stratum.label == "Sin estrato"


@pytest.mark.parametrize("written", [[5, 6], "5, 6", ["5", "6"]])
def test_strata_may_be_written_as_text_or_list(written: object):
    rules = SegmentRules.model_validate({**SHIPPED, "strata": [{"strata": written, "label": "Alto", "code": "A"}]})
    assert rules.strata[0].strata == (5, 6)


def test_the_rules_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        RULES.new_customer_months = 3
