"""The pipeline in what Terraform made: compiled and created from its output, run in its buckets, within its roles.

Terraform applies dev to an account in place of AWS, which notes who calls what. The jobs call as the execution role,
the deploy command as the workflow's role and as people in Studio; each role has to allow all that was noted. MLflow is
a database here: what its client asks of a managed server (``sagemaker-mlflow:…``) stands in ``calls.py`` only.
"""

import io
import json
import shlex
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from mlflow import MlflowClient

from tests.deployment.applied import WHOLE, Account, applied
from tests.deployment.calls import CALLS_OF_THE_DEPLOY_COMMAND, calls_of_the_jobs, calls_of_the_pipeline
from tests.deployment.policies import Call, statements, unused
from tests.deployment.terraform import missing
from tests.project_run import ProjectRun, succeeded
from tests.sagemaker.cloud import ROWS, Desk, Execution

pytestmark = pytest.mark.slow

#: Who calls, and as which role.
JOBS, DEPLOYER, PERSON = "jobs", "deploy-command", "person-in-studio"
ROLES = {JOBS: "execution", DEPLOYER: "deploy-infrastructure", PERSON: "studio"}
FIVE = ("PreprocessSplit", "DriftCheck", "TrainDomestic", "TrainIndustrial", "InferenceReporting")
TABLES = {"LabelledUri": "labelled_customers", "CurrentUri": "current_customers"}
#: What the role of the jobs allows and none of their calls needs: the statement is that of people in Studio, too.
SPARE = ["TrackRunsAndModels: sagemaker-mlflow:List*"]


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Desk:
    lacking = missing()
    if lacking:
        pytest.skip(lacking)
    return Desk.create(tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def account(desk, tmp_path_factory) -> Iterator[Account]:
    """Dev, with this configuration and this wheel."""
    (wheel,) = (desk.folder / "wheel").glob("*.whl")
    files = {"wheel_path": str(wheel), "configuration_path": str(desk.folder / "conf.tar.gz")}
    with applied("dev", tmp_path_factory.mktemp("account"), WHOLE | files) as made:
        yield made


def deploy(account: Account, desk: Desk, *words: str) -> str:
    """``terraform output -json deployment | segmentation-model sagemaker … --deployment -``, as the workflow does."""
    terraform = account.root.terraform
    output = ["terraform", f"-chdir={terraform.folder}", "output", "-json", "deployment"]
    ours = [str(desk.programs / "segmentation-model"), "sagemaker", *words, "--deployment", "-"]
    piped = f"{shlex.join(output)} | tee deployment.json | {shlex.join(ours)}"
    variables = terraform.variables | account.access(DEPLOYER) | {"PYTHONPATH": ""}
    return succeeded(ProjectRun.call(["sh", "-c", piped], desk.folder, **variables)).stdout


def deploy_in_studio(account: Account, desk: Desk, *words: str) -> str:
    """The same with a file, because nobody in Studio can read Terraform's state."""
    command = ["sagemaker", *words, "--deployment", "deployment.json"]
    return succeeded(desk.call(*command, **account.access(PERSON))).stdout


@pytest.fixture(scope="module")
def definition(account, desk) -> dict[str, Any]:
    deploy(account, desk, "compile", "--output", "deployed.json")
    return json.loads((desk.folder / "deployed.json").read_text())


@pytest.fixture(scope="module")
def month(account, desk) -> list[str]:
    """The month's tables, as somebody in Studio brings them, in the words that name them."""
    bucket, words = account.deployment["data_bucket"], []
    for parameter, table in TABLES.items():
        key = f"raw/2026-11/{table}.parquet"
        account.client("s3", PERSON).upload_file(str(desk.folder / "raw" / f"{table}.parquet"), bucket, key)
        words += ["--parameter", f"{parameter}=s3://{bucket}/{key}"]
    return words


@pytest.fixture(scope="module")
def created(account, desk) -> str:
    """ARN of the pipeline, which the workflow created, and updated later, as somebody in Studio did."""
    first = deploy(account, desk, "upsert")
    arn = first.partition(": ")[0]
    assert first == f"{arn}: created\n"
    assert deploy(account, desk, "upsert") == deploy_in_studio(account, desk, "upsert") == f"{arn}: updated\n"
    return arn


@pytest.fixture(scope="module")
def started(account, desk, created, month) -> str:
    """ARN of an execution that the workflow started; somebody in Studio started another."""
    deploy_in_studio(account, desk, "start", *month)
    return json.loads(deploy(account, desk, "start", *month, "--json"))["execution_arn"]


@pytest.fixture(scope="module")
def execution(account, desk, definition, month) -> Execution:
    """The five steps; but for the tables and MLflow all is as Terraform's output says."""
    tracking = f"sqlite:///{desk.folder}/mlflow.db"
    files = f"s3://{account.deployment['artifacts_bucket']}/mlflow"
    MlflowClient(tracking).create_experiment("segmentation_model", files)
    words = [*month, "--parameter", f"MlflowTrackingUri={tracking}", "--parameter", "BaselineFeaturesUri=train"]
    command = ["sagemaker", "local", "deployed.json", "--json", *words]
    return Execution.of(desk.call(*command, **account.access(JOBS)))


def below(account: Account, prefix: str, bucket: str = "data_bucket") -> list[str]:
    pages = account.client("s3").get_paginator("list_objects_v2")
    found = pages.paginate(Bucket=account.deployment[bucket], Prefix=prefix)
    return [one["Key"] for page in found for one in page.get("Contents", [])]


def read(account: Account, key: str) -> bytes:
    return account.client("s3").get_object(Bucket=account.deployment["data_bucket"], Key=key)["Body"].read()


class TestTheDefinition:
    def test_has_what_terraform_made_as_its_defaults(self, account, definition):
        defaults = {one["Name"]: one.get("DefaultValue") for one in definition["Parameters"]}
        made = account.deployment
        assert defaults["OutputUri"] == f"s3://{made['data_bucket']}/segmentation"
        assert defaults["ConfigurationUri"] == made["configuration_uri"]
        assert defaults["ImageUri"] == f"{made['image_repository_url']}:{WHOLE['image_tag']}"
        assert defaults["MlflowTrackingUri"] == made["mlflow_tracking_arn"]
        assert {name for name, value in defaults.items() if value is None} == set(TABLES)

    def test_gives_its_jobs_terraform_s_role_and_key(self, account, definition):
        text = json.dumps(definition)
        jobs = [step["Arguments"] for step in definition["Steps"] if "RoleArn" in step["Arguments"]]
        assert jobs
        assert {job["RoleArn"] for job in jobs} == {account.deployment["role_arn"]}
        assert text.count(account.deployment["kms_key_arn"]) == 2 * len(FIVE)

    def test_is_what_the_account_stores(self, account, definition, created):
        stored = account.client("sagemaker").describe_pipeline(PipelineName="segmentation-model")
        assert stored["PipelineArn"] == created
        assert json.loads(stored["PipelineDefinition"]) == definition
        assert stored["RoleArn"] == account.deployment["role_arn"]

    def test_starts_with_the_month_s_tables_alone(self, account, definition, started):
        client = account.client("sagemaker")
        found = client.list_pipeline_parameters_for_execution(PipelineExecutionArn=started)["PipelineParameters"]
        values = {one["Name"]: one["Value"] for one in found}
        assert values["CurrentUri"] == f"s3://{account.deployment['data_bucket']}/raw/2026-11/current_customers.parquet"
        assert values["OutputUri"] == account.deployment["output_uri"]
        assert values.keys() == {one["Name"] for one in definition["Parameters"]}


class TestTheFiveSteps:
    def test_run_in_the_buckets_that_terraform_made(self, execution):
        assert execution.code == 0, execution.log
        assert [execution.status()[name] for name in FIVE] == ["Succeeded"] * 5

    def test_leave_their_results_below_segmentation(self, account, execution):
        summary = json.loads(read(account, "segmentation/08_reporting/run_summary.json"))
        rows = summary["rows"]
        assert rows["current"] == rows["segmented"] + rows["rejected"]
        assert rows["segmented"] > ROWS / 2
        segments = below(account, "segmentation/08_reporting/segments/")
        assert sum(len(pd.read_parquet(io.BytesIO(read(account, key)))) for key in segments) == rows["segmented"]
        assert {key.split("/")[1] for key in below(account, "segmentation/")} == {
            "06_models", "07_model_output", "08_reporting", "executions",
        }  # fmt: skip

    def test_leave_the_files_of_their_runs_in_mlflow_s_bucket(self, account, execution):
        assert below(account, "mlflow/", bucket="artifacts_bucket")

    def test_leave_everything_else_as_it_was(self, account, execution, month):
        assert {key.split("/")[0] for key in below(account, "")} == {"code", "conf", "raw", "segmentation"}


@pytest.fixture(scope="module")
def noted(account, created, started, execution) -> dict[str, list[Call]]:
    """Every call that was made, by who made it."""
    return {who: account.calls(who) for who in ROLES}


class TestTheRoles:
    @pytest.mark.parametrize("who", ROLES)
    def test_allow_every_call_that_was_noted(self, account, noted, who):
        assert noted[who]
        assert [str(call) for call in noted[who] if not account.may(ROLES[who], call)] == []

    @pytest.mark.parametrize("role", ["execution", "tracking", "schedule", "deploy-image", "deploy-plan"])
    def test_of_others_allow_no_change_of_the_pipeline(self, account, noted, role):
        changes = ("sagemaker:CreatePipeline", "sagemaker:UpdatePipeline", "sagemaker:AddTags")
        changing = [call for call in noted[DEPLOYER] if call.action in changes]
        assert {call.action for call in changing} == set(changes)
        assert [str(call) for call in changing if account.may(role, call)] == []

    @pytest.mark.parametrize("role", ["schedule", "deploy-image", "deploy-plan", "deploy-infrastructure"])
    def test_of_others_allow_no_change_of_the_results(self, account, noted, role):
        writing = [call for call in noted[JOBS] if call.action == "s3:PutObject"]
        assert writing
        assert [str(call) for call in writing if account.may(role, call)] == []

    def test_of_the_jobs_allows_hardly_more_than_they_call(self, account, desk, noted):
        calls = [*noted[JOBS], *calls_of_the_jobs(account.deployment)]
        calls += calls_of_the_pipeline(desk.folder / "deployed.json", account.deployment)
        assert unused(statements(account.roles["execution"]), calls) == SPARE


class TestTheListedCalls:
    """They stand for these where nothing is noted: in staging and prod."""

    def test_of_the_deploy_command_are_those_that_were_noted(self, noted):
        made = {(call.action, call.resource) for call in noted[DEPLOYER] if call.action.startswith("sagemaker:")}
        assert made == {(call.action, call.resource) for call in CALLS_OF_THE_DEPLOY_COMMAND}

    def test_of_the_jobs_have_every_action_that_was_noted(self, account, noted):
        assert {call.action for call in noted[JOBS]} <= {call.action for call in calls_of_the_jobs(account.deployment)}
