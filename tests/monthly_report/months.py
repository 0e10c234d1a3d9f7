"""Months to report on: a few customers written down by hand, the small world's models, and what else a page is told."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from segmentation_model.drift.judgement.gate import decide_gate
from segmentation_model.drift.judgement.severity import Severity
from segmentation_model.drift.judgement.table_drift import skipped_table
from segmentation_model.drift.reports.findings import Findings
from segmentation_model.drift.reports.json_report import drift_report
from segmentation_model.monthly_report.facts import MonthFacts
from segmentation_model.monthly_report.page import report_html
from segmentation_model.monthly_report.settings import Speech
from segmentation_model.pipelines.reporting.benchmark import aggregate, compare
from segmentation_model.pipelines.reporting.calls import choose_calls
from segmentation_model.pipelines.reporting.moves import moves_between
from segmentation_model.table_batches import TableBatches
from tests.drift.builders import RULE, table_at
from tests.model.artifacts import COLUMNS, REASONS, trained
from tests.segments.customers import RULES

DATE, BEFORE = "2026-07-26", "2026-06-28"
#: A month that goes on from the previous one, and what doubts another.
GOES_ON = {"doubts": [], "previous_execution_date": BEFORE, "without_invoice": 0}
DOUBTFUL = {
    **GOES_ON, "doubts": ["unknown_customers", "not_rolled"], "customers": 2_985, "customers_before": 2_990,
    "known": 30, "compared": 30, "unchanged": 29, "example": "103300", "example_before": "00103300",
}  # fmt: skip
CATEGORIES = {
    "RB": "Riesgo Bajo", "RM": "Riesgo Medio", "RA": "Riesgo Alto", "RMA": "Riesgo Muy Alto", "I1": "Incorriente 1",
    "I2": "Incorriente 2-3", "I4": "Incorriente 4+", "CN": "Cliente Nuevo", "NE": "No evaluable",
}  # fmt: skip
STRATA = {"B": "Bajo", "M": "Medio", "A": "Alto", "S": "Sin estrato"}
NAN = float("nan")
REALISED_UNKNOWN = {
    "rows": 0, "default_rate": None, "roc_auc": None, "default_rate_in_band": None, "roc_auc_in_band": None
}  # fmt: skip


def customer(customer_id: str, segment: str = "D-M-RB", invoice: float = 100.0, p: float = 0.1, **other: Any) -> dict:
    """A customer of a segment; what is expected to stay unpaid follows from invoice and probability."""
    tariff, *stratum, category = segment.split("-")
    return {
        "customer_id": customer_id,
        "tariff": {"D": "Domestic", "I": "Industrial"}[tariff],
        "segment_code": segment,
        "segment_label": " · ".join(
            [{"D": "Doméstica", "I": "Industrial"}[tariff], *(STRATA[one] for one in stratum), CATEGORIES[category]]
        ),
        "risk_category": CATEGORIES[category],
        "invoice_amount": invoice,
        "overdue_invoices": 0.0,
        "overdue_balance": 0.0,
        "probability": p,
        "expected_unpaid_amount": round(p * invoice, 2),
        "reason_1": "Mora alta (sube el riesgo)",
        "reason_2": "Canal (baja el riesgo)",
        "reason_3": None,
        "reason_4": None,
        "reason_5": None,
        "target": NAN,
        **other,
    }


def table(*customers: dict[str, Any]) -> pd.DataFrame:
    """Segmented customers, as the report reads them."""
    text = ["customer_id", "tariff", "segment_code", "segment_label", "risk_category"]
    text += [f"reason_{rank}" for rank in range(1, 6)]
    return pd.DataFrame(list(customers)).astype({**dict.fromkeys(text, "str"), "target": "float32"})


#: Nine hundred and forty-five of 2,100 is expected to stay unpaid: 5 + 40 + 150 + 750.
JULY = table(
    customer("C1", "D-M-RB", 100.0, 0.05),
    customer("C2", "D-M-RA", 200.0, 0.20),
    customer("C3", "D-B-I1", 300.0, 0.50, overdue_balance=120.5, overdue_invoices=1.0),
    customer("C4", "I-RMA", 1500.0, 0.50),
)
#: C1 was riskier, C3 was up to date, C5 has gone, C4 is new: 20 + 40 + 30 + 10.
JUNE = table(
    customer("C1", "D-M-RM", 100.0, 0.20),
    customer("C2", "D-M-RA", 200.0, 0.20),
    customer("C3", "D-B-RA", 300.0, 0.10),
    customer("C5", "I-RB", 100.0, 0.10),
)


def performance(**realised: Any) -> dict[str, Any]:
    """What the month's scores promise, and what came of it."""
    return {
        "status": "estimated",
        "reason": None,
        "model_version": trained().model.version,
        "rows": 4,
        "confidence": 0.95,
        "expected_default_rate": {"value": 0.30, "low": 0.25, "high": 0.35},
        "expected_roc_auc": {"value": 0.80, "low": 0.75, "high": 0.85},
        "realised": {**REALISED_UNKNOWN, **realised},
        "reference": {"rows": 1_000, "default_rate": 0.20, "roc_auc": 0.82},
    }


