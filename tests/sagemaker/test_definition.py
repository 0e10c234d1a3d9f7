"""The compiled definition: what it holds, that AWS would take it, and that it follows from the project."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from segmentation_model.pipeline_registry import register_pipelines
from segmentation_model.sagemaker.definition.parameters import sagemaker_name
from segmentation_model.sagemaker.settings import Defaults
from tests.project_run import PROJECT, ProjectRun
from tests.sagemaker.compiled import ROLE, all_steps, compile_project, step_named

GOLDEN = Path(__file__).parent / "golden"
PARAMETERS = {
    "LabelledUri": "String", "CurrentUri": "String", "OutputUri": "String", "ConfigurationUri": "String",
    "ImageUri": "String", "MlflowTrackingUri": "String", "MlflowExperiment": "String", "ExecutionDate": "String",
    "Tariffs": "String", "Seed": "Integer", "BaselineFeaturesUri": "String", "DriftThreshold": "Float",
    "FailOnDrift": "String", "MinimumAuc": "Float", "ProcessingInstanceType": "String",
    "TrainingInstanceType": "String", "VolumeGb": "Integer",
}  # fmt: skip
OPERATIONS = {
    "Processing": "CreateProcessingJob", "Training": "CreateTrainingJob", "RegisterModel": "CreateModelPackage"
}  # fmt: skip

pytestmark = pytest.mark.usefixtures("fresh_logging")


@pytest.fixture(scope="module")
def job() -> dict[str, Any]:
    return compile_project().definition


@pytest.fixture(scope="module")
def scoring() -> dict[str, Any]:
    return compile_project("scoring").definition


@pytest.fixture
def conf(tmp_path) -> Path:
    """A copy of the configuration."""
    return ProjectRun.create(tmp_path).folder / "conf"


def compile_with(conf: Path, **section: Any) -> dict[str, Any]:
    """The job, with other settings in the section ``sagemaker``."""
    file = conf / "prod" / "sagemaker.yml"
    file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text()) | section))
    return compile_project(conf=str(conf)).definition


@pytest.mark.parametrize("which", ["job", "scoring"])
def test_the_definition_is_the_one_that_was_reviewed(which, request):
    expected = (GOLDEN / f"{which}.json").read_text()
    compiled = json.dumps(request.getfixturevalue(which), indent=2, ensure_ascii=False) + "\n"
    again = f"segmentation-model sagemaker compile --pipeline {which} --role-arn {ROLE} --output tests/sagemaker/golden"
    assert compiled == expected, f"look at the difference; where it is meant: {again}/{which}.json"


def test_there_are_seventeen_typed_parameters(job):
    assert {parameter["Name"]: parameter["Type"] for parameter in job["Parameters"]} == PARAMETERS
    assert len(PARAMETERS) == 17
    assert {sagemaker_name(name) for name in Defaults.model_fields} - PARAMETERS.keys() == {"ScoringInstanceCount"}


def test_the_parameters_of_the_older_systems_keep_their_names_and_defaults(job):
    defaults = {parameter["Name"]: parameter.get("DefaultValue") for parameter in job["Parameters"]}
    assert defaults["BaselineFeaturesUri"] == ""
    assert defaults["DriftThreshold"] == 0.25
    assert defaults["FailOnDrift"] == "false"


def test_a_scoring_has_only_the_parameters_that_it_has_a_use_for(scoring):
    names = {parameter["Name"] for parameter in scoring["Parameters"]}
    assert names == set(PARAMETERS) - {"LabelledUri", "TrainingInstanceType", "MinimumAuc"} | {"ScoringInstanceCount"}


def test_the_instances_of_a_scoring_share_the_month_by_s3_key(scoring):
    step = step_named(scoring, "ScoreCustomers")["Arguments"]
    cluster = step["ProcessingResources"]["ClusterConfig"]
    assert cluster["InstanceCount"] == {"Get": "Parameters.ScoringInstanceCount"}
    distribution = {one["InputName"]: one["S3Input"]["S3DataDistributionType"] for one in step["ProcessingInputs"]}
    assert distribution == {"PreprocessSplit": "ShardedByS3Key", "DriftCheck": "FullyReplicated"}


def test_the_steps_are_those_of_the_job_in_its_gates(job):
    assert [step["Name"] for step in job["Steps"]] == ["PreprocessSplit", "DriftCheck", "DriftGate"]
    assert [step["Name"] for step in step_named(job, "DriftGate")["Arguments"]["IfSteps"]] == ["StopForDrift"]
    assert [step["Name"] for step in step_named(job, "DriftGate")["Arguments"]["ElseSteps"]] == [
        "TrainDomestic", "TrainIndustrial", "QualityGate",
    ]  # fmt: skip
    quality = step_named(job, "QualityGate")["Arguments"]
    assert [step["Name"] for step in quality["IfSteps"]] == [
        "InferenceReporting", "MeasuredDomestic", "MeasuredIndustrial",
    ]  # fmt: skip
    assert [step["Name"] for step in quality["ElseSteps"]] == ["StopForQuality"]


def test_instances_share_the_scoring_of_the_month_and_nothing_else(scoring, job):
    shared = {}
    for step in (step for step in all_steps(scoring["Steps"]) if step["Type"] == "Processing"):
        cluster = step["Arguments"]["ProcessingResources"]["ClusterConfig"]
        assert (cluster["InstanceCount"] == 1) == (step["Name"] != "ScoreCustomers")
        for one in step["Arguments"]["ProcessingInputs"]:
            shared[step["Name"], one["InputName"]] = one["S3Input"]["S3DataDistributionType"] == "ShardedByS3Key"
    assert {channel for channel, is_shared in shared.items() if is_shared} == {("ScoreCustomers", "PreprocessSplit")}
    count = step_named(scoring, "ScoreCustomers")["Arguments"]["ProcessingResources"]["ClusterConfig"]["InstanceCount"]
    assert count == {"Get": "Parameters.ScoringInstanceCount"}
    assert "ShardedByS3Key" not in json.dumps(job)


def test_the_steps_around_the_sharing_are_told_how_many_rows_a_part_has(scoring, job):
    told = {
        step["Name"]
        for step in all_steps(scoring["Steps"])
        if "part_rows=500000" in step["Arguments"].get("AppSpecification", {}).get("ContainerArguments", ())
    }
    assert told == {"PreprocessSplit", "ScoreCustomers"}
    assert "part_rows" not in json.dumps(job)


def test_no_gate_lets_an_execution_end_well_that_it_stops(job, scoring):
    for definition in (job, scoring):
        for name in ("DriftGate", "QualityGate"):
            for gate in (step for step in all_steps(definition["Steps"]) if step["Name"] == name):
                branches = (gate["Arguments"]["IfSteps"], gate["Arguments"]["ElseSteps"])
                assert any(step["Type"] == "Fail" for branch in branches for step in branch)
                assert all(branches)


def test_drift_summary_is_a_property_file_in_an_output_of_its_step(job):
    step = step_named(job, "DriftCheck")
    (file,) = step["PropertyFiles"]
    assert file["FilePath"] == "08_reporting/drift_summary.json"
    outputs = {output["OutputName"] for output in step["Arguments"]["ProcessingOutputConfig"]["Outputs"]}
    assert file["OutputName"] in outputs


@pytest.mark.parametrize("which", ["job", "scoring"])
def test_aws_takes_every_request(which, request):
    """Parameters resolved to values of their types, references to texts."""
    api = ServiceModel(Loader().load_service_model("sagemaker", "service-2"))
    definition = request.getfixturevalue(which)
    jobs = [step for step in all_steps(definition["Steps"]) if step["Type"] in OPERATIONS]
    assert len(jobs) == {"job": 7}.get(which, len(jobs))
    for step in jobs:
        name = {"Processing": {"ProcessingJobName": "j"}, "Training": {"TrainingJobName": "j"}}.get(step["Type"], {})
        resolved = {**resolve(step["Arguments"], definition), **name}
        shape = api.operation_model(OPERATIONS[step["Type"]]).input_shape
        assert ParamValidator().validate(resolved, shape).generate_report() == "", step["Name"]


def test_a_hyperparameter_that_is_no_text_would_not_pass(job):
    api = ServiceModel(Loader().load_service_model("sagemaker", "service-2"))
    arguments = resolve(step_named(job, "TrainDomestic")["Arguments"], job) | {"TrainingJobName": "j"}
    arguments["HyperParameters"]["seed"] = 42
    report = ParamValidator().validate(arguments, api.operation_model("CreateTrainingJob").input_shape)
    assert "HyperParameters.seed, value: 42, type: <class 'int'>" in report.generate_report()


def resolve(value: Any, definition: dict[str, Any]) -> Any:
    """Values in place of variables: a parameter's type decides, all others are texts."""
    examples = {"Integer": 1, "Float": 0.5, "String": "s3://bucket/x"}
    types = {parameter["Name"]: parameter["Type"] for parameter in definition["Parameters"]}
    if isinstance(value, list):
        return [resolve(item, definition) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Get"}:
        scope, _, rest = value["Get"].partition(".")
        return examples[types[rest]] if scope == "Parameters" else "text"
    if set(value) == {"Std:Join"}:
        return "text"
    return {key: resolve(item, definition) for key, item in value.items()}


def test_all_that_goes_between_steps_lies_below_the_execution(job):
    for step in all_steps(job["Steps"]):
        for output in step["Arguments"].get("ProcessingOutputConfig", {}).get("Outputs", []):
            address = output["S3Output"]["S3Uri"]
            if output["OutputName"] == "results":
                assert (step["Name"], address) == ("InferenceReporting", {"Get": "Parameters.OutputUri"})
            else:
                values = address["Std:Join"]["Values"]
                assert values[1:] == ["executions", {"Get": "Execution.PipelineExecutionId"}, step["Name"], values[-1]]


def test_a_change_of_a_threshold_runs_no_step_again_that_does_not_read_it(job):
    told = {
        step["Name"]: json.dumps(step["Arguments"].get("AppSpecification", step["Arguments"].get("HyperParameters")))
        for step in all_steps(job["Steps"])
        if step["Type"] in ("Processing", "Training")
    }
    reached = {
        parameter: {name for name, words in told.items() if f"Parameters.{parameter}" in words}
        for parameter in ("DriftThreshold", "FailOnDrift", "BaselineFeaturesUri", "ExecutionDate", "Seed")
    }
    assert reached == {
        "DriftThreshold": {"DriftCheck", "InferenceReporting"},
        "FailOnDrift": {"DriftCheck"},
        "BaselineFeaturesUri": {"DriftCheck"},
        "ExecutionDate": {"PreprocessSplit"},
        "Seed": {"PreprocessSplit", "TrainDomestic", "TrainIndustrial", "InferenceReporting"},
    }


def test_deterministic_steps_are_cached_and_the_publishing_one_is_not(job):
    cached = {step["Name"] for step in all_steps(job["Steps"]) if step.get("CacheConfig", {}).get("Enabled")}
    assert cached == {"PreprocessSplit", "DriftCheck", "TrainDomestic", "TrainIndustrial"}


def test_a_step_that_reads_champions_is_not_cached(scoring):
    """After a promotion it would give something else, with the same arguments and inputs."""
    cached = {step["Name"] for step in all_steps(scoring["Steps"]) if step.get("CacheConfig", {}).get("Enabled")}
    assert cached == {"PreprocessSplit"}


def test_what_identifies_a_cached_step_holds_nothing_of_the_execution(job):
    for step in all_steps(job["Steps"]):
        for key in ("AppSpecification", "Environment", "ProcessingInputs", "HyperParameters", "InputDataConfig"):
            assert "Execution." not in json.dumps(step["Arguments"].get(key, {})), step["Name"]


def test_throttling_and_want_of_capacity_are_retried(job):
    policies = step_named(job, "TrainDomestic")["RetryPolicies"]
    causes = {cause for policy in policies for cause in policy["ExceptionType"]}
    assert {"Step.THROTTLING", "SageMaker.CAPACITY_ERROR", "SageMaker.RESOURCE_LIMIT"} <= causes


def test_every_job_has_the_tags_of_the_costs(job):
    for step in all_steps(job["Steps"]):
        if step["Type"] in ("Processing", "Training"):
            tags = {tag["Key"]: tag["Value"] for tag in step["Arguments"]["Tags"]}
            assert tags == {"project": "segmentation-model", "environment": "prod", "step": step["Name"]}


def test_spot_keys_and_network_are_options(conf):
    definition = compile_with(
        conf,
        training={"spot": True, "max_runtime_seconds": 3600, "max_wait_seconds": 7200},
        encryption={"volume_kms_key": "volume", "output_kms_key": "output"},
        network={"subnets": ["subnet-1"], "security_group_ids": ["sg-1"]},
    )
    training = step_named(definition, "TrainDomestic")["Arguments"]
    assert training["EnableManagedSpotTraining"] is True
    assert training["StoppingCondition"] == {"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 7200}
    assert training["VpcConfig"] == {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}
    assert training["ResourceConfig"]["VolumeKmsKeyId"] == "volume"
    assert training["OutputDataConfig"]["KmsKeyId"] == "output"
    processing = step_named(definition, "InferenceReporting")["Arguments"]
    assert processing["NetworkConfig"]["VpcConfig"] == training["VpcConfig"]
    assert processing["ProcessingResources"]["ClusterConfig"]["VolumeKmsKeyId"] == "volume"
    assert processing["ProcessingOutputConfig"]["KmsKeyId"] == "output"


def test_no_definition_names_another_project(job, scoring):
    """Names in it are words of SageMaker, of this project's graph and configuration, and nothing else."""
    text = json.dumps([job, scoring])
    assert set(re.findall(r"/opt/ml/(\w+/\w+)/", text)) == {"processing/input", "processing/output"}
    assert set(re.findall(r"arn:aws:[^\"]+", text)) == {ROLE}
    assert not re.findall(r"s3://|https?://|/home/|/root/|/work/", text)
    entry = step_named(job, "DriftCheck")["Arguments"]["AppSpecification"]["ContainerEntrypoint"]
    assert entry == ["segmentation-model", "sagemaker", "container"]
    words = step_named(job, "DriftCheck")["Arguments"]["AppSpecification"]["ContainerArguments"]
    assert "pipeline=__default__" in words
    assert "__default__" in register_pipelines()


def test_the_configuration_of_the_project_is_the_one_with_all_keys():
    """conf/prod/sagemaker.yml shows every key, so that nobody has to look for one in the code."""
    section = yaml.safe_load((PROJECT / "conf" / "prod" / "sagemaker.yml").read_text())
    assert set(section["defaults"]) == set(Defaults.model_fields)
