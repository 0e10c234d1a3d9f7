"""Nodes of the reporting pipeline."""

import hashlib
from typing import Any

import pandas as pd

from segmentation_model.drift.judgement.prediction import PredictionSignal, judge_prediction, model_severity
from segmentation_model.drift.reference.prediction_reference import Scores, count_scores
from segmentation_model.drift.reports.json_report import signal_to_json
from segmentation_model.drift.settings import DriftSettings
from segmentation_model.logging.run_record import RunRecord
from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.reasons import REASONS_EXACT
from segmentation_model.money import to_cents
from segmentation_model.pipelines.reporting import benchmark
from segmentation_model.pipelines.reporting.label_drift import measure_label_drift
from segmentation_model.pipelines.reporting.params import ReportingSettings
from segmentation_model.pipelines.reporting.performance import report_performance
from segmentation_model.pipelines.reporting.reconciliation import reconcile
from segmentation_model.segments.columns import PARTITIONS, SEGMENT_COLUMNS
from segmentation_model.table_batches import TableBatches


def report_customers(
    segmented_customers: TableBatches, current_rejected: pd.DataFrame, execution_date: str, settings: ReportingSettings
) -> tuple[dict[str, TableBatches], dict[str, pd.DataFrame]]:
    """Every customer of the month: in a segment, under the business's column names, or rejected with a reason.

    Args:
        segmented_customers: One row per customer.
        current_rejected: Rejected rows of the current table, perhaps none.
        execution_date: Date of the run in ISO text.
        settings: Output columns.

    Returns:
        Segments and rejected rows, each under the date.
    """
    wanted = settings.output_columns
    names = [*PARTITIONS, *(name for name in wanted if name not in PARTITIONS)] if wanted else list(SEGMENT_COLUMNS)
    rows = segmented_customers.select(names).map(lambda batch: batch.rename(columns=wanted))
    return {execution_date: rows}, {execution_date: current_rejected}


def total_segments(segmented_customers: TableBatches, execution_date: str) -> dict[str, pd.DataFrame]:
    """Add up the date's customers per segment, per tariff and over all."""
    return {execution_date: benchmark.aggregate(segmented_customers.select(benchmark.SUMMED))}


