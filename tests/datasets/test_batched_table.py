"""Stored tables in batches: read as they are needed, written while they are computed."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from kedro.io import DatasetError

from segmentation_model.datasets import batched_table
from segmentation_model.datasets.batched_table import BatchedTableDataset
from segmentation_model.datasets.table import TableDataset, TableFileError
from segmentation_model.table_batches import TableBatches

TABLE = pd.DataFrame(
    {
        "id": pd.array([f"C{n}" for n in range(250)], dtype="str"),
        "late": np.where(np.arange(250) % 7 == 0, np.nan, np.arange(250)).astype(np.float32),
        "reason": pd.array([None] * 200 + ["x"] * 50, dtype="str"),
        "invoiced": np.full(250, np.datetime64("2026-07-05", "ms")),
        "known": np.arange(250) % 2 == 0,
    }
)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batched_table, "BATCH_ROWS", 100)


def dataset(place: str, **options: Any) -> BatchedTableDataset:
    return BatchedTableDataset(filepath=place, **options)


def load(place: str, **options: Any) -> TableBatches:
    table = dataset(place, **options).load()
    assert table is not None
    return table


@pytest.fixture
def stored(place: str) -> str:
    """A table of 250 rows, on disk and on an object store."""
    path = f"{place}/table.parquet"
    dataset(path).save(TableBatches.of(TABLE, 90))
    return path


class TestReading:
    def test_gives_batches_that_are_the_table(self, stored: str) -> None:
        sizes = [len(batch) for batch in load(stored)]
        assert max(sizes) <= 100
        assert len(sizes) > 2
        pd.testing.assert_frame_equal(load(stored).read(), TABLE)

    def test_of_a_table_that_was_written_whole_gives_the_same(self, place: str) -> None:
        TableDataset(filepath=f"{place}/whole.parquet").save(TABLE)
        pd.testing.assert_frame_equal(load(f"{place}/whole.parquet").read(), TABLE)

    def test_of_some_columns_reads_no_others(self, stored: str) -> None:
        table = load(stored).select(["known", "id"])
        assert table.columns == ["known", "id"]
        pd.testing.assert_frame_equal(table.read(), TABLE[["known", "id"]])

    def test_takes_names_with_dots_for_names(self, place: str) -> None:
        table = pd.DataFrame({"a": [1, 2], "a.b": [3, 4], "default.payment": [0, 1]})
        dataset(f"{place}/dots.parquet").save(table)
        for names in (["a"], ["a.b", "a"], ["default.payment"]):
            pd.testing.assert_frame_equal(load(f"{place}/dots.parquet").select(names).read(), table[names])

    def test_of_files_that_differ_where_nothing_is_lost_gives_the_types_of_the_first(self, tmp_path: Path) -> None:
        pd.DataFrame({"n": [1.5, 2.0]}).to_parquet(tmp_path / "a.parquet")
        pd.DataFrame({"n": [3]}).to_parquet(tmp_path / "b.parquet")
        assert load(str(tmp_path)).read()["n"].tolist() == [1.5, 2.0, 3.0]

    def test_says_where_a_batch_comes_from(self, stored: str) -> None:
        assert {batch.attrs["source"] for batch in load(stored)} == {stored}

    @pytest.mark.parametrize("table", [TABLE.iloc[:0], pd.DataFrame()])
    def test_of_a_table_without_rows_gives_one_batch(self, place: str, table: pd.DataFrame) -> None:
        dataset(f"{place}/nothing.parquet").save(table)
        (batch,) = load(f"{place}/nothing.parquet")
        pd.testing.assert_frame_equal(batch, table, check_column_type=False)

    def test_knows_whether_there_are_rows(self, place: str) -> None:
        for name, table in (("some", TABLE), ("none", TABLE.iloc[:0])):
            dataset(f"{place}/{name}.parquet").save(table)
            assert load(f"{place}/{name}.parquet").has_rows == bool(len(table))

    def test_of_a_folder_gives_the_rows_of_its_files_in_their_order(self, tmp_path: Path) -> None:
        for number, rows in enumerate((slice(0, 120), slice(120, 121), slice(121, 250))):
            TABLE.iloc[rows].to_parquet(tmp_path / f"part-{number}.parquet", index=False)
        pd.testing.assert_frame_equal(load(str(tmp_path)).read(), TABLE)

    def test_of_an_absent_table_gives_none_where_it_may_be_absent(self, tmp_path: Path) -> None:
        assert dataset(str(tmp_path / "x.parquet"), optional=True).load() is None
        with pytest.raises(TableFileError, match=r"x\.parquet: there is no such file; a Parquet table is needed"):
            dataset(str(tmp_path / "x.parquet")).load()

    def test_tells_how_far_it_is_where_that_takes_long(
        self, stored: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(batched_table, "_SECONDS_BETWEEN_LINES", 0.0)
        with caplog.at_level(logging.INFO):
            load(stored).read()
        assert caplog.messages[-1] == "table.parquet: 250 rows so far"

    def test_a_preview_is_the_first_rows(self, stored: str) -> None:
        assert dataset(stored).preview(2)["data"] == TABLE.head(2).astype("str").to_numpy().tolist()


class TestRefusals:
    def refused(self, place: str, match: str) -> None:
        with pytest.raises(TableFileError, match=match):
            load(place).read()

    def test_of_what_is_no_parquet_file(self, tmp_path: Path) -> None:
        (tmp_path / "t.parquet").write_text("ID;Amount\n1;2\n")
        self.refused(str(tmp_path / "t.parquet"), r"no Parquet file \(it begins with b'ID;Amount")

    def test_of_a_truncated_file(self, tmp_path: Path) -> None:
        path = tmp_path / "t.parquet"
        TABLE.to_parquet(path)
        path.write_bytes(path.read_bytes()[:-50])
        self.refused(str(path), "a damaged or truncated Parquet file")

    def test_of_a_damaged_page(self, tmp_path: Path) -> None:
        path = tmp_path / "t.parquet"
        dataset(str(path)).save(TABLE)
        content = bytearray(path.read_bytes())
        offset = pq.read_metadata(path).row_group(0).column(1).data_page_offset
        content[offset + 60] ^= 0xFF
        path.write_bytes(content)
        self.refused(str(path), "a damaged or truncated Parquet file")

    def test_of_a_column_that_is_there_twice(self, tmp_path: Path) -> None:
        pq.write_table(pa.table([[1], [2]], names=["a", "a"]), tmp_path / "t.parquet")
        self.refused(str(tmp_path / "t.parquet"), "columns 'a' are there more than once; once is allowed")

    def test_of_a_file_that_lacks_columns_of_the_first(self, tmp_path: Path) -> None:
        TABLE.to_parquet(tmp_path / "a.parquet")
        TABLE.drop(columns="late").to_parquet(tmp_path / "b.parquet")
        self.refused(str(tmp_path), r"b\.parquet lacks the columns 'late' of the first file")

    def test_of_a_file_whose_types_are_not_those_of_the_first(self, tmp_path: Path) -> None:
        pd.DataFrame({"n": [1, 2]}).to_parquet(tmp_path / "a.parquet")
        pd.DataFrame({"n": ["x"]}).to_parquet(tmp_path / "b.parquet")
        self.refused(
            str(tmp_path), r"b\.parquet: the columns 'n' have not the types of the first file \(Failed to parse"
        )

    def test_of_a_folder_without_files(self, tmp_path: Path) -> None:
        (tmp_path / "nothing").mkdir()
        self.refused(str(tmp_path / "nothing"), "the folder holds no Parquet file")


class TestWriting:
    def test_holds_a_batch_at_a_time(self, tmp_path: Path) -> None:
        alive: list[int] = []

        def start() -> Iterator[pd.DataFrame]:
            for begin in range(0, 250, 50):
                alive.append(begin)
                yield TABLE.iloc[begin : begin + 50]

        dataset(str(tmp_path / "t.parquet")).save(TableBatches(start))
        assert alive == [0, 50, 100, 150, 200]
        assert pq.read_metadata(tmp_path / "t.parquet").num_row_groups == 5

    def test_that_fails_on_the_way_leaves_the_table_from_before(self, tmp_path: Path) -> None:
        path = tmp_path / "t.parquet"
        dataset(str(path)).save(TABLE)
        before = path.read_bytes()

        def start() -> Iterator[pd.DataFrame]:
            yield TABLE
            raise ValueError("the second batch cannot be computed")

        with pytest.raises(DatasetError, match="the second batch cannot be computed"):
            dataset(str(path)).save(TableBatches(start))
        assert path.read_bytes() == before
        assert list(tmp_path.iterdir()) == [path]

    def test_gives_a_later_batch_the_types_of_the_first(self, tmp_path: Path) -> None:
        parts = [pd.DataFrame({"n": np.array([1.5], np.float32)}), pd.DataFrame({"n": [2]})]
        dataset(str(tmp_path / "t.parquet")).save(TableBatches(lambda: iter(parts)))
        assert load(str(tmp_path / "t.parquet")).read()["n"].dtype == np.float32

    def test_of_equal_batches_gives_equal_bytes(self, tmp_path: Path) -> None:
        for name in ("a", "b"):
            dataset(str(tmp_path / name)).save(TableBatches.of(TABLE, 90))
        assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
