"""Whom to call first: one row per customer, with the reasons of the score in the business's words."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from segmentation_model.model.reason_settings import ReasonSettings
from segmentation_model.model.reasons import REASONS
from segmentation_model.monthly_report.cells import Cell, figure
from segmentation_model.monthly_report.facts import MonthFacts
from segmentation_model.monthly_report.writing import Writer
from segmentation_model.pages.wording import Name, name_of, sentence

#: Reasons that a row has room for; the call list has all.
SHOWN_REASONS = 3


@dataclass(frozen=True)
class Reason:
    """What moved a score, which way (``up`` or ``down``; empty where it is not said), and that way in words."""

    text: str
    direction: str = ""
    said: str = ""


@dataclass(frozen=True)
class Caller:
    """A customer to call."""

    rank: str
    customer: Name
    segment: Name
    invoice: Cell
    overdue: Cell
    probability: Cell
    expected: Cell
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Calls:
    """Those to call first, and what calling them all would be about."""

    lead: str
    rows: tuple[Caller, ...]
    listed: str
    raises: str
    lowers: str


def call_rows(facts: MonthFacts, writer: Writer, budget: int) -> Calls:
    """The first customers of the call list, as far as the page has room."""
    shown = facts.calls.head(budget)
    whole = float(facts.portfolio["expected_unpaid_amount_sum"])
    held = float(shown["expected_unpaid_amount"].sum())
    lead = (
        writer.counted(
            "calls.lead", len(shown), amount=writer.money(held), share=writer.share(held / whole if whole > 0 else None)
        )
        if len(shown)
        else writer.words("calls.none")
    )
    return Calls(
        lead=lead,
        rows=tuple(_row(row, facts.reasons, writer) for _, row in shown.iterrows()),
        listed=writer.counted("calls.listed", facts.calls_listed),
        raises=sentence(facts.reasons.raises, 40),
        lowers=sentence(facts.reasons.lowers, 40),
    )


def _row(row: pd.Series, words: ReasonSettings, writer: Writer) -> Caller:
    return Caller(
        rank=str(row["rank"]),
        customer=name_of(str(row["customer_id"]), 32),
        segment=name_of(str(row["segment_label"])),
        invoice=figure(writer.money(row["invoice_amount"]), row["invoice_amount"]),
        overdue=figure(writer.money(row["overdue_balance"]), row["overdue_balance"]),
        probability=figure(writer.share(row["probability"]), row["probability"]),
        expected=figure(writer.money(row["expected_unpaid_amount"]), row["expected_unpaid_amount"]),
        reasons=tuple(reason_of(str(row[name]), words) for name in REASONS if pd.notna(row[name]))[:SHOWN_REASONS],
    )


def reason_of(text: str, words: ReasonSettings) -> Reason:
    """A reason as the scores have it, taken apart.

    >>> reason_of("Mora alta (sube el riesgo)", ReasonSettings())
    Reason(text='Mora alta', direction='up', said='sube el riesgo')
    >>> reason_of("Mora alta", ReasonSettings())
    Reason(text='Mora alta', direction='', said='')
    """
    for direction, said in (("up", words.raises), ("down", words.lowers)):
        if text.endswith(f" ({said})"):
            return Reason(sentence(text.removesuffix(f" ({said})"), 60), direction, sentence(said, 40))
    return Reason(sentence(text, 90))
