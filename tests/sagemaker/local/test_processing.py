"""Processing jobs: what a container finds, and what becomes of what it leaves."""

import json
import sys
from pathlib import Path

import pytest

from segmentation_model.sagemaker.local import container
from tests.sagemaker.local.bench import OUT, Bench, at, get, processing, training, writes

pytestmark = pytest.mark.slow

#: A program that shows all files below a folder of the container.
LIST = "print(*sorted(str(p.relative_to('{0}')) for p in pathlib.Path('{0}').rglob('*') if p.is_file()))"
RAW = "/opt/ml/processing/raw"


def log_of(bench: Bench, ran, step: str) -> str:
    return (bench.execution_folder(ran) / step / "log.txt").read_text()


class TestInputs:
    def test_keep_their_path_below_the_prefix(self, bench: Bench):
        for key in ("raw/a.txt", "raw/deep/er/b.txt", "raw2/c.txt", "other/d.txt"):
            bench.put(key)
        ran = bench.run(processing("Read", LIST.format(RAW), inputs={"raw": at("raw")}))
        assert log_of(bench, ran, "Read") == "a.txt deep/er/b.txt\n"

    def test_of_one_object_are_that_object(self, bench: Bench):
        bench.put("raw/a.txt", "first")
        bench.put("raw/a.txt.old", "second")
        ran = bench.run(processing("Read", LIST.format(RAW), inputs={"raw": at("raw/a.txt")}))
        assert log_of(bench, ran, "Read") == "a.txt\n"

    def test_that_are_not_there_fail_the_step(self, bench: Bench):
        ran = bench.run(processing("Read", inputs={"raw": at("nothing/here")}))
        assert ran.code == 1
        assert 'No S3 objects found under S3 URL "s3://toys/nothing/here"' in ran.step("Read")["reason"]

    def test_in_a_bucket_that_is_not_there_fail_the_step(self, bench: Bench):
        ran = bench.run(processing("Read", inputs={"raw": "s3://nowhere/x"}))
        assert 'No S3 objects found under S3 URL "s3://nowhere/x"' in ran.step("Read")["reason"]

    @pytest.mark.parametrize(
        ("sharded", "first", "second"),
        [(True, "0.txt 2.txt 4.txt", "1.txt 3.txt"), (False, *["0.txt 1.txt 2.txt 3.txt 4.txt"] * 2)],
    )
    def test_go_to_all_instances_or_are_shared_out(self, bench: Bench, sharded: bool, first: str, second: str):
        for number in range(5):
            bench.put(f"raw/{number}.txt")
        code = f"host = json.load(open('/opt/ml/config/resourceconfig.json'))['current_host']\n{LIST.format(RAW)}\n"
        code += f"pathlib.Path('{OUT}/data', host).write_text(host)"
        step = processing(
            "Read", code, inputs={"raw": at("raw")}, outputs={"data": at("out")}, instances=2, sharded=sharded
        )
        ran = bench.run(step)
        assert ran.code == 0, ran.result.output
        assert sorted(log_of(bench, ran, "Read").splitlines()) == [f"[algo-1] {first}", f"[algo-2] {second}"]
        assert {"out/algo-1", "out/algo-2"} <= bench.keys()


class TestOutputs:
    def test_are_uploaded_whole(self, bench: Bench):
        code = f"p = pathlib.Path('{OUT}/data/deep'); p.mkdir(); (p / 'a').write_text('A'); (p.parent / 'b').touch()"
        ran = bench.run(processing("Write", code, outputs={"data": at("out"), "empty": at("none")}))
        assert ran.code == 0
        assert bench.keys() == {"out/deep/a", "out/b"}
        assert bench.text("out/deep/a") == "A"
        assert ran.step("Write")["outputs"] == {"data": "s3://toys/out", "empty": "s3://toys/none"}

    def test_stay_where_they_are_after_a_failure(self, bench: Bench):
        code = f"pathlib.Path('{OUT}/data/a').write_text('A'); sys.exit(3)"
        ran = bench.run(processing("Write", code, outputs={"data": at("out")}))
        assert ran.code == 1
        assert bench.keys() == set()
        tree = bench.execution_folder(ran) / "Write" / "opt_ml" / "algo-1"
        assert (tree / "processing" / "output" / "data" / "a").read_text() == "A"

    def test_of_one_failed_instance_keep_back_those_of_the_other(self, bench: Bench):
        code = "host = json.load(open('/opt/ml/config/resourceconfig.json'))['current_host']\n"
        code += f"pathlib.Path('{OUT}/data', host).touch()\nsys.exit(host == 'algo-2')"
        ran = bench.run(processing("Write", code, outputs={"data": at("out")}, instances=2))
        assert ran.code == 1
        assert bench.keys() == set()


