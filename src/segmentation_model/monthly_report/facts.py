"""What the monthly report is written from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from segmentation_model.columns import Layout
from segmentation_model.columns.layout import Tariff
from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.reason_settings import ReasonSettings
from segmentation_model.segments import SegmentRules


@dataclass(frozen=True)
class MonthFacts:
    """Everything that is known of a month; of customers only those to call first.

    Attributes:
        execution_date: ISO date of the run.
        benchmark: BENCHMARK's rows of the date, compared with the portfolio and the previous date.
        totals: The figures of all dates that were run, to show where the portfolio comes from.
        calls: Those to call first, one row per customer, the first ones first.
        calls_listed: How many the whole call list has.
        moves: Customers by their segments on the previous date and this one; no rows without an earlier date.
        moves_since: ISO date that the moves begin at; None without an earlier one.
        month_check: ``month_check.json``: whether the month goes on from the previous date.
        rejected: Rows of the month that could not be used.
        held_out: Whether held-out test rows stand in for a month.
        drift: ``drift_report.json``.
        score_drift: ``prediction_drift.json``.
        performance: ``expected_performance.json``.
        models: The artifact of each tariff.
        cards: Name of the file with each model's card beside the report; a tariff without one is left out.
        rules: The business rules and their words.
        reasons: The business's words for what moves a score.
        layout: The layout of the raw table.
    """

    execution_date: str
    benchmark: pd.DataFrame
    totals: pd.DataFrame
    calls: pd.DataFrame
    calls_listed: int
    moves: pd.DataFrame
    moves_since: str | None
    month_check: Mapping[str, Any]
    rejected: int
    held_out: bool
    drift: Mapping[str, Any]
    score_drift: Mapping[str, Any]
    performance: Mapping[str, Any]
    models: Mapping[Tariff, ModelArtifact]
    cards: Mapping[Tariff, str]
    rules: SegmentRules
    reasons: ReasonSettings
    layout: Layout

    @property
    def portfolio(self) -> pd.Series:
        """The row for all customers."""
        return self.benchmark[self.benchmark["level"] == "portfolio"].iloc[0]

    @property
    def previous_date(self) -> str | None:
        """ISO date that BENCHMARK's changes are against; None without an earlier date."""
        found = self.portfolio["previous_execution_date"]
        return None if pd.isna(found) else str(found)

    @property
    def tariffs(self) -> list[Tariff]:
        """The tariffs that have customers."""
        present = set(self.benchmark.loc[self.benchmark["level"] == "tariff", "tariff"])
        return [tariff for tariff in self.models if tariff in present]

    def tariff_name(self, tariff: str) -> str:
        """What the business calls a tariff."""
        words = self.rules.tariffs.get(tariff)  # type: ignore[call-overload]
        return tariff if words is None else str(words.label)
