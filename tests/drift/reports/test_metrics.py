"""The numbers for a tracker: few, finite, named alike in every run, and none for what was not measured."""

import math
import re

import numpy as np
import pytest

from segmentation_model.drift.judgement.gate import decide_gate, failed_gate
from segmentation_model.drift.judgement.monthly_windows import WindowCheck
from segmentation_model.drift.judgement.severity import SEVERITIES, Severity
from segmentation_model.drift.judgement.table_drift import TableDrift, skipped_table, unmeasured_table
from segmentation_model.drift.reports.findings import Findings
from segmentation_model.drift.reports.metrics import drift_metrics, metric_name
from segmentation_model.drift.settings import DriftSettings
from tests.drift.builders import judge, table_at


def metrics_of(tables: dict[str, TableDrift], windows: WindowCheck | None = None) -> dict[str, float]:
    return drift_metrics(
        Findings(tables, decide_gate(tables, "moderate"), DriftSettings(), "2024-01-31", windows=windows)
    )


def test_give_the_run_each_tariff_its_signals_and_its_families(tables: dict[str, TableDrift]) -> None:
    metrics = metrics_of(tables)
    domestic = tables["Domestic"]
    assert domestic.verdict is not None
    assert metrics["exit_code"] == 1
    assert (
        metrics["severity_level"] == metrics["domestic.severity_level"] == SEVERITIES.index(domestic.verdict.severity)
    )
    assert metrics["max_psi"] == metrics["domestic.max_psi"] == domestic.max_psi
    assert (metrics["domestic.columns_compared"], metrics["domestic.columns_drifted"]) == (24, 3)
    assert (metrics["domestic.columns_not_compared"], metrics["domestic.columns_not_measurable"]) == (2, 0)
    assert metrics["domestic.weight_at_or_above.moderate"] == domestic.verdict.weight_at["moderate"]
    assert metrics["domestic.columns_at.high"] == domestic.verdict.columns_at["high"]
    signals = {signal.name: signal for signal in domestic.signals}
    assert metrics["domestic.margin_psi"] == signals["margin_psi"].value
    assert metrics["domestic.margin_psi_level"] == SEVERITIES.index(signals["margin_psi"].severity)
    assert metrics["domestic.share_incorriente"] == signals["share: Incorriente"].value
    family = next(line for line in domestic.lines if line.is_family)
    assert metrics["domestic.family.amounts.max_psi"] == family.max_psi
    assert metrics["domestic.family.amounts.level"] == SEVERITIES.index(family.severity)


def test_are_finite_numbers_under_names_that_any_tracker_takes(
    tables: dict[str, TableDrift], windows: WindowCheck
) -> None:
    metrics = metrics_of(tables, windows)
    assert all(type(value) is float and math.isfinite(value) for value in metrics.values())
    assert all(re.fullmatch(r"[a-z0-9_.]+", name) for name in metrics)


def test_leave_out_what_was_not_measured_and_never_call_it_0(tables: dict[str, TableDrift]) -> None:
    metrics = metrics_of(tables)
    assert not [name for name in metrics if name.startswith("industrial")]
    assert "domestic.share_cliente_nuevo" not in metrics
    assert "domestic.share_cliente_nuevo_level" not in metrics
    few = {"x": np.arange(20.0)}
    unmeasured = metrics_of({"Domestic": judge(few, few), "Industrial": unmeasured_table("no rows now")})
    assert "severity_level" not in unmeasured
    assert "domestic.severity_level" not in unmeasured
    assert (unmeasured["exit_code"], unmeasured["domestic.columns_not_measurable"]) == (3, 1)


@pytest.mark.parametrize(("severity", "level"), list(zip(SEVERITIES, range(4), strict=True)))
def test_count_levels_from_0_for_none_to_3_for_high(severity: Severity, level: int) -> None:
    metrics = metrics_of({"Domestic": table_at(severity)})
    assert metrics["severity_level"] == metrics["domestic.severity_level"] == level


def test_say_how_many_windows_are_mis_rolled(tables: dict[str, TableDrift], windows: WindowCheck) -> None:
    metrics = metrics_of(tables, windows)
    assert [metrics[f"windows.{name}"] for name in ("customers", "families", "mis_rolled")] == [900, 4, 1]
    unchecked = metrics_of(tables, WindowCheck(status="not_checked", reason="the tables have no customer in common"))
    assert unchecked == metrics_of(tables)


def test_are_a_few_dozen_however_many_columns_there_are() -> None:
    values = {f"c{index}": np.arange(10.0) for index in range(300)}
    assert len(metrics_of({"Domestic": judge(values, values), "Industrial": judge(values, values)})) < 60


def test_can_be_given_where_an_error_came_first_or_nothing_was_compared() -> None:
    assert drift_metrics(
        Findings({}, failed_gate("drift_threshold: 99 is not allowed", True), DriftSettings(), "2024-01-31")
    ) == {"exit_code": 2.0}
    assert metrics_of({"Domestic": skipped_table("no baseline")}) == {"exit_code": 0.0}


def test_names_have_no_spaces_capitals_or_signs() -> None:
    assert metric_name("Domestic.family.Saldo (€) 24 m.max_psi") == "domestic.family.saldo_24_m.max_psi"
