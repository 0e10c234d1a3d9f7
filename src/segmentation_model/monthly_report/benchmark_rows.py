"""BENCHMARK on the page: every segment, tariff and the portfolio, compared with the portfolio and the previous date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from segmentation_model.monthly_report.cells import Cell, figure
from segmentation_model.monthly_report.facts import MonthFacts
from segmentation_model.monthly_report.writing import Writer
from segmentation_model.pages.wording import Name, name_of

_LEVELS = ("portfolio", "tariff", "segment")


@dataclass(frozen=True)
class BenchmarkRow:
    """A segment, a tariff, or the portfolio."""

    level: str
    name: Name
    code: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class BenchmarkTable:
    """Headings and rows: the portfolio, the tariffs, then the segments with most at risk first."""

    columns: tuple[str, ...]
    rows: tuple[BenchmarkRow, ...]
    left_out: str


def benchmark_table(facts: MonthFacts, writer: Writer, budget: int) -> BenchmarkTable:
    """The rows of the date, as far as the page has room; a column that nobody has a figure in is left out."""
    order = {level: place for place, level in enumerate(_LEVELS)}
    table = facts.benchmark.assign(order=facts.benchmark["level"].map(order))
    table = table.sort_values(["order", "expected_unpaid_amount_sum", "segment_code"], ascending=[True, False, True])
    shown = {heading: name for heading, name in _COLUMNS.items() if table[name].notna().any()}
    left_out = len(table) - budget
    return BenchmarkTable(
        columns=tuple(writer.words(f"benchmark.{heading}") for heading in shown),
        rows=tuple(_row(row, shown, facts, writer) for _, row in table.head(budget).iterrows()),
        left_out=writer.counted("benchmark.left_out", left_out) if left_out > 0 else "",
    )


#: Headings and what stands below them: what is at stake first.
_COLUMNS = {
    "customers": "customers",
    "share": "share",
    "expected": "expected_unpaid_amount_sum",
    "expected_share": "expected_unpaid_amount_sum_ratio",
    "expected_change": "expected_unpaid_amount_sum_change",
    "probability": "probability_mean",
    "probability_ratio": "probability_mean_ratio",
    "invoice": "invoice_amount_sum",
    "invoice_mean": "invoice_amount_mean",
    "overdue": "overdue_balance_sum",
    "customers_change": "customers_change",
    "observed": "observed_default_rate",
}
_SHARES = {"share", "expected_share", "probability", "observed"}
_MONEY = {"expected", "invoice", "invoice_mean", "overdue"}


def _row(row: pd.Series, shown: Mapping[str, str], facts: MonthFacts, writer: Writer) -> BenchmarkRow:
    level = str(row["level"])
    name = {
        "portfolio": writer.words("benchmark.portfolio"),
        "tariff": facts.tariff_name(str(row["tariff"])),
        "segment": str(row["segment_label"]),
    }[level]
    cells = tuple(figure(_words(heading, row[column], writer), row[column]) for heading, column in shown.items())
    code = name_of(str(row["segment_code"]), 20).text if level == "segment" else ""
    return BenchmarkRow(level, name_of(name), code, cells)


def _words(heading: str, value: float, writer: Writer) -> str:
    if heading in _SHARES:
        return writer.share(value)
    if heading in _MONEY:
        return writer.money(value)
    if heading.endswith("_change"):
        return writer.change(value, money=heading != "customers_change")
    return writer.ratio(value) if heading.endswith("_ratio") else writer.count(value)
