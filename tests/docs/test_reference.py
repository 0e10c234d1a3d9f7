"""What docs/reference.py writes is what the repository holds, and it says something about every parameter."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.project_run import PROJECT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    """The pages as the code of today has them, made by a process of its own: it configures Kedro."""
    folder = tmp_path_factory.mktemp("reference")
    command = [sys.executable, "-W", "ignore", "docs/reference.py", "--output", str(folder)]
    made = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    return folder


@pytest.mark.parametrize("page", ["parameters", "files", "command_line"])
def test_the_page_follows_from_the_code(written, page):
    committed = (PROJECT / "docs" / "reference" / f"{page}.md").read_text()
    assert committed == (written / f"{page}.md").read_text(), "run .venv/bin/python docs/reference.py and commit"


def test_every_parameter_has_a_meaning(written):
    rows = [line for line in (written / "parameters.md").read_text().splitlines() if line.startswith("| `")]
    assert len(rows) > 200
    assert [row for row in rows if row.rstrip(" |").count(" | ") < 3] == []


def test_defaults_are_those_of_the_configuration(written):
    text = (written / "parameters.md").read_text()
    assert "| `training.max_trees` | whole number from 1 to 10,000 | `300` |" in text
    assert "| `fail_on_drift` | true or false, or `low` or `moderate` or `high` | `false` |" in text
    assert "| `defaults.minimum_auc` | number from 0 to 1 | `0.6` |" in text
