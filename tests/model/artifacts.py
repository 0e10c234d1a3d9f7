"""A small world with a real signal, and the artifacts that the nodes of the modeling pipeline make of it.

The risk rises with ``late``; ``channel`` is a category; ``noise`` says nothing. One customer in ten is new, one in
twenty is not up to date.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from segmentation_model.columns import Columns
from segmentation_model.drift.reference.profile import ReferenceProfile
from segmentation_model.drift.settings import ProfileSettings
from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.booster import TrainedBooster
from segmentation_model.model.calibration import CalibrationSettings
from segmentation_model.model.customer_parts import SplitSettings
from segmentation_model.model.feature_settings import FeatureSettings
from segmentation_model.model.reason_settings import Phrase, ReasonSettings
from segmentation_model.model.risk_cutoffs import RiskCategorySettings
from segmentation_model.pipelines.drift.nodes import profile_reference
from segmentation_model.pipelines.feature_engineering.choice_nodes import choose_features
from segmentation_model.pipelines.feature_engineering.params import SelectionSettings
from segmentation_model.pipelines.modeling import evaluation_nodes, nodes, search_nodes
from segmentation_model.pipelines.modeling.params import (
    CostMatrix,
    EvaluationSettings,
    FeatureSelectionSettings,
    MinimumCases,
    TrainingSettings,
)
from tests.segments.customers import RULES, customers

FEW_TREES = TrainingSettings(max_trees=40, learning_rate=0.2, max_depth=3, threads=1)
ALL_FEATURES = FeatureSelectionSettings(enabled=False)
MINIMUM = MinimumCases(training=30, calibration=10)
GATE_OPEN = {"status": "clean"}
COLUMNS = Columns(use="small", layouts={"small": {"roles": {"customer_id": "ID"}}})  # type: ignore[dict-item]
REASONS = ReasonSettings(phrases={"late": Phrase(name="Mora", raises="Mora alta"), "channel": Phrase(name="Canal")})
SPLIT_RECORD = {"method": "random", "parts": {}, "unused": {}}
INTAKE = {"rows": 4_010, "rejected": 10, "without_outcome": 0, "hash": "0123abcd"}


def features(rows: int, seed: int, shift: float = 0.0, prefix: str = "C") -> pd.DataFrame:
    """Keys and features of customers; a shift moves ``late``, and with it the risk."""
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "customer_id": pd.array([f"{prefix}{index:05d}" for index in range(rows)], dtype="str"),
            "invoice_date": np.full(rows, np.datetime64("2026-07-05", "s")),
            "late": (random.normal(size=rows) + shift).astype(np.float32),
            "noise": random.normal(size=rows).astype(np.float32),
            "channel": pd.array(random.choice(["app", "bank", "shop"], rows), dtype="str"),
        }
    )


def labelled(rows: int, seed: int, prefix: str = "C") -> pd.DataFrame:
    """The same with an outcome: about one bill in six stays unpaid."""
    table = features(rows, seed, prefix=prefix)
    unpaid = np.random.default_rng(seed + 1).random(rows) < expit(1.5 * table["late"].to_numpy() - 2)
    table.insert(2, "target", unpaid.astype(np.float32))
    return table


def context_of(table: pd.DataFrame, tariff: str = "Domestic") -> pd.DataFrame:
    """The context of these customers: every tenth is new, every twentieth is not up to date."""
    index = np.arange(len(table))
    return customers(
        rows=len(table),
        customer_id=table["customer_id"].tolist(),
        tariff=tariff,
        tenure_months=np.where(index % 10 == 0, 6, 60),
        overdue_invoices=np.where(index % 20 == 1, 2, 0),
        invoice_amount=(index % 97 * 1.01).round(2),
    )


def as_configured(settings: TrainingSettings) -> dict[str, Any]:
    """What the search for settings gives where it is off."""
    return {"settings": settings.model_dump(mode="json"), "tuning": {"status": "off"}}


@dataclass(frozen=True)
class Fitted:
    """One instance of the modeling template: what went in and what came out of each node."""

    train: pd.DataFrame
    calibration: pd.DataFrame
    test: pd.DataFrame
    context: pd.DataFrame
    spec: dict[str, Any]
    reference: ReferenceProfile
    booster: TrainedBooster
    margins: pd.DataFrame
    calibrator: dict[str, Any]
    cutoffs: dict[str, Any]
    profile: ReferenceProfile
    metrics: dict[str, Any]
    predictions: pd.DataFrame
    model: ModelArtifact


def fit(
    train: pd.DataFrame,
    calibration: pd.DataFrame,
    test: pd.DataFrame,
    seed: int = 7,
    settings: TrainingSettings = FEW_TREES,
    selection: FeatureSelectionSettings = ALL_FEATURES,
) -> Fitted:
    """Run the template's nodes one after the other."""
    context = context_of(pd.concat([train, calibration, test], ignore_index=True))
    spec = choose_features(train, {"status": "checked"}, COLUMNS, FeatureSettings(), SelectionSettings())
    reference = profile_reference(train, spec, context, ProfileSettings(), RULES)
    model_spec, selected = search_nodes.select_features(train, spec, GATE_OPEN, selection, settings, MINIMUM, seed)
    tuned = as_configured(settings)
    booster = nodes.train_model(train, calibration, model_spec, GATE_OPEN, tuned, MINIMUM, seed)
    margins = nodes.score_labelled(booster, train, calibration, test, model_spec)
    calibrator = nodes.calibrate_model(booster, margins, CalibrationSettings())
    cutoffs = nodes.freeze_cutoffs(calibrator, margins, context, RiskCategorySettings(), RULES)
    profile = nodes.profile_scores(reference, calibrator, cutoffs, margins)
    metrics, predictions = evaluation_nodes.evaluate_model(
        booster, calibrator, margins, context, EvaluationSettings(bootstrap_draws=20), CostMatrix(), RULES, seed
    )
    monotone = evaluation_nodes.check_monotone(booster, calibration, model_spec)
    model = nodes.package_model(
        booster, model_spec, selected, calibrator, cutoffs, profile, metrics, monotone, INTAKE, tuned, SPLIT_RECORD,
        FeatureSettings(), SplitSettings(),
    )  # fmt: skip
    return Fitted(
        train, calibration, test, context, spec, reference, booster, margins, calibrator, cutoffs, profile, metrics,
        predictions, model,
    )  # fmt: skip


@cache
def trained() -> Fitted:
    """A tariff with a model."""
    return fit(labelled(1_500, 1, "A"), labelled(1_500, 2, "B"), labelled(1_000, 3, "T"))


@cache
def skipped() -> Fitted:
    """A tariff whose training part has too few cases."""
    train = labelled(100, 4, "A")
    return fit(train.assign(target=np.float32(0)), labelled(50, 5, "B"), labelled(50, 6, "T"))


@cache
def without_rows() -> Fitted:
    """A tariff that the table has no rows of."""
    none = labelled(1, 1).iloc[:0]
    return fit(none, none, none)