def report_benchmark(segment_totals: pd.DataFrame, execution_date: str) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Set the date's figures against the portfolio's and against the previous date's.

    Args:
        segment_totals: Totals of all dates that were run.
        execution_date: Date of the run in ISO text.

    Returns:
        BENCHMARK of the date: as a partition, and as one table with the date.
    """
    table = benchmark.compare(segment_totals, execution_date)
    return {execution_date: table}, table[["execution_date", *table.columns.drop("execution_date")]]


def measure_prediction_drift(
    scored_domestic: TableBatches,
    scored_industrial: TableBatches,
    model_domestic: ModelArtifact,
    model_industrial: ModelArtifact,
    settings: DriftSettings,
) -> dict[str, Any]:
    """Judge the month's scores against those of the calibration part of the model that gave them.

    Args:
        scored_domestic: Margin and probability of the Domestic customers.
        scored_industrial: The same of the Industrial ones.
        model_domestic: The model that scored them, with its profile.
        model_industrial: The same for Industrial.
        settings: The severity rule.

    Returns:
        Per tariff: severity (``not_measured`` without a model), rows, and every signal with its statistics.
    """
    report: dict[str, Any] = {}
    for tariff, scored, model in (
        ("Domestic", scored_domestic, model_domestic),
        ("Industrial", scored_industrial, model_industrial),
    ):
        signals: tuple[PredictionSignal, ...] = ()
        reference, rows, counts = model.profile.prediction, 0, None
        for batch in scored.select(["margin", "probability"]):
            rows += len(batch)
            if reference is not None and len(batch):
                categories = model.cutoffs.categorise(batch["margin"])
                found = count_scores(reference, Scores(batch["margin"], batch["probability"], categories))
                counts = found if counts is None else counts + found
        if counts is not None:
            signals = judge_prediction(settings, reference=reference, current=counts)
        report[tariff] = {
            "severity": model_severity(signals),
            "rows": rows,
            "signals": [signal_to_json(signal) for signal in signals],
        }
    return report


def expect_performance(
    scored_domestic: TableBatches,
    scored_industrial: TableBatches,
    current_context: TableBatches,
    model_domestic: ModelArtifact,
    model_industrial: ModelArtifact,
    settings: ReportingSettings,
    seed: int,
) -> dict[str, Any]:
    """Estimate AUC and default rate of the month from its scores, and set the realised ones beside them.

    Args:
        scored_domestic: Margin and probability of the Domestic customers.
        scored_industrial: The same of the Industrial ones.
        current_context: Their context, with the outcomes that are known.
        model_domestic: The model that scored them.
        model_industrial: The same for Industrial.
        settings: Width of the bands, number of draws.
        seed: Seed of the draws.

    Returns:
        Per tariff what ``report_performance`` says.
    """
    outcomes = (
        current_context.select(["customer_id", "target"]).map(lambda batch: batch[batch["target"].notna()]).read()
    )
    return {
        tariff: report_performance(scored, outcomes, model, settings.performance, seed)
        for tariff, scored, model in (
            ("Domestic", scored_domestic, model_domestic),
            ("Industrial", scored_industrial, model_industrial),
        )
    }


def report_label_drift(
    labelled_context: pd.DataFrame, settings: ReportingSettings, drift: DriftSettings
) -> dict[str, Any]:
    """Compare the share of unpaid bills of the newest labelled months with that of the months before, per tariff.

    Args:
        labelled_context: Tariff, date and outcome of the labelled rows.
        settings: How many months are the newest.
        drift: The severity rule.

    Returns:
        Per tariff what ``measure_label_drift`` says.
    """
    return measure_label_drift(labelled_context, settings.label_drift.newest_months, drift)


def summarise_run(
    current_intake: dict[str, Any],
    current_context: TableBatches,
    current_rejected: pd.DataFrame,
    segmented_customers: TableBatches,
    segment_totals: pd.DataFrame,
    execution_date: str,
    model_domestic: ModelArtifact,
    model_industrial: ModelArtifact,
    monthly_report: str,
    run_record: RunRecord,
) -> dict[str, Any]:
    """Check that nothing was lost, and say what the run did.

    Args:
        current_intake: Record of the current table's intake.
        current_context: Context of the rows to score.
        current_rejected: Rejected rows of the current table.
        segmented_customers: One row per customer in a segment.
        segment_totals: Totals of all dates that were run.
        execution_date: Date of the run in ISO text.
        model_domestic: The Domestic model.
        model_industrial: The Industrial model.
        monthly_report: The page; with the summary the run is complete, so that it comes last.
        run_record: Identity and durations of the run.

    Returns:
        The summary, JSON-able; ``amounts`` in currency units.

    Raises:
        SegmentationError: Rows or amounts do not add up.
    """
    models = {"Domestic": model_domestic, "Industrial": model_industrial}
    given = current_intake if current_intake["present"] else _of_held_out(current_context)
    totals = segment_totals[segment_totals["execution_date"] == execution_date]
    segmented = segmented_customers.select(["customer_id", "tariff", "invoice_amount", REASONS_EXACT]).read()
    checked = reconcile(segmented, current_rejected, given["rows"], given["amount_cents"], totals)
    # Of a model that stands for a tariff that was not asked for, nothing is known.
    labelled = next(model.metadata["labelled"] for model in models.values() if model.metadata["labelled"])
    return {
        "execution_date": execution_date,
        "run_id": run_record.run_id,
        "scored": "current_customers" if current_intake["present"] else "held-out test rows",
        "rows": {
            "labelled": labelled["rows"],
            "labelled_rejected": labelled["rejected"],
            "labelled_without_outcome": labelled["without_outcome"],
            **checked["rows"],
        },
        "amounts": checked["amounts"],
        "tariffs": {
            tariff: {
                "status": model.status,
                "reason": model.metadata["reason"],
                "model_version": model.version,
                "customers": int((segmented["tariff"] == tariff).sum()),
                "approximate_reasons": int((~segmented.loc[segmented["tariff"] == tariff, REASONS_EXACT]).sum()),
            }
            for tariff, model in models.items()
        },
        "hashes": {
            "labelled": labelled["hash"],
            "current": current_intake["hash"],
            "report": hashlib.sha256(monthly_report.encode()).hexdigest(),
        },
        "code_version": run_record.code_version,
        "seconds": dict(run_record.seconds),
    }


def _of_held_out(context: TableBatches) -> dict[str, int]:
    amounts = context.select(["invoice_amount"]).read()["invoice_amount"]
    return {"rows": len(amounts), "amount_cents": int(to_cents(amounts).sum())}
