"""Monotone constraints: the signs of the features reach the training, and a sweep finds out where they do not."""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from segmentation_model.errors import ConfigurationError, ModelError
from segmentation_model.model.calibration import CalibrationSettings, fit_calibrator
from segmentation_model.model.feature_settings import FeatureSettings
from segmentation_model.model.features import Feature, FeatureSpec, apply_feature_spec
from segmentation_model.model.scoring import predict_margin
from segmentation_model.pipelines.feature_engineering import choice_nodes
from segmentation_model.pipelines.feature_engineering import nodes as feature_nodes
from segmentation_model.pipelines.feature_engineering.features import build_features
from segmentation_model.pipelines.feature_engineering.params import IntakeSettings, SelectionSettings
from segmentation_model.pipelines.modeling import evaluation_nodes, nodes
from segmentation_model.pipelines.modeling.monotone import constrain, sweep
from segmentation_model.pipelines.modeling.params import MinimumCases, TrainingSettings
from segmentation_model.pipelines.modeling.training import TrainingResult, train_booster
from tests.in_process import run
from tests.model.artifacts import as_configured, skipped, trained
from tests.pipelines.feature_engineering.builders import columns, standard_layout

SETTINGS = TrainingSettings(max_trees=40, learning_rate=0.3, min_child_weight=1, validation_share=0, threads=1)
SPEC = FeatureSpec(
    features=(
        Feature(name="late", kind="numeric", monotone=1),
        Feature(name="since", kind="numeric", monotone=-1),
        Feature(name="noise", kind="numeric"),
    )
)
ROWS = 2_000


def table() -> tuple[pd.DataFrame, np.ndarray]:
    """Risk rises with ``late`` but for a dip between 0 and 1; ``since`` falls; a few values are missing."""
    random = np.random.default_rng(3)
    rows = pd.DataFrame(random.normal(size=(ROWS, 3)).astype(np.float32), columns=SPEC.names)
    dip = rows["late"].between(0, 1).to_numpy()
    risk = 1 / (1 + np.exp(-(1.5 * rows["late"] - rows["since"] - 3.0 * dip)))
    rows.loc[::50, "late"] = np.nan
    return rows, (random.random(ROWS) < risk).astype(np.float32)


FEATURES, TARGET = table()

ARREARS = FeatureSettings(monotone={"days_late": 1, "overdue_invoices": 1, "overdue_balance": 1})
CUSTOMERS = 200
#: By how much the arrears of a row are raised.
RAISES = {"days_late": (1, 5, 15, 30, 90), "overdue_invoices": (1, 2, 6), "overdue_balance": (1, 500, 10_000)}
STANDARD = columns(standard_layout())
INTAKE = IntakeSettings()


def train(settings: TrainingSettings) -> TrainingResult:
    return train_booster(FEATURES, TARGET, None, settings, seed=1)


class TestConstraints:
    def test_of_the_features_stand_beside_those_of_the_training(self) -> None:
        given = SETTINGS.model_copy(update={"monotone_constraints": {"noi*": 1, "la*": 1}})
        constrained = constrain(given, SPEC)
        assert train(constrained).signs == {"noise": 1, "late": 1, "since": -1}
        assert constrained.model_copy(update={"monotone_constraints": {}}) == SETTINGS

    def test_that_contradict_each_other_are_refused(self) -> None:
        given = SETTINGS.model_copy(update={"monotone_constraints": {"late": 1, "s*": 1}})
        with pytest.raises(ConfigurationError, match=r"'s\*' gives 'since' the sign 1, but .*\.monotone gives it -1"):
            constrain(given, SPEC)


class TestSweep:
    def test_finds_no_step_the_wrong_way_in_a_constrained_model(self) -> None:
        check = sweep(train(constrain(SETTINGS, SPEC)).booster, FEATURES, SPEC.signs)
        assert (check.status, check.features, check.customers) == ("checked", {"late": 1, "since": -1}, 200)
        assert check.steps == 2 * 10 * 200
        assert check.violations == {}

    def test_finds_the_dip_that_a_free_model_learns(self) -> None:
        check = sweep(train(SETTINGS).booster, FEATURES, SPEC.signs)
        assert check.violations["late"] > 50

    def test_of_the_wrong_sign_finds_that_too(self) -> None:
        signs = {name: -sign for name, sign in SPEC.signs.items()}
        assert sweep(train(constrain(SETTINGS, SPEC)).booster, FEATURES, signs).violations.keys() == signs.keys()

    def test_counts_what_it_did_on_few_rows_and_columns_without_values(self) -> None:
        booster = train(constrain(SETTINGS, SPEC)).booster
        few = FEATURES.iloc[:3].assign(since=np.float32(np.nan), late=np.array([1, 2, 1], np.float32))
        check = sweep(booster, few, SPEC.signs)
        assert (check.customers, check.steps, check.violations) == (3, 3, {})
        assert sweep(booster, FEATURES.iloc[:0], SPEC.signs).steps == 0
        assert sweep(booster, FEATURES, {}).steps == 0


