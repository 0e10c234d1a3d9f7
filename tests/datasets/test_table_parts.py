"""Tables in parts: how they are cut, named, read again and replaced, and that a missing part is missed."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from kedro.io import DatasetError

from segmentation_model.datasets import batched_table
from segmentation_model.datasets.batched_table import BatchedTableDataset
from segmentation_model.datasets.storage import Storage
from segmentation_model.datasets.table import TableFileError
from segmentation_model.datasets.table_parts import part_name, parts_in
from segmentation_model.table_batches import TableBatches
from tests.object_store import BUCKET, empty_bucket

TABLE = pd.DataFrame(
    {
        "id": pd.array([f"C{n}" for n in range(250)], dtype="str"),
        "late": np.where(np.arange(250) % 7 == 0, np.nan, np.arange(250)).astype(np.float32),
        "reason": pd.array([None] * 200 + ["x"] * 50, dtype="str"),
    }
)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batched_table, "BATCH_ROWS", 64)


@pytest.fixture(params=["disk", "object store", "S3"])
def anywhere(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Address of a table that is not there yet."""
    if request.param == "S3":
        with empty_bucket(monkeypatch):
            yield f"s3://{BUCKET}/layer/table.parquet"
    else:
        yield f"{request.getfixturevalue('memory') if request.param == 'object store' else tmp_path}/table.parquet"


def save(address: str, part_rows: int | None = 100, table: pd.DataFrame = TABLE, batch: int = 90) -> None:
    BatchedTableDataset(filepath=address, part_rows=part_rows).save(TableBatches.of(table, batch))


def load(address: str) -> TableBatches:
    found = BatchedTableDataset(filepath=address).load()
    assert found is not None
    return found


def names(address: str) -> list[str]:
    storage = Storage(address)
    return sorted(path.rsplit("/", 1)[-1] for path in storage.fs.find(storage.path))


def rows(folder: Path) -> list[int]:
    return [pq.read_metadata(part).num_rows for part in parts_in(folder)]


class TestCutting:
    @pytest.mark.parametrize("batch", [1, 90, 100, 250])
    def test_depends_on_no_batch(self, tmp_path: Path, batch: int) -> None:
        save(str(tmp_path / "t.parquet"), batch=batch)
        assert rows(tmp_path / "t.parquet") == [100, 100, 50]

    @pytest.mark.parametrize(("part_rows", "expected"), [(250, [250]), (125, [125, 125]), (249, [249, 1])])
    def test_leaves_no_part_without_rows(self, tmp_path: Path, part_rows: int, expected: list[int]) -> None:
        save(str(tmp_path / "t.parquet"), part_rows)
        assert rows(tmp_path / "t.parquet") == expected

    def test_gives_a_table_without_rows_one_part_that_has_its_columns(self, tmp_path: Path) -> None:
        save(str(tmp_path / "t.parquet"), table=TABLE.iloc[:0])
        assert rows(tmp_path / "t.parquet") == [0]
        (batch,) = load(str(tmp_path / "t.parquet"))
        pd.testing.assert_frame_equal(batch, TABLE.iloc[:0], check_column_type=False)

    def test_takes_a_table_in_memory_too(self, tmp_path: Path) -> None:
        BatchedTableDataset(filepath=str(tmp_path / "t"), part_rows=200).save(TABLE)
        pd.testing.assert_frame_equal(load(str(tmp_path / "t")).read(), TABLE)


class TestReading:
    def test_gives_the_table(self, anywhere: str) -> None:
        save(anywhere)
        assert names(anywhere) == [part_name(number, 3) for number in range(3)]
        pd.testing.assert_frame_equal(load(anywhere).read(), TABLE)

    @pytest.mark.parametrize("part_rows", [None, 7, 64, 100, 250])
    def test_gives_the_batches_of_a_single_file(self, anywhere: str, part_rows: int | None) -> None:
        save(anywhere, part_rows)
        assert [len(batch) for batch in load(anywhere)] == [64, 64, 64, 58]

    def test_gives_text_of_several_parts_that_is_written_again_as_that_of_one(self, tmp_path: Path) -> None:
        save(str(tmp_path / "parts"), 30)
        save(str(tmp_path / "one"), None)
        for name in ("parts", "one"):
            BatchedTableDataset(filepath=str(tmp_path / f"{name}-again")).save(load(str(tmp_path / name)))
        assert (tmp_path / "parts-again").read_bytes() == (tmp_path / "one-again").read_bytes()

    def test_keeps_the_order_of_more_parts_than_five_digits_count(self) -> None:
        ordered = [part_name(number, 100_001) for number in (2, 99_999, 100_000)]
        assert ordered == sorted(ordered)

    @pytest.mark.parametrize("missing", [0, 1, 2])
    def test_is_refused_where_a_part_is_missing(self, anywhere: str, missing: int) -> None:
        save(anywhere)
        storage = Storage(anywhere)
        storage.fs.rm_file(f"{storage.path}/{part_name(missing, 3)}")
        with pytest.raises(
            TableFileError, match=rf"table\.parquet: the parts 'part-0000{missing}-of-00003\.parquet' of the table are"
        ):
            load(anywhere)

    def test_is_refused_where_parts_of_two_tables_lie_together(self, tmp_path: Path) -> None:
        save(str(tmp_path / "a"), 125)
        save(str(tmp_path / "b"), 100)
        (tmp_path / "b" / part_name(2, 3)).rename(tmp_path / "a" / part_name(2, 3))
        with pytest.raises(TableFileError, match="a: the folder holds parts of 2 tables, of 2, 3 parts; those of one"):
            load(str(tmp_path / "a"))

    def test_of_folders_of_tables_takes_each_for_itself(self, tmp_path: Path) -> None:
        save(str(tmp_path / "all" / "a"), 125)
        save(str(tmp_path / "all" / "b"), 100)
        assert len(load(str(tmp_path / "all")).read()) == 500


class TestReplacing:
    def test_leaves_no_part_of_a_longer_table(self, anywhere: str) -> None:
        save(anywhere)
        save(anywhere, table=TABLE.iloc[:120])
        assert names(anywhere) == [part_name(0, 2), part_name(1, 2)]
        assert len(load(anywhere).read()) == 120

    @pytest.mark.parametrize(("before", "after", "files"), [(None, 150, 2), (150, None, 1)])
    def test_leaves_nothing_of_the_other_kind(
        self, anywhere: str, before: int | None, after: int | None, files: int
    ) -> None:
        save(anywhere, before, TABLE.iloc[:10])
        save(anywhere, after)
        assert len(names(anywhere)) == files
        assert Storage(anywhere).is_folder() == (after is not None)
        pd.testing.assert_frame_equal(load(anywhere).read(), TABLE)

    @pytest.mark.parametrize(("before", "after"), [(None, 100), (100, None), (100, 100)])
    def test_that_fails_on_the_way_leaves_the_table_from_before(
        self, tmp_path: Path, before: int | None, after: int | None
    ) -> None:
        save(str(tmp_path / "t.parquet"), before)

        def start() -> Iterator[pd.DataFrame]:
            yield TABLE
            raise ValueError("the second batch cannot be computed")

        with pytest.raises(DatasetError, match="the second batch cannot be computed"):
            BatchedTableDataset(filepath=str(tmp_path / "t.parquet"), part_rows=after).save(TableBatches(start))
        pd.testing.assert_frame_equal(load(str(tmp_path / "t.parquet")).read(), TABLE)
        assert [path.name for path in tmp_path.iterdir()] == ["t.parquet"]
