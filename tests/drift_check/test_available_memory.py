"""How much memory is there to use: the machine's, or what the container's limit leaves."""

from pathlib import Path

import pytest

from segmentation_model.drift_check import available_memory
from segmentation_model.drift_check.available_memory import available_bytes


@pytest.fixture
def container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for that of the container's limits."""
    monkeypatch.setattr(available_memory, "_LIMIT", tmp_path / "memory.max")
    monkeypatch.setattr(available_memory, "_USED", tmp_path / "memory.current")
    return tmp_path


@pytest.mark.parametrize(("limit", "used", "left"), [("3000000", "1000000", 2_000_000), ("3000000", "4000000", 0)])
def test_a_limit_leaves_what_is_not_used(container: Path, limit: str, used: str, left: int):
    (container / "memory.max").write_text(f"{limit}\n")
    (container / "memory.current").write_text(f"{used}\n")
    assert available_bytes() == left


def test_without_a_limit_it_is_the_machines(container: Path):
    (container / "memory.max").write_text("max\n")
    (container / "memory.current").write_text("4000000\n")
    assert available_bytes() > 10_000_000


@pytest.mark.usefixtures("container")
def test_outside_of_a_container_it_is_the_machines():
    assert available_bytes() > 10_000_000
