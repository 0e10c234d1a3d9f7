"""A column that cannot be compared says so and never takes the others down, whatever it holds."""

import datetime
import fractions
import json
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from jsonschema import Draft202012Validator

from segmentation_model.drift.judgement.gate import decide_gate
from segmentation_model.drift.judgement.table_drift import TableDrift
from segmentation_model.drift.reports.findings import Findings
from segmentation_model.drift.reports.json_report import drift_columns, drift_report
from segmentation_model.drift.reports.schema import report_schema
from segmentation_model.drift.reports.text_report import drift_page
from tests.drift.builders import RULE
from tests.drift.ways import WAYS, Way

ROWS = 600
HALF = ROWS // 2

Kind = Literal["numeric", "categorical"] | None


def objects(*values: object) -> pd.Series:
    """The values over and over as plain Python objects."""
    column = np.empty(ROWS, dtype=object)
    for row in range(ROWS):
        column[row] = values[row % len(values)]
    return pd.Series(column, dtype=object)


def arrow(kind: pa.DataType, *values: object) -> pd.Series:
    """The values over and over in an Arrow column."""
    return pd.Series(pd.array([values[row % len(values)] for row in range(ROWS)], dtype=pd.ArrowDtype(kind)))


def repeated(dtype: str, *values: object) -> pd.Series:
    return pd.Series([values[row % len(values)] for row in range(ROWS)], dtype=dtype)


DAY, MOMENT = datetime.date(2024, 1, 31), datetime.datetime(2024, 1, 31, 12)

