"""Drift and the models of the month, tariff by tariff: what was expected, what is realised, how old the model is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from segmentation_model.columns.layout import Tariff
from segmentation_model.drift.judgement.severity import JudgedSeverity
from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.reasons import group_of
from segmentation_model.monthly_report.facts import MonthFacts
from segmentation_model.monthly_report.portfolio import out_of_band
from segmentation_model.monthly_report.writing import Writer
from segmentation_model.pages.wording import DASH, name_of, sentence

#: Families and columns that are named.
MOST_LINES = 5
_ORDER = ("high", "moderate", "low")
_WIDTH = 100.0


@dataclass(frozen=True)
class DriftedLine:
    """A family or column that drifted."""

    name: str
    severity: JudgedSeverity
    psi: str


@dataclass(frozen=True)
class Band:
    """An expected figure on a line from 0 to 100: its band, itself, the model's test part, and what came of it.

    Attributes:
        name: What it is.
        value: It, in words.
        band: Its band, in words.
        start: Where the band begins.
        width: How long it is.
        at: Where the figure lies.
        test: Where the figure of the test part lies; empty without.
        realised: Where the realised one lies; empty while it is not known.
        test_words: The figure of the test part.
        realised_words: The realised one, with what it is of; empty while nothing is known.
    """

    name: str
    value: str
    band: str
    start: str
    width: str
    at: str
    test: str
    realised: str
    test_words: str
    realised_words: str


@dataclass(frozen=True)
class TariffHealth:
    """One tariff."""

    tariff: str
    drift: JudgedSeverity
    drift_words: str
    drift_facts: tuple[tuple[str, str], ...]
    lines: tuple[DriftedLine, ...]
    more_lines: str
    model_facts: tuple[tuple[str, str], ...]
    bands: tuple[Band, ...]
    notes: tuple[tuple[str, str], ...]
    card: str


def health(facts: MonthFacts, writer: Writer) -> tuple[TariffHealth, ...]:
    """Every tariff that has customers."""
    return tuple(_tariff(tariff, facts, writer) for tariff in facts.tariffs)


def _tariff(tariff: Tariff, facts: MonthFacts, writer: Writer) -> TariffHealth:
    drift = facts.drift["tariffs"].get(tariff, {})
    status, severity = drift.get("status", "error"), drift.get("severity", "not_measured")
    drifted = sorted(
        (one for one in drift.get("families", ()) if one["severity"] in _ORDER),
        key=lambda one: (_ORDER.index(one["severity"]), -(one["max_psi"] or 0.0)),
    )
    more = len(drifted) - MOST_LINES
    performance, model = facts.performance.get(tariff, {}), facts.models[tariff]
    return TariffHealth(
        tariff=name_of(facts.tariff_name(tariff)).text,
        drift=severity,
        drift_words=writer.words("drift.skipped" if status == "skipped" else f"drift.{severity}"),
        drift_facts=_drift_facts(drift, facts.score_drift.get(tariff, {}), writer),
        lines=tuple(
            DriftedLine(_name(one["name"], facts), one["severity"], writer.number(one["max_psi"]))
            for one in drifted[:MOST_LINES]
        ),
        more_lines=writer.counted("health.more_lines", more) if more > 0 else "",
        model_facts=_model_facts(model, facts.execution_date, writer),
        bands=_bands(performance, writer),
        notes=tuple(_notes(drift, performance, model, writer)),
        card=facts.cards.get(tariff, ""),
    )


def _name(line: str, facts: MonthFacts) -> str:
    group = group_of(line, facts.layout)
    phrase = facts.reasons.phrases.get(group)
    return sentence(group if phrase is None else phrase.name, 60)


def _drift_facts(drift: Mapping[str, Any], scores: Mapping[str, Any], writer: Writer) -> tuple[tuple[str, str], ...]:
    columns = [one for one in drift.get("columns", ()) if one["status"] != "not_compared"]
    drifted = [one for one in columns if one["severity"] in _ORDER]
    if not columns:
        return ()
    return (
        (writer.words("health.columns"), writer.count(len(columns))),
        (writer.words("health.drifted"), writer.count(len(drifted))),
        (writer.words("health.max_psi"), writer.number(drift["max_psi"])),
        (writer.words("health.scores"), writer.words(f"level.{scores.get('severity', 'not_measured')}")),
    )


def _model_facts(model: ModelArtifact, execution_date: str, writer: Writer) -> tuple[tuple[str, str], ...]:
    words = writer.words
    version = (words("health.version"), sentence(model.version, 20))
    if model.status == "skipped":
        return (version,)
    test = model.metadata["metrics"]["test"]
    return (
        version,
        (words("health.age"), _age(model, execution_date, writer)),
        (words("health.test_rows"), writer.count(test["rows"])),
        (words("health.ece"), writer.number(test["ece"])),
    )


def _age(model: ModelArtifact, execution_date: str, writer: Writer) -> str:
    """How long ago the newest bills were that the model learned from or was measured on."""
    parts = model.metadata["split_record"]["parts"].values()
    last = max((part["last_month"] for part in parts if part["last_month"]), default=None)
    if last is None:
        return DASH
    year, month = (int(part) for part in last.split("-")[:2])
    now = int(execution_date[:4]) * 12 + int(execution_date[5:7])
    return writer.counted("health.months", now - (year * 12 + month), month=writer.month(f"{last[:7]}-01"))


def _bands(performance: Mapping[str, Any], writer: Writer) -> tuple[Band, ...]:
    if performance.get("status") != "estimated":
        return ()
    realised, reference = performance["realised"], performance["reference"]
    found = []
    for name, floor, write in (
        ("default_rate", 0.0, writer.share),
        ("roc_auc", 0.5, lambda value: writer.number(value, 3)),
    ):
        expected = performance[f"expected_{name}"]
        if expected is None:
            continue
        known = realised[name] if realised["rows"] else None
        ends = [one for one in (expected["high"], expected["low"], reference[name], known) if one is not None]
        lowest, highest = min(floor, *ends), max(*ends) * 1.05
        span = (highest - lowest) or 1.0

        def place(value: float | None, lowest: float = lowest, span: float = span) -> str:
            return "" if value is None else f"{_WIDTH * (value - lowest) / span:.2f}"

        found.append(
            Band(
                name=writer.words(f"health.{name}"),
                value=write(expected["value"]),
                band=writer.words("health.band", low=write(expected["low"]), high=write(expected["high"])),
                start=place(expected["low"]),
                width=f"{_WIDTH * (expected['high'] - expected['low']) / span:.2f}",
                at=place(expected["value"]),
                test=place(reference[name]),
                realised=place(known),
                test_words=write(reference[name]),
                realised_words=""
                if known is None
                else writer.counted("health.realised", realised["rows"], value=write(known)),
            )
        )
    return tuple(found)


def _notes(
    drift: Mapping[str, Any], performance: Mapping[str, Any], model: ModelArtifact, writer: Writer
) -> list[tuple[str, str]]:
    """What is missing, each with the reason as the run gives it (in English); what came of it unexpectedly."""
    notes = []
    if drift.get("status") in ("skipped", "not_measured", "error"):
        notes.append((writer.words("health.no_drift"), _reason(drift.get("reason"))))
    if model.status == "skipped":
        notes.append((writer.words("health.no_model"), _reason(model.metadata["reason"])))
    elif performance.get("status") != "estimated":
        notes.append((writer.words("health.no_estimate"), _reason(performance.get("reason"))))
    if out_of_band(performance):
        notes.append((writer.words("health.out_of_band"), ""))
    return notes


def _reason(reason: object) -> str:
    return "" if reason is None else sentence(str(reason), 200)
