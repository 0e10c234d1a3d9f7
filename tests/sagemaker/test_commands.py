"""The commands ``sagemaker compile``, ``upsert`` and ``start``, as people type them, and a server in place of AWS."""

import json
import os
from collections.abc import Iterator

import boto3
import pytest
from click.testing import CliRunner, Result

from segmentation_model.commands import command_line
from segmentation_model.sagemaker import compiling
from segmentation_model.sagemaker.compiling import Compiled
from segmentation_model.sagemaker.deployment import Deployment
from segmentation_model.sagemaker.settings import SageMakerSettings
from tests.object_store import object_store
from tests.project_run import PROJECT
from tests.sagemaker.compiled import ROLE, compile_project, step_named
from tests.sagemaker.terraform_output import output

CONF = str(PROJECT / "conf")

pytestmark = pytest.mark.usefixtures("fresh_logging")


@pytest.fixture(scope="module")
def compiled():
    return compile_project()


@pytest.fixture
def precompiled(compiled, monkeypatch):
    """Compiling takes seconds; what it gives is the same each time, but for the settings that go with it."""

    def compile_pipeline(*, role_arn: str | None, deployment: Deployment | None, **_: str) -> Compiled:
        settings = SageMakerSettings() if deployment is None else deployment.fill(SageMakerSettings())
        return compiled._replace(settings=settings.model_copy(update={"role_arn": role_arn or settings.role_arn}))

    monkeypatch.setattr(compiling, "compile_pipeline", compile_pipeline)


