"""The commands ``models list``, ``promote`` and ``rollback``, as people type them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from segmentation_model.commands import command_line
from segmentation_model.registry.registered_model import RegisteredModel
from tests.project_run import ProjectRun


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> ProjectRun:
    """A configuration whose registry holds nothing yet."""
    return ProjectRun.create(tmp_path_factory.mktemp("project"))


@pytest.fixture
def model(project: ProjectRun, request: pytest.FixtureRequest) -> RegisteredModel:
    """A registered Domestic model of the test's own, three versions, the first of which is champion."""
    model = RegisteredModel(f"sqlite:///{project.folder}/mlflow.db", f"{request.node.name}_domestic")
    model.client.create_registered_model(model.name)
    for number in range(1, 4):
        tags = {"model_version": f"hash{number}", "decision": "refuse", "reason": "no gain"}
        model.client.create_model_version(model.name, str(project.folder), tags=tags)
    model.client.set_registered_model_alias(model.name, "champion", "1")
    return model


def call(*arguments: str) -> Result:
    return CliRunner().invoke(command_line, ["models", *arguments], prog_name="segmentation-model")


def on(model: RegisteredModel, *arguments: str) -> Result:
    return call(*arguments, "--tracking-uri", model.uri, "--name", model.name.removesuffix("_domestic"))


def error_of(result: Result) -> str:
    """The one line that a failed command ends with."""
    assert result.exit_code in (1, 2)
    assert isinstance(result.exception, SystemExit), result.exception
    (line,) = result.stderr.splitlines()
    return line.removeprefix("Error: ")


class TestList:
    def test_shows_versions_aliases_and_reasons(self, model: RegisteredModel):
        result = on(model, "list", "--tariff", "domestic")
        assert result.exit_code == 0, result.output
        heading, *lines = result.stdout.splitlines()
        assert heading == model.name
        assert [line.split()[0] for line in lines] == ["3", "2", "1"]
        assert "champion" in lines[-1]
        assert lines[0].endswith("refuse: no gain")

    def test_says_where_nothing_is_registered(self, model: RegisteredModel):
        result = on(model, "list", "--tariff", "Industrial")
        assert "no version is registered" in result.stdout

    def test_gives_a_machine_json(self, model: RegisteredModel):
        found = json.loads(on(model, "list", "--json").stdout)
        assert [version["version"] for version in found[model.name]] == ["3", "2", "1"]
        assert found[model.name][2]["aliases"] == ["champion"]
        assert found[model.name][2]["model_version"] == "hash1"
        assert found[model.name.replace("domestic", "industrial")] == []


class TestPromote:
    def test_moves_the_champion_and_records_why(self, model: RegisteredModel):
        result = on(model, "promote", "3", "--tariff", "domestic", "--reason", "agreed with risk")
        assert result.stdout == f"{model.name}: version 3 is champion; before: 1\n"
        assert model.aliases()["champion"] == "3"
        assert model.version("3").tags["promoted_because"] == "agreed with risk"

    def test_of_an_unknown_version_is_one_line(self, model: RegisteredModel):
        line = error_of(on(model, "promote", "9", "--tariff", "domestic", "--reason", "x"))
        assert line == f"{model.name}: no version '9' in {model.uri}; there are: '3', '2', '1'"

    def test_needs_a_reason(self, model: RegisteredModel):
        assert "--reason" in on(model, "promote", "3", "--tariff", "domestic").stderr
        assert "a few words" in error_of(on(model, "promote", "3", "--tariff", "domestic", "--reason", " "))
        assert model.aliases()["champion"] == "1"


class TestRollback:
    def test_gives_the_champion_back(self, model: RegisteredModel):
        on(model, "promote", "3", "--tariff", "domestic", "--reason", "agreed")
        result = on(model, "rollback", "--tariff", "domestic", "--reason", "worse in the north")
        assert result.stdout == f"{model.name}: version 1 is champion again; version 3 is rolled back\n"
        assert model.aliases()["champion"] == "1"
        assert "rolled back: " in on(model, "list", "--tariff", "domestic").stdout

    def test_to_nothing_is_one_line(self, model: RegisteredModel):
        line = error_of(on(model, "rollback", "--tariff", "domestic", "--reason", "x"))
        assert line == f"{model.name}: nothing to roll back to: there was no champion before version 1"


class TestTheRegistry:
    def test_is_that_of_the_configuration(self, project: ProjectRun):
        result = call("list", "--conf-source", str(project.folder / "conf"), "--env", "dev")
        assert result.exit_code == 0, result.output
        assert result.stdout.splitlines()[::2] == [
            "segmentation_model_dev_domestic",
            "segmentation_model_dev_industrial",
        ]

    def test_is_that_of_the_project_one_stands_in(self, project: ProjectRun, monkeypatch):
        monkeypatch.chdir(project.folder)
        assert call("list").stdout.startswith("segmentation_model_domestic\n")

    def test_is_mlflows_where_there_is_no_project(self, project: ProjectRun, tmp_path: Path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{project.folder}/mlflow.db")
        assert call("list").exit_code == 0

    def test_must_be_named_somehow(self, tmp_path: Path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
        assert error_of(call("list")).startswith("the model registry: nothing says where it is; use --tracking-uri")

    def test_that_does_not_answer_is_one_line(self, tmp_path: Path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
        line = error_of(call("list", "--tracking-uri", "http://user:secret@127.0.0.1:9"))
        assert line.startswith("segmentation_model_domestic: the model registry http://127.0.0.1:9 cannot be used: ")
        assert "secret" not in line

    def test_of_a_configuration_without_one_is_one_line(self, tmp_path: Path):
        (tmp_path / "base").mkdir()
        (tmp_path / "base" / "globals.yml").write_text("root: data\n")
        assert "has no globals with mlflow_tracking_uri" in error_of(call("list", "--conf-source", str(tmp_path)))


def test_help_has_examples_and_needs_no_mlflow():
    """In a process of its own: here MLflow has long been imported."""
    import subprocess
    import sys

    code = (
        "import sys; from click.testing import CliRunner; from segmentation_model.commands import command_line; "
        "results = [CliRunner().invoke(command_line, words) for words in (['--help'], ['models', 'promote', '--help'],"
        " ['models', '--help'])]; print(results[-1].output); sys.exit('mlflow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "segmentation-model models rollback --tariff domestic" in done.stdout
