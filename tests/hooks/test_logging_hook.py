"""What a run says while it goes."""

import logging
import re
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from kedro.config import OmegaConfigLoader
from kedro.io import DataCatalog, DatasetError
from kedro.pipeline import Node, Pipeline
from kedro.runner import ThreadRunner
from kedro_datasets.json import JSONDataset

from segmentation_model.errors import InputError
from segmentation_model.hooks.logging_hook import LoggingHook
from segmentation_model.logging.node_clock import NodeClock
from segmentation_model.logging.run_context import RunContext, current_node, current_run
from tests.hooks.kedro_run import run

pytestmark = pytest.mark.usefixtures("fresh_logging")


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, logger="segmentation_model")
    return caplog


def own(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name.startswith("segmentation_model")]


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Messages with their figures blanked: durations and memory differ from machine to machine."""
    return [re.sub(r" +\d+(\.\d s| MB)", " _", record.getMessage()) for record in own(caplog)]


def one() -> int:
    return 1


def add(number: int) -> int:
    return number + 1


def forget(number: int) -> None:
    return None


def reject(number: int) -> int:
    raise InputError(f"column 'x': {number!r}")


def stumble(number: int) -> int:
    raise ZeroDivisionError("by nought")


CHAIN = Pipeline(
    [
        Node(one, None, "a", name="read_table"),
        Node(add, "a", "b", name="modeling.train_model"),
        Node(forget, "b", None, name="tell"),
    ]
)


def test_each_node_has_a_line_with_its_place_time_and_memory(said: pytest.LogCaptureFixture) -> None:
    run(CHAIN, [LoggingHook(NodeClock())], pipeline_names=["training", "features"], run_id="r1")
    assert lines(said) == [
        "Run r1: pipeline features,training, 3 nodes, environment None",
        "[1/3] read_table _ _",
        "[2/3] modeling.train_model _ _",
        "[3/3] tell _ _",
        "Finished 3 of 3 nodes in _, _",
    ]
    nodes = own(said)[1:-1]
    assert len({len(record.getMessage()) for record in nodes}) == 1, "the columns are aligned"
    assert [record.node for record in nodes] == ["read_table", "modeling.train_model", "tell"]
    assert all(record.duration_s >= 0 for record in own(said)[1:])


def test_places_of_a_long_run_are_aligned(said: pytest.LogCaptureFixture) -> None:
    chain = Pipeline([Node(one, None, "v0", name="n0")])
    chain += Pipeline([Node(add, f"v{i}", f"v{i + 1}", name=f"n{i + 1}") for i in range(9)])
    run(chain, [LoggingHook(NodeClock())])
    assert [line[:7] for line in lines(said)[1:-1]] == [f"[{i:>2}/10]" for i in range(1, 11)]


def test_a_node_is_timed_from_its_first_load_to_its_last_save() -> None:
    ticks = iter(range(100))
    clock = NodeClock(now=lambda: float(next(ticks)))
    moments: list[tuple[str, str | None, list[str]]] = []

    class Spy(JSONDataset):
        def load(self) -> object:
            moments.append(("load", current_node(), clock.running))
            return 1

        def save(self, data: object) -> None:
            moments.append(("save", current_node(), clock.running))

    pipeline = Pipeline([Node(lambda x: (x, x), "in", ["out", "more"], name="work")])
    spies = {name: Spy(filepath=f"{name}.json") for name in ("in", "out", "more")}
    run(pipeline, [LoggingHook(clock)], DataCatalog(spies))
    assert moments == [(step, "work", ["work"]) for step in ("load", "save", "save")]
    assert list(clock.seconds) == ["work"]
    assert current_node() is None


def test_a_node_that_yields_ends_when_the_next_begins(said: pytest.LogCaptureFixture) -> None:
    clock = NodeClock()
    seen: list[list[str]] = []

    def pieces() -> Iterator[int]:
        for piece in range(3):
            seen.append(clock.running)
            yield piece

    chain = Pipeline([Node(pieces, None, "a", name="write_pieces"), Node(add, "a", "b", name="read_pieces")])
    run(chain, [LoggingHook(clock)])
    assert seen == [["write_pieces"]] * 3
    assert [line[:17] for line in lines(said)[1:-1]] == ["[1/2] write_piece", "[2/2] read_pieces"]
    run(chain.filter(node_names=["write_pieces"]), [LoggingHook(clock)], run_id="r2")
    assert list(clock.seconds) == ["write_pieces"]


@pytest.mark.parametrize(
    ("func", "error", "traceback"), [(reject, InputError, False), (stumble, ZeroDivisionError, True)]
)
def test_the_node_that_failed_is_named_once(
    said: pytest.LogCaptureFixture, func: object, error: type[Exception], traceback: bool
) -> None:
    chain = Pipeline([Node(one, None, "a", name="good"), Node(func, "a", "b", name="bad")])
    with pytest.raises(error):
        run(chain, [LoggingHook(NodeClock())])
    (record,) = [record for record in own(said) if record.levelno == logging.ERROR]
    assert record.getMessage() == f"Node bad failed ({error.__name__})"
    assert (record.node, record.error_type) == ("bad", error.__name__)
    assert record.error in {"column 'x': 1", "by nought"}
    assert record.duration_s >= 0
    assert (record.exc_info is not None) is traceback
    assert current_node() is None


def test_a_table_that_cannot_be_read_names_the_node_that_wanted_it(
    said: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    catalog = DataCatalog({"in": JSONDataset(filepath=str(tmp_path / "absent.json"))})
    with pytest.raises(DatasetError, match="absent"):
        run(Pipeline([Node(add, "in", "out", name="read_it")]), [LoggingHook(NodeClock())], catalog)
    assert own(said)[-1].getMessage() == "Node read_it failed (DatasetError)"


def test_a_run_that_fails_before_any_node_says_so(said: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ValueError, match="not found"):
        run(Pipeline([Node(add, "in", "out", name="n")]), [LoggingHook(NodeClock())])
    assert own(said)[-1].getMessage() == "The run failed (ValueError)"


def test_of_two_nodes_at_once_the_failed_one_is_named(said: pytest.LogCaptureFixture) -> None:
    slow_goes_on = threading.Event()

    def slow() -> int:
        slow_goes_on.wait(30)
        return 1

    def fast() -> int:
        slow_goes_on.set()
        raise InputError("no")

    pair = Pipeline([Node(slow, None, "a", name="aaa_slow"), Node(fast, None, "b", name="bbb_fast")])
    with pytest.raises(InputError):
        run(pair, [LoggingHook(NodeClock())], runner=ThreadRunner(max_workers=2))
    assert "Node bbb_fast failed (InputError)" in lines(said)


def test_what_need_not_run_again_is_counted(said: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    stored = {name: JSONDataset(filepath=str(tmp_path / f"{name}.json")) for name in ("a", "b")}
    stored["a"].save(1)
    chain = CHAIN.filter(node_names=["read_table", "modeling.train_model"])
    run(chain, [LoggingHook(NodeClock())], DataCatalog(stored), only_missing_outputs=True)
    assert lines(said)[1:] == [
        "[1] modeling.train_model _ _",
        "Finished 1 of 2 nodes in _, _; the outputs of the others were there",
    ]


def context(tmp_path: Path, base_globals: str = "", env: str | None = None) -> SimpleNamespace:
    (tmp_path / "base").mkdir()
    (tmp_path / "dev").mkdir()
    (tmp_path / "base" / "globals.yml").write_text(base_globals, encoding="utf-8")
    loader = OmegaConfigLoader(tmp_path, env=env, base_env="base", default_run_env="base")
    return SimpleNamespace(config_loader=loader, env=env)


@pytest.mark.parametrize(
    ("env", "base_globals", "given", "expected"),
    [
        (None, "", None, ("base", None)),
        ("dev", "execution_date: 2026-01-31", None, ("dev", "2026-01-31")),
        ("dev", "execution_date: 2026-01-31", "2026-02-28", ("dev", "2026-02-28")),
        ("dev", "execution_date: null", None, ("dev", None)),
    ],
)
def test_environment_and_date_are_known_as_soon_as_they_are_given(
    tmp_path: Path, env: str | None, base_globals: str, given: str | None, expected: tuple[str, str | None]
) -> None:
    hook = LoggingHook(NodeClock())
    hook.after_context_created(context(tmp_path, base_globals, env))
    run(CHAIN, [hook], runtime_params={"execution_date": given} if given else {}, run_id="r1")
    assert current_run() == RunContext("r1", "__default__", *expected)


@pytest.mark.parametrize("date", ["2026-01-31", datetime(2026, 1, 31, 12), pd.Timestamp("2026-01-31")])
def test_the_date_that_a_node_finds_completes_the_run(date: object) -> None:
    run(Pipeline([Node(lambda: date, None, "execution_date", name="find_date")]), [LoggingHook(NodeClock())])
    assert current_run().execution_date == "2026-01-31"


def test_the_users_own_logging_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = context(tmp_path)
    (tmp_path / "base" / "logging.yml").write_text("version: 1\nroot: {level: CRITICAL}", encoding="utf-8")
    level = logging.getLogger().level
    monkeypatch.setenv("KEDRO_LOGGING_CONFIG", "mine.yml")
    LoggingHook(NodeClock()).after_context_created(told)
    assert logging.getLogger().level == level
    monkeypatch.delenv("KEDRO_LOGGING_CONFIG")
    LoggingHook(NodeClock()).after_context_created(told)
    assert logging.getLogger().level == logging.CRITICAL
