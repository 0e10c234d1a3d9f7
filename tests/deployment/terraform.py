"""Terraform on this machine: without network, with a provider from a folder, and with its state elsewhere."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "deployment" / "terraform"
DELIVERY = FOLDER / "delivery"  # the roles of the workflows: a root of its own
ENVIRONMENTS = ("dev", "staging", "prod")
MIRROR_VARIABLE = "TF_PLUGIN_MIRROR"
_PROVIDER = "registry.terraform.io/hashicorp/aws"
_MIRRORED = """provider_installation {{
  filesystem_mirror {{
    path = "{path}"
  }}
}}
"""
_USUAL = ("~/.terraform.d", "/usr/local/share/terraform*", "/usr/share/terraform*", "/opt/*")


def missing() -> str | None:
    """What Terraform lacks on this machine, in words; None: nothing."""
    if shutil.which("terraform") is None:
        return "needs terraform, 1.11 or newer, on the path"
    if _mirror() is None:
        return f"needs a folder with {_PROVIDER}, as `terraform providers mirror` makes it, named by {MIRROR_VARIABLE}"
    return None


def _mirror() -> Path | None:
    named = os.environ.get(MIRROR_VARIABLE)
    if named:
        return Path(named) if (Path(named) / _PROVIDER).is_dir() else None
    for pattern in map(Path, map(os.path.expanduser, _USUAL)):
        for folder in sorted(pattern.parent.glob(pattern.name)):
            for place in (folder, folder / "plugins", folder / "providers"):
                if (place / _PROVIDER).is_dir():
                    return place
    return None


@dataclass(frozen=True)
class State:
    """What there is after Terraform applied.

    Attributes:
        outputs: Value by name.
        resources: Values of all resources, by type and address.
    """

    outputs: dict[str, Any]
    resources: dict[str, dict[str, dict[str, Any]]]

    @classmethod
    def read(cls, state: dict[str, Any]) -> "State":
        """Read what Terraform prints as JSON."""
        resources: dict[str, dict[str, dict[str, Any]]] = {}
        modules = [state.get("root_module", {})]
        while modules:
            module = modules.pop()
            modules += module.get("child_modules", [])
            for resource in module.get("resources", []):
                resources.setdefault(resource["type"], {})[resource["address"]] = resource["values"]
        return cls({name: output["value"] for name, output in state.get("outputs", {}).items()}, resources)

    def roles(self) -> dict[str, dict[str, Any]]:
        """Trust and permissions of all roles, by their names without project and environment."""
        roles = {
            _without_prefix(role["name"]): {"trust": json.loads(role["assume_role_policy"]), "permissions": {}}
            for role in self.resources["aws_iam_role"].values()
        }
        for policy in self.resources.get("aws_iam_role_policy", {}).values():
            roles[_without_prefix(policy["role"])]["permissions"][policy["name"]] = json.loads(policy["policy"])
        policies = self.resources.get("aws_iam_policy", {})
        managed = {address.partition("[")[2]: policy for address, policy in policies.items()}
        for address, attached in self.resources.get("aws_iam_role_policy_attachment", {}).items():
            policy = managed[address.partition("[")[2]]
            roles[_without_prefix(attached["role"])]["permissions"][policy["name"]] = json.loads(policy["policy"])
        return roles


def _without_prefix(name: str) -> str:
    """What follows project and environment in a name."""
    return name.split("-", 2)[2]


@dataclass(frozen=True)
class TestRun:
    """A run of ``terraform test``.

    Attributes:
        code: Exit code.
        status: Verdict of each run block, by file and name.
        states: State after each run block, by name, if it was asked for.
        said: All messages, to be shown.
    """

    __test__ = False

    code: int
    status: dict[str, str]
    states: dict[str, State]
    said: str


@dataclass(frozen=True)
class Terraform:
    """The project's configuration, initialised in a folder outside of it.

    Attributes:
        folder: The configuration.
        variables: The environment of the processes.
    """

    folder: Path
    variables: dict[str, str]

    @classmethod
    def at(cls, work: Path, folder: Path = FOLDER, access: Mapping[str, str] | None = None) -> "Terraform":
        """Terraform before ``init``, with the provider from the folder on this machine and no network.

        Args:
            work: Where it keeps what it installs.
            folder: The configuration, where nothing is written.
            access: Variables that lead to an account; None: there is none.
        """
        configuration = work / "terraform.tfrc"
        configuration.write_text(_MIRRORED.format(path=_mirror()))
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
        own = {"TF_CLI_CONFIG_FILE": str(configuration), "TF_DATA_DIR": str(work / "data"), "CHECKPOINT_DISABLE": "1"}
        quiet = {"TF_IN_AUTOMATION": "1", "TF_CLI_ARGS": "-no-color"}
        return cls(folder, inherited | own | quiet | dict(access or {}))

    @classmethod
    def initialise(
        cls,
        work: Path,
        folder: Path = FOLDER,
        backend: Sequence[str] = ("-backend=false",),
        access: Mapping[str, str] | None = None,
    ) -> "Terraform":
        """The same after ``init``.

        Args:
            work: Where it keeps what it installs.
            folder: The configuration, where nothing is written.
            backend: What ``init`` is told of the state.
            access: Variables that lead to an account; None: there is none.
        """
        terraform = cls.at(work, folder, access)
        done = terraform.init(*backend)
        assert done.returncode == 0, done.stdout + done.stderr
        return terraform

    def init(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Install providers and modules, and find the state."""
        return self.run("init", "-input=false", "-lockfile=readonly", *options)

    def by(self, **variables: str) -> "Terraform":
        """The same with other variables of the environment."""
        return Terraform(self.folder, self.variables | variables)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command, in the configuration's folder."""
        command = ["terraform", f"-chdir={self.folder}", *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=self.variables, timeout=600, check=False)

    def test(self, environment: str, *files: str, states: bool = False) -> TestRun:
        """Run test files with the values of an environment.

        Args:
            environment: Its name.
            files: Names of the files, without their extension.
            states: Whether states are wanted; they come with the provider's schemas, which takes some seconds.
        """
        words = ["-json", *(["-verbose"] if states else []), *(f"-filter=tests/{file}.tftest.hcl" for file in files)]
        done = self.run("test", f"-var-file=environments/{environment}.tfvars", *words)
        status, found, said = {}, {}, []
        for message in map(json.loads, done.stdout.splitlines()):
            if message["type"] == "test_state":
                found[message["@testrun"]] = State.read(message["test_state"])
                continue
            said.append(message.get("diagnostic", {}).get("detail") or message["@message"])
            if message["type"] == "test_run" and message["test_run"].get("progress") == "complete":
                run = message["test_run"]
                status[f"{Path(run['path']).name.split('.')[0]}: {run['run']}"] = run["status"]
        return TestRun(done.returncode, status, found, "\n".join([*said, done.stderr]))
