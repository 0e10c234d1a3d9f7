"""The prediction signals: each one alone, what makes it real, and what happens without a model."""

import numpy as np
import pytest
from scipy import stats

from segmentation_model.drift.judgement.prediction import (
    PredictionSignal,
    judge_prediction,
    model_severity,
    prediction_severity,
)
from segmentation_model.drift.reference.prediction_reference import (
    MeanOf,
    Scores,
    Share,
    build_prediction_reference,
    count_scores,
)
from segmentation_model.drift.settings import PredictionSettings
from tests.drift.builders import FROZEN, RULE, cut_offs_of, scores_of

ROWS = 10_000


def margins(seed: int, rows: int = ROWS) -> np.ndarray:
    return np.random.default_rng(seed).normal(-2.5, 1.2, rows)


def signals(before: Scores, now: Scores) -> dict[str, PredictionSignal]:
    reference = build_prediction_reference(before, FROZEN)
    judged = judge_prediction(RULE, reference=reference, current=count_scores(reference, now))
    return {signal.name: signal for signal in judged}


CUT_OFFS = cut_offs_of(margins(1))


def test_scores_of_one_population_give_no_signal() -> None:
    judged = signals(scores_of(margins(1), CUT_OFFS), scores_of(margins(2), CUT_OFFS))
    assert list(judged) == ["margin_psi", "margin_ks", "category_shares_psi", "mean_probability"]
    assert {signal.severity for signal in judged.values()} == {"none"}
    assert prediction_severity(tuple(judged.values())) == model_severity(tuple(judged.values())) == "none"


def test_the_margin_s_statistics_are_those_of_scipy() -> None:
    before, now = margins(1), margins(2, 6_000) + 0.2
    judged = signals(scores_of(before, CUT_OFFS), scores_of(now, CUT_OFFS))
    theirs = stats.ks_2samp(before, now, method="asymp")
    assert judged["margin_ks"].value == pytest.approx(theirs.statistic, abs=0.001)
    drift = judged["category_shares_psi"].drift
    assert drift is not None
    counts = [np.histogram(side, [-np.inf, *CUT_OFFS, np.inf])[0] for side in (before, now)]
    assert drift.test.p_value == pytest.approx(stats.chi2_contingency(counts, correction=False).pvalue, rel=1e-9)


@pytest.mark.parametrize(
    ("factor", "severity"),
    [(1.0, "none"), (1.09, "none"), (1.12, "low"), (0.89, "low"), (1.25, "moderate"), (1.55, "high"), (0.6, "high")],
)
def test_the_ratio_of_mean_probabilities_is_read_at_its_bounds(factor: float, severity: str) -> None:
    probabilities = np.random.default_rng(3).uniform(0.05, 0.15, 20_000)
    before = Scores(margins=[0.0], probabilities=probabilities, categories=["a"])
    now = Scores(margins=[0.0], probabilities=factor * probabilities, categories=["a"])
    signal = signals(before, now)["mean_probability"]
    assert signal.value == pytest.approx(abs(np.log(factor)), abs=1e-12)
    assert signal.severity == severity


def test_a_ratio_within_its_standard_errors_is_none_however_large() -> None:
    random = np.random.default_rng(5)
    before, now = random.beta(0.1, 1.0, 40), random.beta(0.1, 1.0, 40) * 1.5
    signal = signals(*(Scores(margins=[0.0], probabilities=side, categories=["a"]) for side in (before, now)))[
        "mean_probability"
    ]
    assert signal.value is not None
    assert signal.value > 0.10
    assert signal.z is not None
    assert abs(signal.z) < 2.58
    assert signal.severity == "none"


def test_a_ratio_must_lie_beyond_the_standard_errors_that_are_asked_for() -> None:
    random = np.random.default_rng(6)
    sides = [Scores(margins=[0.0], probabilities=random.beta(a, 9, 400), categories=["a"]) for a in (1.0, 1.3)]
    reference = build_prediction_reference(sides[0], FROZEN)
    counts = count_scores(reference, sides[1])
    strict = RULE.model_copy(update={"prediction": PredictionSettings(log_ratio_z=9.0)})
    by_rule, stricter = (
        {one.name: one for one in judge_prediction(rule, reference=reference, current=counts)}["mean_probability"]
        for rule in (RULE, strict)
    )
    assert by_rule.z is not None
    assert 2.58 < by_rule.z < 9.0
    assert (by_rule.severity, stricter.severity) == ("low", "none")


def test_a_large_distance_of_a_few_margins_is_none_where_it_may_be_chance() -> None:
    judged = signals(scores_of(margins(1, 30), CUT_OFFS), scores_of(margins(2, 30), CUT_OFFS))["margin_ks"]
    assert judged.value is not None
    assert judged.value > RULE.prediction.margin_ks.moderate
    assert judged.severity == "none"


def test_the_standard_error_of_the_log_ratio_is_what_repeated_samples_show() -> None:
    random = np.random.default_rng(7)
    z = []
    for _ in range(400):
        sides = [Scores(margins=[0.0], probabilities=random.beta(1, 9, rows), categories=["a"]) for rows in (800, 500)]
        z.append(signals(*sides)["mean_probability"].z)
    assert np.std(np.array(z, dtype=float)) == pytest.approx(1.0, abs=0.12)