class TestNode:
    def test_a_model_that_breaks_its_promise_stops_the_run_and_the_feature_is_named(self) -> None:
        fitted = trained()
        spec = FeatureSpec.model_validate(fitted.spec)
        promised = [feature.model_copy(update={"monotone": -int(feature.name == "late")}) for feature in spec.features]
        broken = spec.model_copy(update={"features": tuple(promised)}).model_dump(mode="json")
        with pytest.raises(
            ModelError, match=r"against its monotone constraint with 'late', in \d+ of 2000 steps of 200"
        ):
            evaluation_nodes.check_monotone(fitted.booster, fitted.calibration, broken)

    def test_sweeps_what_the_training_alone_constrains_too(self) -> None:
        fitted = trained()
        settings = TrainingSettings(max_trees=20, threads=1, monotone_constraints={"late": 1})
        gate = {"status": "clean"}
        booster = nodes.train_model(
            fitted.train, fitted.calibration, fitted.spec, gate, as_configured(settings), MinimumCases(), 1
        )
        check = evaluation_nodes.check_monotone(booster, fitted.calibration, fitted.spec)
        assert (check["features"], check["violations"]) == ({"late": 1}, {})
        free = dataclasses.replace(booster, record={**booster.record, "monotone": {}})
        assert evaluation_nodes.check_monotone(free, fitted.calibration, fitted.spec)["features"] == {}

    def test_without_a_model_it_says_why_nothing_was_swept(self) -> None:
        check = evaluation_nodes.check_monotone(skipped().booster, skipped().calibration, skipped().spec)
        assert (check["status"], check["steps"]) == ("skipped", 0)
        assert check["reason"] == "the training part has one class only: every target is 0"


@pytest.fixture(scope="module")
def canonical(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Labelled customers, of whom those who owe pay: what a free model would learn."""
    root: Path = tmp_path_factory.mktemp("root")
    run("synthetic_data", root, rows=2000)
    table = pd.read_parquet(root / "01_raw" / "labelled_customers.parquet")
    found = feature_nodes.map_labelled(table, STANDARD, INTAKE)[0]
    owes = found["overdue_invoices"] > 0
    return found.assign(target=found["target"].mask(owes, np.float32(0)))


def falls(canonical: pd.DataFrame, settings: FeatureSettings) -> dict[str, int]:
    """Family or column: how often risk falls as it rises, for 200 customers, in margin and in probability."""
    features, _ = feature_nodes.build_labelled_features(canonical, STANDARD, settings, INTAKE)
    train = features.drop(columns="tariff")
    chosen = choice_nodes.choose_features(train, {"status": "checked"}, STANDARD, settings, SelectionSettings())
    booster = nodes.train_model(
        train, train, chosen, {"status": "clean"}, as_configured(SETTINGS), MinimumCases(), seed=1
    )
    assert booster.booster is not None
    spec = FeatureSpec.model_validate(chosen)
    margins = predict_margin(booster.booster, apply_feature_spec(train, spec, "all")[0])
    calibrator = fit_calibrator(margins, train["target"], CalibrationSettings(method="isotonic"))
    families = STANDARD.layout.family_columns()
    raises = [
        (name, column, amount)
        for name, amounts in RAISES.items()
        for column in families.get(name, [name])
        for amount in (0, *amounts)
    ]
    rows = canonical.iloc[np.tile(np.arange(CUSTOMERS), len(raises))].reset_index(drop=True)
    for place, (_, column, amount) in enumerate(raises):
        raised = slice(place * CUSTOMERS, (place + 1) * CUSTOMERS - 1)
        rows.loc[raised, column] += np.float32(amount)  # a missing month stays missing
    built = build_features(rows, families, settings)
    margins = predict_margin(booster.booster, apply_feature_spec(built, spec, "raised")[0]).reshape(-1, CUSTOMERS)
    found = dict.fromkeys(RAISES, 0)
    for figures in (margins, calibrator.apply(margins)):
        for (name, _, _), (_, _, amount), step in zip(raises, raises[1:], np.diff(figures, axis=0), strict=False):
            if amount:  # else it is the next column's first
                found[name] += int((step < 0).sum())
    return found


class TestCustomers:
    """The promise itself: days late of a raw row are raised, its features built anew, and it is scored."""

    def test_risk_never_falls_as_arrears_rise(self, canonical: pd.DataFrame) -> None:
        assert falls(canonical, ARREARS) == {"days_late": 0, "overdue_invoices": 0, "overdue_balance": 0}

    def test_risk_falls_without_the_constraints(self, canonical: pd.DataFrame) -> None:
        off = ARREARS.model_copy(update={"monotone": {}})
        assert min(falls(canonical, off).values()) > 0
