"""What Terraform says to whoever gives it too little, something unknown, or no way to its provider."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deployment.applied import PROJECT, STATE, access, client, served
from tests.deployment.terraform import DELIVERY, FOLDER, Terraform, missing

pytestmark = pytest.mark.slow
NOWHERE = "http://127.0.0.1:9"  # the port of discard, where nothing listens


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    lacking = missing()
    if lacking:
        pytest.skip(lacking)
    with served(tmp_path_factory.mktemp("server") / "calls.jsonl") as address:
        place = {"LocationConstraint": "eu-west-1"}
        client(address, "s3").create_bucket(Bucket=STATE, CreateBucketConfiguration=place)
        yield address


@pytest.fixture(scope="module")
def environment(endpoint, tmp_path_factory) -> Terraform:
    return initialised(tmp_path_factory.mktemp("environment"), FOLDER, endpoint)


@pytest.fixture(scope="module")
def delivery(endpoint, tmp_path_factory) -> Terraform:
    return initialised(tmp_path_factory.mktemp("delivery"), DELIVERY, endpoint)


def initialised(work: Path, folder: Path, endpoint: str) -> Terraform:
    backend = ("-backend-config=environments/dev.s3.tfbackend", f"-backend-config=bucket={STATE}")
    return Terraform.initialise(work, folder, backend, access(endpoint, "person"))


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    """What a failed command said, on one line: Terraform breaks its messages to the width of a terminal."""
    assert done.returncode != 0
    return " ".join((done.stdout + done.stderr).split())


def plan(terraform: Terraform, *options: str) -> str:
    return refusal(terraform.run("plan", "-input=false", "-lock=false", *options))


class TestAPlan:
    @pytest.mark.parametrize("variable", ["environment", "region"])
    def test_without_an_environment_s_values_names_each_that_is_missing_and_the_option(self, environment, variable):
        said = plan(environment)
        assert f'The root module input variable "{variable}" is not set, and has no default value.' in said
        assert "Use a -var or -var-file command line argument" in said

    def test_of_the_workflows_roles_names_what_comes_from_outside(self, delivery):
        said = plan(delivery, "-var-file=environments/dev.tfvars")
        for variable in ("github_repository", "state_bucket"):
            assert f'The root module input variable "{variable}" is not set' in said
        assert '"environment" is not set' not in said

    def test_of_an_unknown_environment_says_which_there_are(self, environment):
        said = plan(environment, "-var=environment=qa", "-var=region=eu-west-1")
        assert "environment: dev, staging or prod are allowed." in said

    def test_with_a_file_of_values_that_is_not_there_names_it(self, environment):
        said = plan(environment, "-var-file=environments/qa.tfvars")
        assert "Given variables file environments/qa.tfvars does not exist." in said

    def test_with_a_wheel_that_is_not_there_says_how_to_make_it(self, environment):
        said = plan(environment, "-var-file=environments/dev.tfvars", "-var=wheel_path=dist/absent.whl")
        assert "wheel_path: no such wheel; run `kedro package`, and name the file in dist/." in said

    def test_in_another_account_than_the_environment_s_is_refused(self, environment):
        said = plan(environment, "-var-file=environments/dev.tfvars", "-var=account_id=210987654321")
        assert "AWS account ID not allowed: 123456789012" in said


class TestInit:
    def test_without_the_state_s_bucket_says_what_is_missing(self, endpoint, tmp_path):
        terraform = Terraform.at(tmp_path, access=access(endpoint, "person"))
        said = refusal(terraform.init("-backend-config=environments/dev.s3.tfbackend"))
        assert 'The attribute "bucket" is required by the backend.' in said

    def test_with_a_bucket_that_is_not_there_names_it(self, endpoint, tmp_path):
        terraform = Terraform.at(tmp_path, access=access(endpoint, "person"))
        options = ("-backend-config=environments/dev.s3.tfbackend", "-backend-config=bucket=absent-bucket")
        said = refusal(terraform.init(*options))
        assert 'S3 bucket "absent-bucket" does not exist.' in said

    def test_without_mirror_and_network_names_the_provider_and_the_registry(self, tmp_path):
        said = refusal(without_network(tmp_path).init("-backend=false"))
        assert "Could not retrieve the list of available versions for provider hashicorp/aws" in said
        assert "could not connect to registry.terraform.io" in said


def without_network(work: Path) -> Terraform:
    """Terraform that must ask the registry, and can't."""
    lacking = missing()
    if lacking:
        pytest.skip(lacking)
    terraform = Terraform.at(work).by(HTTPS_PROXY=NOWHERE, https_proxy=NOWHERE, NO_PROXY="", no_proxy="")
    (work / "terraform.tfrc").write_text("provider_installation {\n  direct {}\n}\n")
    return terraform


class TestThePlanOfTheWorkflow:
    def test_says_where_a_provider_can_come_from_when_there_is_no_network(self, endpoint, tmp_path):
        project = tmp_path / "project"
        shutil.copytree(FOLDER, project / "deployment" / "terraform", ignore=shutil.ignore_patterns("tests"))
        (project / ".ci").mkdir()
        script = shutil.copy(PROJECT / ".ci" / "plan", project / ".ci")
        variables = without_network(tmp_path).variables | access(endpoint, "person") | {"STATE_BUCKET": STATE}
        done = subprocess.run(
            [script, "dev", "apply", str(tmp_path / "plan")],
            env=variables | {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"},
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert "could not connect to registry.terraform.io" in refusal(done)
        hint = "Without network Terraform takes its provider from a folder that TF_CLI_CONFIG_FILE leads to"
        assert done.stderr.splitlines()[-1].startswith(hint)