def test_probabilities_without_spread_give_a_finite_signal() -> None:
    same, other = (Scores(margins=[0.0], probabilities=[value] * 9, categories=["a"]) for value in (0.1, 0.2))
    assert signals(same, same)["mean_probability"].severity == "none"
    assert signals(same, other)["mean_probability"].severity == "high"


@pytest.mark.parametrize("least", [1e-200, 5e-324])
def test_a_mean_probability_next_to_nothing_has_a_ratio_that_is_finite(least: float) -> None:
    before = Scores([0.0, 1.0, 2.0], [least, 2 * least, 3 * least], ["Riesgo Bajo"] * 3)
    now = Scores([0.0, 1.0, 2.0], [0.5, 0.6, 0.7], ["Riesgo Bajo"] * 3)
    signal = signals(before, now)["mean_probability"]
    assert signal.value == pytest.approx(np.log(0.6) - np.log(2 * least))
    assert signal.z is None or np.isfinite(signal.z)


@pytest.mark.parametrize(
    "scores", [Scores([], [], []), Scores([np.nan], [np.nan], [None]), Scores([1.0], [0.0], ["a"])]
)
def test_scores_that_cannot_be_compared_say_why(scores: Scores) -> None:
    signal = signals(scores_of(margins(1), CUT_OFFS), scores)["mean_probability"]
    assert signal.status == "not_compared"
    assert signal.reason == "fewer than two probabilities"
    assert signal.judged_severity == "not_measured"


def test_few_scores_are_not_called_stable() -> None:
    judged = signals(scores_of(margins(1), CUT_OFFS), scores_of(margins(2, 70), CUT_OFFS))
    assert judged["margin_psi"].status == "not_measurable"
    assert judged["margin_psi"].judged_severity == "not_measured"
    assert judged["category_shares_psi"].status == "measured"


class TestSegmentShares:
    def test_are_judged_without_a_model(self) -> None:
        judged = judge_prediction(
            RULE,
            reference_shares={"Cliente Nuevo": Share(500, ROWS), "Incorriente": Share(300, ROWS)},
            current_shares={"Cliente Nuevo": Share(2_000, ROWS), "Incorriente": Share(305, ROWS)},
        )
        assert [(signal.name, signal.source, signal.severity) for signal in judged] == [
            ("share: Cliente Nuevo", "segment", "moderate"),
            ("share: Incorriente", "segment", "none"),
        ]
        assert (judged[0].reference, judged[0].current) == (0.05, 0.2)
        assert prediction_severity(judged) == "moderate"
        assert model_severity(judged) == "not_measured"

    def test_are_the_contingency_test_of_two_by_two(self) -> None:
        judged = judge_prediction(
            RULE, reference_shares={"new": Share(500, 9_000)}, current_shares={"new": Share(410, 6_000)}
        )
        theirs = stats.chi2_contingency([[500, 8_500], [410, 5_590]], correction=False)
        assert judged[0].p_value == pytest.approx(theirs.pvalue, rel=1e-9)

    @pytest.mark.parametrize(
        ("before", "now", "reason"),
        [
            ({"new": Share(1, 9)}, {}, "the current table does not give it"),
            ({}, {"new": Share(1, 9)}, "the reference does not give it"),
            ({"new": Share(1, 9)}, {"new": Share(0, 0)}, "no rows"),
        ],
    )
    def test_that_a_side_lacks_say_so(self, before: dict, now: dict, reason: str) -> None:
        judged = judge_prediction(RULE, reference_shares=before, current_shares=now)
        assert (judged[0].status, judged[0].reason) == ("not_compared", reason)
        assert prediction_severity(judged) == "not_measured"


def test_signals_are_one_family_of_the_false_discovery_rate() -> None:
    share = {"a": (Share(500, ROWS), Share(575, ROWS))}
    alone = judge_prediction(RULE, reference_shares={"a": share["a"][0]}, current_shares={"a": share["a"][1]})[0]
    quiet = {f"b{index}": Share(500, ROWS) for index in range(9)}
    among = judge_prediction(
        RULE, reference_shares={"a": share["a"][0], **quiet}, current_shares={"a": share["a"][1], **quiet}
    )[0]
    assert alone.p_value is not None
    assert alone.adjusted_p_value == alone.p_value
    assert among.adjusted_p_value == pytest.approx(10 * alone.p_value)


def test_without_any_signal_nothing_is_measured() -> None:
    assert judge_prediction(RULE) == ()
    assert prediction_severity(()) == model_severity(()) == "not_measured"


def test_slices_of_scores_add_up() -> None:
    reference = build_prediction_reference(scores_of(margins(1), CUT_OFFS), FROZEN)
    values = margins(2)
    whole = count_scores(reference, scores_of(values, CUT_OFFS))
    first, second = (count_scores(reference, scores_of(part, CUT_OFFS)) for part in (values[:3_000], values[3_000:]))
    summed = first + second
    np.testing.assert_array_equal(summed.margin.bins, whole.margin.bins)
    np.testing.assert_array_equal(summed.categories.bins, whole.categories.bins)
    assert summed.probability.mean == pytest.approx(whole.probability.mean, rel=1e-12)


def test_sums_give_the_mean_and_the_sample_variance() -> None:
    values = np.random.default_rng(9).beta(1, 9, 500)
    sums = MeanOf(rows=500, total=float(values.sum()), squares=float((values**2).sum()))
    assert sums.mean == pytest.approx(values.mean(), rel=1e-12)
    assert sums.variance == pytest.approx(values.var(ddof=1), rel=1e-9)
