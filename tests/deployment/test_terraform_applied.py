"""Environments applied to accounts in place of AWS: what is made is read back, planned again, and goes again.

The tests of this file build on each other: the last ones destroy.
"""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import ClientError

from tests.deployment.applied import PLANNER, WHOLE, WORKFLOW
from tests.deployment.conftest import TIMES, at_once
from tests.deployment.inventory import inventory

pytestmark = pytest.mark.slow
REPOSITORY = "repo:example/segmentation"
ISSUER = "token.actions.githubusercontent.com"
GROUPS = ["segmentation-model-domestic", "segmentation-model-industrial"]
DEFAULT = "DefaultResourceSpec"


class Promise(NamedTuple):
    """What the README says of an environment: days, whether it is in a VPC only, and Code Editor's machine and GiB."""

    logs: int
    executions: int
    old_versions: int
    vpc_only: bool
    studio: tuple[str, int]


PROMISES = {
    "dev": Promise(30, 45, 7, False, ("ml.t3.medium", 20)),
    "prod": Promise(365, 60, 90, True, ("ml.t3.large", 50)),
}


@pytest.fixture
def promise(account) -> Promise:
    return PROMISES[account.environment]


@pytest.fixture(params=["data", "artifacts"])
def bucket(request, deployment) -> str:
    return deployment[f"{request.param}_bucket"]


