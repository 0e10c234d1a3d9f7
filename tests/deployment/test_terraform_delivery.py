"""The roles of the workflows on GitHub: whom they trust, what planning, applying and pushing may do, and what not."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from tests.deployment.calls import ACCOUNT, CALLS_OF_THE_DEPLOY_COMMAND, OUTSIDE, SAGEMAKER
from tests.deployment.policies import Call, allowed, statements
from tests.deployment.terraform import DELIVERY, ENVIRONMENTS, FOLDER, Terraform, TestRun, missing

pytestmark = pytest.mark.slow
IAM = "arn:aws:iam::123456789012"
KEY = f"arn:aws:kms:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
STATE = "arn:aws:s3:::example-terraform-state"
TOKENS = "token.actions.githubusercontent.com"
TAGS = "aws:RequestTag"


@pytest.fixture(scope="module")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    lacking = missing()
    if lacking:
        pytest.skip(lacking)
    return Terraform.initialise(tmp_path_factory.mktemp("delivery"), DELIVERY)


@pytest.fixture(scope="module", params=ENVIRONMENTS)
def environment(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def applied(terraform: Terraform) -> Callable[[str], TestRun]:
    """An environment's test file, run once with its values."""
    return cache(lambda environment: terraform.test(environment, "roles", states=True))


@pytest.fixture(scope="module")
def run(applied, environment) -> TestRun:
    return applied(environment)


@pytest.fixture(scope="module")
def roles(run) -> dict[str, Any]:
    return run.states["as_it_is_applied"].roles()


def refused(calls: list[Call], role: dict[str, Any]) -> list[str]:
    granted = list(statements(role))
    return [str(call) for call in calls if not allowed(call, granted)]


def let_through(calls: list[Call], role: dict[str, Any]) -> list[str]:
    granted = list(statements(role))
    return [str(call) for call in calls if allowed(call, granted)]


def calls_of_a_plan(environment: str) -> list[Call]:
    """One call at least of each kind of resource that the environment has, and the state."""
    prefix = f"segmentation-{environment}"
    bucket = f"arn:aws:s3:::{prefix}-data-123456789012-eu-west-1"
    return [
        Call("s3:ListBucket", STATE),
        Call("s3:GetObject", f"{STATE}/segmentation/{environment}/terraform.tfstate"),
        Call("iam:GetRole", f"{IAM}:role/{prefix}-execution"),
        Call("iam:GetRolePolicy", f"{IAM}:role/{prefix}-studio"),
        *(
            Call(f"s3:{action}", bucket)
            for action in (
                "ListBucket", "GetBucketPolicy", "GetBucketVersioning", "GetBucketPublicAccessBlock",
                "GetBucketOwnershipControls", "GetEncryptionConfiguration", "GetLifecycleConfiguration",
            )
        ),
        Call("s3:GetObject", f"{bucket}/conf/0/conf.tar.gz"),
        Call("s3:GetObjectTagging", f"{bucket}/code/0/segmentation_model.whl"),
        Call("kms:DescribeKey", KEY),
        Call("kms:GetKeyPolicy", KEY),
        Call("kms:ListAliases"),
        Call("ecr:DescribeRepositories", f"arn:aws:ecr:{ACCOUNT}:repository/{prefix}"),
        Call("ecr:GetLifecyclePolicy", f"arn:aws:ecr:{ACCOUNT}:repository/{prefix}"),
        Call("sagemaker:DescribeDomain", f"{SAGEMAKER}:domain/d-1"),
        Call("sagemaker:DescribeSpace", f"{SAGEMAKER}:space/d-1/code-editor"),
        Call("sagemaker:DescribeMlflowTrackingServer", f"{SAGEMAKER}:mlflow-tracking-server/{prefix}-mlflow"),
        Call("sagemaker:DescribeModelPackageGroup", f"{SAGEMAKER}:model-package-group/segmentation-model-domestic"),
        Call("ec2:DescribeVpcs"),
        Call("ec2:DescribeVpcAttribute", f"arn:aws:ec2:{ACCOUNT}:vpc/vpc-1"),
        Call("ec2:DescribeSecurityGroupRules"),
        Call("logs:DescribeLogGroups", f"arn:aws:logs:{ACCOUNT}:log-group::log-stream:"),
        Call("logs:ListTagsForResource", f"arn:aws:logs:{ACCOUNT}:log-group:/aws/sagemaker/TrainingJobs"),
        Call("sns:GetTopicAttributes", f"arn:aws:sns:{ACCOUNT}:{prefix}-alarms"),
        Call("events:ListTargetsByRule", f"arn:aws:events:{ACCOUNT}:rule/{prefix}-execution-failed"),
        Call("scheduler:GetSchedule", f"arn:aws:scheduler:{ACCOUNT}:schedule/{prefix}/month"),
        Call("cloudwatch:DescribeAlarms", f"arn:aws:cloudwatch:{ACCOUNT}:alarm:{prefix}-month-not-started"),
    ]  # fmt: skip