ODD: dict[str, tuple[pd.Series, Kind]] = {
    "dates": (pd.Series(pd.date_range("2024-01-01", periods=ROWS)), None),
    "dates with a zone": (pd.Series(pd.date_range("2024-01-01", periods=ROWS, tz="America/Mexico_City")), None),
    "dates of Python": (objects(DAY, None), None),
    "times of Python": (objects(datetime.time(1, 2)), None),
    "numpy dates among objects": (objects(np.datetime64("2024-01-31")), None),
    "durations": (pd.Series(pd.to_timedelta(np.arange(ROWS), unit="D")), None),
    "periods": (pd.Series(pd.period_range("1990-01", periods=ROWS, freq="M")), None),
    "intervals": (pd.Series(pd.interval_range(0, ROWS)), None),
    "lists": (objects([1, 2], [3]), None),
    "dictionaries": (objects({"a": 1}), None),
    "sets": (objects({1}), None),
    "tuples": (objects((1, 2)), None),
    "arrays": (objects(np.arange(2), np.arange(3)), None),
    "frames": (objects(pd.DataFrame({"a": [1]})), None),
    "bytes": (objects(b"a", b"\xff"), None),
    "classes": (objects(int, str), None),
    "nothing in particular": (objects(object()), None),
    "uuids": (objects(uuid.UUID(int=1)), None),
    "fractions": (objects(fractions.Fraction(1, 3)), None),
    "complex": (repeated("complex128", 1 + 2j), None),
    "complex among objects": (objects(1 + 2j, 1), None),
    "text and numbers": (objects("a", 1), None),
    "text and truth values": (objects("a", True), None),
    "truth values and numbers": (objects(True, 2), None),
    "decimals and floats": (objects(Decimal("1.5"), 2.0), None),
    "Arrow lists": (arrow(pa.list_(pa.int64()), [1], [2, 3], None), None),
    "Arrow structs": (arrow(pa.struct([("a", pa.int64())]), {"a": 1}, None), None),
    "Arrow maps": (arrow(pa.map_(pa.string(), pa.int64()), [("a", 1)]), None),
    "Arrow dates": (arrow(pa.date32(), DAY, None), None),
    "Arrow times": (arrow(pa.time64("us"), datetime.time(1)), None),
    "Arrow moments": (arrow(pa.timestamp("us", "UTC"), MOMENT), None),
    "Arrow durations": (arrow(pa.duration("us"), datetime.timedelta(1)), None),
    "Arrow bytes": (arrow(pa.binary(), b"a"), None),
    "decimals": (objects(Decimal("1.5"), Decimal("-2"), None), "numeric"),
    "decimals beyond a float": (objects(Decimal("1e999"), Decimal("1")), "numeric"),
    "decimals that are infinite": (objects(Decimal("Infinity"), Decimal("1")), "numeric"),
    "integers and pd.NA": (objects(1, pd.NA, 2), "numeric"),
    "nullable integers": (repeated("Int64", 1, pd.NA), "numeric"),
    "truth values and pd.NA": (objects(True, pd.NA), "numeric"),
    "nullable truth values": (repeated("boolean", True, pd.NA, False), "numeric"),
    "the largest integers": (repeated("uint64", 2**64 - 1, 0), "numeric"),
    "half floats": (repeated("float16", 1.0, 2.0), "numeric"),
    "long doubles": (pd.Series(np.full(ROWS, 1.5, dtype=np.longdouble)), "numeric"),
    "denormal numbers": (repeated("float64", 5e-324, -5e-324), "numeric"),
    "sparse numbers": (pd.Series(pd.arrays.SparseArray([0.0, 1.0] * HALF)), "numeric"),
    "Arrow truth values": (arrow(pa.bool_(), True, None), "numeric"),
    "Arrow decimals": (arrow(pa.decimal128(10, 2), Decimal("1.5"), None), "numeric"),
    "Arrow unsigned": (arrow(pa.uint64(), 2**64 - 1, None), "numeric"),
    "text with every sort of nothing": (objects("a", None, np.nan, pd.NA), "categorical"),
    "text that only looks missing": (objects("nan", "None", "", " "), "categorical"),
    "text that no file can hold": (objects("\ud800", "b"), "categorical"),
    "text with a zero byte": (objects("a\0b", "b"), "categorical"),
    "text without end": (objects("x" * 50_000, "y"), "categorical"),
    "Arrow text": (arrow(pa.large_string(), "a", None), "categorical"),
    "categories in order": (pd.Series(pd.Categorical(["a", "b"] * HALF, ordered=True)), "categorical"),
    "categories that are times": (
        pd.Series(pd.Categorical([datetime.time(1), datetime.time(2)] * HALF)),
        "categorical",
    ),
    "categories that are intervals": (pd.Series(pd.cut(np.arange(ROWS), 4)), "categorical"),
    "categories that are tuples": (pd.Series(pd.Categorical([(1, 2), (3, 4)] * HALF)), "categorical"),
    "categories that read alike": (pd.Series(pd.Categorical([1, "1"] * HALF)), "categorical"),
    "Arrow nothing": (arrow(pa.null(), None), "categorical"),
    "NaT": (repeated("datetime64[ns]", pd.NaT), "categorical"),
    "decimals that are no number": (objects(Decimal("NaN")), "categorical"),
}
PLAIN: dict[str, Callable[[], pd.Series]] = {
    "amounts": lambda: pd.Series(np.random.default_rng(1).lognormal(6, 2, ROWS)),
    "letters": lambda: pd.Series(np.random.default_rng(2).choice(list("abc"), ROWS)),
}


def with_neighbours(columns: dict[str, pd.Series]) -> pd.DataFrame:
    """The columns between two plain ones."""
    return pd.DataFrame({"amounts": PLAIN["amounts"](), **columns, "letters": PLAIN["letters"]()})


def check_neighbours(drift: TableDrift) -> None:
    """Both plain columns are compared, as without the odd ones, and every report can be written."""
    plain = {column.column: column for column in drift.columns if column.column in PLAIN}
    for name, column in plain.items():
        assert column.status == "measured", name
        assert column.drift is not None
        assert column.drift.psi == 0.0
    outcome = decide_gate({"Domestic": drift}, False)
    report = drift_report(Findings({"Domestic": drift}, outcome, RULE, "2024-01-31"))
    Draft202012Validator(report_schema()).validate(json.loads(json.dumps(report, allow_nan=False).encode()))
    assert np.isfinite(drift_columns({"Domestic": drift})["value"]).all()
    drift_page(Findings({"Domestic": drift}, outcome, RULE, "2024-01-31")).encode()


