"""Which steps run when, and what ends an execution."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.sagemaker.local.bench import OUT, Bench, at, cached, condition, equals, fail, output_of, processing, writes

pytestmark = pytest.mark.slow

_COMMAND = [sys.executable, "-c", "from segmentation_model.sagemaker.local.command import local; local()"]


def waits_for(path: Path) -> str:
    """A program that waits for a file on this machine, a few seconds at most."""
    return (
        f"for _ in range(200):\n    if os.path.exists('{path}'): break\n    time.sleep(0.05)\nelse:\n    sys.exit(9)\n"
    )


def touches(path: Path) -> str:
    """A program that writes its process id to a file on this machine."""
    return f"p = pathlib.Path('{path}.new'); p.write_text(str(os.getpid())); p.rename('{path}')\n"


def wait_until(what: Any) -> None:
    for _ in range(600):
        if what():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen")


def gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody waited for has, too."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].startswith("Z")
    except FileNotFoundError:
        return True


def start(bench: Bench, *steps: dict[str, Any], options: Sequence[str] = ()) -> subprocess.Popen[str]:
    """The command in a process of its own."""
    words = [*_COMMAND, str(bench.write(*steps)), "--work-dir", str(bench.folder / "work"), "--json", *options]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ))


class TestSteps:
    def test_run_side_by_side_where_they_do_not_wait(self, bench: Bench):
        a, b = bench.folder / "a", bench.folder / "b"
        ran = bench.run(processing("A", touches(a) + waits_for(b)), processing("B", touches(b) + waits_for(a)))
        assert ran.code == 0, ran.result.output

    def test_run_one_by_one_if_wanted(self, bench: Bench):
        code = f"os.mkdir('{bench.folder}/alone'); time.sleep(0.2); os.rmdir('{bench.folder}/alone')"
        ran = bench.run(processing("A", code), processing("B", code), processing("C", code), options=["--jobs", "1"])
        assert ran.code == 0, ran.result.output

    def test_wait_for_what_they_name_and_for_what_they_ask(self, bench: Bench):
        read = "print(open('/opt/ml/processing/raw/it.txt').read())"
        last = processing("Last", read, inputs={"raw": output_of("Second")}, DependsOn=["Named"])
        named = processing("Named", touches(bench.folder / "named"), DependsOn=["Second"])
        ran = bench.run(last, writes("Second", "x"), named)
        assert ran.code == 0
        assert (bench.execution_folder(ran) / "Last" / "log.txt").read_text() == "x\n"
        assert [line.split()[1] for line in ran.result.stderr.splitlines() if "started" in line][1:] == [
            "Second",
            "Named",
            "Last",
        ]

    def test_that_run_come_to_their_end_when_another_fails(self, bench: Bench):
        failed = bench.folder / "failed"
        slow = processing("Slow", waits_for(failed) + f"pathlib.Path('{OUT}/d/x').touch()", outputs={"d": at("slow")})
        bad = processing("Bad", touches(failed) + "sys.exit(1)")
        ran = bench.run(slow, bad, writes("After", "x", DependsOn=["Slow"]))
        assert ran.code == 1
        assert ran.statuses() == {"Slow": "Succeeded", "Bad": "Failed", "After": "NotRun"}
        assert ran.step("After")["reason"] == "the execution ended before"
        assert {"slow/x"} <= bench.keys()

    def test_that_run_are_stopped_by_a_fail_step(self, bench: Bench):
        started = bench.folder / "started"
        slow = processing(
            "Slow", f"pathlib.Path('{OUT}/d/x').touch()\n{touches(started)}time.sleep(60)", outputs={"d": at("slow")}
        )
        choose = condition("Choose", equals(1, 1), if_steps=[fail("Stop", "drift is high")], DependsOn=["Watch"])
        ran = bench.run(slow, processing("Watch", waits_for(started)), choose)
        assert ran.code == 1
        assert ran.summary["failure_reason"] == "drift is high"
        assert ran.step("Slow")["status"] == "Stopped"
        assert ran.step("Slow")["reason"] == "Stop ended the execution"
        assert gone(int(started.read_text()))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_what_runs_and_the_summary_says_so(bench: Bench, number: signal.Signals, code: int):
    started = bench.folder / "started"
    program = f"pathlib.Path('{OUT}/d/x').touch()\n{touches(started)}time.sleep(60)"
    runner = start(
        bench, processing("Slow", program, outputs={"d": at("slow")}), writes("After", "", DependsOn=["Slow"])
    )
    wait_until(started.exists)
    runner.send_signal(number)
    out, err = runner.communicate(timeout=60)
    assert runner.returncode == code, err
    summary = json.loads(out)
    assert (summary["status"], summary["failure_reason"]) == ("Stopped", f"stopped by {number.name}")
    assert [step["status"] for step in summary["steps"]] == ["Stopped", "NotRun"]
    assert gone(int(started.read_text()))
    assert bench.keys() == set()


def test_a_run_that_was_killed_goes_on_where_it_was(bench: Bench):
    started, ready = bench.folder / "started", bench.folder / "ready"
    program = f"pathlib.Path('{OUT}/d', str(os.getpid())).touch()\n{touches(started)}"
    program += f"if not os.path.exists('{ready}'): time.sleep(60)"
    steps = [
        writes("First", "x", **cached()),
        processing("Second", program, inputs={"raw": output_of("First")}, outputs={"d": at("second")}, **cached()),
        writes("Third", "y", DependsOn=["Second"], **cached()),
    ]
    runner = start(bench, *steps)
    wait_until(started.exists)
    runner.kill()
    runner.communicate(timeout=60)
    killed = int(started.read_text())
    wait_until(lambda: gone(killed))
    assert bench.keys() == {"First/data/it.txt"}
    ready.touch()
    started.unlink()
    again = bench.run(*steps)
    assert again.code == 0, again.result.output
    assert again.statuses() == {"First": "Cached", "Second": "Succeeded", "Third": "Succeeded"}
    assert bench.keys() == {"First/data/it.txt", f"second/{started.read_text()}", "Third/data/it.txt"}


class TestTheSummary:
    def test_is_a_file_too(self, bench: Bench):
        ran = bench.run(writes("Write", "x"))
        assert json.loads((bench.execution_folder(ran) / "summary.json").read_text()) == ran.summary
        assert ran.summary["status"] == "Succeeded"
        assert ran.step("Write") | {"seconds": 0, "job_name": "", "log": ""} == {
            "name": "Write",
            "type": "Processing",
            "status": "Succeeded",
            "seconds": 0,
            "job_name": "",
            "reason": "",
            "outputs": {"data": "s3://toys/Write/data"},
            "log": "",
        }

    def test_is_a_table_for_people(self, bench: Bench):
        from click.testing import CliRunner

        from segmentation_model.sagemaker.local.command import local

        path = bench.write(writes("Write", "x"), condition("Choose", equals(1, 2), if_steps=[fail("Stop", "")]))
        result = CliRunner().invoke(local, [str(path), "--work-dir", str(bench.folder / "work"), "--name", "monthly"])
        assert result.exit_code == 0
        lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
        assert lines[0] == "SUCCEEDED"
        assert any(line.startswith("Write Processing succeeded") for line in lines)
        assert any(line.endswith("the conditions do not hold") for line in lines)
        assert "Stop Fail not run Choose decided otherwise" in lines
        assert "Write data: s3://toys/Write/data" in lines
        assert lines[-1].startswith("Execution ")
        assert " of monthly: " in lines[-1]
        assert result.stdout not in result.stderr

    def test_of_executions_sorts_by_their_start(self, bench: Bench):
        ids = [bench.run(fail("Stop", "")).summary["execution_id"]]
        time.sleep(1.1)
        ids.append(bench.run(fail("Stop", "")).summary["execution_id"])
        assert sorted(ids) == ids
