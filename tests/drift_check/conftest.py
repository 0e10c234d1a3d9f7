"""What the tests of the command share."""

from pathlib import Path

import pytest

from tests.drift_check.months import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A folder to put tables in, and to check them from."""
    return Desk(tmp_path)
