"""Lines for people."""

import io
import logging
import sys
from typing import Any

import pytest

from segmentation_model.logging.console import ConsoleFormatter, StderrHandler


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def line(message: str = "done", *, name: str = "segmentation_model.x", level: int = logging.INFO, **kwargs: Any) -> str:
    record = logging.getLogger(name).makeRecord(
        name, level, __file__, 1, message, (), kwargs.pop("exc_info", None), extra=kwargs
    )
    return ConsoleFormatter(datefmt="TIME").format(record)


@pytest.mark.parametrize(
    ("name", "level", "expected"),
    [
        ("segmentation_model.hooks", logging.INFO, "TIME done"),
        ("segmentation_model", logging.WARNING, "TIME WARNING done"),
        ("segmentation_model_of_another", logging.INFO, "TIME segmentation_model_of_another: done"),
        ("kedro.io", logging.ERROR, "TIME ERROR kedro.io: done"),
    ],
)
def test_level_and_logger_show_where_they_say_something(name: str, level: int, expected: str) -> None:
    assert line(name=name, level=level) == expected


def test_the_time_is_short_without_a_format() -> None:
    record = logging.makeLogRecord({"msg": "done", "name": "segmentation_model", "levelno": logging.INFO})
    time, _, rest = ConsoleFormatter().format(record).partition(" ")
    assert rest == "done"
    assert [part.isdigit() for part in time.split(":")] == [True, True, True]


def test_colours_appear_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert "\x1b[" not in line(level=logging.WARNING)
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert "\x1b[33m\x1b[1mWARNING\x1b[0m" in line(level=logging.WARNING)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in line(level=logging.WARNING)


def error() -> ValueError:
    try:
        raise ValueError("no")
    except ValueError as raised:
        return raised


def test_a_traceback_is_shown_unless_it_will_be_shown_again() -> None:
    raised = error()
    info = (ValueError, raised, raised.__traceback__)
    assert line(exc_info=info).endswith("\nValueError: no")
    assert line(exc_info=info, traceback_follows=True) == "TIME done"


def test_the_handler_follows_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    handler = StderrHandler()
    first, second = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", first)
    handler.emit(logging.makeLogRecord({"msg": "one"}))
    monkeypatch.setattr(sys, "stderr", second)
    handler.emit(logging.makeLogRecord({"msg": "two"}))
    assert (first.getvalue(), second.getvalue()) == ("one\n", "two\n")


def test_the_handler_keeps_to_its_level() -> None:
    assert StderrHandler("WARNING").level == logging.WARNING
