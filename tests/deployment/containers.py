"""Containers of the image that ``.ci/image`` built; its variables lead podman to where the image lies."""

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Image:
    """An image that podman knows."""

    name: str

    def run(
        self,
        *arguments: str,
        entry_point: str | None = None,
        mounts: dict[Path, str] | None = None,
        options: tuple[str, ...] = (),
    ) -> subprocess.CompletedProcess[str]:
        """Run a container that is gone afterwards and has no network.

        Args:
            arguments: What the container's program is given.
            entry_point: The program, if not the image's own.
            mounts: Where a folder of this machine lies in the container, with ``:ro`` behind it to be read only.
            options: Further options of ``podman run``.
        """
        volumes = (f"--volume={folder}:{place}" for folder, place in (mounts or {}).items())
        program = () if entry_point is None else (f"--entrypoint={entry_point}",)
        return _podman("run", "--rm", "--network=none", *volumes, *program, *options, self.name, *arguments)

    def python(self, code: str) -> str:
        """What a piece of Python prints in the image."""
        result = self.run("-c", code, entry_point="python")
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout.strip()

    def inspect(self, field: str) -> str:
        """A field of the image's description, as JSON."""
        return _podman("image", "inspect", "--format", f"{{{{json .{field}}}}}", self.name).stdout


def _podman(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["podman", *arguments], capture_output=True, text=True, timeout=900, check=False)
