"""When an earlier result is used again, and when not."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.sagemaker.local.bench import (
    OUT,
    Bench,
    Ran,
    at,
    cached,
    fail,
    get,
    join,
    output_of,
    parameter,
    processing,
    training,
    writes,
)

pytestmark = pytest.mark.slow


def counting(bench: Bench, name: str = "Count", **more: Any) -> dict[str, Any]:
    """A cached step that leaves a line on this machine each time it runs."""
    code = f"open('{bench.folder}/{name}', 'a').write('x\\n'); pathlib.Path('{OUT}/data/it').write_text('x')"
    return processing(name, code, inputs={"raw": at("raw")}, outputs={"data": at(f"{name}/data")}, **(cached() | more))


def times_run(bench: Bench, name: str = "Count") -> int:
    return (bench.folder / name).read_text().count("x")


@pytest.fixture
def once(bench: Bench) -> Ran:
    """A first execution of the counting step."""
    bench.put("raw/a.txt")
    ran = bench.run(counting(bench))
    assert ran.step("Count")["status"] == "Succeeded"
    return ran


def test_the_same_again_is_used_with_all_that_it_left(bench: Bench, once: Ran):
    show = fail("Show", join(get("Steps.Count.ProcessingJobName"), output_of("Count"), on=" "))
    again = bench.run(counting(bench), show)
    assert again.step("Count")["status"] == "Cached"
    assert again.step("Count")["reason"] == f"result of execution {once.summary['execution_id']}"
    assert again.step("Count")["job_name"] == once.step("Count")["job_name"]
    assert again.summary["failure_reason"] == f"{once.step('Count')['job_name']} s3://toys/Count/data"
    assert "cached" in again.result.stderr
    assert times_run(bench) == 1


def test_a_model_is_used_under_its_old_name(bench: Bench):
    train = training("Train", "print('auc=0.5')", **cached())
    train["Arguments"]["AlgorithmSpecification"]["MetricDefinitions"] = [{"Name": "auc", "Regex": "auc=(.*)"}]
    first, second = (
        bench.run(train),
        bench.run(train, fail("Stop", join(get("Steps.Train.FinalMetricDataList[0].Value")))),
    )
    assert second.step("Train")["status"] == "Cached"
    assert second.step("Train")["outputs"] == first.step("Train")["outputs"]
    assert second.summary["failure_reason"] == "0.5"


class TestNothingIsUsed:
    def test_without_being_asked_to(self, bench: Bench, once: Ran):
        assert bench.run(counting(bench, CacheConfig={"Enabled": False})).step("Count")["status"] == "Succeeded"

    def test_when_it_is_forbidden(self, bench: Bench, once: Ran):
        assert bench.run(counting(bench), options=["--no-cache"]).step("Count")["status"] == "Succeeded"

    def test_of_another_pipeline(self, bench: Bench, once: Ran):
        assert bench.run(counting(bench), options=["--name", "other"]).step("Count")["status"] == "Succeeded"

    def test_of_another_step(self, bench: Bench, once: Ran):
        assert bench.run(counting(bench, "Other")).step("Other")["status"] == "Succeeded"

    @pytest.mark.parametrize(("days", "status"), [(29, "Cached"), (31, "Succeeded")])
    def test_that_has_expired(self, bench: Bench, once: Ran, days: int, status: str):
        (record,) = (bench.folder / "work" / "cache").iterdir()
        content = json.loads(record.read_text())
        content["finished"] = (datetime.now(UTC) - timedelta(days=days)).isoformat()
        record.write_text(json.dumps(content))
        assert bench.run(counting(bench)).step("Count")["status"] == status

    @pytest.mark.parametrize(("key", "text"), [("raw/a.txt", "changed"), ("raw/b.txt", "new")])
    def test_of_other_inputs(self, bench: Bench, once: Ran, key: str, text: str):
        bench.put(key, text)
        assert bench.run(counting(bench)).step("Count")["status"] == "Succeeded"
        assert bench.run(counting(bench)).step("Count")["status"] == "Cached"

    @pytest.mark.parametrize("change", ["gone", "overwritten"])
    def test_whose_outputs_are_no_longer_there(self, bench: Bench, once: Ran, change: str):
        if change == "gone":
            bench.client.delete_object(Bucket="toys", Key="Count/data/it")
        else:
            bench.put("Count/data/it", "other")
        assert bench.run(counting(bench)).step("Count")["status"] == "Succeeded"

    def test_of_another_environment(self, bench: Bench):
        bench.put("raw/a.txt")
        step = counting(bench, arguments={"Environment": {"LEVEL": get("Parameters.Level")}})
        level = [parameter("Level", "String", "low")]
        found = [
            bench.run(step, parameters=level, options=given).step("Count")["status"]
            for given in ([], ["--parameter", "Level=high"], [], ["--parameter", "Level=high"])
        ]
        assert found == ["Succeeded", "Succeeded", "Cached", "Cached"]

    def test_that_failed(self, bench: Bench):
        step = processing("Bad", f"open('{bench.folder}/Bad', 'a').write('x'); sys.exit(1)", **cached())
        assert [bench.run(step).step("Bad")["status"] for _ in range(2)] == ["Failed", "Failed"]
        assert times_run(bench, "Bad") == 2


def test_a_change_of_what_the_service_does_not_compare_is_none(bench: Bench, once: Ran):
    more = {"StoppingCondition": {"MaxRuntimeInSeconds": 99}, "Tags": [{"Key": "team", "Value": "risk"}]}
    assert bench.run(counting(bench, arguments=more)).step("Count")["status"] == "Cached"


class TestTheCode:
    @pytest.fixture
    def python(self, tmp_path: Path) -> Path:
        """An interpreter with a toy of the package installed."""
        made = tmp_path / "environment"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(made)], check=True, timeout=60)
        (package,) = made.glob("lib/python*/site-packages")
        (package / "segmentation_model").mkdir()
        (package / "segmentation_model" / "__init__.py").write_text("answer = 1\n")
        command = made / "bin" / "segmentation-model"
        command.write_text('#!/bin/sh\necho "$@" "$(python -c \'import segmentation_model as s; print(s.answer)\')"\n')
        command.chmod(0o755)
        return made / "bin" / "python"

    def test_is_that_of_the_interpreter_that_was_named(self, bench: Bench, python: Path):
        first, second = processing("First"), training("Second")
        del first["Arguments"]["AppSpecification"]["ContainerEntrypoint"]
        first["Arguments"]["AppSpecification"]["ContainerArguments"] = ["--node", "split"]
        del second["Arguments"]["AlgorithmSpecification"]["ContainerEntrypoint"]
        ran = bench.run(first, second, options=["--python", str(python)])
        assert ran.code == 0, ran.result.output
        folder = bench.execution_folder(ran)
        assert (folder / "First" / "log.txt").read_text() == "sagemaker container --node split 1\n"
        assert (folder / "Second" / "log.txt").read_text() == "sagemaker container train 1\n"

    def test_that_has_changed_is_run_again(self, bench: Bench, python: Path):
        def status() -> str:
            return bench.run(writes("Write", "x", **cached()), options=["--python", str(python)]).step("Write")[
                "status"
            ]

        assert [status(), status()] == ["Succeeded", "Cached"]
        (module,) = python.parents[1].glob("lib/python*/site-packages/segmentation_model/__init__.py")
        module.write_text("answer = 2\n")
        assert [status(), status()] == ["Succeeded", "Cached"]
        (module.parents[1] / "other-2.0.dist-info").mkdir()
        (module.parents[1] / "other-2.0.dist-info" / "METADATA").write_text("Name: other\nVersion: 2.0\n")
        assert status() == "Succeeded"

    def test_must_be_there_for_a_step_without_an_entry_point(self, bench: Bench, python: Path):
        (python.parent / "segmentation-model").unlink()
        step = processing("First")
        del step["Arguments"]["AppSpecification"]["ContainerEntrypoint"]
        ran = bench.run(step, options=["--python", str(python)])
        assert ran.code == 2
        assert "segmentation-model is missing; install the wheel in that environment" in ran.result.stderr
