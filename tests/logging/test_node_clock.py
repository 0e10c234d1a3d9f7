"""Seconds of the nodes of a run."""

from collections.abc import Iterator

import pytest

from segmentation_model.logging.node_clock import NodeClock


def clock(*times: float) -> NodeClock:
    ticks: Iterator[float] = iter(times)
    return NodeClock(now=lambda: next(ticks))


def test_nodes_that_overlap_are_timed_each_on_its_own() -> None:
    watch = clock(0, 1, 2, 5, 9.12345)
    watch.start_run("r")
    watch.start("a")
    watch.start("b")
    assert watch.running == ["a", "b"]
    assert watch.stop("b") == 3
    assert watch.stop("a") == 8.123
    assert watch.seconds == {"b": 3, "a": 8.123}
    assert watch.running == []


def test_a_node_that_runs_is_not_started_again() -> None:
    watch = clock(0, 1, 4)
    watch.start_run("r")
    watch.start("a")
    watch.start("a")
    assert watch.stop("a") == 3


def test_the_table_fills_under_whoever_holds_it_and_a_new_run_begins_another() -> None:
    watch = clock(0, 1, 2, 3, 4, 5)
    watch.start_run("first")
    held = watch.seconds
    watch.start_run("first")
    watch.start("a")
    watch.stop("a")
    assert held == {"a": 1}
    watch.start_run("second")
    assert (held, watch.seconds, watch.running) == ({"a": 1}, {}, [])
    assert watch.total() == 1


def test_a_node_that_never_started_cannot_end() -> None:
    with pytest.raises(KeyError, match="a"):
        clock(0, 1).stop("a")
