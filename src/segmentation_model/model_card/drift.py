"""What the model knows of its training rows, to notice when a month does not look like them."""

from __future__ import annotations

from segmentation_model.model_card.content import Section
from segmentation_model.model_card.facts import CardFacts
from segmentation_model.pages.wording import DASH, rows_words, sentence


def drift(facts: CardFacts) -> Section:
    """The frozen profile, and what the gate said when the model was trained."""
    profile = facts.model.profile
    bins = sum(len(column.counts) for column in profile.columns.values())
    values = (
        ("Rows profiled", rows_words(profile.rows)),
        ("Columns", rows_words(len(profile.columns))),
        ("Frozen bins", rows_words(bins)),
        ("Months", sentence(profile.about.get("months", ""), 80) or DASH),
        ("Scores", "none" if profile.prediction is None else "of the calibration part"),
    )
    sentences = (
        "A profile of the training features, without a row of them, goes with the model: months are judged against it.",
        f"Gate of the run that trained it: {facts.gate['status']}, {facts.gate['severity']}. {_said(facts)}",
    )
    return Section("drift", "Drift profile", sentences, values)


def _said(facts: CardFacts) -> str:
    message = sentence(str(facts.gate["message"]), 600)
    return f"{message[:1].upper()}{message[1:]}."
