"""The command in a process of its own: what it imports, how it ends."""

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.drift_check.months import DATE, Desk, month

COMMAND = [sys.executable, "-m", "segmentation_model", "drift-check"]


def arguments(desk: Desk, reference: str, current: str, *options: str) -> list[str]:
    given = ["--reference-path", reference, "--current-path", current, "--execution-date", DATE]
    return [*given, "--output-path", str(desk.folder / "out"), *options]


def run(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def imported(code: str, folder: Path) -> set[str]:
    """Packages that a piece of code has imported at its end."""
    ending = "\nimport sys\nprint(*sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)"
    result = run(sys.executable, "-c", code + ending, folder=folder)
    assert result.returncode == 0, result.stderr
    return set(result.stderr.splitlines()[-1].split())


@pytest.mark.slow
@pytest.mark.parametrize(("options", "code"), [((), 0), (("--fail-on-drift",), 1), (("--threshold", "0"), 2)])
def test_the_exit_code_is_the_processes(desk: Desk, options: tuple[str, ...], code: int):
    tables = desk.put("june.parquet", month()), desk.put("july.csv", month(seed=2, shift=1))
    result = run(*COMMAND, *arguments(desk, *tables, "--json", *options), folder=desk.folder)
    assert result.returncode == code, result.stderr
    assert json.loads(result.stdout)["exit_code"] == code
    assert "Traceback" not in result.stderr


@pytest.mark.slow
def test_a_check_imports_neither_kedro_nor_mlflow_nor_a_model_library(desk: Desk):
    given = arguments(desk, desk.put("june.parquet", month(300)), desk.put("july.parquet", month(300)), "--quiet")
    code = (
        "from segmentation_model.drift_check.command import drift_check\n"
        f"drift_check.main({given!r}, standalone_mode=False)"
    )
    there = imported(code, desk.folder)
    assert "pyarrow" in there
    assert not there & {"kedro", "mlflow", "kedro_mlflow", "xgboost", "sklearn", "matplotlib", "s3fs", "aiobotocore"}


@pytest.mark.slow
def test_help_imports_nothing_heavy(desk: Desk):
    code = (
        "from segmentation_model.commands import command_line\n"
        "command_line.main(['drift-check', '--help'], standalone_mode=False)"
    )
    there = imported(code, desk.folder)
    assert not there & {"numpy", "pandas", "pyarrow", "scipy", "pydantic", "kedro", "mlflow", "xgboost", "fsspec"}


@pytest.mark.slow
def test_an_interruption_ends_it_with_130_and_no_traceback(desk: Desk):
    """A named pipe that nobody writes to: the command waits for its first byte until it is interrupted."""
    os.mkfifo(desk.folder / "june.csv")
    given = arguments(desk, str(desk.folder / "june.csv"), desk.put("july.parquet", month(300)))
    # A shell's background jobs, and what they start, are deaf to it unless that is taken back.
    with subprocess.Popen(
        [*COMMAND, *given], cwd=desk.folder, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:  # fmt: skip
        while not (desk.folder / "out").exists():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, shown = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in shown


@pytest.mark.slow
def test_on_a_terminal_there_are_bars_and_colours_and_with_no_color_none(desk: Desk):
    june, july = desk.put("june.parquet", month()), desk.put("july.parquet", month(seed=2))
    desk.check(june, july, "--profile-path", str(desk.folder / "saved"))
    shown = {}
    for colour in ({}, {"NO_COLOR": "1"}):
        master, slave = pty.openpty()
        command = [*COMMAND, *arguments(desk, str(desk.folder / "saved"), july)]
        with subprocess.Popen(command, stdout=slave, stderr=slave, env=os.environ | colour) as process:
            os.close(slave)
            shown[bool(colour)] = _all_of(master)
        assert process.returncode == 0
    assert "Counting the current table" in shown[False]
    assert "100%" in shown[False]
    assert "\x1b[32m" in shown[False]
    assert "\x1b[32m" not in shown[True]


def _all_of(terminal: int) -> str:
    """What a process shows until it closes its side of a terminal."""
    shown = b""
    while True:
        try:
            part = os.read(terminal, 65_536)
        except OSError:  # how Linux says that the other side is closed
            break
        if not part:
            break
        shown += part
    os.close(terminal)
    return shown.decode()
