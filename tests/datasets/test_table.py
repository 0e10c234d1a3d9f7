"""Tables in Parquet: written whole or not at all, read as they are, and refused with a reason."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from kedro.io import DatasetError

from segmentation_model.datasets.table import TableDataset, TableFileError, read_parquet, write_parquet
from segmentation_model.errors import InputError

TABLE = pd.DataFrame(
    {
        "id": pd.array(["A", "B", None], dtype="str"),
        "amount": [1.25, np.nan, -3.0],
        "late": np.array([0, 1, np.nan], dtype=np.float32),
        "count": [1, 2, 3],
        "known": [True, False, True],
        "invoiced": np.array(["2026-05-05", "NaT", "2026-06-05"], dtype="datetime64[ms]"),
        "region": pd.Categorical(["norte", "sur", None], categories=["sur", "norte", "este"]),
    }
)


def load(path: Path, **options: Any) -> pd.DataFrame:
    frame = TableDataset(filepath=str(path), **options).load()
    assert frame is not None
    return frame


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "layer" / "table.parquet"


class TestARoundTrip:
    @pytest.mark.parametrize(
        "form", [lambda t: t, pa.Table.from_pandas, lambda t: pa.Table.from_pandas(t).to_reader(2)]
    )
    def test_keeps_values_types_and_order(self, path: Path, form: Any) -> None:
        TableDataset(filepath=str(path)).save(form(TABLE))
        pd.testing.assert_frame_equal(load(path), TABLE)

    @pytest.mark.parametrize("table", [TABLE.drop(columns="region").iloc[:0], pd.DataFrame()])
    def test_keeps_a_table_without_rows_or_without_columns(self, path: Path, table: pd.DataFrame) -> None:
        TableDataset(filepath=str(path)).save(table)
        pd.testing.assert_frame_equal(load(path), table, check_column_type=False)

    def test_works_on_an_object_store(self) -> None:
        dataset = TableDataset(filepath="memory://bucket/table.parquet")
        assert not dataset.exists()
        dataset.save(TABLE)
        assert dataset.exists()
        frame = dataset.load()
        assert frame is not None
        pd.testing.assert_frame_equal(frame, TABLE)

    def test_of_the_same_table_gives_the_same_bytes_wherever_it_came_from(self, path: Path, tmp_path: Path) -> None:
        TableDataset(filepath=str(path)).save(TABLE)
        elsewhere = TABLE.set_axis([7, 8, 9])
        elsewhere.attrs["source"] = "s3://bucket/x.parquet"
        TableDataset(filepath=str(tmp_path / "other.parquet")).save(elsewhere)
        assert path.read_bytes() == (tmp_path / "other.parquet").read_bytes()
        assert elsewhere.attrs == {"source": "s3://bucket/x.parquet"}

    def test_leaves_the_table_alone(self, path: Path) -> None:
        table = TABLE.copy(deep=True)
        TableDataset(filepath=str(path)).save(table)
        pd.testing.assert_frame_equal(table, TABLE)


class TestReading:
    def test_says_where_a_table_came_from(self, path: Path) -> None:
        TableDataset(filepath=str(path)).save(TABLE)
        assert load(path).attrs == {"source": str(path)}

    def test_gives_dates_as_timestamps_and_leaves_text_as_text(self, tmp_path: Path) -> None:
        table = pa.table({"day": pa.array([dt.date(2026, 5, 5), None]), "text": ["2026-05-05", "05/05/2026"]})
        pq.write_table(table, tmp_path / "t.parquet")
        frame = load(tmp_path / "t.parquet")
        assert pd.api.types.is_datetime64_any_dtype(frame["day"].dtype)
        assert str(frame["text"].dtype) == "str"

    def test_takes_what_pandas_wrote_as_index_for_a_column(self, tmp_path: Path) -> None:
        TABLE[["id", "count"]].set_index("id").to_parquet(tmp_path / "t.parquet")
        frame = load(tmp_path / "t.parquet")
        assert sorted(frame.columns) == ["count", "id"]
        assert frame.index.tolist() == [0, 1, 2]

    def test_takes_a_folder_of_files_for_one_table(self, tmp_path: Path) -> None:
        (tmp_path / "t").mkdir()
        for number, part in enumerate((TABLE.iloc[:2], TABLE.iloc[2:])):
            part.to_parquet(tmp_path / "t" / f"part-{number}.parquet", index=False)
        pd.testing.assert_frame_equal(load(tmp_path / "t").drop(columns="region"), TABLE.drop(columns="region"))

    def test_of_an_absent_file_is_an_error_unless_it_is_optional(self, path: Path) -> None:
        assert TableDataset(filepath=str(path), optional=True).load() is None
        with pytest.raises(TableFileError, match=r"table\.parquet: there is no such file; a Parquet table is needed"):
            TableDataset(filepath=str(path)).load()

    def test_of_an_optional_file_that_is_damaged_is_an_error(self, tmp_path: Path) -> None:
        (tmp_path / "t.parquet").write_bytes(b"PAR1")
        with pytest.raises(TableFileError, match="damaged or truncated"):
            TableDataset(filepath=str(tmp_path / "t.parquet"), optional=True).load()

    def test_errors_are_the_user_s_to_mend_and_pass_through_kedro(self) -> None:
        assert issubclass(TableFileError, InputError)
        assert issubclass(TableFileError, DatasetError)


@pytest.fixture
def whole(tmp_path: Path) -> bytes:
    """A file that cannot be compressed much, so that most of it is data."""
    path = tmp_path / "whole.parquet"
    random = np.random.default_rng(0)
    table = pd.DataFrame({"a": random.normal(size=5_000), "b": random.normal(size=5_000)})
    TableDataset(filepath=str(path)).save(table)
    return path.read_bytes()


class TestDamage:
    def refused(self, folder: Path, content: bytes) -> str:
        path = folder / "t.parquet"
        path.write_bytes(content)
        with pytest.raises(TableFileError, match=r"t\.parquet: ") as caught:
            TableDataset(filepath=str(path)).load()
        return caught.value.message

    @pytest.mark.parametrize("share", [0.01, 0.3, 0.7, 0.99])
    def test_by_truncation_is_found(self, tmp_path: Path, whole: bytes, share: float) -> None:
        message = self.refused(tmp_path, whole[: int(len(whole) * share)])
        assert "a damaged or truncated Parquet file (" in message
        assert "\n" not in message

    @pytest.mark.parametrize("start", [0.2, 0.8])
    def test_in_the_middle_is_found(self, tmp_path: Path, whole: bytes, start: float) -> None:
        at = int(len(whole) * start)
        self.refused(tmp_path, whole[:at] + bytes(2_000) + whole[at + 2_000 :])

    def test_of_an_empty_file_is_found(self, tmp_path: Path) -> None:
        assert "damaged or truncated" in self.refused(tmp_path, b"")

    @pytest.mark.parametrize(
        ("content", "beginning"),
        [
            (b"Id_Cliente,Tarifa\nC1,D\n", r"b'Id_Cliente,Tarifa\nC1,D\n'"),
            (b"\x1f\x8b\x08zipped", r"b'\x1f\x8b\x08zipped'"),
        ],
    )
    def test_is_not_what_another_format_has(self, tmp_path: Path, content: bytes, beginning: str) -> None:
        message = self.refused(tmp_path, content)
        assert f"no Parquet file (it begins with {beginning}); convert a CSV file to Parquet first" in message

    @pytest.mark.parametrize(
        ("content", "line"),
        [
            (
                "\ufeffID;SALDO\n7;0,5\n".encode(),
                'pandas.read_csv("t.parquet", sep=";", decimal=",", dtype={"<id column>": str}).to_',
            ),
            (b"ID,SALDO\r\n7,0.5\r\n", 'pandas.read_csv("t.parquet", dtype='),
            (b"ID\tSALDO\n7\t0.5\n", r'pandas.read_csv("t.parquet", sep="\t", dtype='),
        ],
    )
    def test_of_a_csv_file_is_told_with_the_line_that_converts_it(
        self, tmp_path: Path, content: bytes, line: str
    ) -> None:
        assert f"; convert a CSV file to Parquet first: {line}" in self.refused(tmp_path, content)

    @pytest.mark.parametrize("content", [b"<html>, ;", b"an error page", b"\x1f\x8b\x08zipped, or not"])
    def test_of_what_is_no_csv_file_has_no_such_line(self, tmp_path: Path, content: bytes) -> None:
        assert self.refused(tmp_path, content).endswith("; convert a CSV file to Parquet first")

    def test_of_a_file_in_a_folder_is_found(self, tmp_path: Path) -> None:
        (tmp_path / "t").mkdir()
        (tmp_path / "t" / "a.csv").write_text("a,b\n1,2\n")
        with pytest.raises(TableFileError, match="t: a damaged or truncated Parquet file"):
            TableDataset(filepath=str(tmp_path / "t")).load()

    def test_by_a_column_that_is_there_twice_is_found(self, tmp_path: Path) -> None:
        pq.write_table(pa.table([pa.array([1]), pa.array([2])], names=["a", "a"]), tmp_path / "t.parquet")
        with pytest.raises(TableFileError, match=r"a column is there more than once .*; once is allowed"):
            TableDataset(filepath=str(tmp_path / "t.parquet")).load()


class TestWriting:
    def test_that_fails_leaves_the_old_file_and_nothing_else(self, path: Path) -> None:
        def batches() -> Iterator[pa.RecordBatch]:
            yield pa.record_batch({"a": [1]})
            raise RuntimeError("no more")

        dataset = TableDataset(filepath=str(path))
        dataset.save(TABLE)
        reader = pa.RecordBatchReader.from_batches(pa.schema({"a": pa.int64()}), batches())
        with pytest.raises(DatasetError, match="no more"):
            dataset.save(reader)
        pd.testing.assert_frame_equal(load(path), TABLE)
        assert list(path.parent.iterdir()) == [path]

    def test_takes_one_batch_at_a_time(self, path: Path) -> None:
        """A stream is written as it comes, so that a table larger than memory can be."""
        written: list[int] = []

        def batches() -> Iterator[pa.RecordBatch]:
            for number in range(3):
                written.append(sum(file.stat().st_size for file in path.parent.rglob("*") if file.is_file()))
                yield pa.record_batch({"a": np.random.default_rng(number).normal(size=200_000)})

        path.parent.mkdir()
        TableDataset(filepath=str(path)).save(
            pa.RecordBatchReader.from_batches(pa.schema({"a": pa.float64()}), batches())
        )
        assert written[0] < written[1] < written[2]
        assert len(load(path)) == 600_000

    def test_gives_a_dictionary_to_text_only(self, path: Path) -> None:
        TableDataset(filepath=str(path)).save(TABLE)
        row_group = pq.ParquetFile(path).metadata.row_group(0)
        columns = [row_group.column(number) for number in range(row_group.num_columns)]
        assert [column.path_in_schema for column in columns if column.has_dictionary_page] == ["id", "region"]

    def test_takes_the_compression_that_is_named(self, path: Path) -> None:
        TableDataset(filepath=str(path), compression="zstd").save(TABLE)
        assert pq.ParquetFile(path).metadata.row_group(0).column(0).compression == "ZSTD"

    def test_cuts_row_groups(self, tmp_path: Path) -> None:
        table = pa.table({"a": np.arange(300_000)})
        write_parquet(table.to_reader(), str(tmp_path / "t.parquet"))
        metadata = pq.ParquetFile(tmp_path / "t.parquet").metadata
        assert [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)] == [131_072, 131_072, 37_856]


class TestDescriptions:
    def test_name_the_file(self, path: Path) -> None:
        assert TableDataset(filepath=str(path), optional=True)._describe() == {"filepath": str(path), "optional": True}

    def test_exists_follows_the_file(self, path: Path) -> None:
        dataset = TableDataset(filepath=str(path))
        assert not dataset.exists()
        dataset.save(TABLE)
        assert dataset.exists()
        path.unlink()
        assert not dataset.exists()

    def test_a_preview_is_json_and_short(self, path: Path) -> None:
        dataset = TableDataset(filepath=str(path))
        dataset.save(TABLE)
        assert dataset.preview(nrows=2)["index"] == [0, 1]
        assert dataset.preview()["columns"] == TABLE.columns.tolist()

    def test_a_preview_of_an_absent_optional_table_is_empty(self, path: Path) -> None:
        assert TableDataset(filepath=str(path), optional=True).preview()["data"] == []


def test_an_arrow_table_is_read_without_pandas(path: Path) -> None:
    dataset = TableDataset(filepath=str(path))
    dataset.save(TABLE)
    assert read_parquet(dataset._storage).num_rows == 3
