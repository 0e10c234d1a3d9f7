"""Levels of drift in words."""

from collections.abc import Mapping

from segmentation_model.drift.judgement.severity import JudgedSeverity

LEVEL_WORDS: Mapping[JudgedSeverity, str] = {
    "high": "High",
    "moderate": "Moderate",
    "low": "Low",
    "none": "None",
    "not_measured": "Not measured",
}
