"""Cards to test with: of the small world's models, or with an evaluation of the test's."""

from dataclasses import replace
from typing import Any

from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.artifact_files import METADATA
from segmentation_model.model.booster import to_json
from segmentation_model.model_card.card import build_model_card
from segmentation_model.model_card.content import ModelCard, Section, Table
from segmentation_model.model_card.facts import CardFacts
from segmentation_model.pipelines.modeling.card_nodes import count_parts
from tests.model.artifacts import COLUMNS, REASONS, Fitted, trained

LEAKAGE = {
    "status": "checked", "reason": None, "rows": 1_500, "cases": 250, "features": 3, "max_auc": 0.99,
    "strongest": [{"feature": "late", "source": "column 'Mora'", "auc": 0.81, "auc_lower": 0.79}],
    "dates_after_invoice": {}, "leaks": {},
}  # fmt: skip
GATE = {"status": "clean", "severity": "none", "exit_code": 0, "message": "drift: Domestic is none"}


def facts_of(fitted: Fitted | None = None, **changed: Any) -> CardFacts:
    """What is known of a tariff of the small world."""
    found = fitted or trained()
    facts = CardFacts(found.model, count_parts(found.margins), LEAKAGE, GATE, REASONS, COLUMNS.layout)
    return replace(facts, **changed)


def with_metadata(model: ModelArtifact, **changed: Any) -> ModelArtifact:
    """The artifact with other metadata, as the card reads it."""
    return ModelArtifact({**model.files, METADATA: to_json({**model.metadata, **changed})})


def with_metrics(facts: CardFacts, **changed: Any) -> CardFacts:
    """The facts with another evaluation; ``test`` and ``train`` are merged into the part's metrics."""
    metrics = dict(facts.metrics)
    for name, value in changed.items():
        metrics[name] = {**metrics[name], **value} if isinstance(value, dict) and metrics[name] else value
    return replace(facts, model=with_metadata(facts.model, metrics=metrics))


def card_of(facts: CardFacts | None = None) -> ModelCard:
    return build_model_card(facts or facts_of())


def section_of(card: ModelCard, anchor: str) -> Section:
    (found,) = (section for section in card.sections if section.anchor == anchor)
    return found


def table_in(card: ModelCard, title: str) -> Table:
    (found,) = (table for section in card.sections for table in section.tables if table.title == title)
    return found


def cells(card: ModelCard, title: str) -> dict[str, dict[str, str]]:
    """A table by the first cell of the row and the heading of the column."""
    table = table_in(card, title)
    return {row.cells[0]: dict(zip(table.columns, row.cells, strict=True)) for row in table.rows}


def weaknesses_in(card: ModelCard) -> dict[str, str]:
    """Text and tone of every weakness."""
    return {one.text: one.tone for one in section_of(card, "limits").weaknesses}
