"""The top of the page: what may stay unpaid, how that compares with last month, and how far to trust it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from segmentation_model.drift.judgement.severity import JudgedSeverity
from segmentation_model.monthly_report.facts import MonthFacts
from segmentation_model.monthly_report.writing import Writer
from segmentation_model.pages.wording import bar_length

#: Dates that a tile shows, this one last.
DATES = 13

_FIGURES = ("expected_unpaid_amount_sum", "invoice_amount_sum", "overdue_balance_sum", "customers")


@dataclass(frozen=True)
class Bar:
    """A date in a tile: how high its bar stands, 0 to 100."""

    height: str
    now: bool


@dataclass(frozen=True)
class Tile:
    """A figure of the portfolio.

    Attributes:
        name: What it is.
        value: It.
        change: Difference to the previous date; empty without one.
        relative: The same as a share.
        direction: ``up``, ``down`` or ``same``; empty without an earlier date.
        bars: The dates up to this one; none where there are too few to look at.
        history: The same in words.
    """

    name: str
    value: str
    change: str
    relative: str
    direction: str
    bars: tuple[Bar, ...]
    history: str


@dataclass(frozen=True)
class Verdict:
    """The month in a few sentences."""

    tone: JudgedSeverity
    title: str
    consequence: str
    change: str
    sure: tuple[str, ...]
    trust: str
    notes: tuple[str, ...]


def verdict(facts: MonthFacts, writer: Writer) -> Verdict:
    """What the month says, and how far it can be trusted."""
    words, whole = writer.words, facts.portfolio
    expected, billed = whole["expected_unpaid_amount_sum"], whole["invoice_amount_sum"]
    scored = any(model.status == "trained" for model in facts.models.values())
    tone, trust = trust_of(facts)
    share = expected / billed if billed > 0 else None
    return Verdict(
        tone=tone,
        title=words("verdict.title", amount=writer.money(expected)) if scored else words("verdict.unscored"),
        consequence=writer.counted(
            "verdict.share" if scored and share is not None else "verdict.billed",
            int(whole["customers"]),
            share=writer.share(share),
            billed=writer.money(billed),
        ),
        change=_change(facts, writer) if scored else "",
        sure=tuple(_sure(facts, writer)),
        trust=words(f"trust.{trust}"),
        notes=tuple(_notes(facts, writer)),
    )


def trust_of(facts: MonthFacts) -> tuple[JudgedSeverity, str]:
    """How much stands between the figures and the trust in them: a level, and the key of the sentence about it.

    A month that does not go on from the previous one is doubtful however little it has drifted.
    """
    severity, key = _trust_in_scores(facts)
    if facts.month_check["doubts"] and severity != "high":
        return "moderate", facts.month_check["doubts"][0]
    return severity, key


def _trust_in_scores(facts: MonthFacts) -> tuple[JudgedSeverity, str]:
    if not any(model.status == "trained" for model in facts.models.values()):
        return "not_measured", "no_model"
    if any(out_of_band(one) for one in facts.performance.values()):
        return "high", "out_of_band"
    if facts.drift["status"] in ("skipped", "not_measured", "error"):
        return "not_measured", "not_measured"
    severity: JudgedSeverity = facts.drift["severity"]
    return severity, severity


def out_of_band(performance: Any) -> bool:
    """Whether what came of a month lies outside of what its scores promised."""
    realised = performance.get("realised") or {}
    return False in (realised.get("default_rate_in_band"), realised.get("roc_auc_in_band"))


def tiles(facts: MonthFacts, writer: Writer) -> tuple[Tile, ...]:
    """The figures of the portfolio, each with its change."""
    totals = facts.totals
    history = totals[(totals["level"] == "portfolio") & (totals["execution_date"] <= facts.execution_date)]
    history = history.sort_values("execution_date").tail(DATES)
    return tuple(_tile(figure, facts, history, writer) for figure in _FIGURES)


def _tile(figure: str, facts: MonthFacts, history: pd.DataFrame, writer: Writer) -> Tile:
    now, change = float(facts.portfolio[figure]), float(facts.portfolio[f"{figure}_change"])
    money = figure != "customers"
    write = writer.money if money else writer.count
    values = history[figure].tolist() if len(history) > 2 else []
    highest = max(values, default=0.0)
    return Tile(
        name=writer.words(f"figures.{figure}"),
        value=write(now),
        change="" if pd.isna(change) else writer.change(change, money=money),
        relative="" if pd.isna(change) else writer.relative(change, now),
        direction="" if pd.isna(change) else "up" if change > 0 else "down" if change < 0 else "same",
        bars=tuple(
            Bar(bar_length(max(value, 0.0), highest), place == len(values) - 1) for place, value in enumerate(values)
        ),
        history="; ".join(
            f"{writer.day(date)}: {write(value)}"
            for date, value in zip(history["execution_date"], values, strict=False)
        ),
    )


def _change(facts: MonthFacts, writer: Writer) -> str:
    whole, words = facts.portfolio, writer.words
    if facts.previous_date is None:
        return words("verdict.first")
    now, change = whole["expected_unpaid_amount_sum"], whole["expected_unpaid_amount_sum_change"]
    date = writer.day(facts.previous_date)
    if not change:
        return words("verdict.same", date=date)
    return words(
        "verdict.more" if change > 0 else "verdict.less",
        change=writer.money(abs(change)),
        relative=writer.relative(change, now),
        date=date,
    )


def _sure(facts: MonthFacts, writer: Writer) -> list[str]:
    found = []
    for tariff in facts.tariffs:
        one = facts.performance.get(tariff, {})
        if one.get("status") == "estimated":
            band = one["expected_default_rate"]
            found.append(
                writer.words(
                    "verdict.sure",
                    tariff=facts.tariff_name(tariff),
                    low=writer.share(band["low"]),
                    high=writer.share(band["high"]),
                    confidence=writer.share_round(one["confidence"]),
                )
            )
    return found


def _notes(facts: MonthFacts, writer: Writer) -> list[str]:
    notes = [_doubt(doubt, facts.month_check, writer) for doubt in facts.month_check["doubts"]]
    if facts.held_out:
        notes.append(writer.words("verdict.held_out"))
    if facts.rejected:
        notes.append(writer.counted("verdict.rejected", facts.rejected))
    if without := facts.month_check["without_invoice"]:
        notes.append(writer.counted("verdict.without_invoice", without))
    skipped = [tariff for tariff in facts.tariffs if facts.models[tariff].status == "skipped"]
    return notes + [writer.words("verdict.no_model", tariff=facts.tariff_name(tariff)) for tariff in skipped]


def _doubt(doubt: str, check: Mapping[str, Any], writer: Writer) -> str:
    """The figures that make a month doubtful, and what to ask."""
    date = writer.day(check["previous_execution_date"])
    figures = {name: writer.count(value) if isinstance(value, int) else value for name, value in check.items()}
    return writer.words(f"verdict.{doubt}", date=date, **figures)
