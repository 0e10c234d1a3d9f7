"""The published schemas and the reports are one thing: neither has a key that the other lacks."""

import copy
import json
import math
from collections.abc import Callable, Iterator
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator, ValidationError

from segmentation_model.drift.judgement.column_drift import ColumnStatus
from segmentation_model.drift.judgement.gate import EXIT_CODES, GateStatus, decide_gate, failed_gate
from segmentation_model.drift.judgement.monthly_windows import WindowCheck, WindowStatus
from segmentation_model.drift.judgement.prediction import SignalSource, SignalStatus
from segmentation_model.drift.judgement.severity import SEVERITIES, JudgedSeverity, Severity
from segmentation_model.drift.judgement.table_drift import TableDrift, skipped_table, unmeasured_table
from segmentation_model.drift.reference.binning import BinRole
from segmentation_model.drift.reference.column_values import ColumnKind
from segmentation_model.drift.reports.findings import Findings
from segmentation_model.drift.reports.json_report import REPORT_SCHEMA_VERSION, drift_report
from segmentation_model.drift.reports.schema import ReportName, report_schema
from segmentation_model.drift.reports.summary import drift_summary
from segmentation_model.drift.settings import DriftSettings
from tests.drift.builders import RULE, judge, table_at

DATE = "2024-01-31"
NAMES: tuple[ReportName, ...] = get_args(ReportName)
WRITERS: dict[ReportName, Callable[..., dict[str, Any]]] = {
    "drift_report": drift_report,
    "drift_summary": drift_summary,
}
SCHEMAS = {name: report_schema(name) for name in NAMES}
VALIDATORS = {name: Draft202012Validator(schema) for name, schema in SCHEMAS.items()}

Reports = list[dict[str, Any]]


@pytest.fixture(scope="module")
def reports(tables: dict[str, TableDrift], windows: WindowCheck) -> dict[ReportName, Reports]:
    """Each report of every kind of outcome; the first one has everything."""
    few = {"x": np.arange(40.0), "y": pd.Series(["a", "b"] * 20)}
    nothing = {"x": pd.Series([], dtype="float64")}
    outcomes: list[dict[str, TableDrift]] = [
        tables,
        *({"Domestic": table_at(severity)} for severity in SEVERITIES),
        {"Domestic": judge(few, few)},
        {"Domestic": judge(few, nothing), "Industrial": judge(nothing, few)},
        {"Domestic": judge(few, {"z": [1.0]})},
        {"Domestic": unmeasured_table("no rows"), "Industrial": skipped_table("no rows")},
        {},
    ]
    checked = [windows, None, WindowCheck(status="not_checked", reason="the tables have no customer in common")]
    cases = [(drift, decide_gate(drift, "moderate"), check) for drift in outcomes for check in checked]
    cases += [(tables, decide_gate(tables, level), windows) for level in (False, True)]
    cases.append(({}, failed_gate("drift_threshold: 99 is not allowed", True), None))
    return {
        name: [write(Findings(drift, outcome, RULE, DATE, check)) for drift, outcome, check in cases]
        for name, write in WRITERS.items()
    }


def target(schema: dict[str, Any], node: dict[str, Any]) -> tuple[str | None, dict[str, Any]]:
    """The definition that a node stands for, with its name: by reference, also where null is allowed beside it."""
    options = [option for option in node.get("anyOf", [node]) if option.get("type") != "null"]
    reference = options[0].get("$ref")
    if reference is None:
        return None, options[0]
    name = reference.removeprefix("#/$defs/")
    return name, schema["$defs"][name]


