"""GitHub's workflows: in which order, with which rights, on what grounds. No linter looks at these."""

import os
import re
from pathlib import Path

import pytest

from tests.deployment.workflows import FOLDER, Job, jobs, workflows

PROJECT = Path(__file__).parents[2]
WORKFLOWS = workflows()
JOBS = {str(job): job for job in jobs()}
TEXTS = {path.stem: path.read_text() for path in sorted(FOLDER.glob("*.yml"))}
CALL_OF_CI = "$/.github/workflows/ci.yml"
# Read from the repositories of the actions.
COMMITS = {
    "actions/checkout": ("3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"),
    "aws-actions/configure-aws-credentials": ("e6de054238d6b7531b4efff3b6587d9aade6a06c", "v6.2.3"),
    "aws-actions/amazon-ecr-login": ("03f1aad4c6c7ffd436567f42f9384779290529bd", "v2.1.7"),
    "hashicorp/setup-terraform": ("dfe3c3f87815947d99a8997f908cb6525fc44e9e", "v4.0.1"),
}
SIGNS_IN = "aws-actions/configure-aws-credentials"

each_workflow = pytest.mark.parametrize("name", WORKFLOWS)
each_job = pytest.mark.parametrize("job", JOBS.values(), ids=str)


def triggers(name: str) -> set[str]:
    return set(WORKFLOWS[name]["on"])


class TestOrder:
    def test_all_that_comes_to_main_and_every_pull_request_is_tested(self):
        assert "pull_request" in triggers("ci")
        assert WORKFLOWS["image"]["on"]["push"] == {"branches": ["main"]}
        assert JOBS["image-tests"].fields["uses"] == CALL_OF_CI

    def test_the_tests_are_the_two_halves_of_what_ci_runs_elsewhere(self):
        assert JOBS["ci-suite"].commands == "bash .ci/suite"
        assert JOBS["ci-image"].commands == "bash .ci/image"
        lines = [line for line in (PROJECT / ".ci" / "run").read_text().splitlines() if not line.startswith("#")]
        assert lines[-2:] == ["./suite", "./image"]
        assert "make test" in (PROJECT / ".ci" / "suite").read_text()

    @pytest.mark.parametrize(("job", "needed"), [("image-publish", "tests"), ("release-release", "tests")])
    def test_nothing_is_published_untested(self, job, needed):
        assert JOBS[job].needs == {needed}
        assert JOBS[f"{JOBS[job].workflow}-{needed}"].fields["uses"] == CALL_OF_CI

    def test_an_image_is_audited_before_it_is_built_and_there_are_no_rights_before_it_is_to_be_pushed(self):
        steps = [step.get("run", step.get("uses", "")) for step in JOBS["image-publish"].steps]
        words = ("make audit", "docker buildx build", SIGNS_IN, "aws-actions/amazon-ecr-login", ".ci/publish")
        places = [next(place for place, step in enumerate(steps) if word in step) for word in words]
        assert places == sorted(places)

    def test_an_image_says_how_it_was_made_and_is_tagged_by_commit(self):
        assert "--provenance=mode=max --sbom=true" in JOBS["image-publish"].commands
        assert JOBS["image-publish"].commands.endswith('.ci/publish "$ARCHIVE" "$REPOSITORY" "$GITHUB_SHA"')

    def test_what_is_applied_was_planned_and_is_what_was_approved(self):
        plan, apply = JOBS["infrastructure-plan"], JOBS["infrastructure-apply"]
        assert apply.needs == {"plan"}
        assert plan.fields["outputs"]["digest"] == "${{ steps.plan.outputs.digest }}"
        again, carry_out, _ = apply.steps[-3:]
        assert again["env"]["APPROVED"] == "${{ needs.plan.outputs.digest }}"
        assert '!= "$APPROVED"' in again["run"]
        assert "exit 1" in again["run"]
        assert carry_out["run"].endswith('apply -input=false "$PLAN"')
        assert carry_out["env"]["PLAN"] == again["env"]["PLAN"]

    def test_both_plans_are_of_the_same_files_and_the_same_state(self):
        for name in ("infrastructure-plan", "infrastructure-apply"):
            job = JOBS[name]
            assert job.commands.index("make package") < job.commands.index(".ci/plan")
            (plan,) = [step for step in job.steps if ".ci/plan" in step.get("run", "")]
            assert plan["env"]["STATE_BUCKET"] == "${{ vars.TF_STATE_BUCKET }}"
            assert not any(variable.startswith("TF_VAR_") for variable in plan["env"])

    def test_the_plan_of_a_role_that_only_reads_takes_no_lock(self):
        assert "-lock=false" in JOBS["infrastructure-plan"].commands
        assert "-lock=false" not in JOBS["infrastructure-apply"].commands

    def test_after_an_apply_the_pipeline_has_what_terraform_made_and_nobody_copies(self):
        deploy = JOBS["infrastructure-apply"].steps[-1]
        assert deploy["if"] == "inputs.action == 'apply'"
        command = "segmentation-model sagemaker upsert --deployment -"
        assert re.search(rf"output -json deployment \\\n +\| \.venv/bin/{command}$", deploy["run"].strip())
        assert [name for name, job in JOBS.items() if "sagemaker upsert" in job.commands] == ["infrastructure-apply"]

    def test_what_changes_a_plan_is_planned_on_a_pull_request(self):
        paths = WORKFLOWS["infrastructure"]["on"]["pull_request"]["paths"]
        assert {"deployment/terraform/**", "conf/prod/sagemaker.yml", ".ci/plan"} <= set(paths)

    def test_a_plan_is_shown_on_the_pull_request(self):
        comment = JOBS["infrastructure-comment"]
        assert comment.needs == {"plan"}
        assert "gh pr comment" in comment.commands
        outputs = {
            environment: f"${{{{ needs.plan.outputs.{environment} }}}}" for environment in ("dev", "staging", "prod")
        }
        assert {name: comment.steps[0]["env"][name.upper()] for name in outputs} == outputs

    def test_a_release_has_wheel_configuration_and_site(self):
        commands = JOBS["release-release"].commands
        assert commands.index("make package") < commands.index("make viz-build") < commands.index("gh release create")


