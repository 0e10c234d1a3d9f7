"""Runs a container without an image: a process of an installed wheel, with a /opt/ml and an environment of its own.

Its mount namespace shows the job's folder as /opt/ml; whoever is not root gets a user namespace for that. Everything
else of the machine it sees as it is.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from functools import cached_property
from pathlib import Path

from segmentation_model.errors import ConfigurationError
from segmentation_model.sagemaker.local.container import Launch
from segmentation_model.sagemaker.local.layout import CONTAINER_ROOT

#: What the image of this project runs when a definition names no entry point.
ENTRY_POINT = ("segmentation-model", "sagemaker", "container")
_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# $1: the job's tree. $2: how many of the following paths are read-only. Then the command.
_SCRIPT = """set -e
mount --bind "$1" /opt/ml
count=$2
shift 2
while [ "$count" -gt 0 ]; do mount -o bind,ro "$1" "$1"; shift; count=$((count - 1)); done
exec "$@"
"""
# Prints a hash of the package and of the names, which hold the versions, of all that is installed beside it.
_IDENTITY = """
import hashlib, importlib.util, pathlib, sys
said = hashlib.sha256(sys.version.encode())
for name in sorted(path.name for folder in sys.path for path in pathlib.Path(folder).glob("*.dist-info")):
    said.update(name.encode() + b"\\0")
found = importlib.util.find_spec("segmentation_model")
for folder in found.submodule_search_locations if found else ():
    for file in sorted(pathlib.Path(folder).rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            said.update(file.relative_to(folder).as_posix().encode() + b"\\0" + file.read_bytes())
print(said.hexdigest())
"""


class MountNamespace:
    """Containers as processes of one Python environment."""

    def __init__(self, python: Path) -> None:
        """Run in the environment of this interpreter."""
        self._python = python.absolute()

    def check(self, *, entry_point_needed: bool) -> None:
        """Find out before anything runs whether containers can be run.

        Raises:
            ConfigurationError: They cannot; the message says what is missing.
        """
        if not os.access(self._python, os.X_OK):
            raise ConfigurationError(f"--python: {self._python} is no program")
        command = self._python.parent / ENTRY_POINT[0]
        if entry_point_needed and not command.is_file():
            raise ConfigurationError(
                f"--python: {command} is missing; install the wheel in that environment, or name another"
            )
        missing = [tool for tool in ("unshare", "setpriv", "mount") if shutil.which(tool) is None]
        if missing:
            raise ConfigurationError(
                f"steps need a mount namespace of their own, and this machine has no {' and no '.join(missing)} "
                "(util-linux); run them in an image instead: --image"
            )
        self._make_root()
        tried = subprocess.run(  # noqa: S603
            [*_unshare(), "mount", "--bind", "/tmp", str(CONTAINER_ROOT)],  # noqa: S108 - any folder does
            capture_output=True,
            text=True,
            check=False,
        )
        if tried.returncode:
            raise ConfigurationError(
                f"steps need a mount namespace of their own, which is not allowed here ({tried.stderr.strip()}); "
                "be root, allow user namespaces, or run them in an image instead: --image"
            )

    def identity(self) -> str:
        """A hash of the package's files and of the versions of all that is installed beside it."""
        return self._identity

    def command(self, launch: Launch) -> tuple[list[str], dict[str, str]]:
        """The command and its environment."""
        words = [*(launch.entry_point or ENTRY_POINT), *launch.arguments]
        environment = {**self._environment, **launch.environment}
        words[0] = shutil.which(words[0], path=environment["PATH"]) or words[0]
        tied = ["setpriv", "--pdeathsig", "KILL", "--"]  # a killed runner leaves no step behind
        shell = ["sh", "-c", _SCRIPT, "container", str(launch.tree.root.absolute())]
        return [*_unshare(), *tied, *shell, str(len(launch.read_only)), *launch.read_only, *words], environment

    def kill(self, name: str) -> None:
        """Nothing: the process group has been killed, and with it everything."""

    @property
    def _environment(self) -> dict[str, str]:
        path = f"{self._python.parent}:{_SYSTEM_PATH}"
        return {"PATH": path, "HOME": str(Path.home()), "LANG": "C.UTF-8"}

    @cached_property
    def _identity(self) -> str:
        said = subprocess.run(  # noqa: S603
            [str(self._python), "-c", _IDENTITY],
            cwd="/",
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if said.returncode:
            raise ConfigurationError(f"--python: {self._python} cannot say what is installed: {said.stderr.strip()}")
        return hashlib.sha256(said.stdout.encode()).hexdigest()

    @staticmethod
    def _make_root() -> None:
        try:
            CONTAINER_ROOT.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(
                f"{CONTAINER_ROOT}: steps see their folder there, and it does not exist; make it once: "
                f"sudo mkdir -p {CONTAINER_ROOT}"
            ) from error


def _unshare() -> list[str]:
    rights = [] if os.geteuid() == 0 else ["--map-root-user"]
    return ["unshare", "--mount", *rights, "--"]
