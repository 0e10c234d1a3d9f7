"""The packaged wheel: it runs where nothing of the project lies but a configuration."""

import sys
import tarfile
from pathlib import Path

import pytest

from tests.drift_check.months import REPORTS, Desk, month
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
    assert shown.startswith("CLEAN  drift: Domestic is none, 0 of 4 columns drifted")
    assert {path.name for path in (tmp_path / "out").iterdir()} == REPORTS


def test_an_unknown_parameter_is_refused_by_name(site, project):
    result = run(site, project, "run", "--conf-source", str(project.folder / "conf"), "--params", "roote=x")
    assert result.returncode == 2
    assert "roote: unknown key; allowed here:" in result.stderr
    assert "Traceback" not in result.stderr
