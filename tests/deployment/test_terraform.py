"""The infrastructure without an account: Terraform's own tests on a made-up provider, and what the policies allow."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import yaml

from tests.deployment.calls import (
    ACCOUNT,
    CALLS_OF_THE_DEPLOY_COMMAND,
    calls_of_the_jobs,
    calls_of_the_pipeline,
    calls_that_nobody_needs,
)
from tests.deployment.policies import WITHOUT_RESOURCE, Call, allowed, many, statements
from tests.deployment.terraform import DELIVERY, ENVIRONMENTS, FOLDER, State, Terraform, TestRun, missing

pytestmark = pytest.mark.slow
PROJECT = FOLDER.parents[1]
GOLDEN = PROJECT / "tests" / "sagemaker" / "golden"
WHOLE = "with_the_month_on_a_schedule"  # the run block that has everything


@pytest.fixture(scope="module")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    lacking = missing()
    if lacking:
        pytest.skip(lacking)
    return Terraform.initialise(tmp_path_factory.mktemp("terraform"))


@pytest.fixture(scope="module")
def applied(terraform: Terraform) -> Callable[[str], TestRun]:
    """An environment's test file, run once with its values."""
    return cache(lambda environment: terraform.test(environment, "environment", states=True))


class TestWhatIsMissing:
    def test_is_terraform_where_it_is_not_on_the_path(self, monkeypatch):
        monkeypatch.setenv("PATH", "")
        assert missing() == "needs terraform, 1.11 or newer, on the path"

    def test_is_the_provider_where_the_named_folder_has_none(self, terraform, monkeypatch, tmp_path):
        monkeypatch.setenv("TF_PLUGIN_MIRROR", str(tmp_path))
        assert str(missing()).startswith("needs a folder with registry.terraform.io/hashicorp/aws, ")
        assert str(missing()).endswith("named by TF_PLUGIN_MIRROR")


class TestTheConfiguration:
    def test_is_laid_out_as_terraform_lays_it_out(self, terraform):
        done = terraform.run("fmt", "-check", "-recursive", "-diff")
        assert done.returncode == 0, done.stdout

    def test_is_valid(self, terraform):
        done = terraform.run("validate")
        assert done.returncode == 0, done.stdout + done.stderr

    def test_is_split_into_files_that_can_be_read(self):
        lengths = {path.relative_to(FOLDER): len(path.read_text().splitlines()) for path in FOLDER.rglob("*.tf")}
        assert lengths
        assert {path: length for path, length in lengths.items() if length > 300} == {}

    def test_says_of_every_variable_and_output_what_it_is(self):
        for path in FOLDER.rglob("*.tf"):
            for block in path.read_text().split("\n}\n"):
                if block.lstrip().startswith(("variable ", "output ")):
                    assert "description = " in block, f"{path}: {block}"

    @pytest.mark.parametrize("environment", ENVIRONMENTS)
    def test_has_values_and_a_state_of_its_own_for_each_environment(self, environment):
        values = (FOLDER / "environments" / f"{environment}.tfvars").read_text()
        backend = (FOLDER / "environments" / f"{environment}.s3.tfbackend").read_text()
        assert f'"{environment}"' in values
        assert f"segmentation/{environment}/terraform.tfstate" in backend
        assert "use_lockfile = true" in backend

    def test_locks_the_provider_and_names_no_host_but_the_provider_s_name(self):
        lock = (FOLDER / ".terraform.lock.hcl").read_text()
        assert 'provider "registry.terraform.io/hashicorp/aws"' in lock
        assert "://" not in lock


class TestTerraformsOwnTests:
    @pytest.mark.parametrize("environment", ENVIRONMENTS)
    def test_pass_for_each_environment(self, applied, environment):
        run = applied(environment)
        assert run.code == 0, run.said
        assert len(run.status) == 2
        assert set(run.status.values()) == {"pass"}

    def test_pass_for_the_modules_and_for_what_is_refused(self, terraform):
        run = terraform.test("dev", "buckets", "services", "refused")
        assert run.code == 0, run.said
        assert len(run.status) >= 14
        assert set(run.status.values()) == {"pass"}

    def test_fail_where_an_environment_is_unknown_and_say_which_there_are(self, terraform, tmp_path):
        (tmp_path / "wrong.tfvars").write_text('environment = "qa"\nregion = "eu-west-1"\n')
        done = terraform.run("test", "-filter=tests/environment.tftest.hcl", f"-var-file={tmp_path / 'wrong.tfvars'}")
        assert done.returncode == 1
        assert "environment: dev, staging or prod are allowed." in done.stdout + done.stderr

    def test_fail_without_an_environment_s_values(self, terraform):
        done = terraform.run("test", "-filter=tests/environment.tftest.hcl", "-var-file=environments/absent.tfvars")
        assert done.returncode == 1
        assert "environments/absent.tfvars does not exist" in done.stdout + done.stderr


@pytest.fixture(scope="module", params=ENVIRONMENTS)
def state(request, applied) -> State:
    return applied(request.param).states[WHOLE]


@pytest.fixture(scope="module")
def deployment(state) -> dict[str, Any]:
    return state.outputs["deployment"]


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory, terraform) -> Callable[[str], State]:
    """What the workflows' root makes for an environment."""
    root = Terraform.initialise(tmp_path_factory.mktemp("delivery"), DELIVERY)
    return cache(lambda environment: root.test(environment, "roles", states=True).states["as_it_is_applied"])


