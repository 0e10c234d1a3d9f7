"""Which run and node a line belongs to."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from segmentation_model.logging.run_context import (
    RunContext,
    current_node,
    current_run,
    enter_node,
    enter_run,
    know_execution_date,
)

pytestmark = pytest.mark.usefixtures("fresh_logging")


def test_outside_a_run_nothing_is_known() -> None:
    assert current_run() == RunContext(None, None, None, None)
    assert current_node() is None


def test_the_date_completes_the_run() -> None:
    enter_run(RunContext("r", "p", "base"))
    know_execution_date("2026-01-31")
    assert current_run() == RunContext("r", "p", "base", "2026-01-31")


def test_each_thread_has_its_node_and_all_share_the_run() -> None:
    enter_run(RunContext("r"))
    both_inside = Barrier(2, timeout=30)

    def node(name: str) -> tuple[str | None, str | None]:
        enter_node(name)
        both_inside.wait()
        return current_node(), current_run().run_id

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(node, ["a", "b"])) == [("a", "r"), ("b", "r")]
    assert current_node() is None
