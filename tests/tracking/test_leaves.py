"""Which run is told which number and which parameter."""

import math

from segmentation_model.tracking.leaves import numbers, parameters_of_runs


def test_numbers_of_a_tariff_have_no_tariff_in_their_names():
    content = {"exit_code": 0, "domestic.max_psi": 0.1, "tariffs": {"Industrial": {"max_psi": 0.2}}, "ok": True}
    assert numbers(content, "drift") == {
        None: {"drift.exit_code": 0.0},
        "Domestic": {"drift.max_psi": 0.1},
        "Industrial": {"drift.max_psi": 0.2},
    }


def test_what_is_no_number_is_left_out():
    assert numbers({"a": math.nan, "b": math.inf, "c": None, "d": "text", "e": [1]}, "") == {}


PARAMETERS = {
    "seed": 42,
    "rows": 100,
    "columns": {"use": "standard", "layouts": {"standard": {"roles": {"target": "Y"}}, "uci": {"roles": {}}}},
    "modeling": {
        "training": {"max_depth": 4},
        "costs": {"domestic": {"false_negative": 8}, "industrial": {}},
        "reasons": {"raises": "sube"},
    },
}  # fmt: skip


def test_a_group_goes_to_the_tariffs_and_what_is_of_one_to_that_one():
    told = parameters_of_runs(PARAMETERS, ["seed", "columns", "modeling"], "modeling", "modeling.reasons")
    assert told == {
        None: {
            "seed": 42, "columns.use": "standard", "columns.layouts.standard.roles.target": "Y",
            "modeling.reasons.raises": "sube",
        },
        "Domestic": {"modeling.training.max_depth": 4, "modeling.costs.false_negative": 8},
        "Industrial": {"modeling.training.max_depth": 4},
    }  # fmt: skip


def test_what_nobody_reads_is_not_told():
    assert parameters_of_runs(PARAMETERS, ["rows"], "modeling", "modeling.reasons") == {
        None: {"rows": 100}, "Domestic": {}, "Industrial": {},
    }  # fmt: skip
