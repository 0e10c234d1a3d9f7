"""The top of the page in words: the run's verdict, a card per tariff, the prediction signals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from segmentation_model.drift.judgement.gate import GateOutcome, trip_level
from segmentation_model.drift.judgement.prediction import PredictionSignal
from segmentation_model.drift.judgement.severity import NOT_MEASURED, JudgedSeverity
from segmentation_model.drift.judgement.table_drift import TableDrift
from segmentation_model.drift.judgement.verdict import Verdict
from segmentation_model.drift.reports.html.levels import LEVEL_WORDS
from segmentation_model.pages.wording import (
    DASH,
    Name,
    bar_length,
    name_of,
    number_words,
    p_value_words,
    plural,
    rows_words,
    sentence,
    share_words,
)

MAX_SIGNALS = 40
MAX_NAMED = 12
MAX_REASONS = 6


@dataclass(frozen=True)
class Headline:
    """The verdict on the run: its colour, what it is in a few words, what follows from it, and what to do."""

    tone: JudgedSeverity | Literal["error"]
    title: str
    consequence: str
    advice: str
    message: str


@dataclass(frozen=True)
class Question:
    """One of the three questions of a verdict (P, F, C) with its answer."""

    name: str
    severity: JudgedSeverity
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Band:
    """How many columns ended at a level; ``start`` and ``width`` in per cent of all columns."""

    kind: str
    words: str
    columns: str
    start: str
    width: str


@dataclass(frozen=True)
class Apart:
    """Columns that were left aside for one reason."""

    reason: str
    columns: str
    names: tuple[Name, ...]
    more: int


@dataclass(frozen=True)
class SignalRow:
    """A prediction signal; bars have a length where both sides have a share."""

    name: Name
    severity: JudgedSeverity
    measure: str
    value: str
    p_value: str
    before: str
    now: str
    bars: tuple[str, str] | None
    reason: str


@dataclass(frozen=True)
class TariffCard:
    """What is known about a tariff at a glance."""

    tariff: Name
    severity: JudgedSeverity
    title: str
    reason: str
    facts: tuple[tuple[str, str], ...]
    questions: tuple[Question, ...]
    bands: tuple[Band, ...]
    apart: tuple[Apart, ...]
    signals: tuple[SignalRow, ...]
    signals_left_out: int


def headline(outcome: GateOutcome) -> Headline:
    """The verdict on the run in plain words."""
    level = trip_level(outcome.fail_on_drift)
    found = level_title(outcome.severity)
    tone: JudgedSeverity | Literal["error"] = outcome.severity
    advice = ""
    match outcome.status:
        case "clean":
            title = found
            passed = "Nothing stands out from chance" if outcome.severity == "none" else "The run goes on"
            consequence = f"{passed}: the gate {'is off' if level is None else f'stops from {level} on'}."
        case "tripped":
            title = f"{found}: the gate tripped"
            consequence = f"It stops from {level} on."
            advice = (
                "Is it the data (a changed source, another unit, a window that did not roll) or the world? Mend the "
                "data, or train again on rows that look like today's."
            )
        case "skipped":
            title, tone = "Skipped", NOT_MEASURED
            consequence = "Nothing was compared, so nothing is known about drift."
        case "not_measured":
            everywhere = outcome.severity == NOT_MEASURED
            title = "Could not be measured" if everywhere else f"Not measured everywhere; {found.lower()} where it was"
            tone = NOT_MEASURED
            consequence = "This is not the same as no drift."
            advice = "Check that both tables are the right ones, hold the same columns and have enough rows."
        case "error":
            title, tone = "The check failed", "error"
            consequence = "Nothing was measured."
            advice = "Put right what the message names and run the check again."
    return Headline(tone, title, consequence, advice, sentence(outcome.message, 1_000))


def level_title(severity: JudgedSeverity) -> str:
    """A level as a title.

    >>> level_title("none"), level_title("high"), level_title("not_measured")
    ('No drift', 'High drift', 'Not measured')
    """
    if severity == NOT_MEASURED:
        return "Not measured"
    return "No drift" if severity == "none" else f"{LEVEL_WORDS[severity]} drift"


def run_facts(
    tables: Mapping[str, TableDrift], outcome: GateOutcome, execution_date: str
) -> tuple[tuple[str, str], ...]:
    """Figures of the run as pairs of name and value."""
    level = trip_level(outcome.fail_on_drift)
    return (
        ("Execution date", sentence(execution_date, 40)),
        *(_facts(tables) if any(table.columns for table in tables.values()) else ()),
        ("Gate", "off" if level is None else f"from {level}"),
        ("Exit code", str(outcome.exit_code)),
    )


def tariff_card(tariff: str, table: TableDrift) -> TariffCard:
    """Everything about a tariff but its columns."""
    return TariffCard(
        tariff=name_of(tariff),
        severity=table.severity,
        title="Skipped" if table.status == "skipped" else level_title(table.severity),
        reason=sentence(table.reason or ""),
        facts=() if table.status == "skipped" else _facts({tariff: table}),
        questions=()
        if table.status != "measured" or table.verdict is None
        else _questions(table.verdict, table.signals),
        bands=_bands(table),
        apart=_apart(table),
        signals=tuple(_signal(signal) for signal in table.signals[:MAX_SIGNALS]),
        signals_left_out=max(len(table.signals) - MAX_SIGNALS, 0),
    )


def _facts(tables: Mapping[str, TableDrift]) -> tuple[tuple[str, str], ...]:
    columns = [column for table in tables.values() for column in table.columns]
    psis = [table.max_psi for table in tables.values() if table.max_psi is not None]
    not_compared = sum(column.status == "not_compared" for column in columns)
    return (
        ("Reference rows", rows_words(sum(table.reference_rows for table in tables.values()))),
        ("Current rows", rows_words(sum(table.current_rows for table in tables.values()))),
        ("Columns compared", rows_words(len(columns) - not_compared)),
        ("Drifted", rows_words(sum(len(table.drifted) for table in tables.values()))),
        ("Largest PSI", number_words(max(psis)) if psis else DASH),
    )


def _questions(verdict: Verdict, signals: tuple[PredictionSignal, ...]) -> tuple[Question, ...]:
    """P, F and C with their reasons; the verdict lists them in this order, one per drifted signal first."""
    drifted = [signal for signal in signals if signal.severity != "none"]
    others = verdict.reasons[len(drifted) :]
    split = len(others) - (verdict.counts != "none")
    words = [(_signal_words(signal), signal.severity) for signal in drifted]
    moved = [f"{name.text} ({measure}) is {severity}" for (name, measure), severity in words]
    if len(moved) > MAX_REASONS:
        moved = [*moved[:MAX_REASONS], f"and {len(moved) - MAX_REASONS} more"]
    return (
        Question("Prediction", verdict.prediction, tuple(moved)),
        Question("Features", verdict.features, tuple(sentence(reason, 200) for reason in others[:split])),
        Question("Count", verdict.counts, tuple(sentence(reason, 200) for reason in others[split:])),
    )


def _bands(table: TableDrift) -> tuple[Band, ...]:
    kinds: dict[str, str] = {
        "high": "high",
        "moderate": "moderate",
        "low": "low",
        "none": "no drift",
        "not_measurable": "not measurable",
        "not_compared": "not compared",
    }
    counts = dict.fromkeys(kinds, 0)
    for column in table.columns:
        counts[column.severity if column.status == "measured" else column.status] += 1
    result, start = [], 0
    for kind, words in kinds.items():
        if counts[kind]:
            all_columns = len(table.columns)
            result.append(
                Band(
                    kind,
                    words,
                    rows_words(counts[kind]),
                    bar_length(start, all_columns),
                    bar_length(counts[kind], all_columns),
                )
            )
            start += counts[kind]
    return tuple(result)


def _apart(table: TableDrift) -> tuple[Apart, ...]:
    """Columns that could not be compared, by reason, and those that only the current table has."""
    by_reason: dict[str, list[str]] = {}
    for column in table.columns:
        if column.status == "not_compared":
            by_reason.setdefault(column.reason or "not compared", []).append(column.column)
    groups = [(reason, names) for reason, names in list(by_reason.items())[:MAX_NAMED]]
    if table.extra_columns:
        groups.append(("only in the current table", list(table.extra_columns)))
    return tuple(
        Apart(
            reason=sentence(reason, 160),
            columns=plural(len(names), "column"),
            names=tuple(name_of(name) for name in names[:MAX_NAMED]),
            more=max(len(names) - MAX_NAMED, 0),
        )
        for reason, names in groups
    )


_SIGNALS: Mapping[str, tuple[str, str]] = {
    "margin_psi": ("Score margin", "PSI"),
    "margin_ks": ("Score margin", "KS"),
    "category_shares_psi": ("Risk categories", "PSI"),
    "mean_probability": ("Mean probability", "|log ratio|"),
}


def _signal_words(signal: PredictionSignal) -> tuple[Name, str]:
    """What the signal is and what its value measures."""
    if signal.name in _SIGNALS:
        words, measure = _SIGNALS[signal.name]
        return Name(words), measure
    return name_of(signal.name.replace("share: ", "Share of ", 1)), "PSI"


def _signal(signal: PredictionSignal) -> SignalRow:
    name, measure = _signal_words(signal)
    before, now, bars = DASH, DASH, None
    if signal.reference is not None and signal.current is not None:
        before, now = share_words(signal.reference), share_words(signal.current)
        longest = max(signal.reference, signal.current)
        bars = bar_length(signal.reference, longest), bar_length(signal.current, longest)
    return SignalRow(
        name=name,
        severity=signal.judged_severity,
        measure=measure,
        value=number_words(signal.value),
        p_value=p_value_words(signal.adjusted_p_value),
        before=before,
        now=now,
        bars=bars,
        reason=sentence(signal.reason or "", 160),
    )
