"""CSV as people export it: the types of its columns are judged by all of their values."""

import bz2
import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from segmentation_model.drift_check.tables import csv_blocks, source_table
from segmentation_model.drift_check.tables.source_table import SourceTable, open_table
from segmentation_model.errors import ConfigurationError, InputError


@pytest.fixture
def export(tmp_path: Path) -> "Export":
    return Export(tmp_path)


class Export:
    """A place for one CSV file."""

    def __init__(self, folder: Path):
        self.path = folder / "t.csv"

    def open(self, content: str | bytes, encoding: str = "utf-8", **overrides: list[str]) -> SourceTable:
        self.path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return open_table(str(self.path), **overrides)

    def read(self, content: str | bytes, encoding: str = "utf-8", **overrides: list[str]) -> dict[str, list[object]]:
        """Values by column; None where one is missing."""
        frame = self.open(content, encoding, **overrides).read()
        return frame.astype(object).where(frame.notna(), None).to_dict("list")


class TestWriting:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    def test_delimiters_are_told_apart(self, export: Export, delimiter: str, end: str):
        lines = ["id{0}note{0}x", '1{0}"a{0}b, c; d"{0}2.5', '2{0}"say ""no"""{0}', "3{0}plain{0}4"]
        content = end.join(line.format(delimiter) for line in lines) + end
        assert export.read(content) == {
            "id": [1.0, 2.0, 3.0],
            "note": [f"a{delimiter}b, c; d", 'say "no"', "plain"],
            "x": [2.5, None, 4.0],
        }

    def test_a_delimiter_inside_of_values_is_not_taken_for_one(self, export: Export):
        assert export.read("a;b\n1,5;2,5\n3,5;4,5\n") == {"a": [1.5, 3.5], "b": [2.5, 4.5]}
        assert export.read("name;when\na, b;2025\nc, d;2026\n") == {"name": ["a, b", "c, d"], "when": [2025.0, 2026.0]}

    def test_one_column_needs_no_delimiter(self, export: Export):
        assert export.read("x\n1\n2\n") == {"x": [1.0, 2.0]}

    def test_a_value_may_have_several_lines(self, export: Export):
        assert export.read('a,b\n1,"x\ny"\n2,"z\n"\n') == {"a": [1.0, 2.0], "b": ["x\ny", "z\n"]}

    def test_blank_lines_do_not_count(self, export: Export):
        assert export.read("\n\na,b\n1,2\n\n3,4\n\n") == {"a": [1.0, 3.0], "b": [2.0, 4.0]}

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
    def test_encodings_are_told_apart(self, export: Export, encoding: str, caplog: pytest.LogCaptureFixture):
        assert export.read("año,x\nseñal,1\n", encoding) == {"año": ["señal"], "x": [1.0]}
        said = f"{export.path}: not UTF-8, read as Latin-1"
        assert (said in caplog.text) == (encoding == "latin-1")

    def test_what_turns_out_not_to_be_utf8_far_from_the_beginning_is_latin_1(
        self, export: Export, caplog: pytest.LogCaptureFixture
    ):
        rows = ["zone;x", *["norte;1,5"] * 40_000, "ñuñoa;2,5"]
        frame = export.open("\n".join(rows), "latin-1").read()
        assert frame["zone"].value_counts().to_dict() == {"norte": 40_000, "ñuñoa": 1}
        assert frame["x"].sum() == 60_002.5
        assert "read as Latin-1" in caplog.text

    @pytest.mark.parametrize("compress", [gzip.compress, bz2.compress])
    def test_compression_is_told_by_content(self, export: Export, compress):
        assert export.read(compress(b"a,b\n1,x\n")) == {"a": [1.0], "b": ["x"]}

    def test_names_alone_are_a_table_without_rows(self, export: Export):
        for content in ("a,b", "a,b\n", "\na,b\n\n"):
            table = export.open(content)
            (only,) = table.batches()
            assert (table.rows, table.names, len(only), list(only)) == (0, ("a", "b"), 0, ["a", "b"])

    def test_a_name_that_occurs_twice_is_a_problem_of_its_own(self, export: Export):
        table = export.open("a,b,a,c\n1,2,3,x\n4,5,6,y\n")
        assert table.read().to_dict("list") == {"b": [2.0, 5.0], "c": ["x", "y"]}
        assert table.problems == {"a": f"the name occurs 2 times in {export.path}"}

    def test_columns_come_in_the_order_asked_for(self, export: Export):
        table = export.open("a;b;c\n1,5;x;1.5\n")
        assert table.read(["c", "b", "a"]).to_dict("list") == {"c": [1.5], "b": ["x"], "a": [1.5]}


