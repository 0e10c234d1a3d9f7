"""The benchmark of a month runs, and measures what it says."""

import subprocess
import sys
from pathlib import Path

import pytest

SCORING = Path(__file__).parents[2] / "bench" / "scoring.py"


def cells(report: str, name: str) -> list[str]:
    line = next(line for line in report.splitlines() if line.startswith(f"| {name} "))
    return [cell.strip() for cell in line.strip("|").split("|")[1:]]


@pytest.mark.slow
def test_a_month_is_scored_with_stored_models_and_measured():
    command = [sys.executable, SCORING, "--rows", "500", "--training-rows", "1500", "--output", "-"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    smaller, month = (int(cell) for cell in cells(done.stdout, "customers in a segment")[:2])
    assert 45 <= smaller <= 50
    assert 490 <= month <= 500
    for name in ("wall time (s)", "peak memory (MB)", "processor time (s)"):
        assert min(float(cell.replace(",", "")) for cell in cells(done.stdout, name)[:2]) > 0
    assert cells(done.stdout, "wall time (s)")[2] == "at most 180 s"
    assert cells(done.stdout, "peak memory (MB)")[2] == "at most 4,096 MB"
    assert cells(done.stdout, "approximate reasons") == ["0", "0", ""]
    assert "| modeling.domestic.score_current " in done.stdout
