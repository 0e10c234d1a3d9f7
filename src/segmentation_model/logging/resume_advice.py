"""Kedro's advice to resume a failed run, left out where it is wrong.

After an error that is the user's to mend, the same command ends in the same way, from whichever node it begins: the
one line of the error says what to do.
"""

import logging
import sys

from segmentation_model.errors import own_error

_RUNNERS = ("kedro.runner.sequential_runner", "kedro.runner.thread_runner", "kedro.runner.parallel_runner")
_ADVICE = ("No nodes ran.", "You can resume the pipeline run")


def _is_of_use(record: logging.LogRecord) -> bool:
    """Kedro gives the advice while it handles the error."""
    message = record.getMessage()
    return own_error(sys.exception()) is None or not any(advice in message for advice in _ADVICE)


def leave_out_useless_advice() -> None:
    """Keep the advice out of the log after an error of ours; calling it again changes nothing."""
    for name in _RUNNERS:
        logging.getLogger(name).addFilter(_is_of_use)
