"""The drift benchmark runs without peers and without a network, and what it says of this package is right."""

import re
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

BENCH = Path(__file__).parents[2] / "bench"
OTHER = "# Benchmark: another\n\nkept\n"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    output = tmp_path_factory.mktemp("bench") / "results.md"
    output.write_text(f"{OTHER}\n# Benchmark: the drift check\n\nof last month\n", encoding="utf-8")
    sizes = ["--rows", "1000", "--profile-rows", "2000", "--seeds", "1", "--large", "--large-rows", "3000"]
    command = [sys.executable, BENCH, "drift", "--no-peers", *sizes, "--output", output]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert output.read_text(encoding="utf-8") == f"{OTHER}\n{done.stdout}"
    return done.stdout


def table(report: str, title: str) -> dict[str, list[str]]:
    """Cells of the table under a title, by the name of their line."""
    lines = report.partition(f"## {title}")[2].partition("\n\n|")[2].partition("\n\n")[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {name: cells for name, *cells in rows[2:]}


@pytest.mark.slow
class TestTheBenchmark:
    def test_times_this_package_on_two_raw_tables(self, report: str) -> None:
        seconds, ratio, peak, _ = table(report, "1,000 rows x 241 columns")["this package: all statistics"]
        assert float(seconds) > 0
        assert float(ratio) == 1
        assert float(peak) > 0

    @pytest.mark.parametrize(
        ("peer", "target"),
        [("NannyML: KS + chi-squared, one chunk", "at least 4"), ("Evidently: PSI", "at least 100")],
    )
    def test_names_a_peer_that_it_cannot_measure_and_its_target(self, report: str, peer: str, target: str) -> None:
        assert table(report, "1,000 rows x 241 columns")[peer] == ["not measured", "", "", target]

    @pytest.mark.parametrize(
        ("line", "target"),
        [
            ("counting and judging, table in memory", "time at most 1.5"),
            ("drift-check, the whole command", "memory at most 1.5"),
        ],
    )
    def test_measures_against_reading_and_judges_no_small_table(self, report: str, line: str, target: str) -> None:
        *figures, named = table(report, "2,000 rows against a saved profile")[line]
        seconds, of_reading, memory, of_table = (float(figure.replace(",", "")) for figure in figures)
        assert min(seconds, of_reading) > 0
        assert min(memory, of_table) >= 0
        assert named == target

    def test_says_where_and_how_it_was_measured(self, report: str) -> None:
        assert re.search(
            r"^- `bench/drift.py --no-peers --rows 1000 .*`, \d{4}-\d\d-\d\d \d\d:\d\d", report, re.MULTILINE
        )
        assert re.search(r"^- Code \d+\.\d+", report, re.MULTILINE)

    def test_says_how_time_grows_and_what_the_large_table_took(self, report: str) -> None:
        assert re.search(
            r"^- Counting 241 columns takes [\d.]+ times as long as 60; at most 4.5$", report, re.MULTILINE
        )
        assert re.search(r"^- Counting 2,000 rows takes [\d.]+ times as long as 1,000$", report, re.MULTILINE)
        large = r"^- drift-check of 3,000 rows x 241 columns in 10 files: \d+ s, peak [\d.]+ GiB; at most 24 GiB$"
        assert re.search(large, report, re.MULTILINE)

    @pytest.mark.parametrize(
        ("case", "truth", "verdict"),
        [
            ("lognormal(6, 2) doubled", "drift", "moderate|high"),
            ("lognormal(6, 2) as it was", "none", "none"),
            ("missing 2 % to 30 %", "drift", "high"),
            ("1 unseen value in 30,000", "none", "none|low"),
            ("5 % unseen values", "drift", "moderate|high"),
        ],
    )
    def test_this_package_is_right_about(self, report: str, case: str, truth: str, verdict: str) -> None:
        there_is, ours, *peers = table(report, "What they find")[case]
        assert there_is == truth
        assert re.fullmatch(rf"PSI \d\.\d+: ({verdict})", ours)
        assert set(peers) == {"not measured"}

    @pytest.mark.parametrize(
        "case",
        [
            "241 undrifted columns, n = m = 1,000",
            "241 undrifted columns, n = m = 10,000",
            "20 undrifted categories, n = m = 1,000",
        ],
    )
    def test_this_package_hardly_calls_an_undrifted_column_drifted(self, report: str, case: str) -> None:
        there_is, ours, *_ = table(report, "What they find")[case]
        assert there_is == "none"
        assert float(ours.removesuffix("%")) <= 2


class TestTheTable:
    @pytest.fixture
    def drift_table(self) -> ModuleType:
        spec = spec_from_file_location("drift_table", BENCH / "drift_table.py")
        assert spec
        assert spec.loader
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def test_has_the_columns_of_the_peers_benchmark(self, drift_table: ModuleType, tmp_path: Path) -> None:
        drift_table.write_table(tmp_path / "table.parquet", 2_000, [1], drift_table.Layout())
        written = pq.read_table(tmp_path / "table.parquet")
        types = [str(field.type) for field in written.schema]
        assert types == ["float"] * 220 + ["string"] * 20 + ["float"]
        missing = sum(written[place].null_count for place in range(220)) / (220 * written.num_rows)
        assert missing == pytest.approx(0.02, abs=0.001)
        assert {pc.count_distinct(written[place]).as_py() for place in range(220, 240)} == {12}
        assert written["number_001"].drop_null().to_numpy().min() > 0
        assert 0.1 < (written["number_002"].drop_null().to_numpy() > 0).mean() < 0.2

    def test_is_the_same_for_the_same_seed_only(self, drift_table: ModuleType) -> None:
        first, again, other = (
            next(drift_table.batches(50, [seed], drift_table.Layout(numeric=5))) for seed in (1, 1, 2)
        )
        assert first == again
        assert first != other

    def test_comes_in_batches(self, drift_table: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(drift_table, "BATCH", 40)
        sizes = [batch.num_rows for batch in drift_table.batches(100, [1], drift_table.Layout(numeric=1))]
        assert sizes == [40, 40, 20]


@pytest.mark.slow
def test_a_peer_that_cannot_be_installed_is_left_out_and_told(tmp_path: Path) -> None:
    (tmp_path / "peer.txt").write_text("./absent-1.0-py3-none-any.whl\n", encoding="utf-8")
    script = (
        f"import sys; sys.path.insert(0, {str(BENCH)!r}); import environments; from pathlib import Path\n"
        f"environments.PEERS = Path({str(tmp_path)!r})\n"
        f"print(environments.environment('peer', Path({str(tmp_path / 'envs')!r})).problem)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "absent-1.0-py3-none-any.whl" in done.stdout
    assert not (tmp_path / "envs" / "peer" / "installed.txt").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["drift", "--rows", "0"], "must be at least 1"),
        (["--rows", "1000"], "'--rows' is no benchmark; name job, scoring, drift"),
    ],
)
def test_the_benchmark_refuses(arguments: list[str], message: str) -> None:
    done = subprocess.run([sys.executable, BENCH, *arguments], capture_output=True, text=True)
    assert done.returncode in (1, 2)
    assert message in done.stderr
