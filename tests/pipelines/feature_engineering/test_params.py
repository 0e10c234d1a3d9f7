"""Parameters of the feature engineering."""

import datetime as dt
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from segmentation_model.model.customer_parts import SplitSettings
from segmentation_model.model.feature_settings import FeatureSettings
from segmentation_model.pipelines.feature_engineering.params import (
    IntakeSettings,
    LeakageSettings,
    SelectionSettings,
)


@pytest.mark.parametrize("windows", [(3, 6), [3, 6], "3, 6", ["3", "6"]])
def test_windows_are_a_list_however_it_is_written(windows: object) -> None:
    assert FeatureSettings.model_validate({"windows": windows}).windows == (3, 6)


@pytest.mark.parametrize("windows", [12, "12"])
def test_windows_may_be_one_number(windows: object) -> None:
    assert FeatureSettings.model_validate({"windows": windows}).windows == (12,)


@pytest.mark.parametrize(
    ("date", "read"),
    [
        ("2026-10-01", dt.date(2026, 10, 1)),
        (dt.date(2026, 10, 1), dt.date(2026, 10, 1)),
        (None, None),
        ("", None),
    ],
)
def test_the_execution_date_is_iso_text_a_date_or_nothing(date: object, read: dt.date | None) -> None:
    assert IntakeSettings.model_validate({"execution_date": date}).execution_date == read


@pytest.mark.parametrize(
    ("model", "values", "message"),
    [
        (FeatureSettings, {"windows": "6, 3"}, "months in ascending order"),
        (FeatureSettings, {"windows": [3, 3]}, "months in ascending order"),
        (FeatureSettings, {"windows": [0, 3]}, "each at least 1"),
        (FeatureSettings, {"windows": []}, "at least 1 item"),
        (FeatureSettings, {"windows": "3; 6"}, "unable to parse string as an integer"),
        (FeatureSettings, {"pattern_window": 1}, "greater than or equal to 2"),
        (FeatureSettings, {"date_strategy": "cyclical"}, "'cyclical' is not supported, .*; allowed: 'relative'"),
        (FeatureSettings, {"date_strategy": "absolute"}, "Input should be 'relative'"),
        (FeatureSettings, {"monotone": {"days_late": 2}}, "Input should be -1, 0 or 1"),
        (FeatureSettings, {"window": 3}, "Extra inputs are not permitted"),
        (
            IntakeSettings,
            {"execution_date": "2026-13-01"},
            "an ISO date is allowed, for example 2026-10-01, or nothing",
        ),
        (IntakeSettings, {"execution_date": "01/10/2026"}, "an ISO date is allowed"),
        (IntakeSettings, {"execution_date": 86_400}, "an ISO date is allowed"),
        (IntakeSettings, {"execution_date": dt.datetime(2026, 10, 1, 8, tzinfo=dt.UTC)}, "zero time"),
        (LeakageSettings, {"max_auc": 0.5}, "greater than 0.5"),
        (LeakageSettings, {"max_auc": 1.01}, "less than or equal to 1"),
        (LeakageSettings, {"confidence": 1}, "less than 1"),
        (LeakageSettings, {"min_cases": 1}, "greater than or equal to 2"),
        (LeakageSettings, {"roles_after_invoice": "due_date, region"}, "no date role 'region'; allowed: .*'due_date'"),
        (IntakeSettings, {"max_rejected_share": 5}, "less than or equal to 1"),
        (IntakeSettings, {"max_rejected_share": -0.1}, "greater than or equal to 0"),
        (SplitSettings, {"train": 0.7}, r"train \+ calibration \+ test must be 1, not 1.1"),
        (SplitSettings, {"train": 1.0, "calibration": 0, "test": 0}, "greater than 0"),
        (SplitSettings, {"method": "by_month"}, "'random' or 'out_of_time'"),
        (SplitSettings, {"seed": -1}, "greater than or equal to 0"),
        (SplitSettings, {"seed": 2**32}, "less than 4294967296"),
        (SelectionSettings, {"max_constant_share": 0.5}, "greater than 0.5"),
        (SelectionSettings, {"max_categories": 1}, "greater than or equal to 2"),
    ],
)
def test_what_makes_no_sense_is_refused(model: type[BaseModel], values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        model.model_validate(values)


@pytest.mark.parametrize("model", [FeatureSettings, IntakeSettings, LeakageSettings, SelectionSettings, SplitSettings])
def test_every_field_is_described(model: type[BaseModel]) -> None:
    assert all(field.description for field in model.model_fields.values())
