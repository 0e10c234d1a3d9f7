"""Conditions, each way, and what runs because of them."""

from typing import Any

import pytest

from tests.sagemaker.local.bench import (
    Bench,
    condition,
    equals,
    fail,
    get,
    join,
    json_get,
    parameter,
    processing,
    report,
    writes,
)

pytestmark = pytest.mark.slow

RATE = parameter("Rate", "Float", 0.5)


def compare(kind: str, left: Any, right: Any) -> dict[str, Any]:
    return {"Type": kind, "LeftValue": left, "RightValue": right}


def negated(inner: dict[str, Any], key: str = "Condition") -> dict[str, Any]:
    return {"Type": "Not", key: inner}


HALF = get("Parameters.Rate")
CASES = [
    ([], True),
    ([equals(HALF, 0.5)], True),
    ([equals("a", "b")], False),
    ([equals(1, 1.0)], True),
    ([equals(get("Execution.PipelineName"), "toy")], True),
    ([compare("GreaterThan", HALF, 0.5)], False),
    ([compare("GreaterThan", HALF, 0.4)], True),
    ([compare("GreaterThanOrEqualTo", HALF, 0.5)], True),
    ([compare("LessThan", HALF, 0.5)], False),
    ([compare("LessThanOrEqualTo", HALF, 0.5)], True),
    ([{"Type": "In", "QueryValue": "b", "Values": ["a", "b"]}], True),
    ([{"Type": "In", "QueryValue": HALF, "Values": [1, 2]}], False),
    ([negated(equals("a", "b"))], True),
    ([negated(equals("a", "a"), key="Expression")], False),
    ([{"Type": "Or", "Conditions": [equals(1, 2), equals(2, 2)]}], True),
    ([{"Type": "Or", "Conditions": [equals(1, 2), equals(2, 3)]}], False),
    ([equals(1, 1), equals(1, 2)], False),
]


def test_decide_which_branch_runs(bench: Bench):
    """All cases in one pipeline: each ends in a Condition of its own, whose outcome is asked by name."""
    steps = [condition(f"Case{number}", *conditions) for number, (conditions, _) in enumerate(CASES)]
    outcomes = join(*(get(f"Steps.Case{number}.Outcome") for number in range(len(CASES))), on=" ")
    ran = bench.run(*steps, fail("Show", outcomes), parameters=[RATE])
    assert ran.summary["failure_reason"].split() == [str(expected) for _, expected in CASES]


@pytest.mark.parametrize(("rate", "taken", "left"), [("0.9", "High", "Low"), ("0.1", "Low", "High")])
def test_run_one_branch_and_leave_the_other(bench: Bench, rate: str, taken: str, left: str):
    choose = condition(
        "Choose",
        compare("GreaterThan", get("Parameters.Rate"), 0.5),
        if_steps=[writes("High", "x")],
        else_steps=[writes("Low", "x")],
    )
    after = writes("AfterHigh", "x", DependsOn=["High"])
    ran = bench.run(choose, after, parameters=[RATE], options=["--parameter", f"Rate={rate}"])
    assert ran.code == 0
    assert ran.step(taken)["status"] == "Succeeded"
    assert ran.step(left)["status"] == "NotRun"
    assert ran.step(left)["reason"] == "Choose decided otherwise"
    assert ran.step("AfterHigh")["status"] == ("Succeeded" if taken == "High" else "NotRun")
    assert {f"{taken}/data/it.txt"} <= bench.keys()


def test_nest_to_any_depth(bench: Bench):
    inner = condition("Inner", equals(1, 2), if_steps=[writes("A", "")], else_steps=[writes("B", "")])
    middle = condition("Middle", equals(1, 1), if_steps=[inner], else_steps=[writes("C", "")])
    skipped = condition("Skipped", equals(1, 1), if_steps=[writes("D", "")])
    ran = bench.run(condition("Outer", equals(1, 1), if_steps=[middle], else_steps=[skipped]))
    assert ran.code == 0
    done = {name for name, status in ran.statuses().items() if status == "Succeeded"}
    assert done == {"Outer", "Middle", "Inner", "B"}
    assert ran.step("D")["reason"] == "Skipped did not run"


class TestAPropertyFile:
    def test_is_read_from_the_store(self, bench: Bench):
        content = {"drift": {"severity": "high"}, "tariffs": [{"psi": 0.4}]}
        message = join(
            "severity ", json_get("Report", "drift.severity"), ", psi ", json_get("Report", "$.tariffs[0]['psi']")
        )
        choose = condition(
            "Choose", equals(json_get("Report", "drift['severity']"), "high"), if_steps=[fail("Stop", message)]
        )
        ran = bench.run(report("Report", content), choose)
        assert ran.code == 1
        assert ran.summary["status"] == "Failed"
        assert ran.summary["failure_reason"] == "severity high, psi 0.4"
        assert ran.step("Stop")["status"] == "Failed"

    def test_that_lacks_the_value_fails_the_step_that_asks(self, bench: Bench):
        ran = bench.run(report("Report", {"a": {"b": 1}}), condition("Choose", equals(json_get("Report", "a.c"), 1)))
        assert ran.summary["failure_reason"] == (
            "Step Choose: s3://toys/Report/data/report.json: 'a.c': there is no 'c'; there is 'b'"
        )

    def test_has_single_values_only(self, bench: Bench):
        ran = bench.run(report("Report", {"a": {"b": 1}}), condition("Choose", equals(json_get("Report", "a"), 1)))
        assert "'a' is no single value" in ran.summary["failure_reason"]

    def test_may_be_asked_by_jobs_too(self, bench: Bench):
        text = {"Environment": {"PSI": join(json_get("Report", "psi"))}}
        ran = bench.run(
            report("Report", {"psi": 0.4}), processing("Read", "assert os.environ['PSI'] == '0.4'", arguments=text)
        )
        assert ran.code == 0, ran.result.output

    def test_is_checked_when_it_is_read_and_before_the_job_starts(self, bench: Bench):
        number = {"Environment": {"PSI": json_get("Report", "psi")}}
        ran = bench.run(report("Report", {"psi": 0.4}), processing("Read", arguments=number))
        assert ran.step("Read")["reason"].startswith(
            "CreateProcessingJob: Invalid type for parameter Environment.PSI, value: 0.4, type: <class 'float'>"
        )
        assert ran.step("Read")["job_name"] is None

    def test_that_is_not_written_fails_the_step_that_asks(self, bench: Bench):
        step = report("Report", {})
        step["PropertyFiles"][0]["FilePath"] = "other.json"
        ran = bench.run(step, condition("Choose", equals(json_get("Report", "a"), 1)))
        assert ran.summary["failure_reason"].startswith("Step Choose: s3://toys/Report/data/other.json: ")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (equals("1", 1), "'1' (str) and 1 (number) are of different types"),
        (equals(True, 1), "True (boolean) and 1 (number) are of different types"),
        (compare("GreaterThan", "2", "10"), "GreaterThan compares two numbers, not '2' and '10'"),
    ],
)
def test_compare_like_with_like(bench: Bench, asked: dict[str, Any], said: str):
    ran = bench.run(condition("Choose", asked))
    assert ran.code == 1
    assert ran.summary["failure_reason"] == f"Step Choose: {said}"