class TestTypes:
    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            (["1", "-2.5", "3e2", ".5", "+1"], [1.0, -2.5, 300.0, 0.5, 1.0]),
            (["0", "0.5", "10"], [0.0, 0.5, 10.0]),
            (["", "NA", "NaN", "null", "NULL", "7"], [None] * 5 + [7.0]),
            (['"1"', '""', '"NA"'], [1.0, None, None]),
            ([" 1", "2 ", " ", "3"], [1.0, 2.0, None, 3.0]),
            (["true", "", "FALSE", "True"], [1.0, None, 0.0, 1.0]),
            (["true", "1"], ["true", "1"]),
            (["1", "2", "x"], ["1", "2", "x"]),
            (["00123", "45"], ["00123", "45"]),
            ([" 007", "45"], [" 007", "45"]),
            (["1-2", "2025-01-31"], ["1-2", "2025-01-31"]),
            (["1,5", "2"], ["1,5", "2"]),
            (["0x10", "1_000"], ["0x10", "1_000"]),
            (["", "", ""], [None, None, None]),
        ],
    )
    def test_a_column_is_what_all_of_its_values_are(self, export: Export, values: list[str], expected: list[object]):
        lines = [f'{number},"{value}"' if "," in value else f"{number},{value}" for number, value in enumerate(values)]
        assert export.read("\n".join(["id,x", *lines]))["x"] == expected

    def test_the_last_value_of_many_counts(self, export: Export, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(csv_blocks, "_BLOCK", 1_000)
        lines = [f"{number},{number}" for number in range(5_000)]
        assert export.read("\n".join(["a,b", *lines, "5000,x"]))["b"][-2:] == ["4999", "x"]
        assert export.read("\n".join(["a,b", *lines, "5000,007"]))["b"][-2:] == ["4999", "007"]
        assert export.read("\n".join(["a,b", *lines, "5000, 7"]))["b"][-2:] == [4999.0, 7.0]

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            (["1.234,56", "-7,5", "12", "1.000.000"], [1234.56, -7.5, 12.0, 1e6]),
            (["0,5", "", " 3,25 "], [0.5, None, 3.25]),
            (["1.5", "2.25"], [1.5, 2.25]),
            (["1.2.3,5", "1,5"], ["1.2.3,5", "1,5"]),
            (["0.125,5", "1,5"], ["0.125,5", "1,5"]),
            (["001,5", "2"], [1.5, 2.0]),
            (["1,5,5", "1"], ["1,5,5", "1"]),
        ],
    )
    @pytest.mark.parametrize("delimiter", [";", "\t", "|"])
    def test_decimal_commas_are_numbers(
        self, export: Export, delimiter: str, values: list[str], expected: list[object]
    ):
        lines = [delimiter.join(["1,5", value]) for value in values]
        assert export.read("\n".join([f"a{delimiter}x", *lines]))["x"] == expected

    @pytest.mark.parametrize(("usual", "expected"), [("2,5;3,5", 1234.0), ("2.5;3.5", 1.234), ("2;3", 1.234)])
    def test_what_can_be_thousands_or_decimals_follows_the_other_columns(
        self, export: Export, usual: str, expected: float
    ):
        assert export.read(f"a;b;x\n{usual};1.234\n")["x"] == [expected]

    def test_the_files_of_a_folder_are_judged_together(self, tmp_path: Path):
        (tmp_path / "1.csv").write_text("id;code;x;text\n1;12;2,5;7\n")
        (tmp_path / "2.csv").write_text("text|x|code|id\ny|1.500|A7|2\n")
        assert open_table(str(tmp_path)).read().to_dict("list") == {
            "id": [1.0, 2.0],
            "code": ["12", "A7"],
            "x": [2.5, 1500.0],
            "text": ["7", "y"],
        }


