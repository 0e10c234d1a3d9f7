"""An environment that Terraform applied to an account in place of AWS: ``with applied("dev", work) as account``.

As the README has it: the state in a bucket, a person applies the workflows' roles, the workflow the environment.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import boto3

from tests.deployment.policies import Call, allowed, statements
from tests.deployment.terraform import DELIVERY, FOLDER, State, Terraform

PROJECT = FOLDER.parents[1]
REGION = "eu-west-1"
STATE = "state-of-example"
# Access keys, which say who calls: a person, the two workflows by their roles' names, and whoever reads back.
PERSON, WORKFLOW, PLANNER, READER = "person", "deploy-infrastructure", "deploy-plan", "reader"
_FILES = FOLDER / "tests" / "files"
#: Everything that an environment can have; its tfvars say the rest.
WHOLE = {
    "wheel_path": str(_FILES / "segmentation_model-0.0.0-py3-none-any.whl"),
    "configuration_path": str(_FILES / "conf.tar.gz"),
    "image_tag": "0123abc",
    "schedule_enabled": "true",
    "alarm_emails": '["team@example.com"]',
}
_OF_DELIVERY = {"github_repository": "example/segmentation", "state_bucket": STATE}


@dataclass(frozen=True)
class Root:
    """One of the two configurations, initialised with its state in the account.

    Attributes:
        terraform: The configuration.
        words: Its values, as options.
    """

    terraform: Terraform
    words: tuple[str, ...]

    @classmethod
    def initialise(cls, work: Path, folder: Path, environment: str, endpoint: str, values: Mapping[str, str]) -> "Root":
        """Initialise it below a folder of its own."""
        work.mkdir()
        backend = (f"-backend-config=environments/{environment}.s3.tfbackend", f"-backend-config=bucket={STATE}")
        terraform = Terraform.initialise(work, folder, backend=backend, access=access(endpoint, PERSON))
        options = (f"-var={name}={value}" for name, value in ({"max_retries": "1"} | dict(values)).items())
        return cls(terraform, (f"-var-file=environments/{environment}.tfvars", *options))

    def run(self, who: str, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Plan, apply or destroy, as somebody."""
        return self.terraform.by(AWS_ACCESS_KEY_ID=who).run(command, "-input=false", *arguments, *self.words)

    def state(self) -> State:
        """What there is."""
        done = self.terraform.run("show", "-json")
        assert done.returncode == 0, done.stderr
        return State.read(json.loads(done.stdout)["values"])


