"""A drift check from what was typed to an outcome: reports are written whatever happens in between."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from segmentation_model.columns import Layout
from segmentation_model.columns.layout import TARIFFS
from segmentation_model.drift.judgement.gate import GateOutcome, decide_gate, failed_gate
from segmentation_model.drift.judgement.monthly_windows import WindowCheck
from segmentation_model.drift.judgement.table_drift import TableDrift, skipped_table, unmeasured_table
from segmentation_model.drift.reports.findings import Findings
from segmentation_model.drift_check.addresses import make_writable, storage_at, used_for
from segmentation_model.drift_check.available_memory import available_bytes
from segmentation_model.drift_check.batches import judge_batches, profile_batches
from segmentation_model.drift_check.columns_file import read_columns_file
from segmentation_model.drift_check.in_memory import compare_frames
from segmentation_model.drift_check.monthly_columns import MonthlyColumns, not_checked
from segmentation_model.drift_check.named_columns import refuse_absent
from segmentation_model.drift_check.options import CheckOptions, TypedOptions, read_options
from segmentation_model.drift_check.progress import Progress
from segmentation_model.drift_check.reading_errors import explained, shown_address
from segmentation_model.drift_check.report_files import report_files, write_files
from segmentation_model.drift_check.saved_reference import (
    SavedReference,
    SavedReferences,
    check_profile_place,
    find_saved,
    save_profiles,
)
from segmentation_model.drift_check.sides import Compared, Rules, Side
from segmentation_model.drift_check.table_roles import TableRoles
from segmentation_model.drift_check.tables.source_table import SourceTable, open_table
from segmentation_model.drift_check.tariffs import TariffSplit
from segmentation_model.errors import ConfigurationError, InputError, SegmentationError
from segmentation_model.pages.wording import plural

logger = logging.getLogger(__name__)

_SKIPPED = "no reference is given (--reference-path is empty)"
#: Both tables, as Arrow holds them, may take this share of the memory that is free; reading and sorting take as much
#: again.
_SHARE_OF_MEMORY = 0.25


@dataclass(frozen=True)
class Finished:
    """What came of a check.

    Attributes:
        outcome: What the gate says.
        tables: Drift per tariff.
        files: Content of the reports by name.
        written: Addresses of what was written: the reports, then the profiles.
        way: How it was computed; None where nothing was.
        seconds: How long it took.
        windows: The check of the monthly windows; None where nothing was measured.
    """

    outcome: GateOutcome
    tables: Mapping[str, TableDrift]
    files: Mapping[str, bytes]
    written: tuple[str, ...]
    way: str | None
    seconds: float
    windows: WindowCheck | None = None


@dataclass(frozen=True)
class _Measured:
    """What was measured, and how; nothing where the check is skipped."""

    compared: Compared
    way: str | None = None
    windows: WindowCheck | None = None
    profiles: tuple[str, ...] = ()


def run_check(typed: TypedOptions, progress: Progress) -> Finished:
    """Check, and write the reports.

    Args:
        typed: The options as text.
        progress: Told how far it is.

    Raises:
        ConfigurationError: There is no place to write the reports to.
    """
    started = time.monotonic()
    options = read_options(typed)
    if not options.output_path:
        raise ConfigurationError("--output-path: missing; give the folder to write the reports to")
    make_writable("--output-path", options.output_path, options.fs_args(options.output_path))
    measured: _Measured | None = None
    tables: Mapping[str, TableDrift] = {}
    try:
        measured = _measure(options, progress)
        tables = measured.compared.tables
        outcome = decide_gate(tables, options.fail_on_drift)
    except ConfigurationError as error:
        outcome = failed_gate(error.message, options.fail_on_drift)
    except SegmentationError as error:
        tables = _none_measured(options, error.message)
        outcome = decide_gate(tables, options.fail_on_drift)
    except Exception as error:  # an orchestrator must find a report, and no exit code that means a tripped gate
        logger.exception("The check failed for a reason that was not foreseen")
        tables = _none_measured(options, f"unforeseen {type(error).__name__}: {error}")
        outcome = decide_gate(tables, options.fail_on_drift)
    windows = None if measured is None else measured.windows
    files = report_files(Findings(tables, outcome, options.settings, options.execution_date, windows))
    with used_for("--output-path", options.output_path):
        written = write_files(options.output_path, files, options.fs_args(options.output_path))
    return Finished(
        outcome=outcome,
        tables=tables,
        files=files,
        written=(*written, *(() if measured is None else measured.profiles)),
        way=None if measured is None else measured.way,
        seconds=time.monotonic() - started,
        windows=windows,
    )


def _none_measured(options: CheckOptions, reason: str) -> dict[str, TableDrift]:
    return {tariff: unmeasured_table(reason) for tariff in options.tariffs}


def _measure(options: CheckOptions, progress: Progress) -> _Measured:
    """Everything up to the judgement; profiles that are wanted are saved."""
    if options.faults:
        raise ConfigurationError("; ".join(options.faults))
    rules = Rules(options.settings, TableRoles(_layout(options)), options.workers, progress)
    if options.reference_path is None:
        return _Measured(Compared({tariff: skipped_table(_SKIPPED) for tariff in options.tariffs}, {}))
    if options.profile_path is not None:
        make_writable("--profile-path", options.profile_path, options.fs_args(options.profile_path))
        with used_for("--profile-path", options.profile_path):
            check_profile_place(options.profile_path, options.fs_args(options.profile_path))
    saved = _saved(options.reference_path, options)
    current = _open(options.current_path, rules.roles, options)
    if saved is None:
        reference = _open(options.reference_path, rules.roles, options)
        _check_named(rules.roles, options, _all_names(reference), _all_names(current))
        measured = _against_table(reference, current, options, rules)
    else:
        profiles = [one.profile for one in saved.values()]
        frozen = [name for profile in profiles for name in (*profile.columns, *profile.left_out)]
        _check_named(rules.roles, options, frozen, _all_names(current))
        measured = _against_saved(saved, current, options, rules)
    logger.info("Computed %s", measured.way)
    if options.profile_path is not None:
        with used_for("--profile-path", options.profile_path):
            fs_args = options.fs_args(options.profile_path)
            places = save_profiles(options.profile_path, measured.compared.profiles, fs_args)
        measured = replace(measured, profiles=tuple(places))
    return measured


def _against_table(reference: SourceTable, current: SourceTable, options: CheckOptions, rules: Rules) -> _Measured:
    """Table against table: in memory where both fit, else batch by batch."""
    before = _side("reference", reference, options, rules.roles)
    now = _side("current table", current, options, rules.roles)
    if options.tariffs == TARIFFS:
        _same_tariff_column(before, now)
        if before.split.column is None:
            before, now = (replace(side, split=replace(side.split, wanted=TARIFFS[:1])) for side in (before, now))
    monthly = MonthlyColumns(rules.roles, reference, current)
    limit = int(available_bytes() * _SHARE_OF_MEMORY)
    needed = reference.arrow_bytes + current.arrow_bytes
    if needed <= limit:
        frames = (_read(before, monthly), _read(now, monthly))
        windows = monthly.check(*frames)
        return _Measured(compare_frames((before, now), frames, rules), "in memory (exact KS statistics)", windows)
    logger.info("Both tables take %.1f GB, more than a quarter of the free memory", needed / 1e9)
    profiles, leftovers = profile_batches(before, rules)
    references = {tariff: SavedReference(reference.address, profile) for tariff, profile in profiles.items()}
    compared = judge_batches(references, now, rules, reference_leftovers=leftovers)
    windows = monthly.check_read(reference, current, limit)
    return _Measured(compared, "batch by batch (the tables are larger than a quarter of the free memory)", windows)


def _against_saved(saved: SavedReferences, current: SourceTable, options: CheckOptions, rules: Rules) -> _Measured:
    """A table against profiles: batch by batch."""
    now = _side("current table", current, options, rules.roles)
    wanted = options.tariffs
    if wanted == TARIFFS and now.split.column is None:
        wanted = TARIFFS[:1]
    unnamed = saved.get(None)
    if unnamed is not None and len(wanted) > 1:
        raise ConfigurationError(
            f"{unnamed.address}: nothing says which tariff this profile is of, and the current table has several; "
            "name it with --model-type"
        )
    references = {tariff: one for tariff in wanted if (one := saved.get(tariff, unnamed)) is not None}
    now = replace(now, split=replace(now.split, wanted=wanted))
    compared = judge_batches(references, now, rules)
    windows = not_checked("the reference is saved, and holds no customers")
    return _Measured(compared, "batch by batch against a saved reference", windows)


def _layout(options: CheckOptions) -> Layout | None:
    address = options.columns_path
    if address is None:
        return None
    with used_for("--columns", address):
        file = storage_at(address, options.fs_args(address))
        return read_columns_file(file.fs.cat_file(file.path), address)


def _saved(address: str, options: CheckOptions) -> SavedReferences | None:
    with explained(shown_address(address)):
        return find_saved(address, options.execution_date, options.fs_args(address))


def _open(address: str, roles: TableRoles, options: CheckOptions) -> SourceTable:
    return open_table(
        address,
        numeric=roles.numeric,
        categorical=roles.categorical,
        absent_ok=True,
        fs_args=options.fs_args(address),
    )


def _all_names(table: SourceTable) -> tuple[str, ...]:
    return (*table.names, *table.problems)


def _check_named(roles: TableRoles, options: CheckOptions, reference: Sequence[str], current: Sequence[str]) -> None:
    if roles.layout is not None and options.columns_path is not None:
        refuse_absent(roles.layout, options.columns_path, [*reference, *current])


def _side(name: str, table: SourceTable, options: CheckOptions, roles: TableRoles) -> Side:
    column = roles.column_of("tariff", _all_names(table))
    if column is not None and column in table.problems:
        raise InputError(f"{table.address}: the tariff column {column!r} cannot be read: {table.problems[column]}")
    unread = {unreadable: table.problems[unreadable] for unreadable in roles.compared(table.problems)}
    for unreadable, reason in unread.items():
        logger.warning("%s: column %r is not compared: %s", table.address, unreadable, reason)
    split = TariffSplit(column, roles.tariff_codes, options.tariffs)
    return Side(name, table, tuple(roles.compared(table.names)), unread, split)


def _same_tariff_column(before: Side, now: Side) -> None:
    """Refuse tables of which one has tariffs: all rows against those of one tariff are no comparison."""
    if (before.split.column is None) != (now.split.column is None):
        has, lacks = (before, now) if now.split.column is None else (now, before)
        raise ConfigurationError(
            f"{lacks.table.address}: has no tariff column, while {has.table.address} has {has.split.column!r}; name it "
            "in a columns file (--columns, `roles.tariff`), or the tariff of the table with --model-type"
        )


def _read(side: Side, monthly: MonthlyColumns) -> pd.DataFrame:
    wanted = {*side.with_tariff(side.columns), *monthly.columns_of(side.table)}
    logger.info("Reading %s: %s, %s", side.table.address, plural(side.table.rows, "row"), plural(len(wanted), "column"))
    return side.table.read(columns=[name for name in side.table.names if name in wanted])
