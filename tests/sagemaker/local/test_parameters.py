"""Parameters: what may be given, and what is refused before anything runs."""

import pytest

from tests.sagemaker.local.bench import Bench, fail, get, join, parameter

pytestmark = pytest.mark.slow

ALL = [
    parameter("Name", "String", "north"),
    parameter("Rows", "Integer", 3),
    parameter("Share", "Float", 0.25),
    parameter("Strict", "Boolean", False),
    parameter("Level", "String", "low", EnumValues=["low", "high"]),
]
SHOW = fail("Show", join(*(get(f"Parameters.{one['Name']}") for one in ALL), on=" "))


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ([], "north 3 0.25 false low"),
        (["Name=a=b", "Rows=-7", "Share=1e-2", "Strict=TRUE", "Level=high"], "a=b -7 0.01 true high"),
        (["Name=", "Rows=1", "Rows=2"], " 2 0.25 false low"),
    ],
)
def test_have_the_given_value_or_the_default(bench: Bench, given: list[str], shown: str):
    options = [word for one in given for word in ("--parameter", one)]
    ran = bench.run(SHOW, parameters=ALL, options=options)
    assert ran.code == 1
    assert ran.summary["failure_reason"] == shown


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("Colour=red", "--parameter Colour: unknown; the pipeline has 'Name', 'Rows', 'Share', 'Strict', 'Level'"),
        ("Rows", "--parameter 'Rows': write it as Name=Value"),
        ("Rows=3.5", "parameter Rows: '3.5' is no Integer"),
        ("Share=much", "parameter Share: 'much' is no Float"),
        ("Share=nan", "parameter Share: 'nan' is no Float"),
        ("Strict=1", "parameter Strict: '1' is no Boolean"),
        ("Level=medium", "parameter Level: 'medium' is not allowed; use one of 'low', 'high'"),
    ],
)
def test_that_cannot_be_used_are_refused(bench: Bench, given: str, said: str):
    ran = bench.run(SHOW, parameters=ALL, options=["--parameter", given])
    assert ran.code == 2
    assert ran.result.stderr == f"Error: {said}\n"
    assert not (bench.folder / "work").exists()


def test_without_a_default_must_be_given(bench: Bench):
    ran = bench.run(SHOW, parameters=[*ALL, parameter("Bucket", "String"), parameter("Month", "String")])
    assert ran.code == 2
    assert "parameter Bucket: missing; it has no default, so give --parameter Bucket=…" in ran.result.stderr
    assert "parameter Month: missing" in ran.result.stderr


def test_have_defaults_of_their_type(bench: Bench):
    ran = bench.run(fail("Show", ""), parameters=[parameter("Rows", "Integer", "3"), parameter("On", "Integer", True)])
    assert ran.code == 2
    assert "parameter Rows: its default '3' is no Integer" in ran.result.stderr
    assert "parameter On: its default True is no Integer" in ran.result.stderr
