"""An environment of its own for each peer: made at the first run, used again at the next."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from report import tell

PEERS = Path(__file__).resolve().parent / "peers"


@dataclass(frozen=True)
class Environment:
    """The Python of a peer, or why there is none."""

    python: Path
    problem: str | None = None


def environment(peer: str, folder: Path) -> Environment:
    """The environment with exactly what ``peers/<peer>.txt`` names; made anew where the list has changed."""
    requirements = PEERS / f"{peer}.txt"
    place, wanted = folder / peer, requirements.read_text(encoding="utf-8")
    python, installed = place / "bin" / "python", place / "installed.txt"
    if installed.exists() and installed.read_text(encoding="utf-8") == wanted:
        return Environment(python)
    tell(f"setting up {place} (a minute, 1 GB)")
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--retries", "1", "--no-deps"]
    for command in (
        [sys.executable, "-m", "venv", "--clear", str(place)],
        [*pip, "--only-binary", ":all:", "--requirement", str(requirements)],
    ):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            lines = done.stdout.strip().splitlines() or [f"exit code {done.returncode}"]
            problem = next((line for line in reversed(lines) if line.startswith("ERROR: ")), lines[-1])
            tell(f"no environment for {peer}: {problem}")
            return Environment(python, problem.removeprefix("ERROR: "))
    installed.write_text(wanted, encoding="utf-8")
    return Environment(python)
