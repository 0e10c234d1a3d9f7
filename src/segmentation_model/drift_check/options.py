"""What the user typed, read and checked: every option with what is allowed."""

import datetime as dt
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError

from segmentation_model.columns.layout import TARIFFS, Tariff
from segmentation_model.columns.text import normalise_text
from segmentation_model.drift.judgement.gate import FailOnDrift, parse_fail_on_drift
from segmentation_model.drift.settings import DriftSettings
from segmentation_model.errors import ConfigurationError
from segmentation_model.faults import explain

Value = TypeVar("Value")
_MOST_WORKERS = 64


@dataclass(frozen=True, kw_only=True)
class TypedOptions:
    """The options as text; None where one was not given."""

    reference_path: str | None = None
    current_path: str | None = None
    output_path: str | None = None
    execution_date: str | None = None
    model_type: str | None = None
    threshold: str | None = None
    fail_on_drift: str | None = None
    columns: str | None = None
    profile_path: str | None = None
    endpoint_url: str | None = None
    workers: str | None = None


@dataclass(frozen=True, kw_only=True)
class CheckOptions:
    """The options, read. Where one cannot be used it has its default, and ``faults`` says what is wrong with it.

    Attributes:
        reference_path: What to compare with; None: the check is skipped.
        current_path: The table to judge.
        output_path: Folder or address to write to.
        execution_date: ISO date; as it was typed where it is none.
        tariffs: The tariffs that are wanted.
        settings: The severity rule, with the threshold.
        fail_on_drift: What trips the gate.
        columns_path: A columns file.
        profile_path: Where to keep the reference's profiles.
        storage_options: Passed to the file system of an s3 address.
        workers: Threads.
        faults: One line per option that cannot be used.
    """

    reference_path: str | None
    current_path: str
    output_path: str
    execution_date: str
    tariffs: tuple[Tariff, ...] = TARIFFS
    settings: DriftSettings = field(default_factory=DriftSettings)
    fail_on_drift: FailOnDrift = False
    columns_path: str | None = None
    profile_path: str | None = None
    storage_options: dict[str, Any] = field(default_factory=dict)
    workers: int = 1
    faults: tuple[str, ...] = ()

    def fs_args(self, address: str) -> dict[str, Any]:
        """What the file system of an address is told."""
        return self.storage_options if address.startswith(("s3://", "s3a://")) else {}


def read_options(typed: TypedOptions) -> CheckOptions:
    """Read all options; what is wrong is said, not raised, so that a report can still be written."""
    faults: list[str] = []

    def read(option: str, parse: Callable[[str], Value], text: str | None, default: Value) -> Value:
        if text is None:
            return default
        try:
            return parse(text.strip())
        except ValueError as error:
            faults.append(f"{option}: {error}")
            return default

    for option, text, example in (
        ("--reference-path", typed.reference_path, 'a table, a saved profile or a model; "" skips the check'),
        ("--current-path", typed.current_path or None, "the table to judge"),
        ("--execution-date", typed.execution_date or None, "the date of the run, such as 2026-07-31"),
    ):
        if text is None:
            faults.append(f"{option}: missing; give {example}")
    return CheckOptions(
        reference_path=(typed.reference_path or "").strip() or None,
        current_path=(typed.current_path or "").strip(),
        output_path=(typed.output_path or "").strip(),
        execution_date=read("--execution-date", _date, typed.execution_date, typed.execution_date or ""),
        tariffs=read("--model-type", _tariffs, typed.model_type, TARIFFS),
        settings=read("--threshold", _settings, typed.threshold, DriftSettings()),
        fail_on_drift=read("--fail-on-drift", _level, typed.fail_on_drift, False),
        columns_path=typed.columns or None,
        profile_path=(typed.profile_path or "").strip() or None,
        storage_options=read("--endpoint-url", _endpoint, typed.endpoint_url or None, {}),
        workers=read("--workers", _workers, typed.workers, min(4, os.cpu_count() or 1)),
        faults=tuple(faults),
    )


def _date(text: str) -> str:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise ValueError(f"{text!r} is no date; write it as 2026-07-31") from error


def _tariffs(text: str) -> tuple[Tariff, ...]:
    known: dict[str, tuple[Tariff, ...]] = {"both": TARIFFS} | {normalise_text(one): (one,) for one in TARIFFS}
    if normalise_text(text) not in known:
        raise ValueError(f"{text!r} is not allowed; use 'both', {' or '.join(map(repr, TARIFFS))}")
    return known[normalise_text(text)]


def _settings(text: str) -> DriftSettings:
    try:
        return DriftSettings.model_validate({"drift_threshold": text})
    except ValidationError as error:
        why = explain(error.errors(include_url=False)[0], DriftSettings).removeprefix("drift_threshold: ")
        raise ValueError(f"{why}; a PSI above 0 and at most 10 is allowed") from error


def _level(text: str) -> FailOnDrift:
    try:
        return parse_fail_on_drift(text)
    except ConfigurationError as error:
        raise ValueError(error.message.removeprefix("fail_on_drift: ")) from error


def _endpoint(text: str) -> dict[str, Any]:
    if not text.startswith(("http://", "https://")):
        raise ValueError(f"{text!r} is no address of an object store; write it as https://minio.example:9000")
    return {"endpoint_url": text}


def _workers(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _MOST_WORKERS:
        raise ValueError(f"{text!r} is not allowed; use a number of threads from 1 to {_MOST_WORKERS}")
    return int(text)
