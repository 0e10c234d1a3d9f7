"""Training jobs: channels, hyperparameters, models, metrics."""

import io
import json
import tarfile

import pytest

from tests.sagemaker.local.bench import Bench, at, channel, fail, get, join, parameter, training, writes
from tests.sagemaker.local.test_processing import log_of

pytestmark = pytest.mark.slow


def members(content: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        return {one.name: archive.extractfile(one).read() for one in archive if one.isfile()}


class TestTheContainer:
    def test_finds_its_configuration_as_text(self, bench: Bench):
        bench.put("data/a.csv")
        code = "print(json.dumps({n: json.load(open(f'/opt/ml/input/config/{n}.json')) for n in "
        code += "('hyperparameters', 'inputdataconfig', 'resourceconfig')}))"
        hyperparameters = {"depth": join(get("Parameters.Depth")), "tariff": "domestic"}
        step = training(
            "Train", code, channels={"features": at("data")}, arguments={"HyperParameters": hyperparameters}
        )
        ran = bench.run(step, parameters=[parameter("Depth", "Integer", 6)])
        found = json.loads(log_of(bench, ran, "Train"))
        assert found["hyperparameters"] == {"depth": "6", "tariff": "domestic"}
        assert found["inputdataconfig"] == {
            "features": {
                "TrainingInputMode": "File",
                "S3DistributionType": "FullyReplicated",
                "RecordWrapperType": "None",
            }
        }
        assert found["resourceconfig"]["hosts"] == ["algo-1"]

    def test_may_read_its_channels_and_not_write_to_them(self, bench: Bench):
        bench.put("one/a.csv", "A")
        bench.put("two/deep/b.csv", "B")
        code = "root = pathlib.Path('/opt/ml/input/data')\n"
        code += "print((root / 'one/a.csv').read_text(), (root / 'two/deep/b.csv').read_text())\n"
        code += "for path in (root / 'one/new', root / 'two/deep/b.csv'):\n"
        code += "    try:\n        path.write_text('x')\n    except OSError as error:\n        print(error.strerror)\n"
        code += "pathlib.Path('/opt/ml/input/data/three').mkdir()"
        ran = bench.run(training("Train", code, channels={"one": at("one"), "two": at("two")}))
        assert ran.code == 0, ran.result.output
        assert log_of(bench, ran, "Train").splitlines() == ["A B", "Read-only file system", "Read-only file system"]

    def test_knows_the_name_of_its_job(self, bench: Bench):
        ran = bench.run(training("Train", "print(os.environ['TRAINING_JOB_NAME'])"))
        assert log_of(bench, ran, "Train").strip() == ran.step("Train")["job_name"]


class TestTheModel:
    def test_is_an_archive_under_the_name_of_the_job(self, bench: Bench):
        code = "p = pathlib.Path('/opt/ml/model/deep'); p.mkdir(); (p / 'm.json').write_text('{}')"
        ran = bench.run(training("Train", code))
        address = f"s3://toys/models/{ran.step('Train')['job_name']}/output/model.tar.gz"
        assert ran.step("Train")["outputs"] == {"model": address}
        assert members(bench.bytes(address)) == {"deep/m.json": b"{}"}
        assert len(bench.keys()) == 1

    def test_has_other_output_beside_it(self, bench: Bench):
        ran = bench.run(training("Train", "pathlib.Path('/opt/ml/output/data/e.json').write_text('1')"))
        assert members(bench.bytes(ran.step("Train")["outputs"]["output"])) == {"e.json": b"1"}

    def test_can_be_asked_for_by_other_steps(self, bench: Bench):
        train = training("Train", "pathlib.Path('/opt/ml/model/m').touch()")
        read = training(
            "Read",
            "print(os.listdir('/opt/ml/input/data/model'))",
            channels={"model": get("Steps.Train.ModelArtifacts.S3ModelArtifacts")},
        )
        names = join(get("Steps.Train.TrainingJobName"), get("Steps.Train.OutputDataConfig.S3OutputPath"), on=" ")
        ran = bench.run(train, read, fail("Stop", names) | {"DependsOn": ["Read"]})
        assert log_of(bench, ran, "Read") == "['model.tar.gz']\n"
        assert ran.summary["failure_reason"] == f"{ran.step('Train')['job_name']} s3://toys/models"


class TestAMetric:
    def test_is_the_last_that_the_log_says(self, bench: Bench):
        step = training("Train", "print('auc=0.5;'); print('auc=0.7; auc=0.75; auc=...;')")
        definitions = [{"Name": "test:auc", "Regex": "auc=([0-9.]+);"}, {"Name": "never", "Regex": "never=(.*)"}]
        step["Arguments"]["AlgorithmSpecification"]["MetricDefinitions"] = definitions
        ran = bench.run(step, fail("Stop", join(get("Steps.Train.FinalMetricDataList['test:auc'].Value"))))
        assert ran.summary["failure_reason"] == "0.75"

    def test_that_is_never_said_fails_who_asks(self, bench: Bench):
        ran = bench.run(training("Train"), fail("Stop", join(get("Steps.Train.FinalMetricDataList['auc'].Value"))))
        assert ran.summary["failure_reason"].startswith("Step Stop: \"FinalMetricDataList['auc'].Value\": there is no")


def test_a_failure_is_explained_by_the_container(bench: Bench):
    code = "pathlib.Path('/opt/ml/model/m').touch(); pathlib.Path('/opt/ml/output/failure').write_text('one class')"
    ran = bench.run(training("Train", f"{code}; sys.exit(1)"))
    assert ran.summary["failure_reason"] == "Step Train: AlgorithmError: one class, exit code: 1"
    assert bench.keys() == set()


def test_a_channel_that_is_not_there_fails_the_step(bench: Bench):
    step = training("Train", arguments={"InputDataConfig": [channel("features", at("nothing"))]})
    assert 'No S3 objects found under S3 URL "s3://toys/nothing"' in bench.run(step).step("Train")["reason"]


def test_a_model_package_is_recorded_not_registered(bench: Bench):
    register = {
        "Name": "Register",
        "Type": "RegisterModel",
        "Arguments": {
            "ModelPackageGroupName": "credit",
            "ModelMetrics": {
                "ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": at("m.json")}}
            },
            "InferenceSpecification": {
                "Containers": [{"Image": "toy:1", "ModelDataUrl": get("Steps.Train.ModelArtifacts.S3ModelArtifacts")}],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
        },
    }
    ran = bench.run(training("Train"), register, writes("Other", "x"))
    assert ran.code == 0
    written = json.loads((bench.execution_folder(ran) / "Register" / "model_package.json").read_text())
    assert written["InferenceSpecification"]["Containers"][0]["ModelDataUrl"] == ran.step("Train")["outputs"]["model"]
    assert ran.step("Register")["reason"].startswith("recorded, not registered")
