"""The categories of customers in the order in which people read them: by rising risk, overdue, new, not scored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from segmentation_model.monthly_report.facts import MonthFacts

Kind = Literal["scored", "overdue", "new", "not_scored"]


@dataclass(frozen=True)
class Category:
    """A category: as part of a segment code, as people read it, and what put its customers there."""

    code: str
    label: str
    kind: Kind


def categories_of(facts: MonthFacts) -> list[Category]:
    """All categories that the models and the rules can give; one that only the month has goes by its code."""
    found: dict[str, Category] = {}
    for model in facts.models.values():
        if model.status == "trained":
            for code, label in zip(model.cutoffs.codes, model.cutoffs.labels, strict=True):
                found.setdefault(code, Category(code, label, "scored"))
    rules = facts.rules
    for age in rules.overdue:
        found[age.code] = Category(age.code, age.label, "overdue")
    found[rules.new_customer.code] = Category(rules.new_customer.code, rules.new_customer.label, "new")
    found[rules.not_scored.code] = Category(rules.not_scored.code, rules.not_scored.label, "not_scored")
    codes = facts.benchmark.loc[facts.benchmark["level"] == "segment", "segment_code"]
    strange = sorted({parts_of(code)[1] for code in codes} - found.keys())
    return [*found.values(), *(Category(code, code, "scored") for code in strange)]


def parts_of(segment_code: str) -> tuple[str, str]:
    """Stratum class and category of a segment by its code; the class is empty where the tariff has none.

    >>> parts_of("D-B-RA"), parts_of("I-RMA")
    (('B', 'RA'), ('', 'RMA'))
    """
    _, *middle, category = segment_code.split("-")
    return "-".join(middle), category
