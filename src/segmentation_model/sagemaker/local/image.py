"""Runs a container of an image, by podman or docker.

The engine's containers are no children of this process: of a runner that is killed by SIGKILL they go on, and what they
leave is uploaded by nobody.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import cached_property

from segmentation_model.errors import ConfigurationError
from segmentation_model.sagemaker.local.container import Launch
from segmentation_model.sagemaker.local.layout import CONTAINER_ROOT

ENGINES = ("podman", "docker")
# Files that how to reach AWS may lie in; a container does not see them.
_FILES_OF_THIS_MACHINE = {
    "AWS_CA_BUNDLE",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
}


class Image:
    """Containers of one image, whatever image the definition names."""

    def __init__(self, name: str, engine: str | None) -> None:
        """Choose image and engine.

        Args:
            name: The image.
            engine: podman or docker; None: the first of them that is installed.

        Raises:
            ConfigurationError: It is not installed.
        """
        wanted = (engine,) if engine else ENGINES
        found = next((one for one in wanted if shutil.which(one)), None)
        if found is None:
            raise ConfigurationError(f"--image: {' or '.join(wanted)} is needed to run it, and not installed")
        self._name, self._engine = name, found

    def check(self) -> None:
        """Find out before anything runs whether the image is there.

        Raises:
            ConfigurationError: It is not.
        """
        self.identity()

    def identity(self) -> str:
        """The image's id."""
        return self._identity

    def command(self, launch: Launch) -> tuple[list[str], dict[str, str]]:
        """The command; values of variables go through its environment, where no list of processes shows them."""
        words = [self._engine, "run", "--rm", "--name", launch.name, "--network", "host", "--user", "root"]
        words += ["--volume", f"{launch.tree.root.absolute()}:{CONTAINER_ROOT}"]
        for path in launch.read_only:
            words += ["--volume", f"{launch.tree.at(path).absolute()}:{path}:ro"]
        for variable in launch.environment.keys() - _FILES_OF_THIS_MACHINE:
            words += ["--env", variable]
        arguments: Sequence[str] = launch.arguments
        if launch.entry_point:
            words += ["--entrypoint", launch.entry_point[0]]
            arguments = [*launch.entry_point[1:], *arguments]
        return [*words, self._name, *arguments], {**os.environ, **launch.environment}

    def kill(self, name: str) -> None:
        """End the container: it is no child of the command."""
        self._call("kill", name)  # at once, where rm would first wait
        self._call("rm", "--force", name)

    @cached_property
    def _identity(self) -> str:
        said = self._call("image", "inspect", "--format", "{{.Id}}", self._name)
        if said.returncode:
            raise ConfigurationError(f"--image: {self._engine} cannot use {self._name!r}: {said.stderr.strip()}")
        return said.stdout.strip()

    def _call(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([self._engine, *words], capture_output=True, text=True, check=False)  # noqa: S603
