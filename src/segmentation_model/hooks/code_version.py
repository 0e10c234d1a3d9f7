"""Which code a run ran."""

import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

import segmentation_model

GIT_TIMEOUT_S = 5


def _git(folder: Path, *arguments: str) -> str | None:
    """Standard output of a Git command in ``folder``; ``None`` without Git, outside a checkout, or on any failure."""
    git = shutil.which("git")
    if git is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603  (fixed arguments, no shell)
            [git, "--no-optional-locks", "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            timeout=GIT_TIMEOUT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def git_commit(folder: Path) -> str | None:
    """Commit of the checkout that ``folder`` belongs to, with ``-dirty`` where tracked files differ from it.

    A package installed into a virtual environment inside somebody's checkout is not part of that checkout: only files
    that Git tracks count.

    Args:
        folder: Folder of a Python package.

    Returns:
        Twelve hexadecimal digits, perhaps with ``-dirty``; ``None`` where there is no commit to name.
    """
    if _git(folder, "ls-files", "--error-unmatch", "__init__.py") is None:
        return None
    return _git(folder, "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*")


@lru_cache(maxsize=1)
def code_version() -> str:
    """Version of this package, with the commit it runs from where there is one: ``0.1.0+g0123456789ab-dirty``."""
    commit = git_commit(Path(segmentation_model.__file__).parent)
    return f"{segmentation_model.__version__}+g{commit}" if commit else segmentation_model.__version__