@dataclass
class Account:
    """The account, and the environment in it.

    Attributes:
        environment: Its name.
        endpoint: Address of the server.
        root: The environment's configuration.
        delivery: That of the workflows' roles.
        log: Where the server notes calls.
        seconds: How long each of Terraform's commands took, the environment's.
    """

    environment: str
    endpoint: str
    root: Root
    delivery: Root
    log: Path
    seconds: dict[str, float] = field(default_factory=dict)

    def run(self, command: str, *arguments: str, who: str = WORKFLOW) -> subprocess.CompletedProcess[str]:
        """Plan, apply or destroy the environment."""
        started = time.monotonic()
        done = self.root.run(who, command, *arguments)
        self.seconds[command] = time.monotonic() - started
        return done

    def apply(self) -> None:
        """Make everything; the two roots at once, which saves time, and no part of the one needs the other."""
        with ThreadPoolExecutor() as pool:
            roles = pool.submit(self.delivery.run, PERSON, "apply", "-auto-approve")
            _succeeded(self.run("apply", "-auto-approve"))
            _succeeded(roles.result())

    def destroy(self) -> None:
        """Destroy everything, the workflows' roles last."""
        _succeeded(self.run("destroy", "-auto-approve"))
        _succeeded(self.delivery.run(PERSON, "destroy", "-auto-approve"))

    @cached_property
    def state(self) -> State:
        """What there is after it was applied."""
        return self.root.state()

    @cached_property
    def roles(self) -> dict[str, Any]:
        """All roles by their short names, those of the workflows among them."""
        return self.state.roles() | self.delivery.state().roles()

    @property
    def deployment(self) -> dict[str, Any]:
        """What Terraform tells the deploy command."""
        return self.state.outputs["deployment"]

    def access(self, who: str) -> dict[str, str]:
        """Variables of the environment that lead to the account; calls are noted under this name."""
        return access(self.endpoint, who)

    def client(self, service: str, who: str = READER) -> Any:
        """A client of boto3."""
        return client(self.endpoint, service, who)

    def calls(self, who: str) -> list[Call]:
        """What somebody has called until now, each once, in order.

        Args:
            who: An access key, or the ARN of a role that was taken.
        """
        lines = map(json.loads, self.log.read_text().splitlines())
        calls = [Call(line["action"], line["resource"], line["context"]) for line in lines if line["who"] == who]
        return list({str(call): call for call in calls}.values())

    def may(self, role: str, call: Call) -> bool:
        """Whether the policies of a role, or that of the key, let it make a call. Everybody may ask who they are.

        Args:
            role: Its short name.
            call: The call.
        """
        caller = {"aws:PrincipalArn": self.role_arn(role), "kms:CallerAccount": self.deployment["account_id"]}
        of_key = self._key_policy() if call.action.startswith("kms:") else []
        granted = [*statements(self.roles[role]), *of_key]
        called = Call(call.action, call.resource, {**call.context, **caller})
        return call.action == "sts:GetCallerIdentity" or allowed(called, granted)

    def role_arn(self, role: str) -> str:
        """ARN of a role, by its short name."""
        return f"arn:aws:iam::{self.deployment['account_id']}:role/segmentation-{self.environment}-{role}"

    def _key_policy(self) -> list[dict[str, Any]]:
        """What the key's policy says of all callers; its conditions say which."""
        (key,) = self.state.resources["aws_kms_key"].values()
        of_all = [one for one in json.loads(key["policy"])["Statement"] if one["Principal"] == {"AWS": "*"}]
        return [{name: value for name, value in one.items() if name != "Principal"} for one in of_all]


def _succeeded(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 0, done.stderr


def access(endpoint: str, who: str) -> dict[str, str]:
    """Variables of the environment that lead to a server, as somebody."""
    names = {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": who, "AWS_SECRET_ACCESS_KEY": "test"}
    return names | {"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}


@cache  # making one takes longer than what it is asked
def client(endpoint: str, service: str, who: str = READER) -> Any:
    """A client of boto3 for a server, as somebody."""
    keys = {"aws_access_key_id": who, "aws_secret_access_key": "test"}
    return boto3.client(service, endpoint_url=endpoint, region_name=REGION, **keys)


@contextmanager
def served(log: Path) -> Iterator[str]:
    """Start an empty account.

    Args:
        log: File for the calls that it gets.

    Yields:
        Its address.
    """
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))}
    command = [sys.executable, "-m", "tests.deployment.account", str(log)]
    with (
        log.with_suffix(".stderr").open("w") as said,
        subprocess.Popen(
            command, cwd=PROJECT, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True
        ) as server,
    ):
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            endpoint = server.stdout.readline().strip()
            assert endpoint, Path(said.name).read_text()
            yield endpoint
        finally:
            server.stdin.close()


@contextmanager
def applied(environment: str, work: Path, values: Mapping[str, str] = WHOLE) -> Iterator[Account]:
    """Apply an environment to an account of its own, which is gone afterwards.

    Args:
        environment: dev, staging or prod.
        work: An empty folder.
        values: Values besides those of its tfvars.
    """
    log = work / "calls.jsonl"
    with served(log) as endpoint:
        client(endpoint, "s3", PERSON).create_bucket(
            Bucket=STATE, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        root = Root.initialise(work / "root", FOLDER, environment, endpoint, values)
        delivery = Root.initialise(work / "delivery", DELIVERY, environment, endpoint, _OF_DELIVERY)
        account = Account(environment, endpoint, root, delivery, log)
        account.apply()
        yield account
