"""Nodes of the monthly report: what it is gathered from, the page, and the exports for people."""

from typing import Any

import pandas as pd

from segmentation_model.columns import Columns
from segmentation_model.columns.layout import Tariff
from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.reason_settings import ReasonSettings
from segmentation_model.monthly_report.exports import benchmark_sheet, call_sheet, call_table
from segmentation_model.monthly_report.facts import MonthFacts
from segmentation_model.monthly_report.page import report_html
from segmentation_model.monthly_report.words import words_of
from segmentation_model.pipelines.reporting import benchmark
from segmentation_model.pipelines.reporting.calls import choose_calls
from segmentation_model.pipelines.reporting.continuity import check_continuity, count_without_invoice
from segmentation_model.pipelines.reporting.moves import KEPT, moves_between, previous_date
from segmentation_model.pipelines.reporting.params import ReportingSettings
from segmentation_model.segments import SegmentRules
from segmentation_model.sheet import Sheet
from segmentation_model.table_batches import TableBatches

_CARD = "model_card_{}.html"


def keep_customer_segments(segmented_customers: TableBatches, execution_date: str) -> dict[str, TableBatches]:
    """Keep who was in which segment, under the date, for the moves of later ones."""
    return {execution_date: segmented_customers.select(KEPT)}


def follow_customers(customer_segments: dict[str, TableBatches], execution_date: str) -> pd.DataFrame:
    """Count who moved from which segment into which since the previous date.

    Args:
        customer_segments: Customers and their segments, of all dates that were run.
        execution_date: Date of the run in ISO text.

    Returns:
        What ``moves_between`` says, with ``previous_execution_date``; no rows without an earlier date.
    """
    earlier = previous_date(customer_segments, execution_date)
    before = None if earlier is None else customer_segments[earlier]
    moves = moves_between(before, customer_segments[execution_date])
    return moves.assign(previous_execution_date=pd.array([earlier] * len(moves), dtype="str"))


def check_month(
    segmented_customers: TableBatches,
    customer_segments: dict[str, TableBatches],
    current_intake: dict[str, Any],
    execution_date: str,
) -> dict[str, Any]:
    """Check whether the month goes on from the previous date, and count whom no amount can be expected of.

    Args:
        segmented_customers: One row per customer.
        customer_segments: Customers and their newest invoices, of all dates that were run.
        current_intake: Record of the current table's intake; held-out rows are no month that goes on from another.
        execution_date: Date of the run in ISO text.

    Returns:
        What ``check_continuity`` says, and ``without_invoice``: customers with a score, but no newest invoice.
    """
    earlier = previous_date(customer_segments, execution_date) if current_intake["present"] else None
    before = None if earlier is None else customer_segments[earlier]
    checked = check_continuity(before, customer_segments[execution_date], earlier, execution_date)
    return {**checked, "without_invoice": count_without_invoice(segmented_customers)}


def list_calls(segmented_customers: TableBatches, settings: ReportingSettings) -> pd.DataFrame:
    """Choose whom it is worth to call, the largest expected unpaid amounts first."""
    return choose_calls(segmented_customers, settings.call_list.size, settings.call_list.least_amount)


def export_calls(calls: pd.DataFrame, settings: ReportingSettings, rules: SegmentRules) -> tuple[pd.DataFrame, Sheet]:
    """Put the call list into the business's words.

    Args:
        calls: The call list.
        settings: Language, and the business's own names of columns.
        rules: The words for the tariffs.

    Returns:
        The list for a CSV, and for a workbook.
    """
    sheet = call_sheet(calls, settings.output_columns, words_of(settings.language), rules)
    return call_table(sheet), sheet


def export_benchmark(
    segment_totals: pd.DataFrame, execution_date: str, settings: ReportingSettings, rules: SegmentRules
) -> Sheet:
    """Put the date's BENCHMARK into the business's words, for a workbook."""
    table = benchmark.compare(segment_totals, execution_date)
    return benchmark_sheet(table, words_of(settings.language), rules)


def write_monthly_report(
    segment_totals: pd.DataFrame,
    segment_moves: pd.DataFrame,
    month_check: dict[str, Any],
    calls: pd.DataFrame,
    current_rejected: pd.DataFrame,
    current_intake: dict[str, Any],
    drift_report: dict[str, Any],
    prediction_drift: dict[str, Any],
    expected_performance: dict[str, Any],
    model_domestic: ModelArtifact,
    model_industrial: ModelArtifact,
    model_card_html_domestic: str,
    model_card_html_industrial: str,
    execution_date: str,
    columns: Columns,
    rules: SegmentRules,
    reasons: ReasonSettings,
    settings: ReportingSettings,
) -> str:
    """Write the page that the collections team opens.

    Args:
        segment_totals: Totals of all dates that were run.
        segment_moves: Customers by their segments on the previous date and this one.
        month_check: Whether the month goes on from the previous date.
        calls: The call list.
        current_rejected: Rejected rows of the month.
        current_intake: Record of the current table's intake.
        drift_report: How the month differs from what the models know.
        prediction_drift: Whether the scores moved.
        expected_performance: What the scores promise, and what came of it.
        model_domestic: The Domestic model.
        model_industrial: The Industrial model.
        model_card_html_domestic: The model card beside the report; empty where there is none.
        model_card_html_industrial: The same for Industrial.
        execution_date: Date of the run in ISO text.
        columns: Layouts and the one in use.
        rules: The business rules and their words.
        reasons: The business's words for what moves a score.
        settings: Language, currency, length of the list.

    Returns:
        One page of HTML. A card is linked where it is that of the model that scored.
    """
    models: dict[Tariff, ModelArtifact] = {"Domestic": model_domestic, "Industrial": model_industrial}
    cards: dict[Tariff, str] = {"Domestic": model_card_html_domestic, "Industrial": model_card_html_industrial}
    facts = MonthFacts(
        execution_date=execution_date,
        benchmark=benchmark.compare(segment_totals, execution_date),
        totals=segment_totals,
        calls=calls.head(settings.call_list.on_page),
        calls_listed=len(calls),
        moves=segment_moves,
        moves_since=segment_moves["previous_execution_date"].iloc[0] if len(segment_moves) else None,
        month_check=month_check,
        rejected=len(current_rejected),
        held_out=not current_intake["present"],
        drift=drift_report,
        score_drift=prediction_drift,
        performance=expected_performance,
        models=models,
        cards={
            tariff: _CARD.format(tariff.lower()) for tariff, model in models.items() if model.version in cards[tariff]
        },
        rules=rules,
        reasons=reasons,
        layout=columns.layout,
    )
    return report_html(facts, settings)
