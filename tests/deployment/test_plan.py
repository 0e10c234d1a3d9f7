"""``.ci/plan``, with a stand-in for Terraform: what it is asked, and which plans count as the same."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]
TERRAFORM = """
case "$1 $2" in
    "show -json") cat plan.json ;;
    "show -no-color") echo "Plan: 1 to add" ;;
esac
"""


def change(address: str, action: str) -> dict[str, Any]:
    return {"address": address, "change": {"actions": [action]}}


@dataclass(frozen=True)
class Infrastructure:
    """A folder with an environment called dev and the stand-in."""

    folder: Path

    @property
    def root(self) -> Path:
        return self.folder / "deployment" / "terraform"

    def plan(self, *arguments: str, bucket: str = "state") -> subprocess.CompletedProcess[str]:
        script = [str(self.folder / ".ci" / "plan"), *arguments]
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        environment = {"PATH": path, "STATE_BUCKET": bucket}
        return subprocess.run(script, env=environment, capture_output=True, text=True, timeout=60, check=False)

    def digest(self, *changes: dict[str, Any], at: str = "2026-01-31") -> str:
        plan = {"timestamp": at, "resource_changes": list(changes), "output_changes": {}}
        (self.root / "plan.json").write_text(json.dumps(plan))
        result = self.plan("dev", "apply", "/tmp/plan")
        assert result.returncode == 0, result.stderr
        return result.stdout.splitlines()[-1]


@pytest.fixture
def infrastructure(tmp_path) -> Infrastructure:
    made = Infrastructure(tmp_path)
    for folder in (".ci", "bin", "dist", "deployment/terraform/environments"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(PROJECT / ".ci" / "plan", tmp_path / ".ci")
    (tmp_path / "dist" / "segmentation_model-1.0.0-py3-none-any.whl").touch()
    for name in ("dev.tfvars", "dev.s3.tfbackend"):
        (made.root / "environments" / name).touch()
    (made.root / "plan.json").write_text("{}")
    program = tmp_path / "bin" / "terraform"
    log = f'echo "$TF_VAR_wheel_path $TF_VAR_configuration_path $*" >> {tmp_path}/asked.log'
    program.write_text(f"#!/usr/bin/env bash\n{log}\n{TERRAFORM}")
    program.chmod(0o755)
    return made


def test_the_plan_is_shown_and_its_digest_is_the_last_line(infrastructure):
    shown, digest = infrastructure.plan("dev", "apply", "/tmp/plan").stdout.splitlines()
    assert shown == "Plan: 1 to add"
    assert len(digest) == 64


def test_an_environment_has_its_variables_its_state_and_the_files_that_were_packed(infrastructure):
    infrastructure.plan("dev", "destroy", "/tmp/plan", "-lock=false")
    init, plan, *_ = (infrastructure.folder / "asked.log").read_text().splitlines()
    files = "../../dist/segmentation_model-1.0.0-py3-none-any.whl ../../dist/conf-segmentation_model.tar.gz"
    state = "-backend-config=environments/dev.s3.tfbackend -backend-config=bucket=state"
    assert init == f"{files} init -input=false -lockfile=readonly {state}"
    options = "-input=false -var-file=environments/dev.tfvars -lock=false -destroy -out=/tmp/plan"
    assert plan == f"{files} plan {options}"


def test_what_stays_and_when_it_was_planned_make_no_other_plan(infrastructure):
    digest = infrastructure.digest(change("bucket", "create"), change("key", "no-op"))
    assert infrastructure.digest(change("bucket", "create"), at="2026-02-28") == digest


def test_another_change_makes_another_plan(infrastructure):
    assert infrastructure.digest(change("bucket", "create")) != infrastructure.digest(change("bucket", "delete"))


def test_an_unknown_environment_is_one_line(infrastructure):
    result = infrastructure.plan("production", "apply", "/tmp/plan")
    assert result.returncode == 2
    expected = "Environment 'production': there is no deployment/terraform/environments/production.tfvars.\n"
    assert result.stderr == expected


def test_a_missing_bucket_of_the_state_is_one_line(infrastructure):
    result = infrastructure.plan("dev", "apply", "/tmp/plan", bucket="")
    assert result.returncode == 2
    assert result.stderr == "STATE_BUCKET must name the bucket of Terraform's state.\n"


def test_an_unknown_action_is_one_line(infrastructure):
    result = infrastructure.plan("dev", "remove", "/tmp/plan")
    assert result.returncode == 2
    assert result.stderr == "Action 'remove': apply or destroy are allowed.\n"