def drift(severity: Severity = "none", skipped: bool = False) -> dict[str, Any]:
    """The drift report of both tariffs."""
    tables = {
        tariff: skipped_table("no baseline") if skipped else table_at(severity) for tariff in ("Domestic", "Industrial")
    }
    return drift_report(Findings(tables, decide_gate(tables, False), RULE, DATE))


def facts_of(now: pd.DataFrame = JULY, before: pd.DataFrame | None = JUNE, **changed: Any) -> MonthFacts:
    """A month, with the one before it; whatever is named is changed."""
    dates = {DATE: now} if before is None else {BEFORE: before, DATE: now}
    totals = pd.concat(
        [aggregate([rows]).assign(execution_date=date) for date, rows in dates.items()], ignore_index=True
    ).astype({"execution_date": "str"})
    calls = choose_calls(TableBatches.of(now), 100, 0)
    facts = MonthFacts(
        execution_date=DATE,
        benchmark=compare(totals, DATE),
        totals=totals,
        calls=calls.head(50),
        calls_listed=len(calls),
        moves=moves_between(None if before is None else TableBatches.of(before), TableBatches.of(now)),
        moves_since=None if before is None else BEFORE,
        month_check=GOES_ON,
        rejected=0,
        held_out=False,
        drift=drift(),
        score_drift={tariff: {"severity": "none"} for tariff in ("Domestic", "Industrial")},
        performance={tariff: performance() for tariff in ("Domestic", "Industrial")},
        models={"Domestic": trained().model, "Industrial": trained().model},
        cards={"Domestic": "model_card_domestic.html"},
        rules=RULES,
        reasons=REASONS,
        layout=COLUMNS.layout,
    )
    return replace(facts, **changed)


def after(*dates: str) -> MonthFacts:
    """July after so many months that were like June."""
    facts = facts_of()
    june = [aggregate([JUNE]).assign(execution_date=date) for date in dates]
    return replace(facts, totals=pd.concat([facts.totals[facts.totals["execution_date"] == DATE], *june]))


def page_of(facts: MonthFacts | None = None, **speech: Any) -> str:
    return report_html(facts or facts_of(), Speech(**speech))


def many(rows: int, seed: int = 1) -> pd.DataFrame:
    """So many customers in all segments that there are."""
    random = np.random.default_rng(seed)
    segments = [f"D-{stratum}-{category}" for stratum in STRATA for category in CATEGORIES]
    segments += [f"I-{category}" for category in CATEGORIES]
    kinds = table(*(customer("", segment) for segment in segments))
    frame = kinds.iloc[random.integers(0, len(kinds), rows)].reset_index(drop=True)
    invoice, probability = random.gamma(2.0, 400.0, rows).round(2), random.beta(1.0, 9.0, rows)
    return frame.assign(
        customer_id=pd.array([f"C{index:07d}" for index in range(rows)], dtype="str"),
        invoice_amount=invoice,
        probability=probability,
        expected_unpaid_amount=(invoice * probability).round(2),
    )
