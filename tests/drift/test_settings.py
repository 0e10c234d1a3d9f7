"""The defaults are the rule book's, and what contradicts itself is refused."""

import pytest
from pydantic import ValidationError

from segmentation_model.drift.settings import DriftSettings, LevelBounds, ProfileSettings, WindowSettings


def test_the_defaults_are_those_of_the_rule_book() -> None:
    rule, frozen = DriftSettings(), ProfileSettings()
    assert rule.psi_bounds == LevelBounds(low=0.02, moderate=0.10, high=0.25)
    assert (rule.noise_quantile, rule.false_discovery_rate) == (0.99, 0.01)
    assert (rule.detection_power, rule.detection_significance, rule.not_measurable_above) == (0.80, 0.01, 0.25)
    assert rule.prediction.log_ratio == LevelBounds(low=0.10, moderate=0.20, high=0.40)
    assert rule.prediction.log_ratio_z == 2.58
    assert (frozen.bins, frozen.grid_size) == (10, 1_000)


@pytest.mark.parametrize(
    ("threshold", "bounds"),
    [(0.5, (0.02, 0.10, 0.5)), (0.10, (0.02, 0.10, 0.10)), (0.01, (0.01, 0.01, 0.01))],
)
def test_the_threshold_is_the_bound_of_high_and_caps_the_others(
    threshold: float, bounds: tuple[float, float, float]
) -> None:
    low, moderate, high = bounds
    assert DriftSettings(drift_threshold=threshold).psi_bounds == LevelBounds(low=low, moderate=moderate, high=high)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"drift_threshold": 0}, "greater than 0"),
        ({"drift_threshold": 11}, "less than or equal to 10"),
        ({"psi_low": 0.2}, "psi_low 0.2 is above psi_moderate 0.1"),
        ({"false_discovery_rate": 1.0}, "less than 0.5"),
        ({"thresold": 0.3}, "Extra inputs are not permitted"),
        ({"prediction": {"log_ratio": {"low": 0.3, "moderate": 0.2, "high": 0.4}}}, "low <= moderate <= high"),
    ],
)
def test_what_contradicts_itself_is_refused(values: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        DriftSettings.model_validate(values)


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        DriftSettings().drift_threshold = 0.3  # type: ignore[misc]


def test_the_windows_of_most_customers_must_fit() -> None:
    windows = WindowSettings()
    assert (windows.matching_share, windows.moved_share, windows.corrected_share) == (0.90, 0.10, 0.25)
    assert (windows.minimum_customers, windows.further_months) == (30, 2)


@pytest.mark.parametrize(
    "values",
    [{"matching_share": 0.5}, {"moved_share": 0}, {"corrected_share": 0.5}, {"minimum_customers": 0}, {"shifts": 3}],
)
def test_windows_that_cannot_be_judged_so_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        WindowSettings.model_validate(values)
