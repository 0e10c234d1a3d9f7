"""A table may be one file or many, in folders that say something, on disk or elsewhere."""

import logging
from pathlib import Path

import fsspec
import pandas as pd
import pytest

from segmentation_model.drift_check.tables.source_table import open_table
from segmentation_model.errors import ConfigurationError, InputError


def part(folder: Path, name: str, **columns: object) -> None:
    """A file of these columns, in the format that its name says."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    frame = pd.DataFrame(columns)
    if ".parquet" in name:
        frame.to_parquet(path, index=False)
    else:
        frame.to_csv(path, index=False)


class TestFolder:
    @pytest.mark.parametrize("suffix", ["parquet", "csv", "csv.gz"])
    def test_all_files_are_one_table_in_the_order_of_their_paths(self, tmp_path: Path, suffix: str):
        part(tmp_path, f"b.{suffix}", x=[3.5, 4.5], zone=["n", None])
        part(tmp_path, f"a/deep/1.{suffix}", zone=["s"], x=[1.5])
        table = open_table(str(tmp_path))
        assert (table.address, table.rows, table.names) == (str(tmp_path), 3, ("zone", "x"))
        frame = table.read()
        assert frame["x"].tolist() == [1.5, 3.5, 4.5]
        assert frame["zone"].fillna("-").tolist() == ["s", "n", "-"]
        pd.testing.assert_frame_equal(pd.concat(list(table.batches())), frame)

    def test_markers_and_hidden_files_are_no_part_of_it(self, tmp_path: Path):
        part(tmp_path, "a.parquet", x=[1])
        part(tmp_path, "_temporary/0/b.parquet", x=[2])
        part(tmp_path, ".trash/c.parquet", x=[3])
        for marker in ("_SUCCESS", ".a.parquet.crc", "_metadata"):
            (tmp_path / marker).touch()
        assert open_table(str(tmp_path)).read()["x"].tolist() == [1]

    def test_other_files_are_left_out_and_said(self, tmp_path: Path, caplog: pytest.LogCaptureFixture):
        part(tmp_path, "a.parquet", x=[1])
        (tmp_path / "README.md").write_text("x\n5\n")
        with caplog.at_level(logging.INFO):
            assert open_table(str(tmp_path)).rows == 1
        assert f"{tmp_path}/README.md: neither Parquet nor CSV, left out" in caplog.text

    def test_content_goes_before_the_name(self, tmp_path: Path):
        part(tmp_path, "real.parquet", x=[1])
        (tmp_path / "real.parquet").rename(tmp_path / "part-0000.csv")
        assert open_table(str(tmp_path)).read()["x"].tolist() == [1]
        (tmp_path / "t.parquet").write_text("x\n5\n")
        assert open_table(str(tmp_path / "t.parquet")).read()["x"].tolist() == [5]

    def test_two_kinds_in_one_folder_are_refused(self, tmp_path: Path):
        part(tmp_path, "a.parquet", x=[1])
        part(tmp_path, "b.csv", x=[1])
        part(tmp_path, "c.csv", x=[1])
        with pytest.raises(InputError, match=r"holds both Parquet \(1\) and CSV files \(2\); .*a folder of its own$"):
            open_table(str(tmp_path))

    @pytest.mark.parametrize("name", ["", "_SUCCESS", "README.md"])
    def test_a_folder_without_tables_is_said(self, tmp_path: Path, name: str):
        if name:
            (tmp_path / name).write_text("hello")
        with pytest.raises(
            InputError, match=r": the folder holds no table; a Parquet or CSV file, or a folder of eith"
        ):
            open_table(str(tmp_path))

    def test_an_empty_file_among_others_is_no_accident_to_pass_over(self, tmp_path: Path):
        part(tmp_path, "a.csv", x=[1])
        (tmp_path / "b.csv").touch()
        with pytest.raises(InputError, match=r"/b\.csv: the file is empty"):
            open_table(str(tmp_path))

    def test_text_that_is_named_parquet_is_said(self, tmp_path: Path):
        part(tmp_path, "a.parquet", x=[1])
        (tmp_path / "b.parquet").write_bytes(b"an error page")
        with pytest.raises(InputError, match=r"b\.parquet: no Parquet file \(it begins with b'an error page'\)"):
            open_table(str(tmp_path))


class TestFoldersWithNames:
    @pytest.mark.parametrize("suffix", ["parquet", "csv"])
    def test_what_they_say_is_a_column(self, tmp_path: Path, suffix: str):
        part(tmp_path, f"year=2024/month=2024-12/zone=07/a.{suffix}", x=[1.0, 2.0])
        part(tmp_path, f"year=2025/month=2025%2D01/zone=11/b.{suffix}", x=[3.0])
        frame = open_table(str(tmp_path)).read()
        assert frame.to_dict("list") == {
            "x": [1.0, 2.0, 3.0],
            "year": [2024.0, 2024.0, 2025.0],
            "month": ["2024-12", "2024-12", "2025-01"],
            "zone": ["07", "07", "11"],
        }

    def test_it_can_be_all_that_is_asked_for(self, tmp_path: Path):
        part(tmp_path, "month=2024-12/a.parquet", x=[1.0, 2.0])
        part(tmp_path, "month=__HIVE_DEFAULT_PARTITION__/a.parquet", x=[3.0])
        frame = open_table(str(tmp_path)).read(["month"])
        assert frame["month"].fillna("-").tolist() == ["2024-12", "2024-12", "-"]

    def test_it_can_be_a_category(self, tmp_path: Path):
        part(tmp_path, "year=2024/a.parquet", x=[1.0])
        assert open_table(str(tmp_path), categorical=["year"]).read()["year"].tolist() == ["2024"]

    def test_a_column_of_the_file_goes_before_it(self, tmp_path: Path):
        part(tmp_path, "month=1/a.parquet", month=["January"])
        assert open_table(str(tmp_path)).read()["month"].tolist() == ["January"]

    def test_a_file_outside_of_them_makes_it_a_problem(self, tmp_path: Path):
        part(tmp_path, "month=1/b.parquet", x=[1.0])
        part(tmp_path, "a.parquet", x=[2.0])
        table = open_table(str(tmp_path))
        assert table.names == ("x",)
        assert table.problems["month"] == f"absent from '{tmp_path}/a.parquet' of 2 files"

    def test_a_file_that_is_named_itself_has_no_such_column(self, tmp_path: Path):
        part(tmp_path, "month=1/b.parquet", x=[1.0])
        assert open_table(str(tmp_path / "month=1" / "b.parquet")).names == ("x",)


class TestFilesThatDiffer:
    def test_numbers_of_different_types_are_numbers(self, tmp_path: Path):
        part(tmp_path, "a.parquet", x=[1, 2], y=[True, False])
        part(tmp_path, "b.parquet", x=[0.5], y=[3])
        frame = open_table(str(tmp_path)).read()
        assert frame.to_dict("list") == {"x": [1.0, 2.0, 0.5], "y": [1.0, 0.0, 3.0]}

    def test_a_file_without_any_value_fits_every_type(self, tmp_path: Path):
        part(tmp_path, "a.parquet", x=[None, None], y=[None, None])
        part(tmp_path, "b.parquet", x=["n"], y=[0.5])
        frame = open_table(str(tmp_path)).read()
        assert frame["x"].fillna("-").tolist() == ["-", "-", "n"]
        assert frame["y"].isna().tolist() == [True, True, False]

    def test_many_categories_in_one_and_few_in_another_are_text(self, tmp_path: Path):
        part(tmp_path, "a.parquet", x=["n", "s"] * 2_000)
        part(tmp_path, "b.parquet", x=[f"zone {number}" for number in range(4_000)])
        frame = open_table(str(tmp_path)).read()
        assert frame["x"].nunique() == 4_002

    def test_numbers_in_one_and_text_in_another_are_a_problem_of_this_column(self, tmp_path: Path):
        part(tmp_path, "a.parquet", x=[1.5, 2.5], y=[1, 2])
        part(tmp_path, "b.parquet", x=["3.5"], y=[3])
        part(tmp_path, "c.parquet", x=["4.5"], y=[4])
        table = open_table(str(tmp_path))
        assert table.read().to_dict("list") == {"y": [1, 2, 3, 4]}
        assert table.problems == {"x": f"double in {tmp_path}/a.parquet, text in {tmp_path}/b.parquet"}

    def test_an_override_solves_it(self, tmp_path: Path):
        part(tmp_path, "a.parquet", x=[1.0, 2.5])
        part(tmp_path, "b.parquet", x=["1"])
        assert open_table(str(tmp_path), numeric=["x"]).read()["x"].tolist() == [1.0, 2.5, 1.0]
        assert open_table(str(tmp_path), categorical=["x"]).read()["x"].tolist() == ["1", "2.5", "1"]

    @pytest.mark.parametrize("suffix", ["parquet", "csv"])
    def test_a_column_that_a_file_lacks_is_a_problem_of_this_column(self, tmp_path: Path, suffix: str):
        part(tmp_path, f"a.{suffix}", x=[1.5], y=[1])
        part(tmp_path, f"b.{suffix}", y=[2])
        part(tmp_path, f"c.{suffix}", y=[3])
        table = open_table(str(tmp_path))
        assert table.read()["y"].tolist() == [1, 2, 3]
        assert table.problems == {"x": f"absent from '{tmp_path}/b.{suffix}' and 1 more of 3 files"}

    def test_one_damaged_file_is_named(self, tmp_path: Path):
        part(tmp_path, "a.parquet", x=[1.5])
        part(tmp_path, "b.parquet", x=[1.5])
        (tmp_path / "b.parquet").write_bytes((tmp_path / "b.parquet").read_bytes()[:-9])
        with pytest.raises(InputError, match=r"/b\.parquet: a damaged or truncated Parquet file"):
            open_table(str(tmp_path))


class TestAddress:
    @pytest.mark.parametrize("address", ["", "absent.parquet", "absent/", "file:///absent/x.csv", "memory://absent/x"])
    def test_where_nothing_is_the_message_says_what_is_needed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
    ):
        monkeypatch.chdir(tmp_path)
        with pytest.raises(ConfigurationError, match=r"(no such file or folder|is empty); a Parquet or CSV file, or a"):
            open_table(address)

    @pytest.mark.parametrize(
        ("address", "arguments", "message"),
        [
            ("nowhere://x/y.csv", {}, r"^nowhere://x/y\.csv: Protocol not known: nowhere; a Parquet or CSV"),
            ("gs://bucket/y.csv", {}, r"^gs://bucket/y\.csv: .*gcsfs.*; a Parquet or CSV"),
            (
                "s3://b/x",
                {"wrong": "word"},
                r"^s3://b/x: the file system does not take all of these arguments: 'wrong'$",
            ),
        ],
    )
    def test_where_nobody_can_go_is_said(self, address: str, arguments: dict[str, str], message: str):
        with pytest.raises(ConfigurationError, match=message):
            open_table(address, fs_args=arguments)

    def test_a_file_url_and_a_relative_path_are_addresses(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        part(tmp_path, "t.csv", x=[1.5])
        monkeypatch.chdir(tmp_path)
        assert open_table("t.csv").rows == open_table((tmp_path / "t.csv").as_uri()).rows == 1

    @pytest.mark.parametrize("suffix", ["parquet", "csv"])
    def test_any_file_system_will_do(self, tmp_path: Path, suffix: str):
        part(tmp_path, f"month=5/t.{suffix}", x=[1.5, 2.5], zone=["n", "s"])
        store = fsspec.filesystem("memory")
        store.put(str(tmp_path), "/places/table", recursive=True)
        try:
            table = open_table("memory://places/table/")
            assert table.address == "memory://places/table/"
            assert table.read().to_dict("list") == {"x": [1.5, 2.5], "zone": ["n", "s"], "month": [5.0, 5.0]}
        finally:
            store.rm("/places", recursive=True)

    def test_a_file_that_may_not_be_read_is_said(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        part(tmp_path, "t.csv", x=[1.5])

        def refuse(*_: object, **__: object) -> bytes:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("fsspec.implementations.local.LocalFileSystem.cat_file", refuse)
        with pytest.raises(InputError, match=r"t\.csv: no permission to read it$"):
            open_table(str(tmp_path / "t.csv"))
