"""Environments in which the packaged wheel is installed, and nothing else of ours."""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.project_run import ProjectRun, copy_sources, succeeded

_PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]


def build_wheel(folder: Path) -> Path:
    """Build the wheel from a copy of the sources."""
    source = copy_sources(folder / "project")
    build = [*_PIP, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(source)]
    succeeded(ProjectRun.call(build, cwd=folder))
    shutil.rmtree(source)
    (wheel,) = folder.glob("segmentation_model-*.whl")
    return wheel


def install_wheel(wheel: Path, folder: Path) -> Path:
    """Make a virtual environment with the wheel; what it depends on is that of this environment.

    The project itself, which is installed here in place, is not in it: what installs it are files that Python reads in
    an environment's own folder only.

    Returns:
        The folder of the environment's programs.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    programs = folder / "bin"
    (packages,) = (folder / "lib").glob("python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    install = ["--python", str(programs / "python"), "install", "--no-deps", str(wheel)]
    succeeded(ProjectRun.call([*_PIP, *install], cwd=folder))
    return programs
