"""A table is measured as a whole or says why not, and too few rows are never called stable."""

import numpy as np
import pandas as pd
import pytest

from segmentation_model.drift.judgement.table_drift import check_table
from segmentation_model.drift.reference.prediction_reference import Share
from segmentation_model.drift.reference.profile import build_profile
from tests.drift.builders import FROZEN, RULE, judge, undrifted_table


def test_a_table_against_itself_is_none_with_every_psi_0() -> None:
    features = undrifted_table(np.random.default_rng(1), 2_000, 12)
    drift = judge(features, features)
    assert drift.severity == "none"
    assert drift.max_psi == 0.0
    assert {column.ks for column in drift.columns} == {0.0, None}


@pytest.mark.parametrize(
    ("reference", "current", "reason"),
    [
        ({"x": []}, {"x": [1.0]}, "the reference has no rows"),
        ({"x": [1.0]}, {"x": []}, "the current table has no rows"),
        ({"x": [1.0, 2.0]}, {"y": [1.0]}, "no column of the reference can be compared"),
        (
            {"x": np.arange(50.0)},
            {"x": np.arange(50.0)},
            "too few rows to call anything stable: 50 in the reference, 50",
        ),
    ],
)
def test_a_table_that_cannot_be_measured_says_why(reference: dict, current: dict, reason: str) -> None:
    drift = judge(pd.DataFrame(reference, dtype=float), pd.DataFrame(current, dtype=float))
    assert (drift.status, drift.severity) == ("not_measured", "not_measured")
    assert drift.reason is not None
    assert drift.reason.startswith(reason)


def test_too_few_rows_are_not_measurable_but_a_large_drift_shows_all_the_same() -> None:
    random = np.random.default_rng(3)
    reference = random.normal(size=100)
    quiet = judge({"x": reference}, {"x": random.normal(size=100)})
    assert (quiet.columns[0].status, quiet.columns[0].judged_severity) == ("not_measurable", "not_measured")
    assert quiet.columns[0].reason is not None
    assert "at most 0.25 is allowed" in quiet.columns[0].reason
    loud = judge({"x": reference}, {"x": random.normal(3, 1, 100)})
    assert (loud.columns[0].status, loud.severity) == ("measured", "high")


def test_a_segment_share_alone_can_be_the_verdict() -> None:
    features = pd.DataFrame({"x": np.random.default_rng(5).normal(size=4_000)})
    profile = build_profile(features, FROZEN, shares={"Incorriente": Share(200, 4_000)})
    drift = check_table(profile, features, RULE, shares={"Incorriente": Share(1_500, 4_000)})
    assert drift.verdict is not None
    assert (drift.severity, drift.verdict.prediction, drift.verdict.features) == ("high", "high", "none")
    assert drift.prediction_severity == "not_measured"


def test_a_drift_is_a_measurement_even_where_no_column_can_be_measured() -> None:
    profile = build_profile(pd.DataFrame({"gone": [1.0] * 4_000}), FROZEN, shares={"Incorriente": Share(200, 4_000)})
    for share, expected in ((Share(1_500, 4_000), ("measured", "high")), (Share(200, 4_000), ("not_measured",) * 2)):
        drift = check_table(profile, pd.DataFrame(index=range(4_000)), RULE, shares={"Incorriente": share})
        assert (drift.status, drift.severity) == expected


def test_the_false_discovery_rate_is_one_over_the_table() -> None:
    """A shift that a table of one column shows is one of a hundred chances in a table of a hundred."""
    random = np.random.default_rng(7)
    before = pd.DataFrame(random.normal(size=(300, 100))).add_prefix("c")
    now = pd.DataFrame(random.normal(size=(300, 100))).add_prefix("c")
    now["c0"] += 0.33
    alone, among = judge(before[["c0"]], now[["c0"]]).columns[0], judge(before, now).columns[0]
    assert alone.drift == among.drift
    assert alone.adjusted_p_value is not None
    assert among.adjusted_p_value is not None
    assert alone.adjusted_p_value <= 0.01 < among.adjusted_p_value
    assert (alone.severity, among.severity) == ("low", "none")