def changes(environment: str) -> list[Call]:
    """What making and destroying an environment changes."""
    prefix = f"segmentation-{environment}"
    bucket = f"arn:aws:s3:::{prefix}-artifacts-123456789012-eu-west-1"
    upload = f"arn:aws:s3:::{prefix}-data-123456789012-eu-west-1/conf/0/conf.tar.gz"
    execution = f"{IAM}:role/{prefix}-execution"
    made = {f"{TAGS}/project": "segmentation", f"{TAGS}/environment": environment}
    return [
        *(
            Call(f"s3:{action}", f"{STATE}/segmentation/{environment}/terraform.tfstate")
            for action in ("PutObject", "DeleteObject")
        ),
        *(Call(f"iam:{action}", execution) for action in ("CreateRole", "PutRolePolicy", "DeleteRole", "TagRole")),
        Call("iam:PassRole", execution, {"iam:PassedToService": "sagemaker.amazonaws.com"}),
        *(Call(f"s3:{action}", bucket) for action in ("CreateBucket", "PutBucketPolicy", "DeleteBucket")),
        *(Call(f"s3:{action}", upload) for action in ("PutObject", "DeleteObject", "DeleteObjectVersion")),
        Call("kms:CreateKey", "*", {"aws:RequestedRegion": "eu-west-1", **made}),
        Call("kms:TagResource", KEY, made),
        Call("kms:CreateAlias", f"arn:aws:kms:{ACCOUNT}:alias/{prefix}"),
        Call("ecr:CreateRepository", f"arn:aws:ecr:{ACCOUNT}:repository/{prefix}"),
        Call("ecr:DeleteRepository", f"arn:aws:ecr:{ACCOUNT}:repository/{prefix}"),
        Call("sagemaker:CreateDomain", f"{SAGEMAKER}:domain/d-1"),
        Call("sagemaker:DeleteSpace", f"{SAGEMAKER}:space/d-1/code-editor"),
        Call("sagemaker:DeleteMlflowTrackingServer", f"{SAGEMAKER}:mlflow-tracking-server/{prefix}-mlflow"),
        Call("sagemaker:DeleteModelPackageGroup", f"{SAGEMAKER}:model-package-group/segmentation-model-domestic"),
        Call("ec2:CreateVpc", f"arn:aws:ec2:{ACCOUNT}:vpc/*"),
        Call("ec2:DeleteVpcEndpoints", f"arn:aws:ec2:{ACCOUNT}:vpc-endpoint/vpce-1"),
        Call("logs:DeleteLogGroup", f"arn:aws:logs:{ACCOUNT}:log-group:/aws/sagemaker/TrainingJobs"),
        Call("sns:DeleteTopic", f"arn:aws:sns:{ACCOUNT}:{prefix}-alarms"),
        Call("scheduler:CreateSchedule", f"arn:aws:scheduler:{ACCOUNT}:schedule/{prefix}/month"),
        Call("cloudwatch:PutMetricAlarm", f"arn:aws:cloudwatch:{ACCOUNT}:alarm:{prefix}-month-not-started"),
    ]


