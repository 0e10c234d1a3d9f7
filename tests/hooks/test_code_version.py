"""Which code a run ran: the commit counts only where Git tracks the package."""

import subprocess
from pathlib import Path

import pytest

import segmentation_model
from segmentation_model.hooks.code_version import code_version, git_commit


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package in a checkout with one commit; settings of whoever runs the tests play no part."""
    for variable in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(variable, raising=False)
    folder = tmp_path / "checkout" / "src" / "package"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("", encoding="utf-8")
    checkout = tmp_path / "checkout"
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "."], [*identity, "commit", "-q", "-m", "first", "--no-verify"]):
        subprocess.run(["git", "-C", checkout, *command], check=True)
    return folder


def test_a_clean_checkout_gives_its_commit(package: Path) -> None:
    head = subprocess.run(["git", "-C", package, "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    assert git_commit(package) == head.stdout[:12]


def test_a_changed_file_shows(package: Path) -> None:
    (package / "__init__.py").write_text("changed = True\n", encoding="utf-8")
    commit = git_commit(package)
    assert commit is not None
    assert commit.endswith("-dirty")


def test_a_tag_does_not_take_the_place_of_the_commit(package: Path) -> None:
    before = git_commit(package)
    subprocess.run(["git", "-C", package, "tag", "v1"], check=True)
    assert git_commit(package) == before


def test_a_package_installed_inside_somebodys_checkout_has_no_commit(package: Path) -> None:
    installed = package.parent / ".venv" / "segmentation_model"
    installed.mkdir(parents=True)
    (installed / "__init__.py").write_text("", encoding="utf-8")
    assert git_commit(installed) is None


def test_a_folder_outside_any_checkout_has_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert git_commit(tmp_path) is None


def test_without_git_there_is_no_commit(package: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert git_commit(package) is None


@pytest.mark.parametrize(
    ("commit", "expected"),
    [(None, segmentation_model.__version__), ("0123456789ab", f"{segmentation_model.__version__}+g0123456789ab")],
)
def test_the_version_names_the_commit_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch, commit: str | None, expected: str
) -> None:
    monkeypatch.setattr("segmentation_model.hooks.code_version.git_commit", lambda folder: commit)
    code_version.cache_clear()
    try:
        assert code_version() == expected
    finally:
        code_version.cache_clear()
