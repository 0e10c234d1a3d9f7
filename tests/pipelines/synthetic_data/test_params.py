import pytest
from pydantic import ValidationError

from segmentation_model.pipelines.synthetic_data.params import NumberShift, SyntheticDataParams, TextShift

WRONG = {
    "an unknown key": ({"row": 10}, "row\n.*Extra inputs"),
    "no rows": ({"rows": 0}, "rows\n.*greater than or equal to 1"),
    "more rows than ids": ({"rows": 10_000_001}, "rows\n.*less than or equal to 10000000"),
    "text for rows": ({"rows": "many"}, "rows\n.*valid integer"),
    "a negative seed": ({"seed": -1}, "seed\n.*greater than or equal to 0"),
    "a month that starts on the 2nd": ({"first_month": "2026-05-02"}, "first day of a month, got '2026-05-02'"),
    "a month long ago": ({"first_month": "1950-01-01"}, "within the years 1975 to 2200, got '1950-01-01'"),
    "no gap to the current month": ({"months_until_current": 0}, "months_until_current"),
    "no invoice day": ({"invoice_days": []}, "invoice_days"),
    "a 31st": ({"invoice_days": [31]}, "invoice_days.0\n.*less than or equal to 28"),
    "a share over 1": ({"domestic_share": 1.1}, "domestic_share\n.*less than or equal to 1"),
    "too many unusable rows": ({"unusable_share": 0.5}, "unusable_share"),
    "empty chunks": ({"chunk_rows": 0}, "chunk_rows"),
    "no threads": ({"threads": 0}, "threads"),
    "drift of an unknown column": ({"drift": {"Consumo": {"scale": 2}}}, "'Consumo' cannot drift as number; allowed"),
    "drift of an older month": ({"drift": {"Saldo_02": {"scale": 2}}}, "'Saldo_02' cannot drift as number"),
    "drift of the target": ({"drift": {"Incumple": {"add": 1}}}, "'Incumple' cannot drift"),
    "a text for a number": ({"drift": {"Saldo_01": {"to": "x", "share": 0.1}}}, "'Saldo_01' cannot drift as text"),
    "a factor for a text": ({"drift": {"Region": {"scale": 2}}}, "'Region' cannot drift as number"),
    "a factor and a text": ({"drift": {"Region": {"scale": 2, "to": "x", "share": 0.1}}}, "Extra inputs"),
    "a factor of 0": ({"drift": {"Saldo_01": {"scale": 0}}}, "greater than 0"),
}


@pytest.mark.parametrize(("settings", "message"), WRONG.values(), ids=WRONG.keys())
def test_wrong_settings_are_refused_by_name(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        SyntheticDataParams.model_validate(settings)


def test_the_kind_of_drift_follows_from_its_keys() -> None:
    drift = {"Saldo_01": {"scale": 1.1}, "Region": {"to": "Sur", "share": 0.1}}
    params = SyntheticDataParams.model_validate({"drift": drift})
    assert params.drift == {"Saldo_01": NumberShift(scale=1.1), "Region": TextShift(to="Sur", share=0.1)}


def test_nothing_drifts_unless_named() -> None:
    assert SyntheticDataParams().drift == {}
