"""What trips the gate, and what the exit code says."""

import numpy as np
import pytest

from segmentation_model.drift.judgement.gate import FailOnDrift, decide_gate, failed_gate, parse_fail_on_drift
from segmentation_model.drift.judgement.severity import Severity
from segmentation_model.drift.judgement.table_drift import skipped_table, unmeasured_table
from segmentation_model.errors import ConfigurationError
from tests.drift.builders import judge, table_at


@pytest.mark.parametrize(
    ("severity", "fail_on_drift", "status", "exit_code"),
    [
        ("high", False, "clean", 0),
        ("high", True, "tripped", 1),
        ("moderate", True, "clean", 0),
        ("moderate", "moderate", "tripped", 1),
        ("moderate", "low", "tripped", 1),
        ("low", "moderate", "clean", 0),
        ("none", "low", "clean", 0),
    ],
)
def test_the_gate_trips_from_its_level_on(
    severity: Severity, fail_on_drift: FailOnDrift, status: str, exit_code: int
) -> None:
    outcome = decide_gate({"Domestic": table_at(severity)}, fail_on_drift)
    assert (outcome.status, outcome.exit_code, outcome.severity) == (status, exit_code, severity)


@pytest.mark.parametrize(
    ("tables", "status", "exit_code", "severity"),
    [
        ({"D": table_at("high"), "I": table_at("none")}, "tripped", 1, "high"),
        ({"D": table_at("high"), "I": unmeasured_table("no rows now")}, "tripped", 1, "high"),
        ({"D": table_at("none"), "I": unmeasured_table("no rows now")}, "not_measured", 3, "none"),
        ({"D": table_at("low"), "I": skipped_table("no such customers")}, "clean", 0, "low"),
        ({"D": skipped_table("no baseline"), "I": skipped_table("no baseline")}, "skipped", 0, "not_measured"),
        ({}, "skipped", 0, "not_measured"),
    ],
)
def test_the_run_is_the_worst_of_its_tariffs(tables: dict, status: str, exit_code: int, severity: str) -> None:
    outcome = decide_gate(tables, True)
    assert (outcome.status, outcome.exit_code, outcome.severity) == (status, exit_code, severity)
    assert list(outcome.tariffs) == list(tables)


def test_tariffs_that_drift_in_opposite_directions_are_both_reported() -> None:
    """Together they are the reference again: only apart can they be seen."""
    random = np.random.default_rng(1)
    before = {name: random.normal(size=3_000) for name in ("up", "down")}
    tables = {
        "Domestic": judge({"x": before["up"]}, {"x": before["up"] + 1}),
        "Industrial": judge({"x": before["down"]}, {"x": before["down"] - 1}),
    }
    outcome = decide_gate(tables, True)
    assert {tariff: one.status for tariff, one in outcome.tariffs.items()} == {
        "Domestic": "tripped",
        "Industrial": "tripped",
    }


def test_the_message_names_tariff_level_and_where_to_look() -> None:
    outcome = decide_gate({"Domestic": table_at("high"), "Industrial": table_at("none")}, "moderate")
    assert outcome.message == (
        "drift gate tripped (fail_on_drift: moderate): Domestic is high, 1 of 2 columns drifted, first a with PSI 0.30"
    )
    skipped = decide_gate({"Domestic": skipped_table("no baseline_profile is set")}, True)
    assert skipped.message == "drift skipped: Domestic: no baseline_profile is set"


@pytest.mark.parametrize(
    ("value", "meaning"),
    [(True, True), (False, False), ("true", True), (" FALSE ", False), ("Low", "low"), ("high", "high")],
)
def test_fail_on_drift_is_read_as_yaml_and_command_lines_give_it(value: object, meaning: FailOnDrift) -> None:
    assert parse_fail_on_drift(value) == meaning


@pytest.mark.parametrize("value", ["severe", "", None, 1, "none"])
def test_another_fail_on_drift_is_refused(value: object) -> None:
    with pytest.raises(ConfigurationError, match=r"fail_on_drift: .* is not allowed; use true, false, 'low'"):
        parse_fail_on_drift(value)


def test_an_error_is_exit_code_2() -> None:
    outcome = failed_gate("drift_threshold: 99 is not allowed", False)
    assert (outcome.status, outcome.exit_code, outcome.severity) == ("error", 2, "not_measured")
