"""Whether the customers of every region and stratum class are treated alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from segmentation_model.model_card.content import Row, Section, Table, Tone, Weakness
from segmentation_model.model_card.facts import CardFacts
from segmentation_model.pages.wording import DASH, name_of, number_words, plural, rows_words, sentence, share_words

MAX_GROUPS = 40
MAX_FINDINGS = 12
_DIMENSIONS = {"region": "By region", "stratum_class": "By stratum class"}
_TONES: Mapping[str, tuple[Tone, str]] = {
    "flagged": ("moderate", "Flagged"),
    "within_noise": ("low", "Within noise"),
    "within_bounds": ("none", "Within bounds"),
    "too_small": ("not_measured", "Too small"),
}
_RATES = ("treated_share", "unpaid_found", "paid_treated")
_COLUMNS = (
    "Group", "Rows", "Base rate", "Mean probability", "Calibration gap", "AUC", "Treated", "Unpaid found (TPR)",
    "Paid treated (FPR)", "Judgement",
)  # fmt: skip


def fairness(facts: CardFacts) -> Section:
    """The fairness table, with the findings in words."""
    found = facts.metrics["fairness"]
    groups = found["groups"]
    if not groups:
        return Section("fairness", "Fairness", ("The table has neither regions nor strata: nothing was compared.",))
    sentences = (
        f"Each group of the test part against the whole: a ratio outside {found['lowest_ratio']:g} to "
        f"{found['highest_ratio']:g} is worth a look. That is the four-fifths rule of the United States' Uniform "
        "Guidelines on Employee Selection Procedures (29 CFR 1607.4 D), a screening rule and no proof: groups whose "
        "base rates differ are treated differently by any model that sees it.",
        "A group is flagged where the interval of its figure leaves equality out as well. Where all groups of a table "
        f"are alike, one is flagged with a chance of {share_words(1 - found['level'])} at most. A group with fewer "
        f"than {plural(found['minimum_cases'], 'case')} of the rarer class is not judged.",
    )
    tables = tuple(
        _table(title, [one for one in groups if one["dimension"] == dimension], found["whole"])
        for dimension, title in _DIMENSIONS.items()
        if any(one["dimension"] == dimension for one in groups)
    )
    return Section("fairness", "Fairness", sentences, weaknesses=tuple(findings(groups)), tables=tables)


def findings(groups: Sequence[Mapping[str, Any]]) -> list[Weakness]:
    """What was found, in words, the certain first; the table has a judgement of every group."""
    ranked = sorted(
        (one for one in groups if one["status"] in ("flagged", "within_noise")), key=lambda one: one["status"]
    )
    found = [Weakness(_TONES[one["status"]][0], f"{_label(one)}: {sentence(one['finding'], 600)}.") for one in ranked]
    told, more = found[:MAX_FINDINGS], found[MAX_FINDINGS:]
    return (
        [*told, Weakness(more[0].tone, f"{plural(len(more), 'more group')} like these: see the table.")]
        if more
        else told
    )


def _label(group: Mapping[str, Any]) -> str:
    kind = "Region" if group["dimension"] == "region" else "Stratum class"
    return f"{kind} {name_of(str(group['value'])).text}"


def _table(title: str, groups: Sequence[Mapping[str, Any]], whole: Mapping[str, Any]) -> Table:
    order = list(_TONES)
    shown = groups
    if len(groups) > MAX_GROUPS:
        shown = sorted(groups, key=lambda one: (order.index(one["status"]), -one["rows"]))[:MAX_GROUPS]
    everybody = {
        **whole,
        "value": "Whole",
        "calibration_gap": _difference(whole["mean_probability"], whole["base_rate"]),
        **{f"{rate}_ratio": None if whole[rate] is None else 1.0 for rate in _RATES},
    }
    rows = [Row((*_figures(everybody), DASH))]
    for one in shown:
        tone, words = _TONES[one["status"]]
        rows.append(Row((*_figures(one), words), tone))
    more = len(groups) - len(shown)
    note = "In brackets: the ratio to the whole; its interval is in evaluation_tables/*/fairness_*.csv."
    if more:
        note = f"{rows_words(more)} more groups are left out here. {note}"
    return Table(title, _COLUMNS, tuple(rows), frozenset({len(_COLUMNS) - 1}), note)


def _figures(group: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        name_of(str(group["value"])).text,
        rows_words(group["rows"]),
        _share(group["base_rate"]),
        _share(group["mean_probability"]),
        number_words(group["calibration_gap"]),
        number_words(group["roc_auc"]),
        *(_rate(group[rate], group[f"{rate}_ratio"]) for rate in _RATES),
    )


def _difference(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def _share(value: float | None) -> str:
    return DASH if value is None else share_words(value)


def _rate(value: float | None, ratio: float | None) -> str:
    return _share(value) if ratio is None else f"{_share(value)} ({ratio:.2f})"
