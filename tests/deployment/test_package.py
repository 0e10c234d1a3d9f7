"""``make package``: of the same content, the same bytes, whenever and wherever it is packed."""

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.project_run import copy_sources

PROJECT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


def packed(folder: Path, changed: float) -> dict[str, bytes]:
    """Pack sources that were last changed at that time, and committed now; each file in ``dist`` by its name."""
    copy = copy_sources(folder)
    (copy / "conf" / "local").mkdir(exist_ok=True)
    (copy / "conf" / "local" / "credentials.yml").write_text("key: secret")
    for path in copy.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600 if changed % 2 else 0o644)
        os.utime(path, (changed, changed))
    identity = {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    (copy / ".gitignore").write_bytes((PROJECT / ".gitignore").read_bytes())
    for command in ("init --quiet", "add .", "commit --quiet --message=all"):
        subprocess.run(["git", *command.split()], cwd=copy, env=os.environ | identity, check=True)
    make = ["make", "--file", str(PROJECT / "Makefile"), "--old-file", "setup", f"BIN={Path(sys.executable).parent}"]
    subprocess.run([*make, "package"], cwd=copy, capture_output=True, timeout=300, check=True)
    return {path.name: path.read_bytes() for path in (copy / "dist").iterdir()}


def test_the_same_content_gives_the_same_bytes_and_no_credentials(tmp_path):
    first, second = packed(tmp_path / "first", 1_700_000_000), packed(tmp_path / "second", 1_700_000_001)
    assert first == second
    assert len(first) == 2
    archive = tmp_path / "conf-segmentation_model.tar.gz"
    archive.write_bytes(first[archive.name])
    with tarfile.open(archive) as conf:
        names = set(conf.getnames())
    assert {"conf/base/globals.yml", "conf/prod/sagemaker.yml"} <= names
    assert not any("local" in name or "credentials" in name for name in names)
