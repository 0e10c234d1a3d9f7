"""P, F and C, and the worst of them."""

import pytest

from segmentation_model.drift.judgement.column_drift import ColumnDrift
from segmentation_model.drift.judgement.prediction import PredictionSignal
from segmentation_model.drift.judgement.severity import Severity
from segmentation_model.drift.judgement.verdict import feature_weights, judge_table
from tests.drift.builders import RULE, column

BOUNDS = RULE.verdict


def columns(total: int, **levels: int) -> list[ColumnDrift]:
    """So many columns, of which some are at a level."""
    severities: list[Severity] = [level for level, count in levels.items() for _ in range(count)]  # type: ignore[misc]
    severities += ["none"] * (total - len(severities))
    return [column(f"c{index}", severity) for index, severity in enumerate(severities)]


@pytest.mark.parametrize(
    ("total", "high", "counts"),
    [
        (241, 0, "none"),
        (241, 1, "low"),
        (241, 2, "low"),
        (241, 12, "low"),  # 5 % of 241 are 12.05
        (241, 13, "moderate"),
        (241, 36, "moderate"),  # 15 % are 36.15
        (241, 37, "high"),
        (40, 2, "low"),
        (40, 3, "moderate"),
        (40, 6, "high"),
        (20, 2, "low"),
        (20, 3, "high"),
        (1, 1, "high"),
    ],
)
def test_c_counts_the_columns_at_high(total: int, high: int, counts: Severity) -> None:
    assert judge_table(columns(total, high=high), (), BOUNDS).counts == counts


@pytest.mark.parametrize(
    ("weights", "levels", "features"),
    [
        # One leading column (weight 50) and 50 others of weight 1; a column at a level by its own name.
        ({"c0": 50.0}, {"c0": "low"}, "low"),
        ({"c0": 50.0}, {"c0": "moderate"}, "moderate"),
        ({"c0": 50.0}, {"c0": "high"}, "high"),  # it holds half the weight
        ({"c0": 50.0}, {"c1": "high"}, "none"),  # 1 %
        ({"c0": 50.0, "c1": 26.0}, {"c1": "high"}, "moderate"),  # leads (half of 50), but holds 21 %
        ({"c0": 50.0, "c1": 24.0}, {"c1": "low"}, "low"),  # does not lead, holds 19 %
        ({"c0": 300.0, "c1": 35.0}, {"c1": "moderate"}, "low"),  # 9.1 %
        ({"c0": 300.0, "c1": 45.0}, {"c1": "moderate"}, "moderate"),  # 11.4 %
        ({"c0": 300.0, "c1": 16.0}, {"c1": "high"}, "none"),  # 4.4 %
        ({"c0": 300.0, "c1": 20.0}, {"c1": "high"}, "low"),  # 5.4 %
    ],
)
def test_f_weighs_the_columns_by_the_model_s_gain(
    weights: dict[str, float], levels: dict[str, Severity], features: Severity
) -> None:
    names = [f"c{index}" for index in range(51)]
    judged = [column(name, levels.get(name, "none")) for name in names]
    gains = dict.fromkeys(names, 1.0) | weights
    assert judge_table(judged, (), BOUNDS, gains).features == features


@pytest.mark.parametrize(
    ("weight", "severity", "features"),
    [(4.0, "moderate", "moderate"), (4.0, "low", "low"), (3.9, "moderate", "none"), (4.0, "high", "moderate")],
)
def test_a_column_with_half_the_largest_weight_counts_however_little_it_holds(
    weight: float, severity: Severity, features: Severity
) -> None:
    """The weight of c1 is under 4 % of the whole; the largest one is 8."""
    names = [f"c{index}" for index in range(100)]
    judged = [column(name, severity if name == "c1" else "none") for name in names]
    gains = dict.fromkeys(names, 1.0) | {"c0": 8.0, "c1": weight}
    assert judge_table(judged, (), BOUNDS, gains).features == features


def test_exactly_30_percent_of_the_weight_at_high_is_high() -> None:
    assert judge_table(columns(10, high=3), (), BOUNDS).features == "high"
    assert judge_table(columns(10, high=2), (), BOUNDS).features == "moderate"


def test_without_a_model_every_compared_column_weighs_the_same() -> None:
    judged = [column("a"), column("b"), column("gone", status="not_compared")]
    expected = {"a": 0.5, "b": 0.5, "gone": 0.0}
    assert [feature_weights(judged, weights) for weights in (None, {}, {"a": 0.0})] == [expected] * 3


def test_weights_sum_to_1_over_what_was_compared() -> None:
    judged = [column("a"), column("b"), column("gone", status="not_compared")]
    gains = {"a": 30.0, "b": 10.0, "gone": 60.0, "other": 5.0}
    assert feature_weights(judged, gains) == {"a": 0.75, "b": 0.25, "gone": 0.0}


def signal(severity: Severity) -> PredictionSignal:
    return PredictionSignal(name="margin_psi", source="model", status="measured", severity=severity, value=0.1)


@pytest.mark.parametrize(
    ("prediction", "levels", "verdict"),
    [("high", {}, "high"), ("none", {"high": 1}, "moderate"), ("low", {}, "low"), ("none", {}, "none")],
)
def test_the_verdict_is_the_worst_of_p_f_and_c(prediction: Severity, levels: dict[str, int], verdict: Severity) -> None:
    judged = judge_table(columns(100, **levels), (signal(prediction),), BOUNDS)
    assert (judged.severity, judged.prediction) == (verdict, prediction)


def test_without_signals_p_is_not_measured_and_raises_nothing() -> None:
    verdict = judge_table(columns(100), (), BOUNDS)
    assert (verdict.severity, verdict.prediction, verdict.reasons) == ("none", "not_measured", ())


def test_a_table_without_columns_is_none() -> None:
    assert judge_table([], (), BOUNDS).severity == "none"


def test_reasons_name_what_raised_the_verdict() -> None:
    verdict = judge_table(columns(100, high=20), (signal("low"),), BOUNDS)
    assert verdict.reasons == (
        "margin_psi is low",
        "columns at moderate or above hold 20% of the weight",
        "c0 is high and has at least 50% of the largest weight",
        "columns at high: 20 of 100",
    )


def test_columns_that_were_not_measured_are_at_no_level() -> None:
    not_measured = [column("few", status="not_measurable"), column("gone", status="not_compared")]
    verdict = judge_table([*columns(10, high=1, low=2), *not_measured], (), BOUNDS)
    assert verdict.columns_at == {"none": 7, "low": 2, "moderate": 0, "high": 1}
