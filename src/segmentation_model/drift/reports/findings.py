"""What every report of a run is written from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from segmentation_model.drift.judgement.gate import GateOutcome
from segmentation_model.drift.judgement.monthly_windows import WindowCheck
from segmentation_model.drift.judgement.table_drift import TableDrift
from segmentation_model.drift.settings import DriftSettings


@dataclass(frozen=True)
class Findings:
    """All that one run found out about drift.

    Attributes:
        tables: Drift per tariff; none where an error came first.
        outcome: The gate's decision on them.
        settings: The rule that they were judged by.
        execution_date: ISO date of the run.
        windows: The check of the monthly windows; None where it was not asked for.
    """

    tables: Mapping[str, TableDrift]
    outcome: GateOutcome
    settings: DriftSettings
    execution_date: str
    windows: WindowCheck | None = None
