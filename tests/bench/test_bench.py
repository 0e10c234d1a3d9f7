"""The benchmark runs, and what it compares is the same work: same rows, same customers, same trees."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).parents[2] / "bench" / "run.py"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    output = tmp_path_factory.mktemp("bench") / "results.md"
    command = [sys.executable, RUN, "--rows", "1500", "--repeats", "1", "--small-rows", "0", "--output", output]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    written = output.read_text(encoding="utf-8")
    assert written == done.stdout
    return written


@pytest.fixture(scope="module")
def comparison(report: str) -> dict[str, list[str]]:
    """Cells of the comparison by the name of their line."""
    table = report.partition("\n\n|")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    assert rows[0] == ["", "job", "floor", "job / floor", "target"]
    return {name: cells for name, *cells in rows[2:]}


@pytest.mark.slow
class TestTheBenchmark:
    def test_measures_times_and_memory_of_both(self, comparison: dict[str, list[str]]) -> None:
        for name in (
            "wall time, start-up apart (s)",
            "the same without training (s)",
            "start-up (s)",
            "wall time (s)",
            "processor time (s)",
            "peak memory (MB)",
            "peak memory / Arrow size",
        ):
            job, floor, ratio, _ = comparison[name]
            assert min(float(figure.replace(",", "")) for figure in (job, floor, ratio)) > 0

    def test_names_the_targets_and_judges_no_small_table_by_them(self, comparison: dict[str, list[str]]) -> None:
        targets = {name: cells[3] for name, cells in comparison.items() if cells[3]}
        assert targets == {"wall time, start-up apart (s)": "at most 1.3", "peak memory / Arrow size": "at most 3"}

    @pytest.mark.parametrize(
        "what",
        [
            "customers in a segment",
            "rows rejected",
            "Domestic: trees",
            "Domestic: AUC of the test part",
            "Industrial: trees",
        ],
    )
    def test_job_and_floor_agree_on(self, comparison: dict[str, list[str]], what: str) -> None:
        job, floor, *_ = comparison[what]
        assert job == floor

    def test_every_customer_is_in_a_segment_or_rejected(self, comparison: dict[str, list[str]]) -> None:
        segmented, rejected = (
            int(comparison[name][0].replace(",", "")) for name in ("customers in a segment", "rows rejected")
        )
        assert segmented + rejected == 1500

    def test_says_where_and_how_it_was_measured(self, report: str) -> None:
        assert re.search(r"^- `bench/run.py --rows 1500 .*`, \d{4}-\d\d-\d\d \d\d:\d\d", report, re.MULTILINE)
        assert re.search(r"^- Python \d.*kedro \d.*xgboost \d", report, re.MULTILINE)
        assert re.search(r"^- Generator: [\d,]+ rows a second", report, re.MULTILINE)

    @pytest.mark.parametrize("node", ["feature_engineering.map_labelled", "modeling.domestic.fit.train_model"])
    def test_lists_the_nodes_of_the_job(self, report: str, node: str) -> None:
        assert re.search(rf"^\| {re.escape(node)} +\| +\d+\.\d \| +[\d,]+ \| +[\d,]+ \|$", report, re.MULTILINE)


def test_the_benchmark_refuses_no_pairs() -> None:
    done = subprocess.run([sys.executable, RUN, "--repeats", "0"], capture_output=True, text=True)
    assert done.returncode == 2
    assert "--rows and --repeats must be at least 1" in done.stderr