class TestTheContainer:
    def test_finds_its_configuration(self, bench: Bench):
        bench.put("raw/a")
        code = "print(open('/opt/ml/config/processingjobconfig.json').read())\n"
        code += "print('--'); print(open('/opt/ml/config/resourceconfig.json').read())"
        more = {"Environment": {"STEP": "read"}, "StoppingCondition": {"MaxRuntimeInSeconds": 60}}
        ran = bench.run(processing("Read", code, inputs={"raw": at("raw")}, arguments=more))
        job, resources = map(json.loads, log_of(bench, ran, "Read").split("--\n"))
        name = ran.step("Read")["job_name"]
        assert name.startswith(f"pipelines-{ran.summary['execution_id']}-Read-")
        assert len(name) <= 63
        assert job["ProcessingJobName"] == name
        assert job["ProcessingJobArn"] == f"arn:aws:sagemaker:us-east-1:000000000000:processing-job/{name}"
        assert set(job) == {
            "ProcessingJobArn",
            "ProcessingJobName",
            "Environment",
            "AppSpecification",
            "ProcessingInputs",
            "ProcessingOutputConfig",
            "ProcessingResources",
            "RoleArn",
            "StoppingCondition",
        }
        assert (resources["current_host"], resources["hosts"]) == ("algo-1", ["algo-1"])

    def test_sees_an_environment_of_its_own(self, bench: Bench, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("PYTHONPATH", "/elsewhere")
        monkeypatch.setenv("SECRET_OF_THE_CALLER", "x")
        ran = bench.run(
            processing("Read", "print(json.dumps(dict(os.environ)))", arguments={"Environment": {"STEP": "read"}})
        )
        seen = json.loads(log_of(bench, ran, "Read"))
        seen.pop("LC_CTYPE", None)  # Python's own doing
        own = {name for name in seen if not name.startswith("AWS_")}
        assert own == {"PATH", "HOME", "LANG", "PWD", "PROCESSING_JOB_NAME", "PROCESSING_JOB_ARN", "STEP"}
        assert seen["STEP"] == "read"
        assert seen["PROCESSING_JOB_NAME"] == ran.step("Read")["job_name"]
        assert {"AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_REGION"} <= seen.keys()

    def test_runs_at_the_root_with_the_tools_of_its_python(self, bench: Bench):
        ran = bench.run(processing("Read", "print(os.getcwd(), sys.executable)"))
        assert log_of(bench, ran, "Read") == f"/ {Path(sys.executable).parent / 'python'}\n"

    def test_has_arguments(self, bench: Bench):
        step = processing("Read", "print(sys.argv[1:])")
        step["Arguments"]["AppSpecification"]["ContainerArguments"] = ["--date", get("Execution.PipelineName")]
        assert log_of(bench, bench.run(step), "Read") == "['--date', 'toy']\n"

    def test_sees_no_other_job(self, bench: Bench):
        code = "pathlib.Path('/opt/ml/mine').touch(); time.sleep(0.3); print(sorted(os.listdir('/opt/ml')))"
        ran = bench.run(processing("A", code), processing("B", code.replace("mine", "own")))
        assert log_of(bench, ran, "A") == "['config', 'mine', 'output']\n"
        assert log_of(bench, ran, "B") == "['config', 'output', 'own']\n"


class TestAFailure:
    def test_is_explained_by_the_container(self, bench: Bench):
        code = "print('last words'); pathlib.Path('/opt/ml/output/message').write_text('no rows' + 2000 * '!')"
        ran = bench.run(processing("Read", f"{code}; sys.exit(4)"))
        assert ran.step("Read")["reason"] == f"AlgorithmError: no rows{1017 * '!'}, exit code: 4"
        assert "    | last words" in ran.result.stderr
        assert str(bench.execution_folder(ran) / "Read" / "log.txt") in ran.result.stderr

    def test_without_a_word_has_the_exit_code(self, bench: Bench):
        reason = bench.run(processing("Read", "os.kill(os.getpid(), 9)")).step("Read")["reason"]
        assert reason == "AlgorithmError: see the log for more information, exit code: 137"

    def test_of_a_command_that_is_not_there_is_in_the_log(self, bench: Bench):
        step = processing("Read")
        step["Arguments"]["AppSpecification"]["ContainerEntrypoint"] = ["no-such-command"]
        ran = bench.run(step)
        assert ran.step("Read")["reason"].endswith("exit code: 127")
        assert "no-such-command: not found" in ran.result.stderr

    @pytest.mark.parametrize("job", [processing, training])
    def test_comes_after_the_longest_time(self, bench: Bench, job):
        ran = bench.run(job("Slow", "time.sleep(60)", arguments={"StoppingCondition": {"MaxRuntimeInSeconds": 1}}))
        assert ran.code == 1
        assert ran.step("Slow")["reason"] == (
            "MaxRuntimeExceeded: stopped after 1 s, its StoppingCondition.MaxRuntimeInSeconds"
        )

    def test_of_a_container_that_ignores_the_first_signal_comes_with_the_second(self, bench: Bench, monkeypatch):
        monkeypatch.setattr(container, "_SECONDS_TO_END", 0.2)
        code = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
        ran = bench.run(processing("Slow", code, arguments={"StoppingCondition": {"MaxRuntimeInSeconds": 1}}))
        assert ran.step("Slow")["reason"].startswith("MaxRuntimeExceeded")


def test_files_of_a_job_go_when_it_has_succeeded_unless_they_are_kept(bench: Bench):
    ran = bench.run(writes("Write", "x"))
    assert [path.name for path in (bench.execution_folder(ran) / "Write").iterdir()] == ["log.txt"]
    kept = bench.run(writes("Write", "x"), options=["--keep"])
    tree = bench.execution_folder(kept) / "Write" / "opt_ml" / "algo-1"
    assert (tree / "processing" / "output" / "data" / "it.txt").read_text() == "x"
