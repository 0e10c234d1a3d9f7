"""The account in place of AWS: what moto lacks, and how calls are noted."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.deployment.account.api_calls import Place, api_calls
from tests.deployment.account.s3_calls import s3_calls
from tests.deployment.applied import REGION, client, served

ACCOUNT = "123456789012"
OBJECT = "arn:aws:s3:::bucket/a/key"
HTTP = {"Bool": {"aws:SecureTransport": "false"}}
ALL = ["arn:aws:s3:::by-tls", "arn:aws:s3:::by-tls/*"]
DENIED = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ALL, "Condition": HTTP}


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    return tmp_path_factory.mktemp("account") / "calls.jsonl"


@pytest.fixture(scope="module")
def connect(log) -> Iterator[Callable[..., Any]]:
    with served(log) as endpoint:
        yield lambda service, who="reader": client(endpoint, service, who)


@pytest.fixture
def noted(log) -> Callable[[str], list[str]]:
    """Action and resource of the calls of somebody."""
    return lambda who: [
        f"{line['action']} {line['resource']}"
        for line in map(json.loads, log.read_text().splitlines())
        if line["who"] == who
    ]


@pytest.fixture
def domain(connect) -> Iterator[str]:
    sagemaker = connect("sagemaker")
    made = sagemaker.create_domain(
        DomainName="ours", AuthMode="IAM", DefaultUserSettings={}, SubnetIds=["subnet-1"], VpcId="vpc-1",
        Tags=[{"Key": "project", "Value": "segmentation"}],
    )  # fmt: skip
    yield made["DomainId"]
    sagemaker.delete_domain(DomainId=made["DomainId"])


class TestStudio:
    def test_a_domain_is_described_as_it_was_made(self, connect, domain):
        found = connect("sagemaker").describe_domain(DomainId=domain)
        assert (found["DomainName"], found["AuthMode"], found["Status"]) == ("ours", "IAM", "InService")
        tags = connect("sagemaker").list_tags(ResourceArn=found["DomainArn"])["Tags"]
        assert tags == [{"Key": "project", "Value": "segmentation"}]

    def test_an_update_changes_what_it_names(self, connect, domain):
        connect("sagemaker").update_domain(DomainId=domain, AppNetworkAccessType="VpcOnly")
        found = connect("sagemaker").describe_domain(DomainId=domain)
        assert (found["AppNetworkAccessType"], found["DomainName"]) == ("VpcOnly", "ours")

    def test_a_domain_with_users_and_a_user_with_a_space_are_not_deleted(self, connect, domain):
        sagemaker = connect("sagemaker")
        sagemaker.create_user_profile(DomainId=domain, UserProfileName="one")
        sagemaker.create_space(
            DomainId=domain, SpaceName="place", OwnershipSettings={"OwnerUserProfileName": "one"},
            SpaceSharingSettings={"SharingType": "Private"},
        )  # fmt: skip
        with pytest.raises(ClientError, match=rf"ResourceInUse.*user-profile/{domain}/one is used by .*/place"):
            sagemaker.delete_user_profile(DomainId=domain, UserProfileName="one")
        sagemaker.delete_space(DomainId=domain, SpaceName="place")
        with pytest.raises(ClientError, match=rf"ResourceInUse.*domain/{domain} is used by .*/one"):
            sagemaker.delete_domain(DomainId=domain)
        sagemaker.delete_user_profile(DomainId=domain, UserProfileName="one")

    def test_what_is_not_there_is_not_found(self, connect):
        with pytest.raises(ClientError, match=r"ResourceNotFound.*mlflow-tracking-server/absent does not exist"):
            connect("sagemaker").describe_mlflow_tracking_server(TrackingServerName="absent")


class TestAGroupOfModels:
    def test_is_deleted_when_it_is_empty_only(self, connect):
        sagemaker = connect("sagemaker")
        sagemaker.create_model_package_group(ModelPackageGroupName="ours", ModelPackageGroupDescription="One tariff.")
        package = sagemaker.create_model_package(ModelPackageGroupName="ours", ModelPackageDescription="One month.")
        with pytest.raises(ClientError, match=r"ConflictException.*ours contains model packages"):
            sagemaker.delete_model_package_group(ModelPackageGroupName="ours")
        assert package["ModelPackageArn"].endswith("ours/1")


class TestABucketsPolicy:
    def test_is_asked_with_its_conditions(self, connect):
        client = connect("s3", "by-http")
        client.create_bucket(Bucket="by-tls", CreateBucketConfiguration={"LocationConstraint": REGION})
        client.put_bucket_policy(Bucket="by-tls", Policy=json.dumps({"Version": "2012-10-17", "Statement": [DENIED]}))
        client.put_object(Bucket="by-tls", Key="a", Body=b"1")
        client.meta.events.register("before-sign.s3", lambda request, **_: _without_tls(request))
        for call in (client.get_object, client.head_object, client.delete_object):
            with pytest.raises(ClientError, match=r"AccessDenied|403"):
                call(Bucket="by-tls", Key="a")
        answer = client.delete_objects(Bucket="by-tls", Delete={"Objects": [{"Key": "a"}]})
        assert [error["Code"] for error in answer["Errors"]] == ["AccessDenied"]
        assert connect("s3").get_object(Bucket="by-tls", Key="a")["Body"].read() == b"1"


def _without_tls(request: Any) -> None:
    request.headers["X-Forwarded-Proto"] = "http"


class TestWhatIsNoted:
    def test_is_who_called_what(self, connect, noted):
        connect("ecr", "somebody").get_authorization_token()
        assert noted("somebody") == ["ecr:GetAuthorizationToken *"]

    def test_is_the_role_that_was_taken(self, connect, noted):
        role = connect("iam").create_role(RoleName="taken", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        keys = connect("sts").assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]
        connect("sagemaker", keys["AccessKeyId"]).list_pipelines()
        assert noted(role) == ["sagemaker:ListPipelines *"]

    def test_is_the_key_that_s3_uses_for_who_calls(self, connect, noted):
        client = connect("s3", "writer")
        client.create_bucket(Bucket="encrypted", CreateBucketConfiguration={"LocationConstraint": REGION})
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "arn:of-the-key"}}
        client.put_bucket_encryption(Bucket="encrypted", ServerSideEncryptionConfiguration={"Rules": [rule]})
        client.put_object(Bucket="encrypted", Key="a", Body=b"1")
        client.get_object(Bucket="encrypted", Key="a")
        a = "arn:aws:s3:::encrypted/a"
        used = [
            f"s3:PutObject {a}",
            "kms:GenerateDataKey arn:of-the-key",
            f"s3:GetObject {a}",
            "kms:Decrypt arn:of-the-key",
        ]
        assert noted("writer")[-4:] == used


@pytest.mark.parametrize(
    ("request_", "needed"),
    [
        (("HEAD", "a/key", {}, {}), [("s3:GetObject", OBJECT)]),
        (("GET", "a/key", {"versionId": ["1"]}, {}), [("s3:GetObjectVersion", OBJECT)]),
        (("GET", "", {"list-type": ["2"]}, {}), [("s3:ListBucket", "arn:aws:s3:::bucket")]),
        (("GET", "", {"encryption": [""]}, {}), [("s3:GetEncryptionConfiguration", "arn:aws:s3:::bucket")]),
        (("DELETE", "", {"policy": [""]}, {}), [("s3:DeleteBucketPolicy", "arn:aws:s3:::bucket")]),
        (("DELETE", "", {"lifecycle": [""]}, {}), [("s3:PutLifecycleConfiguration", "arn:aws:s3:::bucket")]),
        (("POST", "a/key", {"uploads": [""]}, {}), [("s3:PutObject", OBJECT)]),
        (("PUT", "a/key", {"partNumber": ["1"], "uploadId": ["1"]}, {}), [("s3:PutObject", OBJECT)]),
        (("DELETE", "a/key", {"uploadId": ["1"]}, {}), [("s3:AbortMultipartUpload", OBJECT)]),
        (
            ("PUT", "a/key", {}, {"x-amz-copy-source": "/other/b%20c"}),
            [("s3:PutObject", OBJECT), ("s3:GetObject", "arn:aws:s3:::other/b c")],
        ),
    ],
)
def test_a_request_to_s3_needs(request_, needed):
    method, key, query, headers = request_
    assert list(s3_calls(method, "bucket", key, query, headers, b"")) == needed


@pytest.mark.parametrize(
    ("service", "name", "parameters", "needed"),
    [
        ("ec2", "DescribeVpcs", {}, ["ec2:DescribeVpcs *"]),
        (
            "iam", "CreateRole", {"RoleName": "one", "Tags": [{"Key": "a", "Value": "b"}]},
            [f"iam:CreateRole arn:aws:iam::{ACCOUNT}:role/one", f"iam:TagRole arn:aws:iam::{ACCOUNT}:role/one"],
        ),
        (
            "sagemaker", "CreatePipeline", {"PipelineName": "one", "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/one"},
            [f"sagemaker:CreatePipeline arn:aws:sagemaker:{REGION}:{ACCOUNT}:pipeline/one",
             f"iam:PassRole arn:aws:iam::{ACCOUNT}:role/one"],
        ),
        ("monitoring", "DescribeAlarms", {"AlarmNames": ["one", "two"]}, [
            f"cloudwatch:DescribeAlarms arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}" for name in ("one", "two")
        ]),
        ("scheduler", "GetSchedule", {"groupName": "ours", "Name": "month"}, [
            f"scheduler:GetSchedule arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/ours/month"
        ]),
    ],
)  # fmt: skip
def test_a_call_of_another_service_needs(service, name, parameters, needed):
    calls = api_calls(Place(service, REGION, ACCOUNT), name, parameters)
    assert [f"{call.action} {call.resource}" for call in calls] == needed