class TestApproval:
    def test_apply_and_destroy_wait_for_the_reviewers_of_their_environment_and_start_on_main_only(self):
        apply = JOBS["infrastructure-apply"]
        assert apply.fields["environment"] == "${{ inputs.environment }}"
        assert apply.fields["if"] == (
            """contains(fromJSON('["apply", "destroy"]'), inputs.action) && github.ref == 'refs/heads/main'"""
        )

    def test_they_are_started_by_hand_for_one_of_three_environments(self):
        inputs = WORKFLOWS["infrastructure"]["on"]["workflow_dispatch"]["inputs"]
        assert inputs["environment"]["options"] == ["dev", "staging", "prod"]
        assert inputs["environment"]["required"] is True
        assert inputs["action"]["options"] == ["plan", "apply", "destroy"]
        assert inputs["action"]["default"] == "plan"

    def test_terraform_changes_things_in_one_job_only(self):
        assert [name for name, job in JOBS.items() if re.search(r"terraform.* (apply|destroy)", job.commands)] == [
            "infrastructure-apply"
        ]

    def test_a_plan_has_an_environment_and_a_role_of_its_own(self):
        plan = JOBS["infrastructure-plan"]
        assert plan.fields["environment"] == "${{ matrix.environment }}-plan"
        assert plan.takes("AWS_PLAN_ROLE_ARN")

    def test_a_pull_request_from_a_fork_is_not_planned(self):
        condition = JOBS["infrastructure-plan"].fields["if"]
        assert "github.event.pull_request.head.repo.full_name == github.repository" in condition

    def test_the_role_that_applies_is_taken_behind_an_approval_only(self):
        assert [name for name, job in JOBS.items() if job.takes("AWS_INFRASTRUCTURE_ROLE_ARN")] == [
            "infrastructure-apply"
        ]

    def test_the_role_that_pushes_is_taken_on_main_only(self):
        assert [name for name, job in JOBS.items() if job.takes("AWS_IMAGE_ROLE_ARN")] == ["image-publish"]
        assert "github.ref == 'refs/heads/main'" in JOBS["image-publish"].fields["if"]
        # Another environment would be another subject than the branch, which the role trusts.
        assert "environment" not in JOBS["image-publish"].fields


class TestRights:
    @each_workflow
    def test_a_workflow_grants_nothing_to_all_its_jobs(self, name):
        assert WORKFLOWS[name]["permissions"] == {}

    @each_job
    def test_a_job_may_ask_for_a_token_only_where_it_takes_a_role(self, job: Job):
        assert (job.fields["permissions"].get("id-token") == "write") == (SIGNS_IN in job.actions)

    def test_writes_are_few(self):
        writes = {
            (name, right)
            for name, job in JOBS.items()
            for right, how in job.fields["permissions"].items()
            if how == "write"
        }
        assert writes == {
            ("image-publish", "id-token"),
            ("infrastructure-plan", "id-token"),
            ("infrastructure-apply", "id-token"),
            ("infrastructure-comment", "pull-requests"),
            ("release-release", "contents"),
        }

    @each_workflow
    def test_there_are_no_secrets_and_no_keys(self, name):
        assert "secrets." not in TEXTS[name]
        assert "inherit" not in TEXTS[name]
        assert not re.search(r"access[-_]key|AKIA|arn:aws|\b\d{12}\b", TEXTS[name], flags=re.IGNORECASE)

    @each_job
    def test_a_role_comes_from_a_variable_and_is_taken_by_open_id_connect(self, job: Job):
        for step in job.steps:
            if step.get("uses", "").startswith(SIGNS_IN):
                assert set(step["with"]) == {"role-to-assume", "aws-region"}
                assert re.fullmatch(r"\$\{\{ vars\.AWS_[A-Z]+_ROLE_ARN \}\}", step["with"]["role-to-assume"])

    @each_workflow
    def test_no_trigger_gives_the_rights_of_main_to_a_pull_request(self, name):
        assert not triggers(name) & {"pull_request_target", "workflow_run", "issue_comment"}

    @each_job
    def test_a_command_has_its_values_from_variables_of_the_shell(self, job: Job):
        assert "${{" not in job.commands

    @each_job
    def test_a_checkout_leaves_no_credentials_behind(self, job: Job):
        checkouts = [step for step in job.steps if step.get("uses", "").startswith("actions/checkout@")]
        assert all(step["with"] == {"persist-credentials": False} for step in checkouts)