def customers_data(environment: str) -> list[Call]:
    """What would show a customer's row, or let it be decrypted."""
    data, artifacts = (
        f"arn:aws:s3:::segmentation-{environment}-{name}-123456789012-eu-west-1" for name in ("data", "artifacts")
    )
    return [
        Call("s3:GetObject", f"{data}/raw/2026-11/current_customers.parquet"),
        Call("s3:GetObject", f"{data}/segmentation/08_reporting/segments/part-0.parquet"),
        Call("s3:GetObjectVersion", f"{data}/raw/2026-11/current_customers.parquet"),
        Call("s3:GetObject", f"{artifacts}/mlflow/1/artifacts/model.json"),
        Call("kms:Decrypt", KEY),
        Call("logs:GetLogEvents", f"arn:aws:logs:{ACCOUNT}:log-group:/aws/sagemaker/TrainingJobs:log-stream:1"),
        Call("ecr:GetDownloadUrlForLayer", f"arn:aws:ecr:{ACCOUNT}:repository/segmentation-{environment}"),
        Call("sagemaker-mlflow:GetRun", f"{SAGEMAKER}:mlflow-tracking-server/segmentation-{environment}-mlflow"),
    ]


class TestTheRoot:
    def test_is_valid(self, terraform):
        done = terraform.run("validate")
        assert done.returncode == 0, done.stdout + done.stderr

    def test_passes_its_own_tests(self, run):
        assert run.code == 0, run.said
        assert len(run.status) == 2
        assert set(run.status.values()) == {"pass"}

    def test_refuses_wrong_values(self, terraform):
        run = terraform.test("dev", "refused")
        assert run.code == 0, run.said
        assert len(run.status) == 3
        assert set(run.status.values()) == {"pass"}

    def test_has_a_state_that_its_roles_can_not_reach(self, environment, roles):
        backend = (DELIVERY / "environments" / f"{environment}.s3.tfbackend").read_text()
        key = f"segmentation/delivery/{environment}.tfstate"
        assert f'"{key}"' in backend
        assert "use_lockfile = true" in backend
        for role in roles.values():
            calls = [Call(f"s3:{action}", f"{STATE}/{key}") for action in ("GetObject", "PutObject", "DeleteObject")]
            assert let_through(calls, role) == []

    def test_takes_the_provider_that_the_environment_takes(self):
        locks = [(folder / ".terraform.lock.hcl").read_text() for folder in (FOLDER, DELIVERY)]
        assert locks[0] == locks[1]

    def test_says_what_the_workflows_are_told(self, run, environment):
        told = run.states["as_it_is_applied"].outputs["delivery"]
        assert set(told) == {
            "AWS_REGION", "TF_STATE_BUCKET", "AWS_IMAGE_ROLE_ARN", "AWS_INFRASTRUCTURE_ROLE_ARN", "AWS_PLAN_ROLE_ARN",
            "ECR_REPOSITORY",
        }  # fmt: skip
        assert told["ECR_REPOSITORY"] == f"segmentation-{environment}"


class TestTheRoles:
    def test_trust_one_branch_or_one_environment_of_one_repository(self, environment, roles):
        subjects = {
            "deploy-image": "ref:refs/heads/main",
            "deploy-infrastructure": f"environment:{environment}",
            "deploy-plan": f"environment:{environment}-plan",
        }
        assert set(roles) == set(subjects)
        for name, subject in subjects.items():
            (statement,) = roles[name]["trust"]["Statement"]
            assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
            assert statement["Principal"] == {"Federated": f"{IAM}:oidc-provider/{TOKENS}"}
            assert statement["Condition"] == {
                "StringEquals": {
                    f"{TOKENS}:aud": "sts.amazonaws.com",
                    f"{TOKENS}:sub": [f"repo:example/segmentation:{subject}"],
                }
            }


