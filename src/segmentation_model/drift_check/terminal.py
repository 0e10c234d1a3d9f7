"""What a person at the terminal reads: the outcome, a line per tariff, and where the reports are."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from segmentation_model.drift.judgement.severity import NOT_MEASURED
from segmentation_model.drift.judgement.table_drift import TableDrift
from segmentation_model.drift.reports.headline import drift_headline
from segmentation_model.drift_check.check import Finished
from segmentation_model.drift_check.report_files import DESCRIPTIONS, SUMMARY

_PACKAGE = "segmentation_model"
_COLOURS = {"skipped": "cyan", "tripped": "red", "not_measured": "yellow", "error": "red"}
_LEVEL_COLOURS = {"none": "green", "low": "green", "moderate": "yellow", "high": "red", NOT_MEASURED: "yellow"}


def show(finished: Finished, *, as_json: bool, quiet: bool) -> None:
    """Write the outcome on standard output; a failure on standard error.

    Args:
        finished: What came of the check.
        as_json: Write ``drift_summary.json`` on standard output instead.
        quiet: Write nothing for people but a failure.
    """
    failed = finished.outcome.status in ("error", "not_measured")
    colour = False if os.environ.get("NO_COLOR") else None  # None: only on a terminal
    if as_json:
        click.echo(finished.files[SUMMARY].decode(), nl=False)
    if failed and (as_json or quiet):
        click.echo(f"Error: {finished.outcome.message}", err=True)
    elif not (as_json or quiet):
        for line in _lines(finished):
            click.echo(line, err=failed, color=colour)


@contextmanager
def log_lines(*, quiet: bool) -> Iterator[None]:
    """Show this package's log on standard error; with ``quiet`` only warnings."""
    logger = logging.getLogger(_PACKAGE)
    before = logger.level
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.WARNING if quiet else logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)


def _lines(finished: Finished) -> Iterator[str]:
    outcome = finished.outcome
    colour = _LEVEL_COLOURS[outcome.severity] if outcome.status == "clean" else _COLOURS[outcome.status]
    yield click.style(f"{drift_headline(outcome)}: exit code {outcome.exit_code}", fg=colour, bold=True)
    yield outcome.message
    measured = {tariff: table for tariff, table in finished.tables.items() if table.status != "skipped"}
    if measured:
        yield ""
    for tariff, table in measured.items():
        yield _tariff(tariff, table)
    if finished.windows is not None:
        for window in finished.windows.mis_rolled:
            yield click.style(f"Monthly window of {window.family}: {window.reason}", fg="red")
    yield ""
    if finished.way is not None:
        yield f"Computed {finished.way}, {finished.seconds:.1f} s."
    yield "Written:"
    for address in finished.written:
        description = DESCRIPTIONS.get(address.rsplit("/", 1)[-1], "profile of the reference, for later months")
        yield f"  {address}  ({description})"


def _tariff(tariff: str, table: TableDrift) -> str:
    level = click.style(f"{table.severity.replace('_', ' '):<12}", fg=_LEVEL_COLOURS[table.severity])
    rows = f"{table.current_rows:>12,} rows against {table.reference_rows:,}"
    return f"  {tariff:<10}  {level}{rows}; {len(table.drifted)} of {len(table.compared)} columns drifted"