@pytest.fixture
def nobody(monkeypatch, tmp_path) -> None:
    """No credentials, no region, no files of a person's own."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def account(nobody, monkeypatch) -> Iterator[object]:
    """An account to talk to."""
    with object_store() as variables:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        yield boto3.client("sagemaker")


@pytest.fixture
def made(tmp_path) -> str:
    """A file with what Terraform made."""
    file = tmp_path / "deployment.json"
    file.write_text(json.dumps(output()))
    return str(file)


def call(*arguments: str, said: str | None = None) -> Result:
    """A command, with what another one said to its standard input."""
    return CliRunner().invoke(command_line, ["sagemaker", *arguments], said, prog_name="segmentation-model")


def error_of(result: Result, code: int) -> str:
    """The one line that a failed command ends with."""
    assert result.exit_code == code, result.output
    assert isinstance(result.exception, SystemExit), result.exception
    return result.stderr.splitlines()[-1].removeprefix("Error: ")


def test_help_names_the_commands_and_examples():
    shown = call("--help").stdout
    for command in ("compile", "upsert", "start", "local", "container"):
        assert command in shown
    assert "segmentation-model sagemaker compile --output pipeline.json" in shown


class TestCompile:
    def test_writes_a_file(self, precompiled, compiled, tmp_path):
        result = call("compile", "--output", str(tmp_path / "pipeline.json"))
        assert result.exit_code == 0, result.output
        assert result.stdout == ""
        assert json.loads((tmp_path / "pipeline.json").read_text()) == compiled.definition

    def test_prints_json_and_nothing_else(self, precompiled, compiled):
        assert json.loads(call("compile").stdout) == compiled.definition

    def test_a_file_that_cannot_be_written_is_named(self, precompiled, tmp_path):
        result = call("compile", "--output", str(tmp_path / "nowhere" / "pipeline.json"))
        assert "nowhere/pipeline.json cannot be written (No such file or directory)" in error_of(result, 2)

    def test_what_terraform_made_goes_before_the_section_and_options_before_it(self, made):
        definition = json.loads(call("compile", "--conf-source", CONF, "--deployment", made).stdout)
        defaults = {one["Name"]: one.get("DefaultValue") for one in definition["Parameters"]}
        told = output()
        assert defaults["OutputUri"] == told["output_uri"]
        assert defaults["ConfigurationUri"] == told["configuration_uri"]
        assert defaults["ImageUri"] == told["image_uri"]
        assert defaults["MlflowTrackingUri"] == told["mlflow_tracking_arn"]
        arguments = step_named(definition, "TrainDomestic")["Arguments"]
        assert arguments["RoleArn"] == told["role_arn"]
        assert arguments["ResourceConfig"]["VolumeKmsKeyId"] == told["kms_key_arn"]
        assert arguments["OutputDataConfig"]["KmsKeyId"] == told["kms_key_arn"]
        assert arguments["VpcConfig"] == {"Subnets": told["subnets"], "SecurityGroupIds": told["security_group_ids"]}
        assert {"Key": "environment", "Value": "dev"} in arguments["Tags"]
        other = json.loads(call("compile", "--conf-source", CONF, "--deployment", made, "--role-arn", ROLE).stdout)
        assert step_named(other, "TrainDomestic")["Arguments"]["RoleArn"] == ROLE

    def test_what_terraform_made_for_other_names_is_refused(self, tmp_path):
        (tmp_path / "made.json").write_text(json.dumps(output(pipeline_name="other")))
        result = call("compile", "--conf-source", CONF, "--deployment", str(tmp_path / "made.json"))
        assert error_of(result, 2).startswith("--deployment: pipeline_name: Terraform's roles are for 'other', but")

    def test_a_deployment_that_is_not_there_is_named(self):
        said = error_of(call("compile", "--deployment", "nowhere.json"), 2)
        assert said == "Invalid value for '--deployment': File 'nowhere.json' does not exist."

    def test_an_environment_without_the_section_is_refused(self):
        result = call("compile", "--conf-source", CONF, "--env", "dev")
        assert error_of(result, 2) == ("environment 'dev' has no section sagemaker; conf/prod/sagemaker.yml shows one")

    def test_a_configuration_that_is_not_there_is_refused(self, tmp_path):
        assert "environment 'prod'" in error_of(call("compile", "--conf-source", str(tmp_path)), 2)


class TestUpsert:
    def test_creates_then_updates(self, account, precompiled, compiled):
        created = call("upsert", "--role-arn", ROLE)
        assert created.exit_code == 0, created.output
        assert created.stdout.endswith("pipeline/segmentation-model: created\n")
        updated = call("upsert", "--role-arn", ROLE)
        assert updated.stdout == created.stdout.replace("created", "updated")
        stored = account.describe_pipeline(PipelineName="segmentation-model")
        assert json.loads(stored["PipelineDefinition"]) == compiled.definition
        assert stored["RoleArn"] == ROLE
        assert len(account.list_pipelines()["PipelineSummaries"]) == 1

    def test_tells_a_program_what_it_did(self, account, precompiled):
        told = json.loads(call("upsert", "--role-arn", ROLE, "--json").stdout)
        stored = account.describe_pipeline(PipelineName="segmentation-model")
        assert told == {"pipeline_arn": stored["PipelineArn"], "done": "created"}

    def test_takes_role_and_region_from_terraform_s_output(self, account, precompiled):
        created = call("upsert", "--deployment", "-", said=json.dumps(output()))
        assert created.exit_code == 0, created.output
        assert created.stdout.startswith("arn:aws:sagemaker:eu-west-1:")
        there = boto3.client("sagemaker", region_name="eu-west-1")
        assert there.describe_pipeline(PipelineName="segmentation-model")["RoleArn"] == output()["role_arn"]
        assert account.list_pipelines()["PipelineSummaries"] == []

    def test_options_go_before_terraform_s_output(self, account, precompiled, made):
        created = call("upsert", "--deployment", made, "--region", "us-east-1", "--role-arn", ROLE)
        assert created.exit_code == 0, created.output
        assert account.describe_pipeline(PipelineName="segmentation-model")["RoleArn"] == ROLE

    def test_what_a_failed_terraform_says_is_no_deployment(self, account, precompiled):
        result = call("upsert", "--deployment", "-", said="")
        assert error_of(result, 2).startswith("--deployment -: empty; `terraform output -json deployment` prints")

    def test_without_a_role_nothing_is_sent(self, account, precompiled):
        assert error_of(call("upsert"), 2).startswith(
            "sagemaker upsert: no role; use --deployment or --role-arn, SEGMENTATION_ROLE"
        )
        assert account.list_pipelines()["PipelineSummaries"] == []

    def test_without_a_region_it_says_where_one_is_named(self, nobody, precompiled):
        assert error_of(call("upsert", "--role-arn", ROLE), 2).startswith(
            "sagemaker upsert: no region; use --deployment or --"
        )

    def test_without_credentials_it_says_how_to_get_some(self, nobody, precompiled):
        result = call("upsert", "--role-arn", ROLE, "--region", "eu-west-1")
        assert error_of(result, 2).startswith("sagemaker upsert: no credentials for AWS; sign in (aws sso login)")

    def test_a_profile_that_is_not_there_is_named(self, nobody, precompiled, monkeypatch):
        monkeypatch.setenv("AWS_PROFILE", "nobody")
        result = call("upsert", "--role-arn", ROLE, "--region", "eu-west-1")
        assert error_of(result, 2) == "sagemaker upsert: The config profile (nobody) could not be found"


def given(**more: str) -> list[str]:
    """Values of all parameters without a default, and more."""
    needed = {
        "LabelledUri": "s3://b/labelled", "CurrentUri": "s3://b/current", "OutputUri": "s3://b/out",
        "ConfigurationUri": "s3://b/conf.tar.gz", "ImageUri": "image", "MlflowTrackingUri": "arn:mlflow",
    }  # fmt: skip
    return [word for pair in (needed | more).items() for word in ("--parameter", "=".join(pair))]


class TestStart:
    @pytest.fixture(autouse=True)
    def pipeline(self, account, precompiled):
        assert call("upsert", "--role-arn", ROLE).exit_code == 0

    def test_starts_an_execution_with_the_parameters(self, account):
        result = call("start", *given(Seed="7"), "--json")
        assert result.exit_code == 0, result.output
        arn = json.loads(result.stdout)["execution_arn"]
        found = account.list_pipeline_parameters_for_execution(PipelineExecutionArn=arn)["PipelineParameters"]
        stored = {parameter["Name"]: parameter["Value"] for parameter in found}
        assert stored["Seed"] == "7"
        assert stored["CurrentUri"] == "s3://b/current"

    def test_takes_region_and_name_from_terraform_s_output(self, account, made):
        assert call("upsert", "--deployment", made).exit_code == 0
        result = call("start", "--deployment", made, *given())
        assert result.exit_code == 0, result.output
        assert result.stdout.startswith("arn:aws:sagemaker:eu-west-1:")
        assert ":pipeline/segmentation-model/" in result.stdout

    def test_a_parameter_without_a_default_must_be_given(self):
        assert error_of(call("start", *given()[2:]), 2).startswith("parameter LabelledUri: missing")

    def test_an_unknown_parameter_is_refused_by_name(self):
        assert "--parameter Sed: unknown; the pipeline has" in error_of(call("start", *given(Sed="7")), 2)

    def test_a_wrong_type_is_refused(self):
        assert error_of(call("start", *given(Seed="many")), 2) == "parameter Seed: 'many' is no Integer"

    def test_a_value_that_is_not_among_the_allowed_is_refused(self):
        assert "'perhaps' is not allowed" in error_of(call("start", *given(FailOnDrift="perhaps")), 2)

    def test_a_pipeline_that_is_not_there_is_said_by_aws(self):
        assert "sagemaker start: AWS refuses" in error_of(call("start", "--name", "other", *given()), 1)
