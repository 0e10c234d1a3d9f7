"""The window check as data."""

import json

from segmentation_model.drift.judgement.monthly_windows import FamilyWindow, WindowCheck
from segmentation_model.drift.reports.windows_json import windows_to_json

STALE = FamilyWindow("amount", "mis_rolled", "looks not rolled", 3, 1, 0.0, 0, 2 / 3)
FLAT = FamilyWindow("days", "not_measurable", "nothing to tell", 0)


def test_every_family_is_there_in_its_order_and_the_mis_rolled_ones_are_counted():
    assert windows_to_json(WindowCheck("checked", None, 12, (STALE, FLAT))) == {
        "status": "checked",
        "reason": None,
        "customers": 12,
        "mis_rolled": 1,
        "families": [
            {
                "family": "amount",
                "status": "mis_rolled",
                "reason": "looks not rolled",
                "customers": 3,
                "expected_shift": 1,
                "matching": 0.0,
                "found_shift": 0,
                "found_matching": 0.666667,
            },
            {
                "family": "days",
                "status": "not_measurable",
                "reason": "nothing to tell",
                "customers": 0,
                "expected_shift": None,
                "matching": None,
                "found_shift": None,
                "found_matching": None,
            },
        ],
    }


def test_a_check_that_was_not_made_says_why():
    assert json.loads(json.dumps(windows_to_json(WindowCheck("not_checked", "no rows")), allow_nan=False)) == {
        "status": "not_checked",
        "reason": "no rows",
        "customers": 0,
        "mis_rolled": 0,
        "families": [],
    }
