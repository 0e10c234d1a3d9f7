"""The compiled pipeline, run here step by step in environments with the wheel: it gives what a run on disk gives.

Tests of one class build on each other's executions, in the order in which they stand: steps that are done are reused.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from tests.object_store import object_store
from tests.sagemaker.cloud import BUCKET, Cloud, Desk, Execution, differing, drifted, results, run_locally

pytestmark = pytest.mark.slow

FIVE = ("PreprocessSplit", "DriftCheck", "TrainDomestic", "TrainIndustrial", "InferenceReporting")


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Desk:
    return Desk.create(tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def moto() -> Iterator[dict[str, str]]:
    """What leads to a server in place of S3."""
    with object_store() as variables:
        yield variables


@pytest.fixture(scope="module")
def rclone(tmp_path_factory) -> Iterator[dict[str, str]]:
    """What leads to another server in place of S3, of another make."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    program = Path(sys.executable).with_name("rclone")
    folder = tmp_path_factory.mktemp("rclone")
    log = (folder.parent / "rclone.log").open("w")
    options = ["--addr", address, "--auth-key", "test,testtest", "--config", os.devnull]
    server = subprocess.Popen([program, "serve", "s3", *options, folder], stdout=log, stderr=subprocess.STDOUT)
    for _ in range(100):
        with contextlib.suppress(OSError), socket.create_connection(tuple(address.split(":"))):
            break
        time.sleep(0.1)
    yield {
        "AWS_ENDPOINT_URL": f"http://{address}", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "testtest",
        "AWS_DEFAULT_REGION": "us-east-1", "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
        "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required",
    }  # fmt: skip
    server.terminate()
    server.wait()
    log.close()


@pytest.fixture(scope="module")
def cloud(desk, moto) -> Cloud:
    return Cloud(desk, moto, desk.registry("cloud"))


@pytest.fixture(scope="module")
def whole(cloud) -> Execution:
    """The five steps, once."""
    execution = cloud.execute()
    assert execution.code == 0, execution.log
    return execution


@pytest.fixture(scope="module")
def published(cloud, whole, tmp_path_factory) -> Path:
    return cloud.results(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="module")
def on_disk(desk, tmp_path_factory) -> Path:
    return run_locally(desk, tmp_path_factory.mktemp("disk"), desk.registry("disk"))


