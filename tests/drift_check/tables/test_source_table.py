"""Parquet tables are read as the statistics want them, within bounded memory."""

import math
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from segmentation_model.drift.reference.column_values import category_counts
from segmentation_model.drift.reference.profile import build_profile, count_table
from segmentation_model.drift.settings import ProfileSettings
from segmentation_model.drift_check.tables import source_table
from segmentation_model.drift_check.tables.source_table import open_table
from segmentation_model.errors import ConfigurationError, InputError

ROWS = 3_000


def write(path: Path, columns: dict[str, object], **options: object) -> str:
    """A Parquet file of these columns; its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path, **options)
    return str(path)


def customers(rows: int = ROWS) -> dict[str, object]:
    """Columns of every kind that the statistics know."""
    random = np.random.default_rng(1)
    amounts = random.normal(size=rows).astype(np.float32)
    return {
        "customer_id": [f"C{number:07d}" for number in range(rows)],
        "amount": pa.array(amounts, mask=random.random(rows) < 0.1),
        "balance": random.normal(size=rows),
        "bills": pa.array(random.integers(0, 9, rows), mask=random.random(rows) < 0.1),
        "months": random.integers(0, 9, rows).astype(np.int16),
        "zone": random.choice(["north", "south", "east"], rows),
        "active": pa.array(random.random(rows) < 0.5, mask=random.random(rows) < 0.1),
        "paid": pa.array([Decimal("1.50"), None] * (rows // 2), pa.decimal128(9, 2)),
        "since": pa.array([date(2024, 5, 1), None] * (rows // 2)),
        "nothing": pa.nulls(rows),
    }


class TestColumns:
    def test_every_kind_arrives_as_the_statistics_want_it(self, tmp_path: Path):
        table = open_table(write(tmp_path / "t.parquet", customers()))
        frame = table.read()
        assert tuple(frame.columns) == table.names == tuple(customers())
        assert frame.dtypes.astype(str).to_dict() == {
            "customer_id": "str",
            "amount": "float32",
            "balance": "float64",
            "bills": "float64",
            "months": "int16",
            "zone": "category",
            "active": "float32",
            "paid": "float64",
            "since": "datetime64[ms]",
            "nothing": "float64",
        }
        assert (table.rows, dict(table.problems)) == (ROWS, {})

    def test_values_are_those_that_were_written(self, tmp_path: Path):
        columns = customers()
        written = pa.table(columns).to_pandas()
        frame = open_table(write(tmp_path / "t.parquet", columns)).read()
        for name in ("customer_id", "zone"):
            assert frame[name].tolist() == written[name].tolist()
        for name in ("amount", "balance", "bills", "months", "active", "paid"):
            expected = pd.to_numeric(written[name].map(lambda value: math.nan if value is None else float(value)))
            np.testing.assert_array_equal(frame[name].to_numpy(float), expected.to_numpy(float))
        assert frame["since"].isna().sum() == ROWS // 2
        assert frame["since"].max() == pd.Timestamp("2024-05-01")

    def test_slices_together_are_the_whole(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(source_table, "_BATCH_ROWS", 700)
        table = open_table(write(tmp_path / "t.parquet", customers(), row_group_size=450))
        slices = list(table.batches())
        assert [len(one) for one in slices] == [700, 700, 700, 700, 200]
        whole = pd.concat(slices, ignore_index=True)
        # Only pandas' own types differ: a categorical per slice, and integers where a slice misses no value.
        pd.testing.assert_frame_equal(
            whole.astype({"zone": str}), table.read().astype({"zone": str}), check_dtype=False
        )

    def test_slices_count_like_the_whole(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        columns = customers()
        table = open_table(write(tmp_path / "t.parquet", columns))
        whole = table.read()
        profile = build_profile(whole.head(1_000), ProfileSettings())
        monkeypatch.setattr(source_table, "_BATCH_ROWS", 700)
        first, *others = (count_table(profile, one) for one in table.batches())
        total = sum(others, first)
        expected = count_table(profile, whole)
        assert set(profile.columns) == set(columns) - {"since"}
        for name, counts in expected.columns.items():
            np.testing.assert_array_equal(total.columns[name].bins, counts.bins)
            assert counts.problem is None

    def test_only_the_columns_asked_for_are_read_in_that_order(self, tmp_path: Path):
        table = open_table(write(tmp_path / "t.parquet", customers()))
        assert list(table.read(["zone", "amount"])) == ["zone", "amount"]
        assert [list(one) for one in table.batches(["balance"])] == [["balance"]]

    def test_a_name_with_a_dot_is_a_name(self, tmp_path: Path):
        table = open_table(write(tmp_path / "t.parquet", {"a": [1, 2], "a.b": [3, 4]}))
        assert table.read(["a"]).to_dict("list") == {"a": [1, 2]}
        assert table.read(["a.b"]).to_dict("list") == {"a.b": [3, 4]}

    def test_an_index_that_pandas_wrote_is_a_column(self, tmp_path: Path):
        pd.DataFrame({"x": [1, 2]}, index=pd.Index([7, 8], name="id")).to_parquet(tmp_path / "t.parquet")
        assert open_table(str(tmp_path / "t.parquet")).names == ("x", "id")

    def test_pandas_categories_stay_categories(self, tmp_path: Path):
        pd.DataFrame({"x": pd.Categorical([1, 2, None, 1])}).to_parquet(tmp_path / "t.parquet")
        assert category_counts(open_table(str(tmp_path / "t.parquet")).read()["x"]) == {"1": 2, "2": 1}

    @pytest.mark.parametrize(
        "kind",
        [
            pa.large_string(),
            pa.string_view(),
            pa.dictionary(pa.int8(), pa.string()),
            pa.dictionary(pa.int16(), pa.large_string()),
        ],
        ids=str,
    )
    def test_text_may_be_stored_in_any_way(self, tmp_path: Path, kind: pa.DataType):
        write(tmp_path / "a.parquet", {"x": pa.array(["n", "s", None] * 1_000).cast(kind)})
        frame = open_table(str(tmp_path / "a.parquet")).read()
        assert category_counts(frame["x"]) == {"n": 1_000, "s": 1_000}
        write(tmp_path / "b.parquet", {"x": ["n"]})
        assert category_counts(open_table(str(tmp_path)).read()["x"]) == {"n": 1_001, "s": 1_000}

    def test_what_nothing_can_be_compared_of_is_a_problem_of_its_own(self, tmp_path: Path):
        path = write(tmp_path / "t.parquet", {"x": [1, 2], "list": [[1], [2]], "bytes": [b"a", b"b"]})
        table = open_table(path)
        assert table.names == ("x",)
        assert dict(table.problems) == {
            "list": "list<element: int64> holds neither numbers nor categories",
            "bytes": "binary holds neither numbers nor categories",
        }
        with pytest.raises(InputError, match=r"column 'list' cannot be read: list<element: int64> holds neither"):
            table.read(["list"])

    def test_a_name_that_occurs_twice_is_a_problem_of_its_own(self, tmp_path: Path):
        pq.write_table(pa.table([[1], [2], [3]], names=["x", "y", "x"]), tmp_path / "t.parquet")
        table = open_table(str(tmp_path / "t.parquet"))
        assert table.problems["x"] == f"the name occurs 2 times in {tmp_path / 't.parquet'}"
        assert table.read().to_dict("list") == {"y": [2]}

    def test_a_table_without_rows_is_one_slice_without_rows(self, tmp_path: Path):
        table = open_table(write(tmp_path / "t.parquet", {"x": pa.array([], pa.float32()), "y": pa.array([], "str")}))
        (only,) = table.batches()
        assert (table.rows, len(only), list(only)) == (0, 0, ["x", "y"])
        assert len(table.read()) == 0


class TestSize:
    @pytest.mark.parametrize("distinct", [5, 1_000_000], ids=["few categories", "all different"])
    def test_the_estimate_is_near_what_arrow_takes(self, tmp_path: Path, distinct: int):
        random = np.random.default_rng(2)
        rows = 20_000
        text = [f"value {number}" for number in random.integers(0, distinct, rows)]
        columns = {"x": random.normal(size=rows).astype(np.float32), "y": random.normal(size=rows), "z": pa.array(text)}
        if distinct == 5:
            columns["z"] = columns["z"].dictionary_encode()
        table = open_table(write(tmp_path / "t.parquet", columns))
        assert table.arrow_bytes == pytest.approx(pa.table(columns).nbytes, rel=0.15)

    def test_it_does_not_follow_compression(self, tmp_path: Path):
        rows = 200_000
        path = write(tmp_path / "t.parquet", {"x": np.zeros(rows), "y": pa.array(["the same long value"] * rows)})
        assert Path(path).stat().st_size < 10_000
        assert open_table(path).arrow_bytes > rows * 12

    def test_memory_does_not_grow_with_the_row_group(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(source_table, "_BATCH_ROWS", 20_000)
        columns = {f"x{number}": np.random.default_rng(number).random(1_000_000) for number in range(4)}
        path = write(tmp_path / "t.parquet", columns, row_group_size=1_000_000, use_dictionary=False)
        del columns
        before = pa.total_allocated_bytes()
        taken = [pa.total_allocated_bytes() - before for _ in open_table(path).batches()]
        assert len(taken) == 50
        assert max(taken) < 12e6  # of 32e6; a page of each column is a megabyte

    def test_wide_tables_come_in_slices_of_fewer_rows(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(source_table, "_BATCH_BYTES", 100_000)
        table = open_table(write(tmp_path / "t.parquet", {f"x{number}": np.zeros(ROWS) for number in range(20)}))
        slices = list(table.batches())
        assert sum(map(len, slices)) == ROWS
        assert all(one.memory_usage(index=False).sum() <= 100_000 for one in slices)
        assert [len(one) for one in table.batches(["x0"])] == [ROWS]


class TestOverrides:
    @pytest.mark.parametrize(
        "codes",
        [[1, 2, None, 1], [1.0, 2.0, None, 1.0], [1.0, 2.0, math.nan, 1.0], ["1", "2", None, "1"]],
        ids=["integers", "floats", "floats with NaN", "text"],
    )
    def test_codes_are_the_same_categories_however_they_are_stored(self, tmp_path: Path, codes: Sequence[object]):
        table = open_table(write(tmp_path / "t.parquet", {"code": codes}), categorical=["code"])
        assert category_counts(table.read()["code"]) == {"1": 2, "2": 1}

    def test_float32_reads_as_what_was_meant(self, tmp_path: Path):
        path = write(tmp_path / "t.parquet", {"code": pa.array([0.1, 2.5], pa.float32())})
        assert category_counts(open_table(path, categorical=["code"]).read()["code"]) == {"0.1": 1, "2.5": 1}

    def test_dates_and_decimals_can_be_categories(self, tmp_path: Path):
        columns = {"day": [date(2025, 1, 31)], "rate": pa.array([Decimal("2.00")])}
        frame = open_table(write(tmp_path / "t.parquet", columns), categorical=["day", "rate"]).read()
        assert frame.to_dict("list") == {"day": ["2025-01-31"], "rate": ["2"]}

    def test_text_can_be_numbers(self, tmp_path: Path):
        path = write(tmp_path / "t.parquet", {"x": ["1.5", " NA", "007", None], "y": [1, 2, 3, 4]})
        frame = open_table(path, numeric=["x", "y"]).read()
        np.testing.assert_array_equal(frame["x"], [1.5, np.nan, 7.0, np.nan])
        assert frame["y"].dtype == np.int64

    def test_text_that_is_no_number_is_named_with_its_row(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(source_table, "_BATCH_ROWS", 100)
        values = [str(number) for number in range(250)]
        values[171] = "many"
        table = open_table(write(tmp_path / "t.parquet", {"x": values}), numeric=["x"])
        with pytest.raises(InputError, match=r"t\.parquet: column 'x' is to be numeric, but row 172 holds 'many'; num"):
            list(table.batches())

    def test_a_date_stays_a_date(self, tmp_path: Path):
        table = open_table(write(tmp_path / "t.parquet", {"day": [date(2025, 1, 31)]}), numeric=["day"])
        assert table.read()["day"].dt.year.tolist() == [2025]

    def test_a_column_that_is_not_there_is_refused_with_its_neighbours(self, tmp_path: Path):
        path = write(tmp_path / "t.parquet", {"amount_01": [1], "amount_02": [1], "zone": ["a"]})
        with pytest.raises(ConfigurationError, match=r"no column 'amount_1'; near it: 'amount_01', 'amount_02'$"):
            open_table(path, numeric=["amount_1"])
        with pytest.raises(ConfigurationError, match=r"no column 'x'; there are 'amount_01', 'amount_02', 'zone'$"):
            open_table(path, categorical=["x"])
        with pytest.raises(ConfigurationError, match=r"t\.parquet: there is no column 'zones'; near it: 'zone'$"):
            open_table(path).read(["zones"])

    def test_one_layout_may_describe_tables_that_lack_some_of_its_columns(self, tmp_path: Path):
        path = write(tmp_path / "t.parquet", {"code": [1]})
        table = open_table(path, categorical=["code", "other"], numeric=["x"], absent_ok=True)
        assert table.read().to_dict("list") == {"code": ["1"]}

    def test_both_at_once_is_refused(self, tmp_path: Path):
        with pytest.raises(ConfigurationError, match=r"cannot be numeric and categorical at once: 'x'$"):
            open_table(write(tmp_path / "t.parquet", {"x": [1]}), numeric=["x"], categorical=["x"])


class TestDamage:
    @pytest.mark.parametrize("kept", [0.3, 0.99])
    def test_a_truncated_file_is_named(self, tmp_path: Path, kept: float):
        path = Path(write(tmp_path / "t.parquet", customers()))
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * kept)])
        with pytest.raises(InputError, match=r"t\.parquet: a damaged or truncated Parquet file \(.*magic bytes"):
            open_table(str(path))

    def test_damage_inside_is_found_by_the_checksum(self, tmp_path: Path):
        path = Path(
            write(tmp_path / "t.parquet", {"x": np.arange(9_000.0)}, write_page_checksum=True, use_dictionary=False)
        )
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0xFF
        path.write_bytes(content)
        table = open_table(str(path))
        with pytest.raises(InputError, match=r"t\.parquet: a damaged or truncated Parquet file \(.*CRC"):
            table.read()

    @pytest.mark.parametrize("name", ["t.parquet", "t.xlsx", "t"])
    def test_what_is_neither_is_said(self, tmp_path: Path, name: str):
        (tmp_path / name).write_bytes(b"PK\x03\x04\x14\0\0\0 a workbook")
        with pytest.raises(InputError, match=r"neither Parquet nor CSV \(it begins with b'PK.*save it as one of them$"):
            open_table(str(tmp_path / name))

    def test_an_empty_file_is_said(self, tmp_path: Path):
        (tmp_path / "t.parquet").touch()
        with pytest.raises(InputError, match=r"t\.parquet: the file is empty; a Parquet or CSV file, or a folder of"):
            open_table(str(tmp_path / "t.parquet"))
