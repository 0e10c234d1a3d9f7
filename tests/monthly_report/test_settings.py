"""What the report's settings allow."""

import pytest
from pydantic import ValidationError

from segmentation_model.monthly_report.settings import CallListSettings, Speech


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"language": "fr"}, "Input should be 'es' or 'en'"),
        ({"currency": "XXY"}, "'XXY' is no currency of ISO 4217, such as MXN or COP"),
        ({"currency": "mxn"}, "String should match pattern"),
        ({"region": "ZZ"}, "'ZZ' is no region of the language 'es'; allowed: 419, AR, BO"),
        ({"region": "../../x"}, "is no region of the language 'es'"),
    ],
)
def test_what_nobody_speaks_or_pays_with_is_refused(given, message):
    with pytest.raises(ValidationError, match=message):
        Speech(**given)


@pytest.mark.parametrize("given", [{"size": 0}, {"size": 1_048_576}, {"least_amount": -1}, {"on_page": 501}])
def test_a_list_that_no_worksheet_or_page_holds_is_refused(given):
    with pytest.raises(ValidationError, match=next(iter(given))):
        CallListSettings(**given)


def test_spanish_is_the_default_and_a_region_decides_the_signs():
    assert Speech().locale == "es"
    assert Speech(region="MX").locale == "es_MX"
