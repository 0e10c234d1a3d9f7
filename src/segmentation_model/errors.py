"""The errors that end a run with one clean line.

All are ``click.ClickException``: Kedro's command line prints the message without a traceback, exits with
``exit_code``, and kedro-mlflow marks the run as failed (``SystemExit`` would skip the hooks).
"""

from collections.abc import Iterable

import click


class SegmentationError(click.ClickException):
    """Base of every error that is the user's to mend."""

    exit_code = 1


class InputError(SegmentationError):
    """A table cannot be used: the message names the table, the column, the value and what is allowed."""


class ConfigurationError(SegmentationError):
    """A parameter or a file of the configuration cannot be used: the message names the key and what is allowed."""

    exit_code = 2


class ArtifactError(SegmentationError):
    """A stored model or profile is damaged, of another schema version, or does not fit the data."""


class ModelError(SegmentationError):
    """A model that was just trained does not do what it must: the message names what; no artifact of it is written."""


class RegistryError(SegmentationError):
    """The model registry cannot be used, or does not hold what is asked of it: the message names address and model."""


class DriftGateError(SegmentationError):
    """The drift gate tripped: the message names the severity and where the report is."""


class CloudError(SegmentationError):
    """AWS refuses what was asked of it: the message says what AWS said."""


class StoppedError(SegmentationError):
    """Whoever runs the job told it to stop."""

    exit_code = 143


def own_error(error: BaseException | None) -> SegmentationError | None:
    """The error of ours that an error is, or that it wraps as its cause; None where there is none."""
    while error is not None and not isinstance(error, SegmentationError):
        error = error.__cause__
    return error


def shorten(values: Iterable[object], limit: int = 5) -> str:
    """Join the values of a collection for a message; a long one is cut with a count.

    >>> shorten(["a", "b"])
    "'a', 'b'"
    >>> shorten(range(8), limit=2)
    '0, 1 and 6 more'
    """
    items = list(values)
    shown = ", ".join(repr(item) for item in items[:limit])
    return shown if len(items) <= limit else f"{shown} and {len(items) - limit} more"
