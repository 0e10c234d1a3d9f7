"""The gain of one model over another on the same rows, and how far chance could have moved it."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from segmentation_model.errors import InputError
from segmentation_model.pipelines.modeling.paired_bootstrap import measure_gain


def two_models(rows: int, seed: int, noise: float = 0.5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outcomes, and the margins of two models that see the same risk, each with an error of its own."""
    random = np.random.default_rng(seed)
    risk = random.normal(size=rows)
    target = (random.random(rows) < expit(1.5 * risk - 2)).astype(float)
    return target, risk + noise * random.normal(size=rows), risk + noise * random.normal(size=rows)


def delong_standard_error(target: np.ndarray, one: np.ndarray, other: np.ndarray) -> float:
    """Standard error of the difference of two correlated AUCs, by the placements of every row (DeLong et al., 1988)."""
    unpaid, paid = target == 1, target == 0
    placements = []
    for margin in (one, other):
        wins = (margin[unpaid][:, None] > margin[paid]) + 0.5 * (margin[unpaid][:, None] == margin[paid])
        placements.append((wins.mean(axis=1), wins.mean(axis=0)))
    (of_unpaid, of_paid), (other_unpaid, other_paid) = placements
    by_unpaid, by_paid = np.var(of_unpaid - other_unpaid, ddof=1), np.var(of_paid - other_paid, ddof=1)
    return float(np.sqrt(by_unpaid / unpaid.sum() + by_paid / paid.sum()))


def test_the_aucs_are_those_of_scikit_learn_ties_included():
    target, one, other = two_models(800, 1)
    measured = measure_gain(target, one.round(1), other, np.arange(800), draws=50, seed=1)
    assert measured.challenger == pytest.approx(roc_auc_score(target, one.round(1)), abs=1e-12)
    assert measured.champion == pytest.approx(roc_auc_score(target, other), abs=1e-12)
    assert measured.gain == measured.challenger - measured.champion


def test_the_standard_error_is_that_of_delong():
    target, one, other = two_models(1_500, 2)
    measured = measure_gain(target, one, other, np.arange(1_500), draws=1_000, seed=2)
    assert measured.standard_error == pytest.approx(delong_standard_error(target, one, other), rel=0.1)


def test_what_moves_both_models_drops_out():
    """The same model twice differs in no draw, however few rows there are."""
    target, one, _ = two_models(60, 3)
    measured = measure_gain(target, one, 2 * one + 1, np.arange(60), draws=100, seed=3)
    assert (measured.gain, measured.standard_error) == (0, 0)
    assert measured.interval(0.95) == {"lower": 0, "upper": 0}


def test_the_invoices_of_a_customer_are_drawn_together():
    """Four copies of every row are no more evidence, as long as it is known whose they are."""
    target, one, other = two_models(400, 4)
    copies = [np.repeat(values, 4) for values in (target, one, other)]
    alone = measure_gain(target, one, other, np.arange(400), draws=400, seed=4)
    together = measure_gain(*copies, np.repeat(np.arange(400), 4), draws=400, seed=4)
    as_if_independent = measure_gain(*copies, np.arange(1_600), draws=400, seed=4)
    assert together.standard_error == pytest.approx(alone.standard_error, rel=1e-9)
    assert as_if_independent.standard_error == pytest.approx(alone.standard_error / 2, rel=0.15)


def test_the_interval_covers_the_gain():
    target, one, other = two_models(1_000, 5, noise=0.8)
    measured = measure_gain(target, one, other, np.arange(1_000), draws=400, seed=5)
    interval = measured.interval(0.95)
    assert interval["lower"] < measured.gain < interval["upper"]
    assert interval["upper"] - interval["lower"] == pytest.approx(2 * 1.96 * measured.standard_error, rel=0.15)


@pytest.mark.parametrize(
    ("target", "customer"), [([0.0, 0.0], ["a", "b"]), ([1.0, 1.0], ["a", "b"]), ([0.0, 1.0], ["a"])]
)
def test_rows_of_one_class_or_without_a_customer_are_refused(target, customer):
    with pytest.raises(InputError, match="2 rows need a customer each and both outcomes"):
        measure_gain(target, [1.0, 2.0], [2.0, 1.0], customer, draws=50, seed=1)
