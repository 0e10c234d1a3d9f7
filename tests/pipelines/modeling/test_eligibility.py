"""A tariff gets a model only where there is enough to learn from, and the reason is said in words."""

import pandas as pd
import pytest

from segmentation_model.model.features import Feature, FeatureSpec
from segmentation_model.pipelines.modeling.eligibility import reason_to_skip
from segmentation_model.pipelines.modeling.params import MinimumCases

SPEC = FeatureSpec(features=(Feature(name="late", kind="numeric"),))
MINIMUM = MinimumCases(training=5, calibration=3)


def targets(unpaid: int, paid: int) -> pd.Series:
    return pd.Series([1.0] * unpaid + [0.0] * paid, dtype="float32")


ENOUGH = {"training": targets(5, 50), "calibration": targets(3, 30)}


@pytest.mark.parametrize(
    "parts",
    [
        ENOUGH,
        {"training": targets(50, 5), "calibration": targets(30, 3)},
        {"training": targets(5, 5), "calibration": targets(3, 3)},
    ],
)
def test_enough_cases_of_the_rarer_class_make_a_model(parts: dict[str, pd.Series]):
    assert reason_to_skip(parts, SPEC, MINIMUM) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"training": targets(0, 0)}, "the training part has no rows"),
        ({"calibration": targets(0, 0)}, "the calibration part has no rows"),
        ({"training": targets(0, 80)}, "the training part has one class only: every target is 0"),
        ({"calibration": targets(9, 0)}, "the calibration part has one class only: every target is 1"),
        (
            {"training": targets(4, 80)},
            "the training part has 4 cases of the rarer class, fewer than 5 (modeling.minimum_cases.training)",
        ),
        (
            {"calibration": targets(80, 2)},
            "the calibration part has 2 cases of the rarer class, fewer than 3 (modeling.minimum_cases.calibration)",
        ),
    ],
)
def test_a_part_that_is_too_thin_is_named(change: dict[str, pd.Series], reason: str):
    assert reason_to_skip({**ENOUGH, **change}, SPEC, MINIMUM) == reason


def test_without_a_feature_there_is_nothing_to_learn_from():
    spec = FeatureSpec(features=(), left_out={"late": "99.97% of the rows are 0.0"})
    assert reason_to_skip(ENOUGH, spec, MINIMUM) == "no column carries anything"
