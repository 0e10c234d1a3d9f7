"""What speaks against the model, derived from its figures. The bounds stand here, each with what it is for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from segmentation_model.model_card.content import Section, Tone, Weakness
from segmentation_model.model_card.facts import CardFacts
from segmentation_model.model_card.fairness import findings
from segmentation_model.pages.wording import name_of, number_words, plural, rows_words, sentence, share_words

#: Cases of the test part's rarer class below which its metrics are rough.
FEW_CASES = 100
#: Width of the AUC's interval from which it is called wide.
WIDE_INTERVAL = 0.06
#: AUC that training may be ahead of the test part, before it is a weakness, and a grave one.
OVERFITTING, GRAVE_OVERFITTING = 0.05, 0.10
#: Calibration error that probabilities may have, before it is a weakness, and a grave one.
MISCALIBRATION, GRAVE_MISCALIBRATION = 0.02, 0.05
#: AUC that calibration may cost.
CALIBRATION_COST = 0.002
#: Share of the labelled rows that may be unusable.
REJECTED = 0.01
#: Invoice months in which every season has been seen.
YEAR = 12
#: Segments that are named.
_NAMED = 12

_ORDER: tuple[Tone, ...] = ("high", "moderate", "low", "not_measured", "none")
_WORDS: Mapping[Tone, str] = {"high": "grave", "moderate": "moderate", "low": "minor"}


def weaknesses_of(facts: CardFacts) -> list[Weakness]:
    """Everything that speaks against the model, the gravest first."""
    found = [
        *_data(facts), *_overfitting(facts), *_ranking(facts), *_calibration(facts), *_decision(facts),
        *_segments(facts.metrics), *_drift(facts.gate),
    ]  # fmt: skip
    return sorted(found, key=lambda one: _ORDER.index(one.tone))


def weaknesses(found: list[Weakness]) -> Section:
    """The same as a section."""
    words = "Derived from the figures of this card by fixed bounds; what no figure shows is not in it."
    return Section("limits", "Limits and known weaknesses", (words,), weaknesses=tuple(found))


def weighing(found: list[Weakness]) -> str:
    """How many weaknesses there are, by gravity.

    >>> weighing([Weakness("high", "a"), Weakness("low", "b"), Weakness("low", "c")])
    'Weaknesses to weigh: 1 grave, 2 minor.'
    """
    counts = {words: sum(one.tone == tone for one in found) for tone, words in _WORDS.items()}
    named = [f"{count} {words}" for words, count in counts.items() if count]
    return f"Weaknesses to weigh: {', '.join(named)}." if named else "The figures show no weakness."


def _data(facts: CardFacts) -> Iterator[Weakness]:
    intake = facts.model.metadata["labelled"]
    if facts.leakage["status"] != "checked":
        yield Weakness("moderate", f"The leakage guard could check dates only: {facts.leakage['reason']}.")
    if intake["rejected"] > REJECTED * intake["rows"]:
        share = share_words(intake["rejected"], intake["rows"])
        yield Weakness("low", f"{share} of the labelled rows were unusable; are they like the others?")
    months = facts.months
    if not months:
        yield Weakness("low", "The table has no invoice date: which months the rows are from is not known.")
        return
    if len(months) < YEAR:
        tone: Tone = "moderate" if len(months) == 1 else "low"
        yield Weakness(
            tone, f"The rows cover {plural(len(months), 'invoice month')} ({_span(months)}), not a whole year."
        )
    train, test = facts.parts["train"].months, facts.parts["test"].months
    if train and test and train[-1] >= test[-1]:
        yield Weakness(
            "low", "Tested on other customers of the months that it was trained on: how it ages is not measured."
        )


def _span(months: tuple[str, ...]) -> str:
    return months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"


def _overfitting(facts: CardFacts) -> Iterator[Weakness]:
    record, parameters = facts.record, facts.model.metadata["parameters"]
    if parameters["validation_share"] and not record["stopped_early"] and record["trees"] == parameters["max_trees"]:
        yield Weakness("low", f"Training used all {rows_words(record['trees'])} trees allowed: more might do better.")
    if not facts.constraints:
        yield Weakness("low", "Nothing keeps the risk from falling as arrears grow: no monotone constraints are set.")
    train, test = (facts.metrics[part]["roc_auc"] for part in ("train", "test"))
    if train is not None and test is not None and train - test > OVERFITTING:
        tone: Tone = "high" if train - test > GRAVE_OVERFITTING else "moderate"
        yield Weakness(tone, f"AUC {train:.3f} in training, {test:.3f} in test: part of what it learned is noise.")


def _ranking(facts: CardFacts) -> Iterator[Weakness]:
    auc = facts.metrics["test"]["roc_auc"]
    if auc is None:
        yield Weakness("high", "The test part lacks paid or unpaid bills: how good the model is was not measured.")
        return
    if facts.cases < FEW_CASES:
        yield Weakness("moderate", f"The test part has {plural(facts.cases, 'case')} of the rarer class only.")
    ends = facts.interval("roc_auc")
    if ends is None:
        yield Weakness("moderate", "No intervals were drawn: how sure the metrics are is not known.")
    elif ends[0] <= 0.5:
        yield Weakness("high", f"It may rank no better than chance: AUC {auc:.3f} ({facts.interval_words('roc_auc')}).")
    elif ends[1] - ends[0] > WIDE_INTERVAL:
        yield Weakness("moderate", f"The AUC is not known well: {auc:.3f} ({facts.interval_words('roc_auc')}).")


def _calibration(facts: CardFacts) -> Iterator[Weakness]:
    error, cost = facts.metrics["test"]["ece"], facts.metrics["calibration_cost"]
    if error is None:
        return
    low, high = facts.interval("ece") or (error, error)
    if low > MISCALIBRATION:
        tone: Tone = "high" if low > GRAVE_MISCALIBRATION else "moderate"
        yield Weakness(
            tone, f"Probabilities are off: calibration error {number_words(error)}, at least {number_words(low)}."
        )
    elif high > MISCALIBRATION:
        yield Weakness(
            "low", f"Calibration error {number_words(error)}: on these rows it may be as large as {number_words(high)}."
        )
    if cost > CALIBRATION_COST:
        yield Weakness("low", f"Calibration ties scores, which costs {cost:.4f} of the AUC where probabilities rank.")
    if unreachable := facts.model.cutoffs.unreachable_labels:
        yield Weakness("moderate", f"Scores tie so much that nobody can be {sentence(', '.join(unreachable))}.")


def _decision(facts: CardFacts) -> Iterator[Weakness]:
    found = facts.metrics["decision"]
    cost = found["cost_per_row"]
    for whom in ("nobody", "everybody"):
        simple = found[f"cost_per_row_{whom}_treated"]
        if cost is not None and cost >= simple:
            yield Weakness(
                "moderate", f"Its threshold saves nothing: a row costs {cost:.3f}, with {whom} treated {simple:.3f}."
            )


def _segments(metrics: Mapping[str, Any]) -> Iterator[Weakness]:
    unknown = [one for one in metrics["segments"] if one["roc_auc"] is None]
    if unknown:
        named = ", ".join(name_of(str(one["value"])).text for one in unknown[:_NAMED])
        more = f" and {rows_words(len(unknown) - _NAMED)} more" if len(unknown) > _NAMED else ""
        of_all = f"{rows_words(len(unknown))} of {plural(len(metrics['segments']), 'segment')}"
        yield Weakness("low", f"Too few cases to measure {of_all}: {named}{more}.")
    groups = metrics["fairness"]["groups"]
    if not groups:
        yield Weakness("low", "Fairness was not measured: the table has neither regions nor strata.")
    yield from findings([one for one in groups if one["status"] == "flagged"])


def _drift(gate: Mapping[str, Any]) -> Iterator[Weakness]:
    match gate["status"], gate["severity"]:
        case "skipped", _:
            yield Weakness("low", "The month was not compared with an earlier one when the model was trained.")
        case "not_measured", _:
            yield Weakness("moderate", "Drift could not be measured when the model was trained.")
        case _, "high" | "moderate":
            tone: Tone = "high" if gate["severity"] == "high" else "moderate"
            yield Weakness(tone, f"The month to score had drifted when the model was trained: {gate['severity']}.")
