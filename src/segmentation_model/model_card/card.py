"""The model card of a tariff: its chapters, in the order in which a reviewer asks."""

from __future__ import annotations

from segmentation_model.model_card import data, drift, measures, purpose, training
from segmentation_model.model_card.content import Facts, ModelCard, Section, Table, table_of
from segmentation_model.model_card.facts import CardFacts
from segmentation_model.model_card.fairness import fairness
from segmentation_model.model_card.weaknesses import weaknesses, weaknesses_of, weighing
from segmentation_model.pages.wording import DASH, number_words, plural, rows_words, sentence, share_words


def build_model_card(facts: CardFacts) -> ModelCard:
    """Write the card, from nothing but its facts: equal facts make equal cards.

    Args:
        facts: The artifact and what is known around it.

    Returns:
        The card; of a tariff without a model, why there is none and what is known all the same.
    """
    if facts.model.status == "skipped":
        return _without_model(facts)
    found = weaknesses_of(facts)
    return ModelCard(
        tariff=sentence(facts.tariff, 80),
        tone=found[0].tone if found else "none",
        summary=_summary(facts),
        weighing=weighing(found),
        facts=_first_figures(facts),
        sections=(
            purpose.purpose(),
            purpose.identity(facts),
            data.labelled_rows(facts),
            data.leakage(facts),
            training.training(facts),
            measures.metrics(facts),
            measures.calibration(facts),
            measures.ranking(facts),
            measures.cutoffs(facts),
            measures.decision(facts),
            training.importance(facts),
            drift.drift(facts),
            fairness(facts),
            weaknesses(found),
            Section("sign-off", "Sign-off", tables=(_sign_off(),)),
        ),
    )


def _without_model(facts: CardFacts) -> ModelCard:
    reason = sentence(str(facts.model.metadata["reason"]), 600)
    return ModelCard(
        tariff=sentence(facts.tariff, 80),
        tone="not_measured",
        summary=f"No model was trained: {reason}.",
        weighing="Its customers who are neither overdue nor new are not evaluable until there is one.",
        facts=(
            ("Model version", facts.model.version),
            ("Labelled rows", rows_words(sum(part.rows for part in facts.parts.values()))),
            ("Unpaid bills", rows_words(sum(part.unpaid for part in facts.parts.values()))),
        ),
        sections=(
            purpose.identity(facts),
            data.labelled_rows(facts),
            data.leakage(facts),
            drift.drift(facts),
        ),
    )


def _summary(facts: CardFacts) -> str:
    test = facts.metrics["test"]
    bills = f"{plural(test['rows'], 'bill')} of customers that it never saw"
    if test["roc_auc"] is None:
        return f"How good it is was not measured: its test part has {bills}, all paid or all unpaid."
    first = facts.metrics["deciles"][0]
    return (
        f"The riskiest tenth of the customers holds {share_words(first['cumulative_capture'])} of the unpaid bills; "
        f"measured on {bills}, of which {share_words(test['base_rate'])} stayed unpaid."
    )


def _first_figures(facts: CardFacts) -> Facts:
    test = facts.metrics["test"]
    return (
        ("Test ROC AUC", _with_interval(facts, "roc_auc")),
        ("KS", _with_interval(facts, "ks")),
        ("Brier score", _with_interval(facts, "brier")),
        ("Calibration error", _with_interval(facts, "ece")),
        ("Test rows", rows_words(test["rows"])),
        ("Model version", facts.model.version),
    )


def _with_interval(facts: CardFacts, metric: str) -> str:
    ends = facts.interval_words(metric)
    value = number_words(facts.metrics["test"][metric])
    return value if ends == DASH else f"{value} ({ends})"


def _sign_off() -> Table:
    blank = ("", "", "", "")
    rows = [(role, *blank) for role in ("Developer", "Reviewer", "Owner in the business")]
    return table_of("Signatures", ("Role", "Name", "Date", "Decision", "Signature"), rows, words=(1, 2, 3, 4))
