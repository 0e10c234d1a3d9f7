"""Output columns are refused where the names could not be told apart."""

import pytest
from pydantic import ValidationError

from segmentation_model.pipelines.reporting.params import ReportingSettings


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"customer_id": "Cliente", "segment_code": "Cliente"}, r"the names must differ, not \['Cliente', 'Cliente'\]"),
        ({"tariff": "Tarifa"}, "'tariff' cannot be called 'Tarifa'"),
        ({"execution_date": "Fecha"}, "'execution_date' cannot be called 'Fecha'"),
        ({"segment_code": "tariff"}, "'segment_code' cannot be called 'tariff'"),
        ({"segment_code": ""}, "at least 1 character"),
        ({"segmento": "x"}, "no column 'segmento'; they have 'customer_id', .*'reason_5'"),
        ({"target": "x"}, "no column 'target'"),
        (["customer_id"], "should be a valid dictionary"),
    ],
)
def test_names_that_cannot_be_given_are_refused(columns: object, message: str):
    with pytest.raises(ValidationError, match=message):
        ReportingSettings.model_validate({"output_columns": columns})


def test_a_partition_column_may_be_listed_under_its_own_name():
    assert ReportingSettings(output_columns={"tariff": "tariff"}).output_columns == {"tariff": "tariff"}


def test_an_unknown_key_is_refused():
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        ReportingSettings.model_validate({"output_column": {}})
