"""``make deploy-check`` and the linters of deployment: what they look at; no finding is skipped without a reason."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).parents[2]
LINTERS = ("yamllint", "shellcheck", "hadolint", "check-jsonschema", "zizmor")
MIRROR = "TF_PLUGIN_MIRROR"


def make(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The project's Makefile, with the packages of this process."""
    program = shutil.which("make")
    assert program
    command = [program, "--old-file", "setup", f"BIN={Path(sys.executable).parent}", *words]
    return subprocess.run(
        command, cwd=PROJECT, env=os.environ | variables, capture_output=True, text=True, timeout=60, check=False
    )


def sources() -> list[Path]:
    """What checkov reads."""
    workflows = (PROJECT / ".github").rglob("*.yml")
    terraform = (PROJECT / "deployment" / "terraform").rglob("*.tf")
    return [*workflows, *terraform, PROJECT / "deployment" / "docker" / "Dockerfile"]


class TestDeployCheck:
    def test_runs_the_linters_checkov_and_the_tests_of_deployment(self):
        commands = make("--dry-run", "deploy-check").stdout
        words = [*(f"/{linter} " for linter in LINTERS), "/checkov --config-file", "-m 'not image' tests/deployment"]
        places = [commands.index(word) for word in words]
        assert places == sorted(places)

    def test_without_terraform_is_one_line(self):
        done = make("deploy-check", PATH="")
        assert done.returncode == 2
        assert done.stderr.startswith("make deploy-check needs terraform, 1.11 or newer, on the path\n")

    def test_without_its_provider_is_one_line(self, tmp_path):
        if shutil.which("terraform") is None:
            pytest.skip("needs terraform, 1.11 or newer, on the path")
        done = make("deploy-check", **{MIRROR: str(tmp_path)})
        assert done.returncode == 2
        assert done.stderr.startswith("make deploy-check needs a folder with registry.terraform.io/hashicorp/aws, ")
        assert MIRROR in done.stderr

    def test_is_what_ci_runs_in_parts(self):
        suite = (PROJECT / ".ci" / "suite").read_text()
        parts = ("make test ARGS=\"-m 'not image'\"", "make lint\n", "make checkov\n")
        places = [suite.index(part) for part in parts]
        assert places == sorted(places)
        assert all(f"/{linter} " in make("--dry-run", "lint").stdout for linter in LINTERS)

    def test_has_its_linters_before_a_commit_too(self):
        hooks = yaml.safe_load((PROJECT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
        entries = {hook["id"]: hook["entry"] for hook in hooks}
        assert {*LINTERS, "terraform-fmt"} <= set(entries)
        assert all(entry.startswith((".venv/bin/", "terraform ")) for entry in entries.values())


class TestCheckov:
    def test_looks_at_terraform_workflows_and_the_image_and_leaves_out_no_check_as_a_whole(self):
        settings = yaml.safe_load((PROJECT / ".checkov.yaml").read_text())
        assert settings["framework"] == ["dockerfile", "github_actions", "terraform"]
        assert settings["directory"] == [".github", "deployment"]
        assert settings["skip-download"] is True
        assert not {"skip-check", "check", "soft-fail", "soft-fail-on", "hard-fail-on", "baseline"} & set(settings)

    def test_is_told_a_reason_wherever_a_finding_is_skipped(self):
        skipped = [line for path in sources() for line in path.read_text().splitlines() if "checkov:skip" in line]
        assert skipped
        for line in skipped:
            assert re.fullmatch(r" *# ?checkov:skip=CKV2?_[A-Z]+_\d+: \S.{20,}\.", line), line

    def test_is_installed_by_a_lock_of_its_own(self):
        lock = (PROJECT / "deployment" / "checkov.lock").read_text()
        assert "://" not in lock
        entries = re.split(r"\n(?! )", lock.strip())
        assert any(entry.startswith("checkov==") for entry in entries)
        assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)
        for script in ("Makefile", ".ci/suite"):
            assert re.search(r"deployment/(checkov|\*)\.lock", (PROJECT / script).read_text())