class TestPins:
    @each_workflow
    def test_an_action_is_named_by_its_commit_with_the_version_beside_it(self, name):
        for used in re.findall(r"uses: (.*)", TEXTS[name]):
            if used == CALL_OF_CI:  # the same commit as the workflow's own
                continue
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", used)

    @each_workflow
    def test_commit_and_version_are_those_of_the_action_s_repository(self, name):
        for action, commit, version in re.findall(r"uses: ([\w./-]+)@(\w+) # (\S+)", TEXTS[name]):
            assert COMMITS[action] == (commit, version)

    def test_terraform_has_a_version(self):
        versions = {WORKFLOWS[name]["env"]["TERRAFORM_VERSION"] for name in ("ci", "infrastructure")}
        assert len(versions) == 1
        assert re.fullmatch(r"\d+\.\d+\.\d+", versions.pop())
        installs = [step for job in JOBS.values() for step in job.steps if "setup-terraform" in step.get("uses", "")]
        assert len(installs) == 3
        assert all(step["with"]["terraform_version"] == "${{ env.TERRAFORM_VERSION }}" for step in installs)


class TestRunning:
    @each_workflow
    def test_a_step_fails_where_a_part_of_a_pipe_does(self, name):
        # What GitHub takes where no shell is named lacks pipefail: a plan that failed was green behind `| tee`.
        assert WORKFLOWS[name]["defaults"] == {"run": {"shell": "bash"}}
        assert all("shell" not in step for job in JOBS.values() for step in job.steps)

    @each_workflow
    def test_a_workflow_has_a_concurrency_group_of_its_own(self, name):
        group = WORKFLOWS[name]["concurrency"]["group"]
        assert group.startswith(f"{name}-")
        assert "github.ref" in group

    def test_only_the_tests_of_a_pull_request_are_cancelled_by_newer_ones(self):
        cancels = {name: one["concurrency"]["cancel-in-progress"] for name, one in WORKFLOWS.items()}
        assert cancels.pop("ci") == "${{ github.event_name == 'pull_request' }}"
        assert set(cancels.values()) == {False}

    def test_an_environment_is_changed_by_one_run_at_a_time(self):
        group = WORKFLOWS["infrastructure"]["concurrency"]["group"]
        assert group == "infrastructure-${{ inputs.environment || github.ref }}"

    @each_job
    def test_a_job_ends_in_the_end(self, job: Job):
        if "uses" not in job.fields:
            assert 1 <= job.fields["timeout-minutes"] <= 120

    @each_job
    def test_a_job_runs_on_one_s_own_machines_where_a_variable_says_so(self, job: Job):
        if "uses" not in job.fields:
            assert job.fields["runs-on"].endswith("vars.RUNNER || 'ubuntu-24.04' }}")

    @pytest.mark.parametrize(
        "name", ["ci-suite", "ci-image", "image-publish", "infrastructure-plan", "infrastructure-apply"]
    )
    def test_who_starts_it_may_name_the_runner(self, name):
        assert JOBS[name].fields["runs-on"].startswith("${{ inputs.runner || ")


class TestWhatTheyCall:
    def test_targets_of_make_exist(self):
        called = {target for job in JOBS.values() for target in re.findall(r"\bmake ([a-z-]+)", job.commands)}
        targets = set(re.findall(r"^([a-z-]+):.*## ", (PROJECT / "Makefile").read_text(), flags=re.MULTILINE))
        assert called == {"audit", "docs", "package", "viz-build"}
        assert called <= targets

    def test_scripts_exist_and_can_be_executed(self):
        called = {script for job in JOBS.values() for script in re.findall(r"\.ci/\w+", job.commands)}
        assert called == {".ci/suite", ".ci/image", ".ci/publish", ".ci/plan"}
        assert all(os.access(PROJECT / script, os.X_OK) for script in called)

    def test_the_documentation_names_every_variable(self):
        page = (PROJECT / "docs" / "how-to" / "delivery.md").read_text()
        variables = set(re.findall(r"\bvars\.(\w+)", "\n".join(TEXTS.values())))
        assert {name for name in variables if f"`{name}`" not in page} == set()