@pytest.fixture(scope="module")
def roles(state, deployment, delivery) -> dict[str, Any]:
    return state.roles() | delivery(deployment["environment"]).roles()


class TestEveryRole:
    def test_is_there(self, roles):
        assert set(roles) == {
            "execution", "tracking", "studio", "schedule", "deploy-image", "deploy-infrastructure", "deploy-plan",
        }  # fmt: skip

    def test_is_granted_no_service_as_a_whole(self, roles):
        for name, role in roles.items():
            for statement in statements(role):
                for action in many(statement["Action"]):
                    service, _, verb = action.partition(":")
                    assert service != "*", f"{name}: {action}"
                    assert verb.strip("*"), f"{name}: {action}"

    def test_may_do_what_takes_a_resource_on_named_ones_only(self, roles):
        for name, role in roles.items():
            for statement in statements(role):
                if "*" in many(statement["Resource"]):
                    assert set(many(statement["Action"])) - WITHOUT_RESOURCE - {"ec2:DescribeVpcAttribute"} == set(), (
                        name
                    )

    def test_may_hand_on_a_role_to_named_services_only(self, roles):
        for role in roles.values():
            for statement in statements(role):
                if "iam:PassRole" in many(statement["Action"]):
                    assert statement["Action"] == "iam:PassRole"
                    assert all(arn.startswith("arn:aws:iam::123456789012:role/") for arn in many(statement["Resource"]))
                    assert not any("*" in arn for arn in many(statement["Resource"]))
                    services = many(statement["Condition"]["StringEquals"]["iam:PassedToService"])
                    assert set(services) <= {"sagemaker.amazonaws.com", "scheduler.amazonaws.com"}

    def test_is_taken_by_a_service_for_this_account_only(self, roles):
        for name in ("execution", "tracking", "studio", "schedule"):
            (statement,) = roles[name]["trust"]["Statement"]
            assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}

    def test_says_in_every_statement_what_it_is_for(self, roles):
        for role in roles.values():
            sids = [statement["Sid"] for statement in statements(role)]
            assert all(sids)

    def test_fits_into_what_iam_takes(self, roles):
        for name, role in roles.items():
            sizes = [len(json.dumps(document, separators=(",", ":"))) for document in role["permissions"].values()]
            if name.startswith("deploy-"):
                assert max(sizes) <= 6144, (name, sizes)
                assert len(sizes) <= 10
            else:
                assert sum(sizes) <= 10240, (name, sizes)


class TestBuckets:
    def test_refuse_what_comes_without_tls(self, state):
        policies = [json.loads(one["policy"]) for one in state.resources["aws_s3_bucket_policy"].values()]
        assert len(policies) == 2
        for policy in policies:
            (statement,) = [one for one in policy["Statement"] if one["Sid"] == "OnlyByTls"]
            assert statement["Effect"] == "Deny"
            assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


class TestTheExecutionRole:
    @pytest.mark.parametrize("pipeline", ["job", "scoring"])
    def test_may_do_what_the_compiled_pipeline_does(self, deployment, roles, pipeline):
        granted = list(statements(roles["execution"]))
        calls = calls_of_the_pipeline(GOLDEN / f"{pipeline}.json", deployment)
        assert len(calls) > 4 * 4
        assert [str(call) for call in calls if not allowed(call, granted)] == []

    def test_may_do_what_the_jobs_do(self, deployment, roles):
        granted = list(statements(roles["execution"]))
        calls = calls_of_the_jobs(deployment)
        assert [str(call) for call in calls if not allowed(call, granted)] == []

    def test_may_do_nothing_beside_it(self, deployment, roles):
        calls = calls_that_nobody_needs(deployment)
        granted = list(statements(roles["execution"]))
        assert [str(call) for call in calls if allowed(call, granted)] == []

    def test_makes_network_interfaces_only_where_the_jobs_are_in_a_vpc(self, deployment, roles):
        call = Call("ec2:CreateNetworkInterface", f"arn:aws:ec2:{ACCOUNT}:network-interface/eni-1")
        in_vpc = bool(deployment["subnets"])
        assert allowed(call, list(statements(roles["execution"]))) is in_vpc


class TestTheDeployCommand:
    @pytest.mark.parametrize("role", ["studio", "deploy-infrastructure"])
    def test_may_be_given_by_people_in_studio_and_by_the_workflow(self, deployment, roles, role):
        execution = deployment["environment"].join(("arn:aws:iam::123456789012:role/segmentation-", "-execution"))
        passing = Call("iam:PassRole", execution, {"iam:PassedToService": "sagemaker.amazonaws.com"})
        granted = list(statements(roles[role]))
        assert [str(call) for call in (*CALLS_OF_THE_DEPLOY_COMMAND, passing) if not allowed(call, granted)] == []

    @pytest.mark.parametrize("role", ["execution", "tracking", "deploy-image"])
    def test_may_not_be_given_by_others(self, roles, role):
        granted = list(statements(roles[role]))
        assert [str(call) for call in CALLS_OF_THE_DEPLOY_COMMAND if allowed(call, granted)] == []

    def test_is_told_what_the_configuration_of_the_pipeline_names(self, deployment):
        section = yaml.safe_load((PROJECT / "conf" / "prod" / "sagemaker.yml").read_text())
        assert deployment["pipeline_name"] == section["pipeline_name"]
        assert deployment["scoring_pipeline_name"] == section["scoring_pipeline_name"]
        assert deployment["model_package_groups"] == [
            f"{section['model_package_group']}-{tariff}" for tariff in ("domestic", "industrial")
        ]
