"""Runs the project as its users do, in a process of its own, on a configuration and data of the test's."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.mlflow_database import new_database

PROJECT = Path(__file__).parents[1]


@dataclass(frozen=True)
class ProjectRun:
    """The project with a copy of its configuration; MLflow tracks into a database of the test's.

    Attributes:
        folder: Holds ``conf``, the database and its files.
        programs: Folder of the ``kedro`` to run; without one it is Python's own.
    """

    folder: Path
    programs: Path | None = None

    @classmethod
    def create(cls, folder: Path, programs: Path | None = None) -> "ProjectRun":
        shutil.copytree(PROJECT / "conf", folder / "conf")
        globals_file = folder / "conf" / "base" / "globals.yml"
        text = globals_file.read_text()
        text = text.replace("sqlite:///data/mlflow.db", new_database(folder / "mlflow.db"))
        globals_file.write_text(text.replace("data/mlartifacts", f"{folder}/mlartifacts"))
        return cls(folder, programs)

    def run(
        self, *arguments: str, root: Path | str, env: str = "dev", params: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """``kedro run`` with these arguments."""
        given = ",".join(part for part in (f"root={root}", params) if part)
        kedro = [sys.executable, "-m", "kedro"] if self.programs is None else [str(self.programs / "kedro")]
        words = ["run", "--conf-source", str(self.folder / "conf"), "--env", env, "--params", given, *arguments]
        return self.call([*kedro, *words], cwd=PROJECT)

    @staticmethod
    def call(command: list[str], cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=cwd,
            env=os.environ | variables,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )


def copy_sources(folder: Path) -> Path:
    """Copy what makes the package, for tools that write into the project's folder."""
    for name in ("conf", "src", "pyproject.toml", "README.md", "LICENSE", ".telemetry"):
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / name)
    return folder


def succeeded(result: subprocess.CompletedProcess[str]) -> subprocess.CompletedProcess[str]:
    assert result.returncode == 0, result.stdout + result.stderr
    return result


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
