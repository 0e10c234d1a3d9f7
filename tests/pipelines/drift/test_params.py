"""``fail_on_drift`` is read as YAML, a command line or an environment variable gives it."""

import pytest
from pydantic import ValidationError

from segmentation_model.pipelines.drift.params import GateSettings


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (False, False),
        ("false", False),
        (True, True),
        ("True", True),
        ("low", "low"),
        (" Moderate ", "moderate"),
        ("high", "high"),
    ],
)
def test_truth_values_and_levels_are_read(given: object, read: object):
    assert GateSettings.model_validate({"fail_on_drift": given}).fail_on_drift == read


@pytest.mark.parametrize("given", ["sometimes", 1, None, "none"])
def test_anything_else_is_refused_with_what_is_allowed(given: object):
    with pytest.raises(ValidationError, match=f"fail_on_drift: {given!r} is not allowed; use true, false, 'low'"):
        GateSettings.model_validate({"fail_on_drift": given})


def test_a_gate_never_trips_by_default_and_stops_where_it_does():
    assert (GateSettings().fail_on_drift, GateSettings().on_trip) == (False, "stop")
    with pytest.raises(ValidationError, match="'stop' or 'record'"):
        GateSettings.model_validate({"on_trip": "ignore"})