class TestTheWholeJob:
    def test_runs_all_five_steps_and_registers_both_models(self, whole):
        status = whole.status()
        assert {status[name] for name in FIVE} == {"Succeeded"}
        assert {status["RegisterDomestic"], status["RegisterIndustrial"]} == {"Succeeded"}
        assert whole.steps()["StopForDrift"]["status"] == "NotRun"
        assert whole.summary["status"] == "Succeeded"

    def test_the_tariffs_are_trained_side_by_side(self, whole):
        lines = [line for line in whole.log.splitlines() if "Train" in line]
        assert [line.split()[2] for line in lines[:2]] == ["started", "started"]

    def test_gives_what_a_run_on_disk_gives_byte_for_byte(self, published, on_disk):
        expected = results(on_disk)
        assert len(expected) > 50
        assert differing(results(published), expected) == []

    def test_gives_the_same_segments_benchmark_drift_and_evaluation_value_for_value(self, published, on_disk):
        for name in ("segments", "benchmark", "rejected"):
            found, expected = (pd.read_parquet(root / "08_reporting" / name) for root in (published, on_disk))
            pd.testing.assert_frame_equal(found, expected, check_exact=True)
            assert len(found) or name == "rejected"
        for name in ("drift_summary", "evaluation_domestic", "evaluation_industrial", "expected_performance"):
            found, expected = (
                json.loads((root / "08_reporting" / f"{name}.json").read_text()) for root in (published, on_disk)
            )
            assert found == expected

    def test_the_measures_of_the_models_are_metrics_of_their_jobs(self, whole, published):
        evaluation = json.loads((published / "08_reporting" / "evaluation_domestic.json").read_text())
        package = json.loads(Path(whole.steps()["RegisterDomestic"]["outputs"]["model_package"]).read_text())
        said = package["CustomerMetadataProperties"]
        assert said["tariff"] == "domestic"
        assert float(said["roc_auc"]) == pytest.approx(evaluation["test"]["roc_auc"], rel=1e-6)

    def test_is_one_run_in_mlflow_with_one_below_it_for_each_tariff(self, cloud, whole):
        runs = cloud.tracked(whole.summary["execution_id"])
        assert {name: run.info.status for name, run in runs.items()} == {
            "job": "FINISHED", "Domestic": "FINISHED", "Industrial": "FINISHED",
        }  # fmt: skip
        job, domestic = runs["job"].data, runs["Domestic"].data
        assert {job.tags[f"step.{name}"] for name in FIVE} == {"finished"}
        assert job.tags["outcome"] == "finished"
        assert domestic.metrics["test.roc_auc"] > 0.5
        assert domestic.tags["registered_version"] == "segmentation_model_domestic/1"
        assert job.params["drift.gate.on_trip"] == "record"

    def test_what_goes_between_steps_lies_below_the_execution(self, cloud, whole):
        keys = [one["Key"] for one in cloud.client.list_objects_v2(Bucket=BUCKET, Prefix="out/executions/")["Contents"]]
        assert {key.split("/")[2] for key in keys} == {whole.summary["execution_id"]}

    def test_no_channel_brings_a_step_what_another_step_reads_alone(self, cloud, whole):
        prefix = f"out/executions/{whole.summary['execution_id']}/PreprocessSplit/TrainDomestic/"
        keys = [one["Key"] for one in cloud.client.list_objects_v2(Bucket=BUCKET, Prefix=prefix)["Contents"]]
        assert keys
        assert not [key for key in keys if "industrial" in key or "current" in key]