class TestABucket:
    def test_is_encrypted_with_the_environment_s_key(self, account, deployment, bucket):
        found = account.client("s3").get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
        (rule,) = found["Rules"]
        wanted = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": deployment["kms_key_arn"]}
        assert rule["ApplyServerSideEncryptionByDefault"] == wanted
        assert rule["BucketKeyEnabled"] is True

    def test_keeps_what_was_overwritten_for_some_days(self, account, promise, bucket):
        client = account.client("s3")
        assert client.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
        rules = client.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
        days = {rule["ID"]: rule["NoncurrentVersionExpiration"]["NoncurrentDays"] for rule in rules}
        assert days["forget-what-was-overwritten"] == promise.old_versions
        assert {rule["Status"] for rule in rules} == {"Enabled"}

    def test_can_not_be_made_public(self, account, bucket):
        found = account.client("s3").get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
        assert set(found.values()) == {True}
        assert len(found) == 4

    def test_has_no_acls(self, account, bucket):
        found = account.client("s3").get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]
        assert found["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]

    def test_refuses_what_comes_without_tls(self, account, bucket):
        client = account.client("s3", f"without-tls-at-{bucket}")
        denied = json.loads(client.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
        assert {statement["Effect"] for statement in denied} == {"Deny"}
        assert [statement["Condition"] for statement in denied] == [
            {"Bool": {"aws:SecureTransport": "false"}},
            {"NumericLessThan": {"s3:TlsVersion": "1.2"}},
        ]
        assert client.list_objects_v2(Bucket=bucket)["Name"] == bucket
        client.meta.events.register("before-sign.s3", _without_tls)
        with pytest.raises(ClientError, match="AccessDenied"):
            client.list_objects_v2(Bucket=bucket)


def _without_tls(request: Any, **_: Any) -> None:
    request.headers["X-Forwarded-Proto"] = "http"


class TestTheDataBucket:
    def test_forgets_what_steps_hand_to_each_other(self, account, promise, deployment):
        found = account.client("s3").get_bucket_lifecycle_configuration(Bucket=deployment["data_bucket"])
        days = {rule["Filter"].get("Prefix"): rule["Expiration"].get("Days") for rule in found["Rules"]}
        assert days["segmentation/executions/"] == promise.executions

    @pytest.mark.parametrize(
        ("output", "given"), [("wheel_uri", "wheel_path"), ("configuration_uri", "configuration_path")]
    )
    def test_has_wheel_and_configuration_encrypted_under_what_is_in_them(self, account, deployment, output, given):
        written = Path(WHOLE[given])
        name, _, key = deployment[output].removeprefix("s3://").partition("/")
        found = account.client("s3").get_object(Bucket=name, Key=key)
        assert found["Body"].read() == written.read_bytes()
        assert key.split("/")[1:] == [sha256(written.read_bytes()).hexdigest(), written.name]
        assert (found["ServerSideEncryption"], found["SSEKMSKeyId"]) == ("aws:kms", deployment["kms_key_arn"])


class TestKeyAndRegistry:
    def test_the_key_changes_every_year_and_has_a_name(self, account, deployment):
        client = account.client("kms")
        assert client.get_key_rotation_status(KeyId=deployment["kms_key_arn"])["KeyRotationEnabled"] is True
        named = client.describe_key(KeyId=f"alias/segmentation-{account.environment}")["KeyMetadata"]
        assert named["Arn"] == deployment["kms_key_arn"]

    def test_the_registry_scans_keeps_tags_and_ten_images(self, account, deployment):
        client, name = account.client("ecr"), f"segmentation-{account.environment}"
        (repository,) = client.describe_repositories(repositoryNames=[name])["repositories"]
        assert repository["repositoryUri"] == deployment["image_repository_url"]
        assert repository["imageTagMutability"] == "IMMUTABLE"
        assert repository["imageScanningConfiguration"] == {"scanOnPush": True}
        key = {"encryptionType": "KMS", "kmsKey": deployment["kms_key_arn"]}
        assert repository["encryptionConfiguration"] == key
        policy = json.loads(client.get_lifecycle_policy(repositoryName=name)["lifecyclePolicyText"])
        assert [rule["selection"]["countNumber"] for rule in policy["rules"]] == [10, 10, 7]


class TestRoles:
    def test_have_the_policies_that_were_written(self, account):
        client = account.client("iam")
        assert len(account.roles) == 7
        for name, role in account.roles.items():
            role_name = f"segmentation-{account.environment}-{name}"
            assert client.get_role(RoleName=role_name)["Role"]["AssumeRolePolicyDocument"] == role["trust"]
            found = {
                policy: client.get_role_policy(RoleName=role_name, PolicyName=policy)["PolicyDocument"]
                for policy in client.list_role_policies(RoleName=role_name)["PolicyNames"]
            }
            for policy in client.list_attached_role_policies(RoleName=role_name)["AttachedPolicies"]:
                version = client.get_policy_version(PolicyArn=policy["PolicyArn"], VersionId="v1")["PolicyVersion"]
                found[policy["PolicyName"]] = version["Document"]
            assert found == role["permissions"]

    def test_of_github_are_taken_by_one_provider_for_one_subject(self, account):
        client = account.client("iam")
        (provider,) = client.list_open_id_connect_providers()["OpenIDConnectProviderList"]
        found = client.get_open_id_connect_provider(OpenIDConnectProviderArn=provider["Arn"])
        assert (found["Url"], found["ClientIDList"]) == (ISSUER, ["sts.amazonaws.com"])
        subjects = {
            "image": "ref:refs/heads/main",
            "infrastructure": f"environment:{account.environment}",
            "plan": f"environment:{account.environment}-plan",
        }
        for name, subject in subjects.items():
            role = client.get_role(RoleName=f"segmentation-{account.environment}-deploy-{name}")["Role"]
            (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
            assert statement["Principal"] == {"Federated": provider["Arn"]}
            wanted = {f"{ISSUER}:aud": "sts.amazonaws.com", f"{ISSUER}:sub": [f"{REPOSITORY}:{subject}"]}
            assert statement["Condition"] == {"StringEquals": wanted}


class TestSageMaker:
    def test_has_a_domain_whose_users_iam_knows_and_a_space_for_code_editor(self, account, promise, deployment):
        client = account.client("sagemaker")
        instance, gigabytes = promise.studio
        (domain,) = client.list_domains()["Domains"]
        domain = client.describe_domain(DomainId=domain["DomainId"])
        assert domain["AuthMode"] == "IAM"
        assert domain["KmsKeyId"] == deployment["kms_key_arn"]
        assert domain["AppNetworkAccessType"] == ("VpcOnly" if promise.vpc_only else "PublicInternetOnly")
        assert domain["DefaultUserSettings"]["CodeEditorAppSettings"][DEFAULT]["InstanceType"] == instance
        (user,) = client.list_user_profiles(DomainIdEquals=domain["DomainId"])["UserProfiles"]
        (space,) = client.list_spaces(DomainIdEquals=domain["DomainId"])["Spaces"]
        assert (user["UserProfileName"], space["SpaceName"]) == ("default", "code-editor")
        found = client.describe_space(DomainId=domain["DomainId"], SpaceName="code-editor")
        assert found["OwnershipSettings"] == {"OwnerUserProfileName": "default"}
        settings = found["SpaceSettings"]
        assert settings["AppType"] == "CodeEditor"
        assert settings["CodeEditorAppSettings"][DEFAULT]["InstanceType"] == instance
        assert settings["SpaceStorageSettings"]["EbsStorageSettings"]["EbsVolumeSizeInGb"] == gigabytes

    def test_has_an_mlflow_server_that_keeps_its_files_in_our_bucket(self, account, deployment):
        name = f"segmentation-{account.environment}-mlflow"
        server = account.client("sagemaker").describe_mlflow_tracking_server(TrackingServerName=name)
        assert server["TrackingServerArn"] == deployment["mlflow_tracking_arn"]
        assert server["ArtifactStoreUri"] == f"s3://{deployment['artifacts_bucket']}/mlflow"
        assert server["AutomaticModelRegistration"] is False
        assert server["RoleArn"].endswith(f":role/segmentation-{account.environment}-tracking")

    def test_has_a_group_of_models_for_each_tariff(self, account, deployment):
        found = account.client("sagemaker").list_model_package_groups()["ModelPackageGroupSummaryList"]
        assert sorted(group["ModelPackageGroupName"] for group in found) == GROUPS == deployment["model_package_groups"]


class TestTheNetwork:
    def test_has_two_subnets_and_no_way_to_the_internet(self, account):
        client = account.client("ec2")
        ours = [{"Name": "tag:environment", "Values": [account.environment]}]
        assert len(client.describe_subnets(Filters=ours)["Subnets"]) == 2
        (table,) = client.describe_route_tables(Filters=ours)["RouteTables"]
        assert not any(route.get("GatewayId", "").startswith("igw-") for route in table["Routes"])

    def test_reaches_aws_by_endpoints(self, account, promise, deployment):
        found = account.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
        services = {endpoint["ServiceName"]: endpoint["VpcEndpointType"] for endpoint in found}
        assert services.pop("com.amazonaws.eu-west-1.s3") == "Gateway"
        assert len(services) == (9 if promise.vpc_only else 0)
        assert set(services.values()) <= {"Interface"}
        assert len(deployment["subnets"]) == (2 if promise.vpc_only else 0)


class TestOperations:
    def test_logs_are_kept_for_some_days_and_encrypted(self, account, promise, deployment):
        groups = account.client("logs").describe_log_groups()["logGroups"]
        kept = {group["logGroupName"]: (group["retentionInDays"], group["kmsKeyId"]) for group in groups}
        names = [f"/aws/sagemaker/{name}" for name in ("ProcessingJobs", "TrainingJobs", "studio")]
        assert kept == dict.fromkeys(names, (promise.logs, deployment["kms_key_arn"]))

    def test_a_failed_execution_is_told_by_mail(self, account):
        events, topics = account.client("events"), account.client("sns")
        name = f"segmentation-{account.environment}-execution-failed"
        pattern = json.loads(events.describe_rule(Name=name)["EventPattern"])
        assert pattern["source"] == ["aws.sagemaker"]
        assert pattern["detail"]["currentPipelineExecutionStatus"] == ["Failed"]
        pipelines = [arn.rpartition(":pipeline/")[2] for arn in pattern["detail"]["pipelineArn"]]
        assert pipelines == ["segmentation-model", "segmentation-scoring"]
        (target,) = events.list_targets_by_rule(Rule=name)["Targets"]
        (subscribed,) = topics.list_subscriptions_by_topic(TopicArn=target["Arn"])["Subscriptions"]
        assert (subscribed["Protocol"], subscribed["Endpoint"]) == ("email", "team@example.com")

    def test_the_month_is_started_by_a_schedule_that_may_do_nothing_else(self, account, deployment):
        name = f"segmentation-{account.environment}"
        schedule = account.client("scheduler").get_schedule(GroupName=name, Name="month")
        assert schedule["ScheduleExpression"] == "cron(0 5 1 * ? *)"
        assert schedule["Target"]["Arn"] == "arn:aws:scheduler:::aws-sdk:sagemaker:startPipelineExecution"
        assert schedule["Target"]["RoleArn"].endswith(f":role/{name}-schedule")
        told = json.loads(schedule["Target"]["Input"])
        assert told["PipelineName"] == deployment["pipeline_name"]
        month = f"s3://{deployment['data_bucket']}/raw/<aws.scheduler.scheduled-time>"
        assert {one["Name"]: one["Value"] for one in told["PipelineParameters"]} == {
            "LabelledUri": f"{month}/labelled_customers.parquet",
            "CurrentUri": f"{month}/current_customers.parquet",
            "OutputUri": deployment["output_uri"],
            "ConfigurationUri": deployment["configuration_uri"],
            "ImageUri": f"{deployment['image_repository_url']}:0123abc",
            "MlflowTrackingUri": deployment["mlflow_tracking_arn"],
        }

    def test_a_schedule_that_gave_up_is_told(self, account):
        name = f"segmentation-{account.environment}"
        (alarm,) = account.client("cloudwatch").describe_alarms()["MetricAlarms"]
        assert (alarm["AlarmName"], alarm["MetricName"]) == (f"{name}-month-not-started", "InvocationDroppedCount")
        assert alarm["Dimensions"] == [{"Name": "ScheduleGroup", "Value": name}]
        assert [action.split(":")[-1] for action in alarm["AlarmActions"]] == [f"{name}-alarms"]


@pytest.fixture(scope="module")
def planned_again(accounts):
    options = ("-detailed-exitcode", "-lock=false")
    return at_once(accounts, lambda environment: accounts[environment].run("plan", *options, who=PLANNER))


def test_a_second_plan_is_empty(account, planned_again):
    done = planned_again[account.environment]
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No changes." in done.stdout


@pytest.fixture(scope="module")
def destroyed(accounts):
    for account in accounts.values():
        assert account.roles  # remembered
    at_once(accounts, lambda environment: accounts[environment].destroy())


def test_everything_is_in_the_inventory(account):
    assert len(inventory(account)) > 30


@pytest.mark.usefixtures("destroyed")
class TestDestroyed:
    def test_nothing_is_left(self, account, record_property):
        for command, seconds in account.seconds.items():
            record_property(TIMES, f"{command} of {account.environment} {seconds:.0f}")
        assert inventory(account) == []

    def test_the_key_can_be_brought_back_for_a_while(self, account, deployment):
        key = account.client("kms").describe_key(KeyId=deployment["kms_key_arn"])["KeyMetadata"]
        assert key["KeyState"] == "PendingDeletion"

    @pytest.mark.parametrize(("role", "least"), [(WORKFLOW, 200), (PLANNER, 80)])
    def test_the_workflow_s_role_was_allowed_all_that_terraform_called(self, account, role, least):
        calls = account.calls(role)
        assert len(calls) > least
        assert [str(call) for call in calls if not account.may(role, call)] == []
