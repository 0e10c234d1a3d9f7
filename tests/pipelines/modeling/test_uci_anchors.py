"""The default settings reach what is published for the UCI credit-default table, and no more than that."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from segmentation_model.customer_hash import hash_positions
from segmentation_model.model.calibration import CalibrationSettings, fit_calibrator
from segmentation_model.model.risk_cutoffs import RiskCategorySettings, fit_risk_cutoffs
from segmentation_model.model.scoring import predict_margin
from segmentation_model.pipelines.modeling.metrics import evaluate_scores, expected_calibration_error
from segmentation_model.pipelines.modeling.params import TrainingSettings
from segmentation_model.pipelines.modeling.training import train_booster

SEEDS = range(1, 6)


def table(folder: Path) -> tuple[pd.Series, pd.DataFrame, np.ndarray]:
    """Ids, raw columns with a few payment features, target."""
    raw = pd.read_parquet(folder / "uci_credit_default" / "default_of_credit_card_clients.parquet")
    late = raw.filter(regex=r"^PAY_\d").clip(lower=0)
    bills, paid = raw.filter(like="BILL_AMT"), raw.filter(like="PAY_AMT")
    features = raw.drop(columns=["ID", "default.payment.next.month"]).assign(
        late_mean=late.mean(axis=1),
        late_mean_3=late.iloc[:, :3].mean(axis=1),
        late_months=(late > 0).sum(axis=1),
        used_share=raw["BILL_AMT1"] / raw["LIMIT_BAL"],
        bill_mean=bills.mean(axis=1),
        paid_mean=paid.mean(axis=1),
        paid_share=paid.sum(axis=1) / bills.sum(axis=1).where(bills.sum(axis=1) > 0),
    )
    codes = {name: features[name].astype(str).astype("category") for name in ("SEX", "EDUCATION", "MARRIAGE")}
    return (
        raw["ID"].astype(str),
        features.astype(np.float32).assign(**codes),
        raw["default.payment.next.month"].to_numpy(),
    )


@pytest.fixture(scope="module", params=[1.0, 3.5], ids=["unweighted", "weighted"])
def measured(shared_data: Path, request: pytest.FixtureRequest) -> pd.DataFrame:
    """Test metrics per seed: 60 % training, 20 % calibration, 20 % test."""
    ids, features, target = table(shared_data)
    settings = TrainingSettings(scale_pos_weight=request.param, threads=1)
    found = []
    for seed in SEEDS:
        place = hash_positions(ids, seed, "part")
        train, calibration, test = place < 0.6, (place >= 0.6) & (place < 0.8), place >= 0.8
        validation = hash_positions(ids[train], seed, "validation") < settings.validation_share
        booster = train_booster(features[train], target[train], validation, settings, seed).booster
        margin = predict_margin(booster, features[calibration])
        calibrator = fit_calibrator(margin, target[calibration], CalibrationSettings())
        cutoffs = fit_risk_cutoffs(margin, calibrator, RiskCategorySettings())
        test_margin = predict_margin(booster, features[test])
        found.append(
            evaluate_scores(target[test], test_margin, calibrator.apply(test_margin)).model_dump()
            | {"raw_ece": expected_calibration_error(target[test], expit(test_margin))}
            | {f"above_{q}": (test_margin > m).mean() for q, m in zip(cutoffs.quantiles, cutoffs.margins, strict=True)}
            | {"n": 1 / (1 / calibration.sum() + 1 / test.sum())}
        )
    return pd.DataFrame(found)


def test_ranking_is_as_good_as_published_and_not_too_good_to_be_true(measured: pd.DataFrame) -> None:
    mean = measured.mean()
    assert 0.78 <= mean["roc_auc"] <= 0.80
    assert mean["ks"] >= 0.425
    assert mean["pr_auc"] >= 0.55


def test_probabilities_are_honest_whatever_the_class_weight(
    measured: pd.DataFrame, request: pytest.FixtureRequest
) -> None:
    mean = measured.mean()
    assert mean["brier"] <= 0.1355
    assert mean["ece"] <= 0.02
    if "unweighted" not in request.node.callspec.id:
        assert mean["raw_ece"] > 0.15


def test_undrifted_customers_fall_into_the_risk_categories_as_planned(measured: pd.DataFrame) -> None:
    for quantile in RiskCategorySettings().quantiles:
        tolerance = 4 * np.sqrt(quantile * (1 - quantile) / measured["n"])
        assert ((measured[f"above_{quantile}"] - (1 - quantile)).abs() < tolerance).all()