class TestPlanning:
    def test_reads_what_a_plan_reads(self, environment, roles):
        assert refused(calls_of_a_plan(environment), roles["deploy-plan"]) == []

    def test_changes_nothing(self, environment, roles):
        assert let_through(changes(environment), roles["deploy-plan"]) == []

    def test_locks_nothing(self, environment, roles):
        lock = f"{STATE}/segmentation/{environment}/terraform.tfstate.tflock"
        assert let_through([Call("s3:PutObject", lock), Call("s3:DeleteObject", lock)], roles["deploy-plan"]) == []

    def test_sees_no_customer_s_data(self, environment, roles):
        assert let_through(customers_data(environment), roles["deploy-plan"]) == []

    def test_reads_and_nothing_else(self, roles):
        verbs = ("Describe", "Get", "List")
        for statement in statements(roles["deploy-plan"]):
            actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
            assert [action for action in actions if not action.split(":")[1].startswith(verbs)] == []

    def test_reads_no_other_environment_s_state_and_no_bucket_of_others(self, environment, roles):
        other = "prod" if environment == "dev" else "dev"
        calls = [
            Call("s3:GetObject", f"{STATE}/segmentation/{other}/terraform.tfstate"),
            Call("s3:GetBucketPolicy", OUTSIDE),
            Call("s3:GetBucketPolicy", f"arn:aws:s3:::segmentation-{other}-data-123456789012-eu-west-1"),
        ]
        assert let_through(calls, roles["deploy-plan"]) == []

    def test_starts_no_pipeline(self, roles):
        assert let_through(list(CALLS_OF_THE_DEPLOY_COMMAND), roles["deploy-plan"]) == []


class TestApplyingAndDestroying:
    def test_read_what_a_plan_reads(self, environment, roles):
        assert refused(calls_of_a_plan(environment), roles["deploy-infrastructure"]) == []

    def test_change_what_the_environment_has(self, environment, roles):
        assert refused(changes(environment), roles["deploy-infrastructure"]) == []

    def test_empty_buckets_only_where_an_environment_is_destroyed_with_its_content(self, environment, roles):
        table = f"arn:aws:s3:::segmentation-{environment}-data-123456789012-eu-west-1/raw/current_customers.parquet"
        calls = [Call("s3:DeleteObject", table), Call("s3:DeleteObjectVersion", table)]
        whole = (FOLDER / "environments" / f"{environment}.tfvars").read_text()
        destroyed = "destroy_with_content = true" in whole
        assert destroyed == (environment == "dev")
        assert (let_through(calls, roles["deploy-infrastructure"]) != []) is destroyed

    def test_read_no_customer_s_data(self, environment, roles):
        assert let_through(customers_data(environment), roles["deploy-infrastructure"]) == []

    def test_leave_the_workflows_own_roles_to_people(self, environment, roles):
        prefix = f"{IAM}:role/segmentation-{environment}"
        for action in ("CreateRole", "PutRolePolicy", "UpdateAssumeRolePolicy", "DeleteRole", "TagRole"):
            own = [Call(f"iam:{action}", f"{prefix}-deploy-{role}") for role in ("image", "infrastructure", "plan")]
            assert let_through(own, roles["deploy-infrastructure"]) == []
            others = [Call(f"iam:{action}", f"{IAM}:role/of-others")]
            assert let_through(others, roles["deploy-infrastructure"]) == []

    def test_keep_no_key_but_one_that_is_made_for_the_environment(self, environment, roles):
        calls = [
            Call("kms:CreateKey", "*", {"aws:RequestedRegion": "eu-west-1"}),
            Call("kms:CreateKey", "*", {f"{TAGS}/project": "segmentation", f"{TAGS}/environment": environment}),
            Call("kms:ScheduleKeyDeletion", f"arn:aws:kms:{ACCOUNT}:key/of-others"),
            Call("kms:PutKeyPolicy", f"arn:aws:kms:{ACCOUNT}:key/of-others"),
            Call("kms:UpdateAlias", f"arn:aws:kms:{ACCOUNT}:alias/of-others"),
        ]
        assert let_through(calls, roles["deploy-infrastructure"]) == []


class TestPushing:
    def test_pushes_images_and_does_nothing_else(self, environment, roles):
        registry = f"arn:aws:ecr:{ACCOUNT}:repository/segmentation-{environment}"
        needed = [
            Call("ecr:GetAuthorizationToken"),
            Call("ecr:PutImage", registry),
            Call("ecr:DescribeImageScanFindings", registry),
        ]
        assert refused(needed, roles["deploy-image"]) == []
        other = [
            Call("ecr:PutImage", f"arn:aws:ecr:{ACCOUNT}:repository/of-others"),
            Call("ecr:BatchDeleteImage", registry),
            Call("ecr:PutLifecyclePolicy", registry),
            *changes(environment),
            *customers_data(environment)[:5],
            *CALLS_OF_THE_DEPLOY_COMMAND,
        ]
        assert let_through(other, roles["deploy-image"]) == []
