"""Whatever the data: nothing raises, nothing is infinite, and severity never falls as drift grows."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from segmentation_model.drift.judgement.binned_drift import binned_severity, compare_counts
from segmentation_model.drift.judgement.gate import decide_gate
from segmentation_model.drift.judgement.severity import SEVERITIES, adjusted_p_values
from segmentation_model.drift.judgement.table_drift import check_table
from segmentation_model.drift.reference.prediction_reference import Scores, Share, build_prediction_reference
from segmentation_model.drift.reference.profile import build_profile
from segmentation_model.drift.reference.profile_file import profile_from_bytes, profile_to_bytes
from segmentation_model.drift.reports.findings import Findings
from segmentation_model.drift.reports.json_report import drift_columns, drift_report
from segmentation_model.drift.reports.metrics import drift_metrics
from segmentation_model.drift.reports.schema import report_schema
from segmentation_model.drift.reports.summary import drift_summary
from segmentation_model.drift.reports.text_report import drift_page
from tests.drift.builders import FROZEN, RULE
from tests.drift.ways import WAYS, Way

VALIDATORS = [
    (write, Draft202012Validator(report_schema(name)))
    for write, name in ((drift_report, "drift_report"), (drift_summary, "drift_summary"))
]
NUMBER = st.floats(width=32) | st.sampled_from([0.0, -0.0, 1.0, math.nan, math.inf, -math.inf])
VALUES = {
    "float64": NUMBER,
    "float32": NUMBER,
    "bool": st.booleans(),
    "int64": st.integers(-(2**60), 2**60),
    "Int64": st.integers(-5, 5) | st.none(),
    "str": st.text(max_size=3) | st.none(),
    "category": st.sampled_from(["a", "b", "c", None]),
    "object": st.sampled_from([None, 1, "a", 2.5, (1,)]),
}


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    rows = draw(st.integers(0, 30))
    columns = {}
    for name in draw(st.lists(st.sampled_from("abcd"), unique=True, max_size=4)):
        dtype = draw(st.sampled_from(list(VALUES)))
        columns[name] = pd.Series(draw(st.lists(VALUES[dtype], min_size=rows, max_size=rows)), dtype=dtype)
    return pd.DataFrame(columns, index=range(rows))


PROBABILITY = st.floats(0, 1)
SCORES = st.builds(
    Scores,
    margins=st.lists(NUMBER, max_size=20),
    probabilities=st.lists(PROBABILITY, max_size=20),
    categories=st.lists(st.sampled_from(["low", "high", "other", None]), max_size=20),
)
SHARE = st.integers(0, 20).flatmap(lambda rows: st.builds(Share, count=st.integers(0, rows), rows=st.just(rows)))
SHARES = st.dictionaries(st.sampled_from(["Cliente Nuevo", "Incorriente"]), SHARE)


@given(reference=tables(), current=tables(), before=SCORES, now=SCORES, shares=st.tuples(SHARES, SHARES))
@settings(derandomize=True, deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_raises_and_every_report_is_finite(
    reference: pd.DataFrame, current: pd.DataFrame, before: Scores, now: Scores, shares: tuple[dict, dict]
) -> None:
    profile = build_profile(reference, FROZEN, shares=shares[0]).with_prediction(
        build_prediction_reference(before, FROZEN)
    )
    profile = profile_from_bytes(*profile_to_bytes(profile))
    drift = check_table(profile, current, RULE, scores=now, shares=shares[1], families={"a": "x", "b": "x"})
    assert {column.column for column in drift.columns} == set(reference.columns)
    tables_by_tariff = {"Domestic": drift}
    findings = Findings(tables_by_tariff, decide_gate(tables_by_tariff, True), RULE, "2024-01-31")
    for write, validator in VALIDATORS:
        report = write(findings)
        json.dumps(report, allow_nan=False)
        validator.validate(report)
    assert np.isfinite(drift_columns(tables_by_tariff)["value"]).all()
    assert all(map(math.isfinite, drift_metrics(findings).values()))
    assert "Domestic" in drift_page(findings)


@given(reference=tables(), current=tables())
@settings(derandomize=True, deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
def test_every_way_from_two_tables_finds_the_same(reference: pd.DataFrame, current: pd.DataFrame) -> None:
    ours, *others = (way(reference, current) for way in WAYS.values())
    for other in others:
        assert (other.status, other.severity, other.verdict) == (ours.status, ours.severity, ours.verdict)
        assert other.extra_columns == ours.extra_columns
        mine, two = ({column.column: column for column in table.columns} for table in (ours, other))
        assert mine.keys() == two.keys()
        for name, column in mine.items():
            assert (two[name].kind, two[name].status) == (column.kind, column.status)
            assert (two[name].drift, two[name].unseen) == (column.drift, column.unseen)
            assert [(one.reference, one.current) for one in two[name].bins] == [
                (one.reference, one.current) for one in column.bins
            ]
            assert two[name].ks == pytest.approx(column.ks, abs=1e-12)  # so few rows are all on the grid


EDGES: dict[str, tuple[pd.Series, pd.Series]] = {
    "constant": (pd.Series([5.0] * 50), pd.Series([5.0] * 40)),
    "all missing on both sides": (pd.Series([np.nan] * 50), pd.Series([np.nan] * 40)),
    "all missing before": (pd.Series([np.nan] * 50), pd.Series(np.arange(40.0))),
    "all missing now": (pd.Series(np.arange(50.0)), pd.Series([np.nan] * 40)),
    "all missing now as objects": (pd.Series(np.arange(50.0)), pd.Series([None] * 40, dtype=object)),
    "text that is all missing now": (pd.Series(["a", "b"] * 25), pd.Series([np.nan] * 40)),
    "infinite": (pd.Series([np.inf, -np.inf] * 25), pd.Series([np.inf] * 40)),
    "infinite now": (pd.Series(np.arange(50.0)), pd.Series([np.inf, -np.inf] * 20)),
    "one row": (pd.Series([1.0]), pd.Series([2.0])),
    "one row of text": (pd.Series(["a"]), pd.Series(["b"])),
    "empty": (pd.Series([], dtype="float64"), pd.Series([], dtype="float64")),
    "empty before": (pd.Series([], dtype="float64"), pd.Series([1.0])),
    "empty now": (pd.Series(["a"]), pd.Series([], dtype="str")),
    "disjoint": (pd.Series(np.arange(50.0)), pd.Series(np.arange(1_000.0, 1_050.0))),
    "disjoint text": (pd.Series(["a", "b"] * 25), pd.Series(["c", "d"] * 25)),
    "duplicate edges": (pd.Series([0.0] * 45 + [1.0] * 5), pd.Series([0.0] * 5 + [1.0] * 45)),
    "numbers become text": (pd.Series(np.arange(50.0)), pd.Series(["a"] * 50)),
    "text becomes numbers": (pd.Series(["a"] * 50), pd.Series(np.arange(50.0))),
    "text becomes dates": (pd.Series(["a"] * 50), pd.Series(pd.date_range("2024-01-01", periods=50))),
}


@pytest.mark.parametrize("judge", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize(("before", "now"), EDGES.values(), ids=EDGES.keys())
def test_an_edge_case_raises_nothing_is_finite_and_leaves_its_neighbour_alone(
    before: pd.Series, now: pd.Series, judge: Way
) -> None:
    reference = pd.DataFrame({"x": before, "y": np.arange(len(before), dtype=float)})
    current = pd.DataFrame({"x": now, "y": np.arange(len(now), dtype=float)})
    drift = judge(reference, current)
    report = drift_report(Findings({"Domestic": drift}, decide_gate({"Domestic": drift}, False), RULE, "2024-01-31"))
    json.dumps(report, allow_nan=False)
    without = judge(reference[["y"]], current[["y"]])
    assert drift.columns[1].drift == without.columns[0].drift


COUNT = st.integers(0, 400)


@given(
    pairs=st.lists(st.tuples(COUNT, COUNT), min_size=2, max_size=15),
    rows=st.sampled_from([200.0, 1_000.0, 30_000.0]),
    others=st.lists(st.floats(0, 1), max_size=3),
)
@settings(derandomize=True, deadline=None, max_examples=200)
def test_severity_never_falls_along_mixtures_of_the_reference_with_drifted_counts(
    pairs: list[tuple[int, int]], rows: float, others: list[float]
) -> None:
    """Counts (1 - t) x reference + t x drifted at fixed rows, judged beside other columns of the table."""
    reference, drifted = (np.array(side, dtype=float) for side in zip(*pairs, strict=True))
    if not reference.any() or not drifted.any():
        return
    reference, drifted = reference * rows / reference.sum(), drifted * rows / drifted.sum()
    levels = []
    for t in np.linspace(0, 1, 21):
        drift = compare_counts(reference, (1 - t) * reference + t * drifted, RULE)
        values = (drift.psi, drift.psi_corrected, drift.noise_floor, drift.minimum_detectable, drift.test.statistic)
        assert all(math.isfinite(value) for value in values)
        adjusted = adjusted_p_values([drift.test.p_value, *others])[0]
        levels.append(SEVERITIES.index(binned_severity(drift, adjusted, RULE)))
    assert levels == sorted(levels)
    assert levels[0] == 0
