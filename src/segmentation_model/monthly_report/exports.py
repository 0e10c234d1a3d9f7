"""The call list and BENCHMARK for people: in the business's words, and safe to open in a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from segmentation_model.monthly_report.words import Words
from segmentation_model.segments import SegmentRules
from segmentation_model.sheet import Kind, Sheet, SheetColumn

_CALLS: Mapping[str, Kind] = {
    "rank": "count", "customer_id": "text", "tariff": "text", "segment_code": "text", "segment_label": "text",
    "risk_category": "text", "invoice_amount": "money", "overdue_invoices": "count", "overdue_balance": "money",
    "probability": "share", "expected_unpaid_amount": "money", "reason_1": "text", "reason_2": "text",
    "reason_3": "text", "reason_4": "text", "reason_5": "text",
}  # fmt: skip
_BENCHMARK: Mapping[str, Kind] = {
    "execution_date": "text", "level": "text", "tariff": "text", "segment_code": "text", "segment_label": "text",
    "customers": "count", "share": "share", "invoice_amount_sum": "money", "invoice_amount_mean": "money",
    "overdue_balance_sum": "money", "probability_mean": "share", "expected_unpaid_amount_sum": "money",
    "observed_default_rate": "share", "invoice_amount_sum_ratio": "number", "invoice_amount_mean_ratio": "number",
    "overdue_balance_sum_ratio": "number", "probability_mean_ratio": "number",
    "expected_unpaid_amount_sum_ratio": "number", "observed_default_rate_ratio": "number",
    "customers_change": "count", "share_change": "share", "invoice_amount_sum_change": "money",
    "invoice_amount_mean_change": "money", "overdue_balance_sum_change": "money", "probability_mean_change": "share",
    "expected_unpaid_amount_sum_change": "money", "observed_default_rate_change": "share",
    "previous_execution_date": "text",
}  # fmt: skip
#: What makes a spreadsheet take a text for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def call_sheet(calls: pd.DataFrame, names: Mapping[str, str], words: Words, rules: SegmentRules) -> Sheet:
    """The call list as a worksheet.

    Args:
        calls: One row per customer, as ``choose_calls`` gives them.
        names: The business's names of columns of the segments, where it has its own.
        words: The names of the others.
        rules: The words for the tariffs.
    """
    own = {source: name for source, name in names.items() if source in _CALLS and source != "tariff"}
    headings = _headings(_CALLS, own, words)
    columns = [SheetColumn(source, headings[source], kind) for source, kind in _CALLS.items()]
    return Sheet(words("sheet.calls"), columns, _with_tariffs(calls, rules, words))


def benchmark_sheet(benchmark: pd.DataFrame, words: Words, rules: SegmentRules) -> Sheet:
    """BENCHMARK as a worksheet."""
    headings = _headings(_BENCHMARK, {}, words)
    rows = _with_tariffs(benchmark, rules, words)
    rows = rows.assign(level=[words(f"level_of.{level}") for level in rows["level"]])
    rows = rows.assign(segment_label=rows["segment_label"].replace("All", words("sheet.all")))
    rows = rows.assign(segment_code=rows["segment_code"].replace("All", words("sheet.all")))
    return Sheet(
        words("sheet.benchmark"), [SheetColumn(one, headings[one], kind) for one, kind in _BENCHMARK.items()], rows
    )


def call_table(sheet: Sheet) -> pd.DataFrame:
    """The same rows for a CSV: text that a spreadsheet would take for a formula begins with an apostrophe."""
    columns = {}
    for column in sheet.columns:
        values = sheet.rows[column.source]
        columns[column.heading] = values.map(harmless, na_action="ignore") if column.kind == "text" else values
    return pd.DataFrame(columns)


def harmless(text: str) -> str:
    """A text that no spreadsheet calculates.

    >>> harmless("=1+1"), harmless("C0001")
    ("'=1+1", 'C0001')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def _headings(columns: Mapping[str, Kind], own: Mapping[str, str], words: Words) -> dict[str, str]:
    """What every column is called; a word of ours that the business uses for another column gets the column's name."""
    taken = set(own.values())
    ours = {source: words(f"column.{source}") for source in columns}
    return {
        source: own.get(source) or (f"{name} ({source})" if name in taken else name) for source, name in ours.items()
    }


def _with_tariffs(rows: pd.DataFrame, rules: SegmentRules, words: Words) -> pd.DataFrame:
    labels = {tariff: named.label for tariff, named in rules.tariffs.items()} | {"All": words("sheet.all")}
    return rows.assign(tariff=rows["tariff"].astype("object").map(labels).astype("str"))
