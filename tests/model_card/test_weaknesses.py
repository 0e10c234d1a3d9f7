"""What speaks against a model is derived from its figures: each weakness appears with them, and only then."""

from dataclasses import replace

import pytest

from segmentation_model.model_card.facts import CardFacts, PartRows
from tests.model.artifacts import trained
from tests.model_card.cards import (
    GATE,
    LEAKAGE,
    card_of,
    facts_of,
    section_of,
    weaknesses_in,
    with_metadata,
    with_metrics,
)

MONTHS = tuple(f"2025-{month:02d}" for month in range(1, 13))


def flawless() -> CardFacts:
    """Facts that nothing speaks against."""
    parts = {
        name: PartRows(5_000, 4_000, 500, months)
        for name, months in (("train", MONTHS), ("calibration", MONTHS), ("test", (*MONTHS, "2026-01")))
    }
    parameters = {**trained().model.metadata["parameters"], "validation_share": 0}
    training = {**trained().model.metadata["training"], "monotone": {"late": 1}}
    labelled = {**trained().model.metadata["labelled"], "rejected": 0}
    model = with_metadata(trained().model, parameters=parameters, training=training, labelled=labelled)
    facts = facts_of(model=model, parts=parts)
    return with_metrics(
        facts, train={"roc_auc": 0.80}, test={"roc_auc": 0.78, "ece": 0.01}, calibration_cost=0.001,
        intervals={"roc_auc": {"lower": 0.76, "upper": 0.80}, "ece": {"lower": 0.0, "upper": 0.015}},
        segments=[],
    )  # fmt: skip


def found(facts: CardFacts) -> dict[str, str]:
    return weaknesses_in(card_of(facts))


def with_parameters(**changed: object) -> CardFacts:
    model = flawless().model
    return replace(flawless(), model=with_metadata(model, parameters={**model.metadata["parameters"], **changed}))


def with_training(**changed: object) -> CardFacts:
    model = flawless().model
    return replace(flawless(), model=with_metadata(model, training={**model.metadata["training"], **changed}))


def test_flawless_figures_show_no_weakness():
    card = card_of(flawless())
    assert weaknesses_in(card) == {}
    assert (card.tone, card.weighing) == ("none", "The figures show no weakness.")


CASES = [
    (with_metrics(flawless(), train={"roc_auc": 0.84}), "moderate", "AUC 0.840 in training, 0.780 in test"),
    (with_metrics(flawless(), train={"roc_auc": 0.95}), "high", "AUC 0.950 in training"),
    (with_metrics(flawless(), intervals={"roc_auc": {"lower": 0.7, "upper": 0.82}}), "moderate", "not known well"),
    (with_metrics(flawless(), intervals={"roc_auc": {"lower": 0.49, "upper": 0.9}}), "high", "no better than chance"),
    (with_metrics(flawless(), intervals=None), "moderate", "No intervals were drawn"),
    (with_metrics(flawless(), intervals={"ece": {"lower": 0.0, "upper": 0.04}}), "low", "as large as 0.040"),
    (with_metrics(flawless(), intervals={"ece": {"lower": 0.03, "upper": 0.04}}), "moderate", "at least 0.030"),
    (with_metrics(flawless(), intervals={"ece": {"lower": 0.06, "upper": 0.08}}), "high", "Probabilities are off"),
    (with_metrics(flawless(), calibration_cost=0.004), "low", "costs 0.0040 of the AUC"),
    (with_metrics(flawless(), decision={"cost_per_row": 0.9}), "moderate", "everybody"),
    (
        with_metrics(flawless(), segments=[{"dimension": "region", "value": "sur", "roc_auc": None}]),
        "low", "1 of 1 segment: sur.",
    ),
    (
        with_metrics(flawless(), fairness={"groups": [
            {**trained().metrics["fairness"]["groups"][0], "status": "flagged", "finding": "treated 2 times"}
        ]}),
        "moderate", "Region norte: treated 2 times.",
    ),
    (with_metrics(flawless(), fairness={"groups": []}), "low", "Fairness was not measured"),
    (with_training(monotone={}), "low", "no monotone constraints"),
    (with_parameters(validation_share=0.1, max_trees=40), "low", "all 40 trees"),
    (replace(flawless(), leakage={**LEAKAGE, "status": "not_checked", "reason": "few"}), "moderate", "dates only: few"),
    (replace(flawless(), gate={**GATE, "severity": "moderate"}), "moderate", "had drifted"),
    (replace(flawless(), gate={**GATE, "severity": "high"}), "high", "had drifted"),
    (replace(flawless(), gate={**GATE, "status": "skipped", "severity": "not_measured"}), "low", "not compared"),
    (replace(flawless(), gate={**GATE, "status": "not_measured", "severity": "none"}), "moderate", "not be measured"),
    (
        replace(flawless(), model=with_metadata(flawless().model, labelled={"rows": 100, "rejected": 5, "hash": "a"})),
        "low", "5.0 % of the labelled rows were unusable",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "tone", "words"), CASES, ids=[words for _, _, words in CASES])
def test_one_flaw_is_one_weakness(facts, tone, words):
    ((text, weight),) = found(facts).items()
    assert words in text
    assert weight == tone


PARTS = [
    ({"test": PartRows(200, 200, 40, ("2026-01",))}, ["40 cases of the rarer class"]),
    ({"test": PartRows(5_000, 4_000, 500, MONTHS)}, ["Tested on other customers of the months"]),
    (dict.fromkeys(("train", "calibration", "test"), PartRows(5_000, 4_000, 500, ())), ["no invoice date"]),
    (
        dict.fromkeys(("train", "calibration", "test"), PartRows(5_000, 4_000, 500, ("2026-01",))),
        ["cover 1 invoice month (2026-01), not a whole year", "Tested on other customers"],
    ),
]


@pytest.mark.parametrize(("parts", "expected"), PARTS, ids=[words[0] for _, words in PARTS])
def test_few_cases_and_months_are_weaknesses(parts, expected):
    texts = list(found(replace(flawless(), parts={**flawless().parts, **parts})))
    assert len(texts) == len(expected)
    assert all(words in text for words, text in zip(expected, texts, strict=True))


def test_the_gravest_comes_first_and_gives_the_card_its_colour():
    card = card_of(with_metrics(flawless(), calibration_cost=0.004, train={"roc_auc": 0.95}))
    assert [one.tone for one in section_of(card, "limits").weaknesses] == ["high", "low"]
    assert (card.tone, card.weighing) == ("high", "Weaknesses to weigh: 1 grave, 1 minor.")
