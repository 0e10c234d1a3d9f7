"""Terraform on this machine: without network, with a provider from a folder, and with its state elsewhere."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "deployment" / "terraform"
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
class TestRun:
    """A run of ``terraform test``.

    Attributes:
        code: Exit code.
        status: Verdict of each run block, by file and name.
        outputs: Outputs after each run block, by name, if they were asked for.
        said: All messages, to be shown.
    """

    __test__ = False

    code: int
    status: dict[str, str]
    outputs: dict[str, dict[str, Any]]
    said: str


@dataclass(frozen=True)
class Terraform:
    """The project's configuration, initialised in a folder outside of it.

    Attributes:
        variables: The environment of the processes.
    """

    variables: dict[str, str]

    @classmethod
    def initialise(cls, work: Path) -> "Terraform":
        """Install providers and modules below a folder, without network."""
        configuration = work / "terraform.tfrc"
        configuration.write_text(_MIRRORED.format(path=_mirror()))
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
        own = {"TF_CLI_CONFIG_FILE": str(configuration), "TF_DATA_DIR": str(work / "data"), "CHECKPOINT_DISABLE": "1"}
        terraform = cls(inherited | own | {"TF_IN_AUTOMATION": "1"})
        done = terraform.run("init", "-backend=false", "-input=false", "-lockfile=readonly")
        assert done.returncode == 0, done.stdout + done.stderr
        return terraform

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command, in the configuration's folder."""
        command = ["terraform", f"-chdir={FOLDER}", *arguments, *(["-no-color"] if arguments[0] != "fmt" else [])]
        return subprocess.run(command, capture_output=True, text=True, env=self.variables, timeout=600, check=False)

    def test(self, environment: str, *files: str, outputs: bool = False) -> TestRun:
        """Run test files with the values of an environment.

        Args:
            environment: Its name.
            files: Names of the files, without their extension.
            outputs: Whether outputs are wanted; they come with the provider's schemas, which takes some seconds.
        """
        words = ["-json", *(["-verbose"] if outputs else []), *(f"-filter=tests/{file}.tftest.hcl" for file in files)]
        done = self.run("test", f"-var-file=environments/{environment}.tfvars", *words)
        status, states, said = {}, {}, []
        for message in map(json.loads, done.stdout.splitlines()):
            if message["type"] == "test_state":
                found = message["test_state"].get("outputs", {})
                states[message["@testrun"]] = {name: output["value"] for name, output in found.items()}
                continue
            said.append(message.get("diagnostic", {}).get("detail") or message["@message"])
            if message["type"] == "test_run" and message["test_run"].get("progress") == "complete":
                run = message["test_run"]
                status[f"{Path(run['path']).name.split('.')[0]}: {run['run']}"] = run["status"]
        return TestRun(done.returncode, status, states, "\n".join([*said, done.stderr]))
