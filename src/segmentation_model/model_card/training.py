"""How the model was trained, and what it looks at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segmentation_model.model_card.content import Row, Section, Table, named_values
from segmentation_model.model_card.facts import CardFacts, leaves
from segmentation_model.pages.wording import bar_length, name_of, plural, sentence, share_words

TOP_FEATURES = 20
#: Values of one record, and of all together, that are shown.
MAX_OF_A_RECORD, MAX_RECORDS = 12, 200

#: Keys that other sections tell of, or that the facts of this one hold.
_TOLD = {
    "schema_version", "status", "reason", "features", "feature_settings", "split", "parameters", "metrics", "labelled",
    "code_version", "libraries", "training", "files", "model_version", "tariff", "monotone_check", "split_record",
}  # fmt: skip
_TOLD_OF_TRAINING = {"rows", "positives", "seed", "trees", "stopped_early", "device_used", "gain", "monotone", "reason"}


def training(facts: CardFacts) -> Section:
    """Settings, what came of them, and every further record of the training that the artifact keeps."""
    record, parameters = facts.record, facts.model.metadata["parameters"]
    further = further_records(facts.model.metadata)
    stopped = "stopped early" if record["stopped_early"] else "did not stop early"
    sentences = (
        f"Trained on {plural(record['rows'], 'row')} with {plural(record['positives'], 'unpaid bill')}: "
        f"{plural(record['trees'], 'tree')}, {stopped}, on {record['device_used']}.",
        _constraints_in_words(facts)
        if facts.constraints
        else "Nothing holds the risk to one direction in a feature: no monotone constraints are set.",
    )
    tables: tuple[Table, ...] = (named_values("Training parameters", dict(leaves(parameters))),)
    if further:
        tables += (named_values("Further records of the training", further),)
    return Section("training", "Training", sentences, tables=tables)


def _constraints_in_words(facts: CardFacts) -> str:
    swept = facts.model.metadata["monotone_check"]
    held = f"The risk is held to one direction in {plural(len(facts.constraints), 'feature')}"
    if swept["status"] != "checked":
        return f"{held}; no sweep has verified it: {swept['reason']}."
    return (
        f"{held}; {plural(swept['steps'], 'step')} of a sweep over {plural(swept['customers'], 'customer')} went the "
        "right way, none the wrong one."
    )


def further_records(metadata: Mapping[str, Any]) -> dict[str, str]:
    """What the artifact records besides what the card tells elsewhere, such as a search or a selection of features."""
    found = {key: value for key, value in metadata.items() if key not in _TOLD}
    found |= {key: value for key, value in metadata["training"].items() if key not in _TOLD_OF_TRAINING}
    shown: dict[str, str] = {}
    for key, record in found.items():
        if isinstance(record, Mapping) and record.get("status") == "off":
            continue
        told = list(leaves({key: record}))
        shown |= dict(told[:MAX_OF_A_RECORD])
        if len(told) > MAX_OF_A_RECORD:
            shown[f"{sentence(key, 100)}, and more"] = f"{len(told) - MAX_OF_A_RECORD:,} values: see metadata.json"
    return dict(list(shown.items())[:MAX_RECORDS])


def importance(facts: CardFacts) -> Section:
    """The features that the trees gain most from, in the business's words."""
    gain = {name: value for name, value in facts.record["gain"].items() if value > 0}
    total = sum(gain.values())
    ranked = sorted(gain.items(), key=lambda item: (-item[1], item[0]))
    if not ranked:
        return Section("features", "Features", ("The trees have no splits: no feature tells paid from unpaid bills.",))
    shown = ranked[:TOP_FEATURES]
    rows = tuple(
        Row((name_of(name).text, facts.name(name), share_words(value, total)), bar=bar_length(value, shown[0][1]))
        for name, value in shown
    )
    used = f"{plural(len(ranked), 'feature')} of {len(facts.model.features.names):,} have a part in the splits"
    table = Table("Most important features", ("Feature", "Comes of", "Share of the total gain"), rows, frozenset({1}))
    return Section(
        "features", "Features", (f"{used}; the first {len(shown)} by the gain of their splits.",), tables=(table,)
    )
