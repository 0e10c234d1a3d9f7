"""A date is replaced whole, other dates stay, and what is in the path is not in the files."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from kedro.io import DatasetError

from segmentation_model.datasets.date_partitions import DatePartitionedDataset
from segmentation_model.datasets.table import TableFileError
from segmentation_model.table_batches import TableBatches

JUNE, JULY = "2026-06-28", "2026-07-26"


def rows(*tariffs: str | None, amount: float = 1.5, prefix: str = "C") -> pd.DataFrame:
    """One customer per tariff given."""
    count = len(tariffs)
    return pd.DataFrame(
        {
            "customer_id": pd.array([f"{prefix}{index}" for index in range(count)], dtype="str"),
            "execution_date": np.full(count, np.datetime64(JULY, "s")),
            "tariff": pd.array(list(tariffs), dtype="str"),
            "amount": np.full(count, amount),
            "reason_1": pd.array([None] * count, dtype="str"),
        }
    )


def paths(dataset: DatePartitionedDataset) -> list[str]:
    storage = dataset._storage
    return sorted(path.removeprefix(f"{storage.path}/") for path in storage.fs.find(storage.path))


def folders(dataset: DatePartitionedDataset) -> list[str]:
    return [path.rsplit("/", 1)[0] for path in paths(dataset)]


def contents(dataset: DatePartitionedDataset) -> dict[str, bytes]:
    return {path: dataset._storage.fs.cat_file(f"{dataset._storage.path}/{path}") for path in paths(dataset)}


@pytest.fixture
def segments(place: str) -> DatePartitionedDataset:
    return DatePartitionedDataset(filepath=f"{place}/segments", partition_by=["tariff"])


@pytest.fixture
def totals(place: str) -> DatePartitionedDataset:
    return DatePartitionedDataset(filepath=f"{place}/totals")


class TestPath:
    def test_partition_columns_are_in_the_path_and_not_in_the_files(self, segments: DatePartitionedDataset):
        segments.save({JULY: rows("Domestic", "Industrial")})
        assert folders(segments) == [
            f"execution_date={JULY}/tariff=Domestic",
            f"execution_date={JULY}/tariff=Industrial",
        ]
        for path in paths(segments):
            with segments._storage.fs.open(f"{segments._storage.path}/{path}") as file:
                assert pq.read_schema(file).names == ["customer_id", "amount", "reason_1"]

    def test_without_further_columns_there_is_one_file_a_date(self, totals: DatePartitionedDataset):
        totals.save({JULY: rows("Domestic", "Industrial")})
        assert folders(totals) == [f"execution_date={JULY}"]

    def test_a_value_with_signs_that_a_path_could_not_hold_comes_back(self, segments: DatePartitionedDataset):
        segments.save({JULY: rows("A/b=c %", "../up", "Doméstica")})
        assert all(path.count("/") == 2 for path in paths(segments))
        assert sorted(segments.load()["tariff"]) == ["../up", "A/b=c %", "Doméstica"]


class TestLoad:
    def test_every_date_comes_back_with_its_partition_columns_as_text(self, segments: DatePartitionedDataset):
        segments.save({JUNE: rows("Domestic", amount=1.0)})
        segments.save({JULY: rows("Industrial", "Domestic", amount=2.0)})
        pd.testing.assert_frame_equal(
            segments.load(),
            pd.DataFrame(
                {
                    "customer_id": pd.array(["C0", "C1", "C0"], dtype="str"),
                    "amount": [1.0, 2.0, 2.0],
                    "reason_1": pd.array([None] * 3, dtype="str"),
                    "execution_date": pd.array([JUNE, JULY, JULY], dtype="str"),
                    "tariff": pd.array(["Domestic", "Domestic", "Industrial"], dtype="str"),
                }
            ),
        )

    def test_before_anything_was_saved_it_says_so(self, segments: DatePartitionedDataset):
        assert not segments.exists()
        with pytest.raises(TableFileError, match="segments: there is no such folder"):
            segments.load()
        segments.save({JULY: rows("Domestic")})
        assert segments.exists()

    def test_a_preview_can_be_shown_as_json(self, segments: DatePartitionedDataset):
        segments.save({JULY: rows("Domestic", "Industrial", "Domestic")})
        assert [line[0] for line in segments.preview(nrows=2)["data"]] == ["C0", "C2"]


class TestRerun:
    def test_it_replaces_its_date_whole_even_a_tariff_that_vanished(self, segments: DatePartitionedDataset):
        segments.save({JULY: rows("Domestic", "Industrial", amount=1)})
        segments.save({JULY: rows("Domestic", amount=2, prefix="D")})
        assert folders(segments) == [f"execution_date={JULY}/tariff=Domestic"]
        assert segments.load()["customer_id"].tolist() == ["D0"]
        assert segments.load()["amount"].tolist() == [2.0]

    def test_other_dates_stay_to_the_byte(self, segments: DatePartitionedDataset):
        segments.save({JUNE: rows("Domestic", "Industrial")})
        june = contents(segments)
        segments.save({JULY: rows("Industrial")})
        segments.save({JULY: rows("Domestic")})
        assert {path: content for path, content in contents(segments).items() if JUNE in path} == june

    def test_the_same_content_gives_the_same_files(self, segments: DatePartitionedDataset):
        segments.save({JULY: rows("Domestic", "Industrial")})
        first = contents(segments)
        table = rows("Domestic", "Industrial").set_index(pd.Index([40, 41]))
        table.attrs["source"] = "somewhere else"
        segments.save({JULY: table})
        assert contents(segments) == first

    def test_the_rows_given_are_left_as_they_were(self, segments: DatePartitionedDataset):
        table = rows("Domestic", "Industrial")
        table.attrs["source"] = "raw.parquet"
        segments.save({JULY: table})
        pd.testing.assert_frame_equal(table, rows("Domestic", "Industrial"))
        assert table.attrs == {"source": "raw.parquet"}


class TestEmptyTable:
    def test_it_empties_its_date(self, segments: DatePartitionedDataset):
        segments.save({JUNE: rows("Domestic")})
        segments.save({JULY: rows("Domestic", "Industrial")})
        segments.save({JULY: rows()})
        assert folders(segments) == [f"execution_date={JUNE}/tariff=Domestic"]
        assert segments.load()["execution_date"].tolist() == [JUNE]

    def test_without_further_columns_it_keeps_its_columns(self, totals: DatePartitionedDataset):
        totals.save({JULY: rows()})
        loaded = totals.load()
        assert loaded.empty
        assert loaded.columns.tolist() == ["customer_id", "tariff", "amount", "reason_1", "execution_date"]


class TestFailedSave:
    def test_it_leaves_the_old_data(self, segments: DatePartitionedDataset):
        segments.save({JULY: rows("Domestic", "Industrial")})
        before = contents(segments)
        table = rows("Domestic", "Industrial", "Industrial", amount=9)
        mixed = table.assign(
            amount=pd.Series([9.0, "nine", 9.0], dtype="object")
        )  # the second tariff cannot be written
        with pytest.raises(DatasetError, match="Failed while saving data"):
            segments.save({JULY: mixed})
        assert contents(segments) == before

    def test_a_row_without_a_tariff_is_not_lost_without_a_word(self, segments: DatePartitionedDataset):
        with pytest.raises(TableFileError, match="segments: partition columns 'tariff' lack a value in some row"):
            segments.save({JULY: rows("Domestic", None)})
        assert not segments.exists()

    @pytest.mark.parametrize("dates", [[], [JUNE, JULY]])
    def test_more_or_less_than_one_date_is_refused(self, segments: DatePartitionedDataset, dates: list[str]):
        with pytest.raises(TableFileError, match="one execution_date a save is allowed, not"):
            segments.save({date: rows("Domestic") for date in dates})


def test_on_disk_the_file_is_named_by_its_number(tmp_path: Path):
    dataset = DatePartitionedDataset(filepath=str(tmp_path / "segments"), partition_by=["tariff"])
    dataset.save({JULY: rows("Domestic")})
    assert paths(dataset) == [f"execution_date={JULY}/tariff=Domestic/part-0.parquet"]
    assert [path.name for path in tmp_path.iterdir()] == ["segments"]


class TestOnAnObjectStore:
    def test_files_are_named_by_their_content_and_stale_ones_go(self, memory: str):
        dataset = DatePartitionedDataset(filepath=f"{memory}/segments", partition_by=["tariff"])
        dataset.save({JULY: rows("Domestic", "Industrial", amount=1)})
        first = paths(dataset)
        dataset.save({JULY: rows("Domestic", "Industrial", amount=1)})
        assert paths(dataset) == first
        dataset.save({JULY: rows("Domestic", "Industrial", amount=2)})
        second = paths(dataset)
        assert folders(dataset) == [path.rsplit("/", 1)[0] for path in first]
        assert not set(first) & set(second)
        assert all(path.rsplit("/part-", 1)[1].removesuffix(".parquet").isalnum() for path in second)
        assert len({path.rsplit("/", 1)[1] for path in second}) == 2


def test_it_describes_itself(tmp_path: Path):
    dataset = DatePartitionedDataset(filepath=str(tmp_path), partition_by=["tariff"], metadata={"layer": "reporting"})
    assert dataset._describe() == {"filepath": str(tmp_path), "partition_by": ["execution_date", "tariff"]}
    assert dataset.metadata == {"layer": "reporting"}


class TestBatches:
    """Rows that are computed while they are written."""

    TABLE = pd.concat(
        [
            rows("Domestic", "Domestic", prefix="A"),
            rows("Industrial", "Domestic", prefix="B").assign(reason_1=pd.array(["x", None], dtype="str")),
            rows("Industrial", prefix="C"),
        ],
        ignore_index=True,
    )

    def test_of_any_size_leave_the_rows_of_the_whole_in_their_order(self, segments: DatePartitionedDataset):
        segments.save({JULY: self.TABLE})
        whole = segments.load()
        segments.save({JULY: TableBatches.of(self.TABLE, 2)})
        pd.testing.assert_frame_equal(segments.load(), whole)
        assert folders(segments) == [
            f"execution_date={JULY}/tariff=Domestic",
            f"execution_date={JULY}/tariff=Industrial",
        ]

    def test_that_are_equal_leave_equal_bytes(self, segments: DatePartitionedDataset):
        segments.save({JULY: TableBatches.of(self.TABLE, 2)})
        before = contents(segments)
        segments.save({JULY: TableBatches.of(self.TABLE, 2)})
        assert contents(segments) == before

    def test_that_cannot_all_be_computed_leave_the_date_as_it_was(self, segments: DatePartitionedDataset):
        segments.save({JULY: self.TABLE})
        before = contents(segments)

        def start() -> Iterator[pd.DataFrame]:
            yield self.TABLE.iloc[:2]
            raise ValueError("no second batch")

        with pytest.raises(DatasetError, match="no second batch"):
            segments.save({JULY: TableBatches(start)})
        assert contents(segments) == before

    def test_of_which_a_later_one_lacks_a_partition_leave_the_date_as_it_was(self, segments: DatePartitionedDataset):
        segments.save({JULY: self.TABLE})
        before = contents(segments)
        broken = pd.concat([self.TABLE, rows(None)], ignore_index=True)
        with pytest.raises(TableFileError, match="partition columns 'tariff' lack a value in some row"):
            segments.save({JULY: TableBatches.of(broken, 2)})
        assert contents(segments) == before
