"""An environment that Terraform applied to an account in place of AWS: ``with applied("dev", work) as account``."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3

from tests.deployment.policies import Call
from tests.deployment.terraform import FOLDER, State, Terraform

PROJECT = FOLDER.parents[1]
REGION = "eu-west-1"
TERRAFORM = "terraform"  # the access key that Terraform calls with
READER = "reader"  # and that of the clients
_FILES = FOLDER / "tests" / "files"
#: Everything that an environment can have; its tfvars say the rest.
WHOLE = {
    "github_repository": "example/segmentation",
    "state_bucket": "state-of-example",
    "wheel_path": str(_FILES / "segmentation_model-0.0.0-py3-none-any.whl"),
    "configuration_path": str(_FILES / "conf.tar.gz"),
    "image_tag": "0123abc",
    "schedule_enabled": "true",
    "alarm_emails": '["team@example.com"]',
    "max_retries": "1",
}


@dataclass
class Account:
    """The account, and the environment in it.

    Attributes:
        environment: Its name.
        endpoint: Address of the server.
        terraform: The configuration, initialised with a state on disk.
        seconds: How long each of Terraform's commands took.
    """

    environment: str
    endpoint: str
    terraform: Terraform
    words: list[str]
    log: Path
    seconds: dict[str, float] = field(default_factory=dict)

    def run(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command that needs the environment's values: plan, apply, destroy."""
        started = time.monotonic()
        done = self.terraform.run(command, "-input=false", *arguments, *self.words)
        self.seconds[command] = time.monotonic() - started
        return done

    def call(self, command: str, *arguments: str) -> str:
        """The same, and it must succeed; what it printed."""
        done = self.run(command, *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @cached_property
    def state(self) -> State:
        """What there is after it was applied."""
        done = self.terraform.run("show", "-json")
        assert done.returncode == 0, done.stderr
        return State.read(json.loads(done.stdout)["values"])

    @property
    def deployment(self) -> dict[str, Any]:
        """What Terraform tells the deploy command."""
        return self.state.outputs["deployment"]

    def access(self, who: str) -> dict[str, str]:
        """Variables of the environment that lead to the account; calls are noted under this name."""
        return access(self.endpoint, who)

    def client(self, service: str, who: str = READER) -> Any:
        """A client of boto3."""
        keys = {"aws_access_key_id": who, "aws_secret_access_key": "test"}
        return boto3.client(service, endpoint_url=self.endpoint, region_name=REGION, **keys)

    def calls(self, who: str) -> list[Call]:
        """What somebody has called until now, each once, in order.

        Args:
            who: An access key, or the ARN of a role that was taken.
        """
        lines = map(json.loads, self.log.read_text().splitlines())
        calls = [Call(line["action"], line["resource"], line["context"]) for line in lines if line["who"] == who]
        return list({str(call): call for call in calls}.values())


def access(endpoint: str, who: str) -> dict[str, str]:
    """Variables of the environment that lead to a server, as somebody."""
    names = {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": who, "AWS_SECRET_ACCESS_KEY": "test"}
    return names | {"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}


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
def applied(environment: str, work: Path, variables: Mapping[str, str] = WHOLE) -> Iterator[Account]:
    """Apply an environment to an account of its own, which is gone afterwards.

    Args:
        environment: dev, staging or prod.
        work: An empty folder.
        variables: Values besides those of its tfvars.
    """
    project = work / "project"
    folder = project / "deployment" / "terraform"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns(".terraform", "tests"))
    shutil.copytree(PROJECT / "conf" / "prod", project / "conf" / "prod")
    (folder / "local_override.tf").write_text('terraform {\n  backend "local" {}\n}\n')
    with served(work / "calls.jsonl") as endpoint:
        terraform = Terraform.initialise(work, folder, backend=(), access=access(endpoint, TERRAFORM))
        words = [f"-var-file=environments/{environment}.tfvars"]
        words += [f"-var={name}={value}" for name, value in variables.items()]
        account = Account(environment, endpoint, terraform, words, work / "calls.jsonl")
        account.call("apply", "-auto-approve")
        yield account
