"""Definitions that are refused before anything runs: each fault is named with its step."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from segmentation_model.sagemaker.local.command import local
from tests.sagemaker.local.bench import (
    Bench,
    at,
    cached,
    condition,
    definition,
    equals,
    fail,
    get,
    join,
    json_get,
    output_of,
    parameter,
    processing,
    report,
    training,
    writes,
)


def refused(bench: Bench, *steps: dict[str, Any], parameters: Any = ()) -> str:
    ran = bench.run(writes("First", "x"), *steps, parameters=parameters)
    assert ran.code == 2, ran.result.output
    assert not (bench.folder / "work").exists()
    assert bench.keys() == set()
    return ran.result.stderr


def reading(value: Any) -> dict[str, Any]:
    return processing("Second", arguments={"Environment": {"VALUE": value}})


class TestASteps:
    def test_type_must_be_one_that_is_run_here(self, bench: Bench):
        said = refused(bench, {"Name": "Notify", "Type": "Lambda", "Arguments": {}})
        assert "step 'Notify': the type 'Lambda' is not run here; allowed: 'Processing', 'Training'" in said

    def test_name_must_be_its_own(self, bench: Bench):
        assert "step 'First': there are two of this name" in refused(bench, writes("First", "y"))

    def test_name_must_be_one_that_the_service_takes(self, bench: Bench):
        assert "step '../x' Name: String should match pattern" in refused(bench, fail("../x", ""))

    def test_predecessors_must_exist(self, bench: Bench):
        said = refused(bench, writes("Second", "y", DependsOn=["Third"]))
        assert "step 'Second': waits for 'Third'; there is 'First', 'Second'" in said

    def test_predecessors_must_not_wait_for_it(self, bench: Bench):
        said = refused(bench, writes("A", "", DependsOn=["B"]), writes("B", "", DependsOn=["A"]))
        assert "steps that wait for each other: " in said

    def test_predecessors_must_be_waited_for_until_they_succeed(self, bench: Bench):
        said = refused(bench, writes("Second", "", DependsOn=[{"Step": "First", "Trigger": "Failed"}]))
        assert "the trigger 'Failed' is not run here; 'Completed' is" in said

    def test_cache_must_expire(self, bench: Bench):
        without = refused(bench, writes("Second", "", CacheConfig={"Enabled": True}))
        assert "step 'Second' CacheConfig: ExpireAfter is missing" in without
        assert "'soon' is no duration; write it as 'P30D'" in refused(bench, writes("Second", "", **cached("soon")))


class TestAnExpression:
    @pytest.mark.parametrize(
        ("value", "said"),
        [
            (get("Parameters.Nmae"), "'Parameters.Nmae': there is no 'Nmae'; there is 'Name'"),
            (get("Execution.Id"), "'Execution.Id': there is no 'Id'"),
            (get("Pipeline.Name"), "'Pipeline.Name': allowed are 'Parameters.…', 'Execution.…' and 'Steps.…'"),
            (get("Steps.First.ModelArtifacts.S3ModelArtifacts"), "SageMaker knows no 'ModelArtifacts' there"),
            (get("Steps.First.ProcessingResources"), "is no single value but a structure"),
            (output_of("First", "other"), "there is no 'other'; there is 0, 'data'"),
            ({"Std:Upper": "x"}, "'Std:Upper' is an unknown function; there is 'Std:Join' and 'Std:JsonGet'"),
            ({"Std:Join": {"On": "/"}}, "Std:Join cannot be read: {'On': '/'}"),
            ({"Std:JsonGet": {"S3Uri": "s3://x/y", "Path": "a"}}, "Std:JsonGet cannot be read: {'S3Uri': "),
            (json_get("First", "a"), "step 'First' has no property file 'report'; it has none"),
            (get("Parameters.Rows"), "Invalid type for parameter Environment.VALUE, value: 3"),
        ],
    )
    def test_must_have_a_value(self, bench: Bench, value: Any, said: str):
        parameters = [parameter("Name", "String", "x"), parameter("Rows", "Integer", 3)]
        line = refused(bench, reading(value), parameters=parameters)
        assert "step 'Second': " in line
        assert said in line

    @pytest.mark.slow
    def test_may_be_an_integer_made_text(self, bench: Bench):
        text = join(get("Parameters.Rows"))
        code = "assert os.environ['VALUE'] == '3'"
        step = processing("Second", code, arguments={"Environment": {"VALUE": text}})
        assert bench.run(step, parameters=[parameter("Rows", "Integer", 3)]).code == 0


class TestARequest:
    def test_with_a_hyperparameter_that_is_no_text_is_refused(self, bench: Bench):
        said = refused(bench, training("Train", arguments={"HyperParameters": {"depth": 6}}))
        assert "step 'Train': CreateTrainingJob: Invalid type for parameter HyperParameters.depth, value: 6" in said

    def test_with_an_unknown_key_is_refused(self, bench: Bench):
        said = refused(bench, processing("Second", arguments={"Enviroment": {}}))
        assert "step 'Second': CreateProcessingJob: Unknown parameter in input: \"Enviroment\"" in said

    def test_deep_in_a_branch_is_checked_too(self, bench: Bench):
        inner = condition(
            "Inner", equals(1, 1), else_steps=[training("Train", arguments={"HyperParameters": {"a": 1}})]
        )
        said = refused(bench, condition("Outer", equals(1, 1), if_steps=[fail("Stop", "")], else_steps=[inner]))
        assert "step 'Train': CreateTrainingJob: Invalid type for parameter HyperParameters.a" in said

    def test_that_is_not_emulated_is_refused(self, bench: Bench):
        step = processing("Second", inputs={"raw": at("raw")}, outputs={"data": at("out")})
        step["Arguments"]["ProcessingInputs"][0]["S3Input"]["S3DataType"] = "ManifestFile"
        step["Arguments"]["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["LocalPath"] = "/opt/ml/../../etc"
        said = refused(bench, step)
        assert "input 'raw': S3DataType 'ManifestFile' is not emulated here; 'S3Prefix' is" in said
        assert "output 'data': LocalPath '/opt/ml/../../etc' is not below /opt/ml" in said

    def test_with_a_metric_that_finds_nothing_is_refused(self, bench: Bench):
        step = training("Train")
        definitions = [{"Name": "auc", "Regex": "auc=("}, {"Name": "loss", "Regex": "loss=.*"}]
        step["Arguments"]["AlgorithmSpecification"]["MetricDefinitions"] = definitions
        said = refused(bench, step)
        assert "metric 'auc': 'auc=(' is no regular expression" in said
        assert "metric 'loss': 'loss=.*' has no group that would find the value" in said

    def test_for_a_model_package_is_checked(self, bench: Bench):
        step = {"Name": "Register", "Type": "RegisterModel", "Arguments": {"ModelPackageGroupName": 5}}
        assert "step 'Register': CreateModelPackage: Invalid type" in refused(bench, step)


class TestACondition:
    def test_must_be_one_that_is_known(self, bench: Bench):
        said = refused(bench, condition("Choose", {"Type": "Like", "LeftValue": 1, "RightValue": 1}))
        assert "step 'Choose' 0: the type 'Like' is not run here; allowed: 'Equals'" in said

    def test_may_ask_only_property_files_that_a_step_writes(self, bench: Bench):
        step = report("Report", {})
        step["PropertyFiles"][0]["OutputName"] = "nothing"
        said = refused(bench, step, condition("Choose", equals(json_get("Report", "a"), 1)))
        assert "step 'Choose': property file 'report': step 'Report' lacks its output 'nothing'" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "no readable pipeline definition"),
        ('{"Version": "2019-01-01", "Steps": []}', "Version: Input should be '2020-12-01'"),
        ('{"Version": "2020-12-01", "Steps": []}', "Steps: Tuple should have at least 1 item"),
        ('{"Version": "2020-12-01"}', "Steps: missing"),
    ],
)
def test_a_file_that_holds_none_is_refused(tmp_path, text: str, said: str):
    path = tmp_path / "toy.json"
    path.write_text(text)
    result = CliRunner().invoke(local, [str(path), "--work-dir", str(tmp_path / "work")])
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_file_that_is_absent_is_refused(tmp_path):
    result = CliRunner().invoke(local, [str(tmp_path / "nothing.json")])
    assert result.exit_code == 2
    assert "no readable pipeline definition" in result.stderr


def test_what_the_service_knows_and_nobody_needs_here_is_let_through(bench: Bench):
    step = fail("Stop", "no")
    step |= {"DisplayName": "Stop", "Description": "why", "RetryPolicies": [{"ExceptionType": ["Step.THROTTLING"]}]}
    assert "Metadata" in json.dumps(definition())
    assert bench.run(step).summary["failure_reason"] == "no"
