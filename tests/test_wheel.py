"""The packaged wheel: it runs where nothing of the project lies but a configuration."""

import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.drift_check.months import REPORTS, Desk, month
from tests.object_store import BUCKET, empty_bucket
from tests.project_run import ProjectRun, copy_sources, succeeded

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """A folder that holds the installed wheel and nothing else of ours."""
    wheels, folder = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("site")
    source = copy_sources(tmp_path_factory.mktemp("source") / "project")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    build = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), str(source)]
    succeeded(ProjectRun.call(build, cwd=wheels))
    (wheel,) = wheels.glob("segmentation_model-*.whl")
    succeeded(ProjectRun.call([*pip, "install", "--no-deps", "--target", str(folder), str(wheel)], cwd=folder))
    return folder


@pytest.fixture
def project(tmp_path) -> ProjectRun:
    return ProjectRun.create(tmp_path)


def run(site: Path, project: ProjectRun, *arguments: str):
    command = [sys.executable, "-m", "segmentation_model", *arguments]
    return ProjectRun.call(command, cwd=project.folder, PYTHONPATH=str(site))


def test_help_names_the_commands(site, project):
    shown = succeeded(run(site, project, "--help")).stdout
    assert "run" in shown
    assert "--conf-source" in shown


def test_the_job_runs_from_a_packed_configuration(site, project):
    packed = project.folder / "conf.tar.gz"
    with tarfile.open(packed, "w:gz") as archive:
        archive.add(project.folder / "conf", arcname="conf-segmentation_model")
    given = ["run", "--conf-source", str(packed), "--env", "dev", "--params", f"root={project.folder}/data,rows=600"]
    succeeded(run(site, project, *given, "--pipelines", "synthetic_data"))
    result = succeeded(run(site, project, *given))
    assert "reporting.summarise_run" in result.stderr
    assert (project.folder / "data" / "08_reporting" / "run_summary.json").is_file()


@pytest.fixture
def bucket(monkeypatch) -> Iterator[Any]:
    with empty_bucket(monkeypatch) as made:
        yield made


def test_the_console_script_reads_its_configuration_from_an_object_store(site, project, bucket):
    """With the environment's own logging, of an archive and of a folder; an unknown environment is one line."""
    conf = project.folder / "conf"
    (conf / "dev" / "logging.yml").write_text((conf / "prod" / "logging.yml").read_text())
    packed = project.folder / "conf.tar.gz"
    with tarfile.open(packed, "w:gz") as archive:
        archive.add(conf, arcname="conf-segmentation_model")
    bucket.upload_file(str(packed), "conf.tar.gz")
    for file in conf.rglob("*.yml"):
        bucket.upload_file(str(file), f"conf/{file.relative_to(conf)}")
    script = [str(site / "bin" / "segmentation-model"), "run", "--pipelines", "synthetic_data"]
    given = ["--params", f"root={project.folder}/data,rows=10"]
    for source in (f"s3://{BUCKET}/conf.tar.gz", f"s3://{BUCKET}/conf/"):
        asked = [*script, *given, "--conf-source", source, "--env"]
        result = succeeded(ProjectRun.call([*asked, "dev"], cwd=project.folder, PYTHONPATH=str(site)))
        assert '"environment": "dev"' in result.stderr.splitlines()[-1]
        result = ProjectRun.call([*asked, "prd"], cwd=project.folder, PYTHONPATH=str(site))
        assert result.returncode == 2
        assert result.stderr.splitlines()[-1].startswith("Error: environment 'prd': there is no such folder in conf")
        assert "Traceback" not in result.stderr


@pytest.mark.parametrize("address", ["s3://job/nothing/", "s3://no-such-bucket/conf.tar.gz"])
def test_a_configuration_that_is_not_there_is_one_line(site, project, bucket, address):
    result = run(site, project, "run", "--conf-source", address)
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1].startswith(f"Error: --conf-source: {address}: there is no such ")
    assert "Traceback" not in result.stderr


def test_the_wheel_is_what_runs(site, project):
    code = "import segmentation_model; print(segmentation_model.__file__)"
    shown = ProjectRun.call([sys.executable, "-c", code], cwd=project.folder, PYTHONPATH=str(site))
    assert shown.stdout.startswith(str(site))


def test_a_drift_check_needs_no_project(site, tmp_path):
    Desk(tmp_path).put("june.csv", month(500))
    tables = ["--reference-path", "june.csv", "--current-path", "june.csv"]
    command = [sys.executable, "-m", "segmentation_model", "drift-check", *tables]
    given = ["--output-path", "out", "--execution-date", "2026-07-31"]
    shown = succeeded(ProjectRun.call([*command, *given], cwd=tmp_path, PYTHONPATH=str(site))).stdout
    assert shown.startswith("NO DRIFT: exit code 0\ndrift: Domestic is none, 0 of 4 columns drifted")
    assert {path.name for path in (tmp_path / "out").iterdir()} == REPORTS


def test_an_unknown_parameter_is_refused_by_name(site, project):
    result = run(site, project, "run", "--conf-source", str(project.folder / "conf"), "--params", "roote=x")
    assert result.returncode == 2
    assert "roote: unknown key; allowed here:" in result.stderr
    assert "Traceback" not in result.stderr