class TestWhatIsDoneIsNotDoneAgain:
    def test_a_second_execution_reuses_all_but_the_publishing_step(self, cloud, whole, published, tmp_path):
        again = cloud.execute()
        assert again.code == 0, again.log
        status = again.status()
        assert [status[name] for name in FIVE] == ["Cached"] * 4 + ["Succeeded"]
        runs = cloud.tracked(again.summary["execution_id"])
        assert runs["job"].data.tags["step.TrainDomestic"].startswith("reused")
        assert "Trained in [" in runs["Domestic"].data.tags["mlflow.note.content"]
        assert differing(results(cloud.results(tmp_path)), results(published)) == []

    def test_models_that_are_not_good_enough_stop_it_before_anything_is_scored(self, cloud, whole):
        stopped = cloud.execute(MinimumAuc="0.999")
        assert stopped.code == 1
        assert stopped.summary["status"] == "Failed"
        assert (
            "the ROC AUC on the test part must be at least 0.999; TrainDomestic: 0."
            in stopped.summary["failure_reason"]
        )
        assert stopped.steps()["InferenceReporting"]["status"] == "NotRun"
        assert stopped.steps()["RegisterDomestic"]["status"] == "NotRun"

    def test_a_kill_midway_leaves_nothing_that_the_next_execution_mixes_in(self, cloud, whole, published, tmp_path):
        """No baseline given, so that the drift check says `skipped`; killed in training, then started again."""
        other = {"BaselineFeaturesUri": "", "OutputUri": f"s3://{BUCKET}/resumed"}
        killed = subprocess.Popen(
            cloud.command(**other), cwd=cloud.desk.folder, env=os.environ | cloud.variables, text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        assert killed.stderr is not None
        for line in killed.stderr:
            if "TrainIndustrial" in line and "started" in line:
                break
        time.sleep(2)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        killed.stderr.close()
        resumed = cloud.execute(**other)
        assert resumed.code == 0, resumed.log
        status = resumed.status()
        assert [status[name] for name in FIVE] == ["Cached", "Cached", "Succeeded", "Succeeded", "Succeeded"]
        found = results(cloud.results(tmp_path, "resumed"))
        assert json.loads(found["08_reporting/drift_summary.json"])["status"] == "skipped"
        for name, content in results(published).items():
            if name.startswith(("08_reporting/segments", "08_reporting/benchmark", "06_models")):
                assert found[name] == content, name


class TestTheMonthAlone:
    def test_shared_by_two_instances_gives_what_a_run_on_disk_gives(self, cloud, desk, whole, tmp_path):
        """With the champions of the whole job, which both ask for."""
        month = cloud.execute("scoring.json", ScoringInstanceCount="2", OutputUri=f"s3://{BUCKET}/month")
        assert month.code == 0, month.log
        assert set(month.status()) >= {"PreprocessSplit", "DriftCheck", "ScoreCustomers", "InferenceReporting"}
        registry = cloud.parameters["MlflowTrackingUri"]
        on_disk = run_locally(desk, tmp_path / "disk", registry, "--pipelines", "scoring")
        expected, found = results(on_disk), results(cloud.results(tmp_path / "cloud", "month"))
        assert [name for name in expected if found[name] != expected[name]] == []
        assert found.keys() == expected.keys()


def test_an_object_store_of_another_make_gives_the_same(desk, rclone, published, tmp_path):
    other = Cloud(desk, rclone, desk.registry("rclone"), work="rclone")
    execution = other.execute()
    assert execution.code == 0, execution.log
    assert differing(results(other.results(tmp_path)), results(published)) == []


class TestWhatStopsAnExecution:
    def test_drift_closes_the_gate_before_anything_is_trained(self, cloud, desk, whole):
        month = cloud.put(
            "raw/dear.parquet", drifted(desk.folder / "raw" / "current_customers.parquet", desk.folder / "dear.parquet")
        )
        stopped = cloud.execute(CurrentUri=month, FailOnDrift="moderate", OutputUri=f"s3://{BUCKET}/stopped")
        assert stopped.code == 1
        status = stopped.status()
        assert (status["PreprocessSplit"], status["DriftCheck"], status["StopForDrift"]) == (
            "Succeeded",
            "Succeeded",
            "Failed",
        )
        assert not set(status) & {"TrainDomestic", "TrainIndustrial", "InferenceReporting"}
        reason = stopped.summary["failure_reason"]
        summary, report = (
            read(cloud, f"{reason.split('; see ')[1].rsplit('/', 1)[0]}/{name}")
            for name in ("drift_summary.json", "drift_report.txt")
        )
        assert json.loads(summary)["status"] == "tripped"
        assert json.loads(summary)["message"] in reason
        assert "Importe" in report or "invoice_amount" in report

    def test_a_failed_training_says_why_in_the_summary(self, cloud, desk, whole):
        """A configuration that asks for a GPU, which is not there: only training reads it."""
        file = desk.folder / "conf" / "base" / "parameters" / "modeling.yml"
        text = file.read_text()
        file.write_text(text.replace("device: cpu ", "device: cuda "))
        desk.pack(desk.folder / "conf", "gpu.tar.gz")
        file.write_text(text)
        configuration = cloud.put("gpu.tar.gz", desk.folder / "gpu.tar.gz")
        failed = cloud.execute(ConfigurationUri=configuration, OutputUri=f"s3://{BUCKET}/failed")
        assert failed.code == 1
        reasons = {name: failed.steps()[name]["reason"] or "" for name in ("TrainDomestic", "TrainIndustrial")}
        assert any("modeling.training.device" in reason and "cuda" in reason for reason in reasons.values()), reasons
        assert failed.status()["DriftCheck"] == "Succeeded"
        assert failed.steps()["InferenceReporting"]["status"] == "NotRun"

    def test_a_wrong_type_is_refused_before_anything_runs(self, cloud, whole):
        done = subprocess.run(
            cloud.command(Seed="many"), cwd=cloud.desk.folder, env=os.environ | cloud.variables, text=True,
            capture_output=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "Error: parameter Seed: 'many' is no Integer\n"


def read(cloud: Cloud, address: str) -> str:
    key = address.removeprefix(f"s3://{BUCKET}/")
    return cloud.client.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()
