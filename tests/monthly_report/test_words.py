"""Both languages say the same, and nothing that nobody asks for."""

from typing import Any

import pytest

from segmentation_model.monthly_report import movements as module_of_moves
from segmentation_model.monthly_report import words as module
from segmentation_model.monthly_report.benchmark_rows import benchmark_table
from segmentation_model.monthly_report.exports import benchmark_sheet, call_sheet
from segmentation_model.monthly_report.facts import MonthFacts
from segmentation_model.monthly_report.movements import movements
from segmentation_model.monthly_report.settings import Speech
from segmentation_model.monthly_report.words import Words, words_of
from segmentation_model.monthly_report.writing import Writer
from tests.model.artifacts import skipped, trained
from tests.model_card.cards import with_metadata
from tests.monthly_report.months import (
    BEFORE,
    DOUBTFUL,
    JULY,
    NAN,
    after,
    customer,
    drift,
    facts_of,
    many,
    page_of,
    performance,
    table,
)
from tests.segments.customers import RULES


def test_a_key_that_one_language_lacks_is_refused(monkeypatch):
    monkeypatch.setattr(module, "_read", lambda language: {"a": "x", **({"b": "y"} if language == "en" else {})})
    with pytest.raises(ValueError, match=r"only one of \('es', 'en'\) has the keys \['b'\]"):
        words_of.__wrapped__("es")


def test_a_value_that_one_language_leaves_out_is_refused(monkeypatch):
    monkeypatch.setattr(module, "_read", lambda language: {"a": "{count} x" if language == "en" else "x"})
    with pytest.raises(ValueError, match=r"fill in different values in \['a'\]"):
        words_of.__wrapped__("es")


def test_braces_in_a_value_are_text():
    assert Words({"a": "{x}!"})("a", x="{y}") == "{y}!"


def test_no_text_is_empty_and_spanish_is_not_english():
    spanish, english = words_of("es").texts, words_of("en").texts
    assert all(text.strip() for text in (*spanish.values(), *english.values()))
    same = {key for key in spanish if spanish[key] == english[key]}
    assert same == {"nav.benchmark", "health.psi", "map.total", "sheet.benchmark"}


def test_every_text_is_said_somewhere(monkeypatch):
    """Pages of all kinds of months, and the exports, ask for every key that there is."""
    said: set[str] = set()

    def listened(self: Words, key: str, /, **values: object) -> str:
        said.add(key)
        return self.texts[key].format(**values)

    monkeypatch.setattr(Words, "__call__", listened)
    unknown = {"status": "not_estimated", "reason": "no rows were scored"}
    one, two = table(customer("C1")), table(customer("C1"), customer("C2", "D-M-RA"))
    paid = {"rows": 4, "default_rate": 0.9, "roc_auc": 0.8, "default_rate_in_band": False, "roc_auc_in_band": True}
    months = [
        facts_of(),
        after(BEFORE, "2026-05-31"),
        facts_of(before=None, rejected=1),
        facts_of(JULY, JULY, rejected=2, drift=drift("low")),
        facts_of(one, two, drift=drift("moderate"), held_out=True),
        facts_of(two, one, drift=drift("high"), performance={"Domestic": performance(**{**paid, "rows": 1})}),
        facts_of(two, drift=drift(skipped=True), performance={"Domestic": unknown}),
        facts_of(two, performance={"Domestic": performance(**paid)}),
        facts_of(table(customer("C1", target=1.0))),
        *(
            facts_of(
                table(*(customer(name, "D-M-NE", p=NAN, expected_unpaid_amount=NAN) for name in names)),
                models=dict.fromkeys(("Domestic", "Industrial"), skipped().model),
            )
            for names in (["C1"], ["C1", "C2"])
        ),
        facts_of(table(customer("C1", p=NAN, expected_unpaid_amount=NAN)), models={"Domestic": skipped().model}),
        facts_of(many(900), many(900, seed=2)),
        facts_of(drift=drift("high")),
        facts_of(table(customer("C1", segment_code="D-X-RB"))),
        facts_of(score_drift={}, drift=not_measured()),
        *(facts_of(drift=drifted(lines)) for lines in (6, 7)),
        *(dated(month) for month in ("2026-05", "2026-06")),
        *(
            facts_of(month_check={**DOUBTFUL, "doubts": doubts, "without_invoice": place})
            for place, doubts in enumerate((["unknown_customers", "not_rolled"], ["not_rolled"], []))
        ),
    ]
    for month in months:
        page_of(month)
    call_sheet(months[0].calls, {}, words_of("es"), RULES)
    benchmark_sheet(months[0].benchmark, words_of("es"), RULES)
    for left_out in (1, 2):
        benchmark_table(months[0], Writer(Speech()), len(months[0].benchmark) - left_out)
        monkeypatch.setattr(module_of_moves, "MOST_CATEGORIES", 5 - left_out)
        movements(months[0], Writer(Speech()))
    assert set(words_of("es").texts) - said == set()


def not_measured() -> dict[str, Any]:
    found = drift()
    return {**found, "tariffs": {"Domestic": {**found["tariffs"]["Domestic"], "severity": "not_measured"}}}


def drifted(lines: int) -> dict[str, Any]:
    """A drift report of a tariff with so many lone columns that drifted."""
    found = drift("low")
    line = {"severity": "low", "max_psi": 0.1}
    families = [{**line, "name": f"column {place}"} for place in range(lines)]
    return {**found, "tariffs": {"Domestic": {**found["tariffs"]["Domestic"], "families": families}}}


def dated(last_month: str) -> MonthFacts:
    """A month whose model has learned up to another one."""
    record = {"method": "random", "parts": {"train": {"last_month": last_month}}, "unused": {}}
    model = with_metadata(trained().model, split_record=record)
    return facts_of(models={"Domestic": model, "Industrial": model})