@pytest.fixture(params=WAYS.values(), ids=WAYS.keys())
def judge(request: pytest.FixtureRequest) -> Way:
    """Each way from two tables to a judgement."""
    return request.param


def test_all_of_them_in_one_table_leave_the_others_alone(judge: Way) -> None:
    table = with_neighbours({name: column for name, (column, _) in ODD.items()})
    drift = judge(table, table.copy())
    check_neighbours(drift)
    found = {column.column: column for column in drift.columns}
    assert {name: found[name].kind for name in ODD} == {name: kind for name, (_, kind) in ODD.items()}
    for name, (_, kind) in ODD.items():
        if kind is None:
            assert found[name].status == "not_compared", name
            assert "holds neither numbers nor categories" in str(found[name].reason), name
        else:
            assert found[name].status == "measured", name
            assert found[name].severity == "none", name


@pytest.mark.parametrize("plain", [pd.Series(np.arange(ROWS, dtype=float)), pd.Series(["a", "b"] * HALF)])
def test_plain_columns_that_become_odd_and_odd_ones_that_become_plain_leave_the_others_alone(
    judge: Way, plain: pd.Series
) -> None:
    odd = with_neighbours({name: column for name, (column, _) in ODD.items()})
    usual = with_neighbours(dict.fromkeys(ODD, plain))
    for reference, current in ((odd, usual), (usual, odd)):
        drift = judge(reference, current)
        check_neighbours(drift)
        found = {column.column: column for column in drift.columns}
        for name, (_, kind) in ODD.items():
            if kind is None:
                assert found[name].status == "not_compared", name
                assert found[name].reason, name


def test_integers_that_no_float_can_hold_leave_the_others_alone(judge: Way) -> None:
    table = with_neighbours({"x": objects(10**400, 1)})
    check_neighbours(judge(table, table.copy()))


class TestNames:
    def test_that_occur_twice_are_left_out_on_whichever_side_they_do(self, judge: Way) -> None:
        once = with_neighbours({"x": pd.Series(np.arange(ROWS))})
        twice = pd.concat([once, once[["x"]]], axis=1)
        for reference, current in ((once, twice), (twice, once), (twice, twice)):
            drift = judge(reference, current)
            check_neighbours(drift)
            column = next(column for column in drift.columns if column.column == "x")
            assert column.status == "not_compared"
            assert "2 times" in str(column.reason)

    def test_that_are_no_text_are_compared_under_their_text(self, judge: Way) -> None:
        names = [1, 2.5, None, ("a", "b"), pd.Timestamp("2024-01-31")]
        table = with_neighbours({})
        for name in names:
            table[name] = np.arange(ROWS)
        table.columns = pd.Index(["amounts", "letters", *names], dtype=object, tupleize_cols=False)
        drift = judge(table, table.copy())
        check_neighbours(drift)
        found = {column.column: column.status for column in drift.columns}
        assert {str(name): found[str(name)] for name in names} == {str(name): "measured" for name in names}

    def test_that_read_alike_are_left_out(self, judge: Way) -> None:
        table = with_neighbours({})
        table[1], table["1"] = 1.0, 2.0
        drift = judge(table, table.copy())
        check_neighbours(drift)
        assert {column.column: column.status for column in drift.columns}["1"] == "not_compared"

    @pytest.mark.parametrize("name", ["", " ", "<script>", "a\nb", "año", "x" * 500])
    def test_of_every_sort_are_reported(self, judge: Way, name: str) -> None:
        table = with_neighbours({name: pd.Series(np.arange(ROWS))})
        drift = judge(table, table.copy())
        check_neighbours(drift)
        assert drift.columns[1].status == "measured"
