"""The infrastructure applied to a server in place of AWS: what it makes is read back, and goes again.

moto has neither SageMaker's domain nor its MLflow, and cannot delete a model package group: those are switched off. It
keeps no descriptions of a security group's rules, which is all that a second plan may want to change.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tests.deployment.terraform import FOLDER, State, Terraform, missing

pytestmark = pytest.mark.slow
REGION = "eu-west-1"


class Account:
    """A server in place of AWS, with what dev's configuration made in it."""

    def __init__(self, endpoint: str, work: Path) -> None:
        self.endpoint = endpoint
        project = work / "project"
        shutil.copytree(FOLDER, project / "deployment" / "terraform", ignore=shutil.ignore_patterns(".terraform*"))
        shutil.copytree(FOLDER.parents[1] / "conf" / "prod", project / "conf" / "prod")
        folder = project / "deployment" / "terraform"
        shutil.copy(FOLDER / ".terraform.lock.hcl", folder)
        (folder / "local_override.tf").write_text('terraform {\n  backend "local" {}\n}\n')
        access = {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        self.terraform = Terraform.initialise(work, folder, backend=(), access=access | {"AWS_REGION": REGION})
        given = {"max_retries": 1}
        absent = dict.fromkeys(("enable_studio", "enable_tracking", "enable_model_registry"), "false")
        self.words = ["-input=false", "-var-file=environments/dev.tfvars"]
        self.words += [f"-var={name}={value}" for name, value in (given | absent).items()]

    def call(self, *arguments: str) -> str:
        done = self.terraform.run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def state(self) -> State:
        return State.read(json.loads(self.call("show", "-json"))["values"])

    def client(self, service: str) -> Any:
        access = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        return boto3.client(service, endpoint_url=self.endpoint, region_name=REGION, **access)


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    lacking = missing()
    if lacking:
        pytest.skip(lacking)
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        made = Account(f"http://{host}:{port}", tmp_path_factory.mktemp("account"))
        made.call("apply", "-auto-approve", *made.words)
        yield made
    finally:
        server.stop()


@pytest.fixture(scope="module")
def deployment(account) -> dict[str, Any]:
    return account.state().outputs["deployment"]


@pytest.fixture(params=["data", "artifacts"])
def bucket(request, deployment) -> str:
    return deployment[f"{request.param}_bucket"]


class TestABucket:
    def test_is_encrypted_with_the_environment_s_key(self, account, deployment, bucket):
        found = account.client("s3").get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
        (rule,) = found["Rules"]
        wanted = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": deployment["kms_key_arn"]}
        assert rule["ApplyServerSideEncryptionByDefault"] == wanted

    def test_keeps_what_was_overwritten(self, account, bucket):
        assert account.client("s3").get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"

    def test_can_not_be_made_public(self, account, bucket):
        found = account.client("s3").get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
        assert set(found.values()) == {True}
        assert len(found) == 4

    def test_has_no_acls(self, account, bucket):
        found = account.client("s3").get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]
        assert found["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]


def test_what_steps_hand_to_each_other_is_deleted_after_45_days(account, deployment):
    found = account.client("s3").get_bucket_lifecycle_configuration(Bucket=deployment["data_bucket"])
    days = {rule["Filter"].get("Prefix"): rule["Expiration"].get("Days") for rule in found["Rules"]}
    assert days["segmentation/executions/"] == 45


def test_the_registry_scans_keeps_tags_and_ten_images(account, deployment):
    client = account.client("ecr")
    (repository,) = client.describe_repositories(repositoryNames=["segmentation-dev"])["repositories"]
    assert repository["repositoryUri"] == deployment["image_repository_url"]
    assert repository["imageTagMutability"] == "IMMUTABLE"
    assert repository["imageScanningConfiguration"] == {"scanOnPush": True}
    policy = json.loads(client.get_lifecycle_policy(repositoryName="segmentation-dev")["lifecyclePolicyText"])
    assert [rule["selection"]["countNumber"] for rule in policy["rules"]] == [10]


def test_the_key_changes_every_year(account, deployment):
    found = account.client("kms").get_key_rotation_status(KeyId=deployment["kms_key_arn"])
    assert found["KeyRotationEnabled"] is True


def test_the_roles_have_the_policies_that_were_written(account):
    client = account.client("iam")
    for name, written in account.state().roles().items():
        role = f"segmentation-dev-{name}"
        assert client.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"] == written["trust"]
        for policy in client.list_role_policies(RoleName=role)["PolicyNames"]:
            found = client.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
            assert found == written["permissions"][policy]


def test_logs_are_kept_for_30_days(account):
    groups = account.client("logs").describe_log_groups()["logGroups"]
    assert {group["logGroupName"]: group["retentionInDays"] for group in groups} == dict.fromkeys(
        ["/aws/sagemaker/ProcessingJobs", "/aws/sagemaker/TrainingJobs", "/aws/sagemaker/studio"], 30
    )


def test_a_second_plan_is_empty(account, tmp_path):
    account.call("plan", f"-out={tmp_path / 'again.tfplan'}", *account.words)
    plan = json.loads(account.call("show", "-json", str(tmp_path / "again.tfplan")))
    changed = {
        (one["type"], name)
        for one in plan["resource_changes"]
        if one["change"]["actions"] != ["no-op"]
        for name, value in (one["change"]["after"] or {}).items()
        if value != (one["change"]["before"] or {}).get(name)
    }
    rules = ("aws_vpc_security_group_egress_rule", "aws_vpc_security_group_ingress_rule")
    assert changed <= {(rule, "description") for rule in rules}


def test_destroyed_nothing_is_left(account, deployment):  # the last of this file: nothing is there after it
    account.call("destroy", "-auto-approve", *account.words)
    left = {  # a server of this process keeps what other tests made in it
        *(found["Name"] for found in account.client("s3").list_buckets()["Buckets"]),
        *(found["repositoryName"] for found in account.client("ecr").describe_repositories()["repositories"]),
        *(found["RoleName"] for found in account.client("iam").list_roles()["Roles"]),
        *(found["logGroupName"] for found in account.client("logs").describe_log_groups()["logGroups"]),
    }
    assert [name for name in left if name.startswith(("segmentation-dev", "/aws/sagemaker"))] == []
    key = account.client("kms").describe_key(KeyId=deployment["kms_key_arn"])["KeyMetadata"]
    assert key["KeyState"] == "PendingDeletion"