class TestOverrides:
    def test_codes_stay_text(self, export: Export):
        assert export.read("a,b\n1,007\n2,8\n", categorical=["a"]) == {"a": ["1", "2"], "b": ["007", "8"]}

    def test_codes_can_be_numbers(self, export: Export):
        assert export.read("a,b\n1,007\n2,8\n", numeric=["b"])["b"] == [7.0, 8.0]

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (
                "a,b\n1,2\n3,x\n",
                r"t\.csv: column 'b' is to be numeric, but row 2 holds 'x'; numbers are all",
            ),
            ("a;b\n1;2,5\n3;1.5\n", r"row 2 .*holds '1\.5'"),
            ("a,b\n" + "1,2\n" * 4_000 + "1,two\n" + "1,2\n" * 4_000, r"row 4001 .*holds 'two'"),
        ],
    )
    def test_a_value_that_is_no_number_is_named_with_its_row(
        self, export: Export, content: str, message: str, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(csv_blocks, "_BLOCK", 1_000)
        with pytest.raises(InputError, match=message):
            export.open(content, numeric=["b"])

    def test_a_column_that_is_not_there_is_refused(self, export: Export):
        with pytest.raises(ConfigurationError, match=r"t\.csv: there is no column 'amont'; near it: 'amount'$"):
            export.open("amount,b\n1,2\n", numeric=["amont"])


class TestDamage:
    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (
                "a,b\n1,2\n1,2,3\n",
                r"t\.csv: line 3 \(blank lines not counted\) has 3 values, but the first line names 2",
            ),
            ("a,b\n1,2\n1\n", r"line 3 .*has 1 values, but the first line names 2 columns$"),
            ("a,b\n" + "1,2\n" * 400_000 + "7\n", r"line 400002 "),
            ('a,b\n1,"x\n2,y\n', r"a quote in column 'b' is not closed, and the file ends within its value$"),
            (
                'a,b\n1,"x\n' + "2,y\n" * 1_200_000,
                r"a line is longer than 2 MB; is there a quote that is not closed\?$",
            ),
            ("\n \n", r"there is no line in the file; the first one must name the columns$"),
            (
                "<html>403</html>",
                r"neither Parquet nor CSV \(it begins with b'<html>403</html>'\); save it as one of them",
            ),
            ('{"a": 1}', r"neither Parquet nor CSV"),
        ],
    )
    def test_it_is_named_with_its_line(self, export: Export, content: str, message: str):
        with pytest.raises(InputError, match=message):
            export.open(content)

    def test_a_truncated_archive_is_named(self, export: Export):
        content = gzip.compress("\n".join(["a,b", *(f"{n},{n * n}" for n in range(90_000))]).encode())
        with pytest.raises(InputError, match=r"t\.csv: .*\(.*\)$"):
            export.open(content[: len(content) // 2])

    def test_a_file_that_changed_in_between_is_said(self, export: Export):
        table = export.open("a;b\n1.234,5;1\n")
        export.path.write_text("a;b\nwords;1\n")
        with pytest.raises(InputError, match=r"t\.csv: the file changed while it was read \(column 'a'\)$"):
            table.read()


class TestSlices:
    def test_round_trip(self, export: Export, monkeypatch: pytest.MonkeyPatch):
        random = np.random.default_rng(3)
        rows = 5_000
        frame = pd.DataFrame(
            {
                "id": [f"{number:06d}" for number in range(rows)],
                "x": np.where(random.random(rows) < 0.1, np.nan, random.normal(size=rows)),
                "n": random.integers(0, 9, rows).astype(float),
                "zone": pd.Series(random.choice(["norte", "sur, este", "ñ"], rows), dtype="str"),
            }
        )
        monkeypatch.setattr(csv_blocks, "_BLOCK", 10_000)
        monkeypatch.setattr(source_table, "_BATCH_ROWS", 1_500)
        table = export.open(frame.to_csv(index=False))
        pd.testing.assert_frame_equal(table.read(), frame)
        slices = list(table.batches())
        assert [len(one) for one in slices] == [1_500, 1_500, 1_500, 500]
        pd.testing.assert_frame_equal(pd.concat(slices, ignore_index=True), frame)

    def test_the_estimate_is_what_arrow_takes_and_the_rows_are_known(self, export: Export):
        table = export.open("id,x,zone\n" + "1,2.5,norte\n" * 1_000)
        assert table.rows == 1_000
        assert table.arrow_bytes == pytest.approx(1_000 * (8 + 8 + 4 + 5), rel=0.1)
