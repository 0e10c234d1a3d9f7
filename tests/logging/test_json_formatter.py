"""One JSON object a line, with the fields that identify the run."""

import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from segmentation_model.logging import json_formatter
from segmentation_model.logging.json_formatter import JsonFormatter, sagemaker_identity
from segmentation_model.logging.run_context import RunContext, enter_node, enter_run

pytestmark = pytest.mark.usefixtures("fresh_logging")

ALWAYS = [
    "timestamp",
    "level",
    "logger",
    "message",
    "run_id",
    "pipeline",
    "node",
    "environment",
    "execution_date",
    "memory_mb",
]


def line(message: str = "hello", *args: object, level: int = logging.INFO, **kwargs: Any) -> dict[str, Any]:
    """Log one record and read its line back."""
    record = logging.getLogger("segmentation_model.somewhere").makeRecord(
        "segmentation_model.somewhere", level, __file__, 1, message, args, kwargs.pop("exc_info", None), extra=kwargs
    )
    text = JsonFormatter().format(record)
    assert "\n" not in text

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refuse)


def test_every_field_is_there_outside_a_run_and_null_where_unknown() -> None:
    told = line("loaded %d rows", 3, level=logging.WARNING)
    assert list(told) == ALWAYS
    assert (told["level"], told["logger"], told["message"]) == (
        "WARNING",
        "segmentation_model.somewhere",
        "loaded 3 rows",
    )
    assert [name for name in ALWAYS if told[name] is None] == [
        "run_id",
        "pipeline",
        "node",
        "environment",
        "execution_date",
    ]
    assert told["memory_mb"] > 1


def test_the_run_and_its_node_are_named() -> None:
    enter_run(RunContext("2026-02-01T00.00.00.000Z", "training", "prod", "2026-01-31"))
    enter_node("modeling.domestic.train_model")
    told = line()
    assert {name: told[name] for name in ("run_id", "pipeline", "node", "environment", "execution_date")} == {
        "run_id": "2026-02-01T00.00.00.000Z",
        "pipeline": "training",
        "node": "modeling.domestic.train_model",
        "environment": "prod",
        "execution_date": "2026-01-31",
    }


def test_the_timestamp_is_utc_with_milliseconds() -> None:
    before = datetime.now(tz=UTC)
    stamp = line()["timestamp"]
    told = datetime.fromisoformat(stamp)
    assert stamp.endswith("+00:00")
    assert len(stamp) == len("2026-01-31T12:00:00.000+00:00")
    assert abs((told - before).total_seconds()) < 60


def test_extras_follow_and_win_over_the_context() -> None:
    enter_node("the running one")
    told = line(duration_s=2.5, node="the ended one", rows=7)
    assert (told["duration_s"], told["node"], told["rows"]) == (2.5, "the ended one", 7)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_json_lacks_is_null(value: float) -> None:
    assert line(psi=value)["psi"] is None


def test_a_date_among_the_extras_is_text() -> None:
    assert line(month=datetime(2026, 1, 31, tzinfo=UTC).date())["month"] == "2026-01-31"


def test_hints_for_the_console_are_left_out() -> None:
    assert list(line(markup=False, rich_format=["blue"], traceback_follows=True)) == ALWAYS


def test_a_traceback_stays_on_the_line() -> None:
    try:
        raise ValueError("two\nlines, ó and ñ")
    except ValueError as error:
        told = line(exc_info=(type(error), error, error.__traceback__))
    assert told["exc_info"].endswith("ValueError: two\nlines, ó and ñ")


def host_file(folder: Path, content: str = '{"current_host": "algo-2", "hosts": ["algo-1", "algo-2"]}') -> Path:
    path = folder / "resourceconfig.json"
    path.write_text(content, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, {}),
        ({"TRAINING_JOB_NAME": "fit"}, {"sagemaker_job": "fit"}),
        ({"PROCESSING_JOB_NAME": "features"}, {"sagemaker_job": "features"}),
        ({"PROCESSING_JOB_NAME": ""}, {}),
    ],
)
def test_the_sagemaker_job_comes_from_the_environment(environ: dict[str, str], expected: dict[str, str]) -> None:
    assert sagemaker_identity(environ, []) == expected


def test_the_sagemaker_host_comes_from_the_first_resource_file_there_is(tmp_path: Path) -> None:
    assert sagemaker_identity({}, [tmp_path / "absent.json", host_file(tmp_path)]) == {"sagemaker_host": "algo-2"}


def test_a_resource_file_without_a_host_adds_nothing(tmp_path: Path) -> None:
    assert sagemaker_identity({}, [host_file(tmp_path, "{}")]) == {}


def test_every_line_of_a_sagemaker_job_names_job_and_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAINING_JOB_NAME", "fit-2026-01")
    monkeypatch.setattr(json_formatter, "SAGEMAKER_RESOURCE_FILES", (host_file(tmp_path),))
    told = line()
    assert (told["sagemaker_job"], told["sagemaker_host"]) == ("fit-2026-01", "algo-2")
