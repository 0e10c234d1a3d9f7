"""Kedro's advice to resume a run is left out where the run would only end in the same way, and nowhere else."""

import logging
from collections.abc import Iterator

import pytest

from segmentation_model.errors import InputError
from segmentation_model.logging import resume_advice
from segmentation_model.logging.resume_advice import leave_out_useless_advice

RUNNER = logging.getLogger("kedro.runner.sequential_runner")
AGAIN = "No nodes ran. Repeat the previous command to attempt a new run."
FROM_NODES = 'There are 3 nodes that have not run.\nYou can resume the pipeline run from … --from-nodes "a"'


@pytest.fixture(autouse=True)
def filters() -> Iterator[None]:
    names = resume_advice._RUNNERS
    before = {name: list(logging.getLogger(name).filters) for name in names}
    leave_out_useless_advice()
    leave_out_useless_advice()
    yield
    for name in names:
        logging.getLogger(name).filters = before[name]


def wrapping(cause: Exception) -> Exception:
    error = RuntimeError("Failed while loading data")
    error.__cause__ = cause
    return error


def logged(caplog: pytest.LogCaptureFixture, error: Exception, message: str) -> list[str]:
    """What the log holds after a runner gave a message while it handled an error."""
    with caplog.at_level(logging.WARNING):
        try:
            raise error
        except Exception:
            RUNNER.warning(message)
    return caplog.messages


@pytest.mark.parametrize("message", [AGAIN, FROM_NODES])
@pytest.mark.parametrize("error", [InputError("no rows"), wrapping(InputError("no rows"))])
def test_after_an_error_of_ours_it_is_left_out(
    caplog: pytest.LogCaptureFixture, error: Exception, message: str
) -> None:
    assert logged(caplog, error, message) == []


@pytest.mark.parametrize("message", [AGAIN, FROM_NODES])
@pytest.mark.parametrize("error", [RuntimeError("a fault"), wrapping(OSError("the disk is full"))])
def test_after_any_other_error_it_stays(caplog: pytest.LogCaptureFixture, error: Exception, message: str) -> None:
    assert logged(caplog, error, message) == [message]


def test_other_warnings_of_the_runner_stay_after_an_error_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    assert logged(caplog, InputError("no rows"), "something else") == ["something else"]


def test_outside_of_an_error_it_stays(caplog: pytest.LogCaptureFixture) -> None:
    RUNNER.warning(AGAIN)
    assert caplog.messages == [AGAIN]