def objects(
    schema: dict[str, Any], node: dict[str, Any], value: Any, name: str = "(report)"
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of a report that has fixed properties, with the name of its definition."""
    known, node = target(schema, node)
    name = known or name
    if isinstance(value, list):
        for one in value:
            yield from objects(schema, node.get("items", {}), one, name)
    if not isinstance(value, dict):
        return
    if "properties" in node:
        yield name, value
    for key, inner in value.items():
        child = node.get("properties", {}).get(key, node.get("additionalProperties"))
        if isinstance(child, dict):
            yield from objects(schema, child, inner, f"{name}.{key}")


def fixed_properties(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object with fixed properties that the schema knows, with its name."""

    def inner(name: str, node: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        if "properties" in node:
            yield name, node
            for key, child in node["properties"].items():
                yield from inner(f"{name}.{key}", child)

    yield from inner("(report)", schema)
    for name, node in schema["$defs"].items():
        yield from inner(name, node)


@pytest.mark.parametrize("name", NAMES)
class TestASchema:
    def test_is_one_of_draft_2020_12_and_names_its_version(self, name: ReportName) -> None:
        Draft202012Validator.check_schema(SCHEMAS[name])
        assert SCHEMAS[name]["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert SCHEMAS[name]["$id"] == f"urn:segmentation-model:schema:{name}:{REPORT_SCHEMA_VERSION}"

    def test_describes_every_property_and_allows_no_other(self, name: ReportName) -> None:
        for place, node in fixed_properties(SCHEMAS[name]):
            assert node["additionalProperties"] is False, place
            assert sorted(node["required"]) == sorted(node["properties"]), place
            for key, child in node["properties"].items():
                assert "description" in child or "description" in target(SCHEMAS[name], child)[1], f"{place}.{key}"

    def test_accepts_every_report(self, name: ReportName, reports: dict[ReportName, Reports]) -> None:
        for report in reports[name]:
            VALIDATORS[name].validate(json.loads(json.dumps(report, allow_nan=False)))

    def test_has_no_property_that_no_report_fills(self, name: ReportName, reports: dict[ReportName, Reports]) -> None:
        filled = {
            (place, key)
            for report in reports[name]
            for place, one in objects(SCHEMAS[name], SCHEMAS[name], report)
            for key, value in one.items()
            if value is not None
        }
        known = {(place, key) for place, node in fixed_properties(SCHEMAS[name]) for key in node["properties"]}
        assert filled == known

    def test_refuses_a_missing_and_a_further_key_wherever(
        self, name: ReportName, reports: dict[ReportName, Reports]
    ) -> None:
        report = copy.deepcopy(reports[name][0])
        first_of = dict(reversed(list(objects(SCHEMAS[name], SCHEMAS[name], report))))
        assert set(first_of) == {place for place, _ in fixed_properties(SCHEMAS[name])}
        for one in first_of.values():
            for key in list(one):
                value = one.pop(key)
                assert not VALIDATORS[name].is_valid(report), key
                one[key] = value
            one["surprise"] = 1
            assert not VALIDATORS[name].is_valid(report)
            del one["surprise"]
        VALIDATORS[name].validate(report)

    @pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
    def test_refuses_a_number_that_is_not_finite_wherever(
        self, name: ReportName, wrong: float, reports: dict[ReportName, Reports]
    ) -> None:
        report = copy.deepcopy(reports[name][0])
        changed = 0
        seen = set()
        for place, one in objects(SCHEMAS[name], SCHEMAS[name], report):
            for key, value in one.items():
                if isinstance(value, int | float) and not isinstance(value, bool) and (place, key) not in seen:
                    one[key] = wrong
                    assert not VALIDATORS[name].is_valid(report), (place, key)
                    one[key] = value
                    seen.add((place, key))
                    changed += 1
        assert changed > 5

    @pytest.mark.parametrize(
        ("key", "wrong"),
        [("severity", "severe"), ("severity", None), ("status", "failed"), ("exit_code", 4), ("fail_on_drift", "none")],
    )
    def test_refuses_a_choice_that_there_is_not(
        self, name: ReportName, key: str, wrong: object, reports: dict[ReportName, Reports]
    ) -> None:
        with pytest.raises(ValidationError, match="is not one of"):
            VALIDATORS[name].validate({**reports[name][0], key: wrong})


CHOICES: dict[str, tuple[list[str], Any]] = {
    "severity": (["severity"], Severity),
    "judged_severity": (["judged_severity"], JudgedSeverity),
    "gate_status": (["gate_status"], GateStatus),
    "measured_status": (["measured_status"], ColumnStatus),
    "status of a signal": (["measured_status"], SignalStatus),
    "source": (["signal", "properties", "source"], SignalSource),
    "role": (["bin", "properties", "role"], BinRole),
    "window": (["family_window", "properties", "status"], WindowStatus),
}


@pytest.mark.parametrize(("path", "choice"), CHOICES.values(), ids=CHOICES.keys())
def test_a_closed_choice_has_the_values_that_the_code_knows(path: list[str], choice: Any) -> None:
    node = SCHEMAS["drift_report"]["$defs"]
    for step in path:
        node = node[step]
    assert set(node["enum"]) == set(get_args(choice))


def test_kinds_and_exit_codes_are_those_of_the_code() -> None:
    definitions = SCHEMAS["drift_report"]["$defs"]
    assert set(definitions["column"]["properties"]["kind"]["enum"]) == {*get_args(ColumnKind), None}
    assert set(definitions["exit_code"]["enum"]) == set(EXIT_CODES.values())


def without_type(node: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in node.items() if key != "type"}


def test_the_settings_are_described_as_the_code_describes_them() -> None:
    """By pydantic's own schema, of which a report gives every key, and every number is a finite one."""
    settings = DriftSettings.model_json_schema(mode="serialization", ref_template="#/$defs/{model}")
    for name, described in {**settings.pop("$defs"), "DriftSettings": settings}.items():
        properties = {
            key: {"$ref": "#/$defs/number", **without_type(one)} if one.get("type") == "number" else one
            for key, one in described["properties"].items()
        }
        expected = {**described, "properties": properties, "required": list(properties)}
        assert SCHEMAS["drift_report"]["$defs"][name] == expected


def test_both_schemas_share_their_definitions() -> None:
    both = [schema["$defs"] for schema in SCHEMAS.values()]
    common = set(both[0]) & set(both[1])
    assert {"severity", "judged_severity", "gate_status", "exit_code", "number", "share"} <= common
    assert all(both[0][name] == both[1][name] for name in common)
