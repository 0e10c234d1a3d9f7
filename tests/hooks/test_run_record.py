"""What a run's nodes learn of the run."""

from datetime import UTC, datetime

import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import Node, Pipeline

from segmentation_model.hooks.code_version import code_version
from segmentation_model.hooks.logging_hook import LoggingHook
from segmentation_model.hooks.run_record import RunRecordHook
from segmentation_model.logging.node_clock import NodeClock
from segmentation_model.logging.run_record import RunRecord
from tests.hooks.kedro_run import run

pytestmark = pytest.mark.usefixtures("fresh_logging")

READ: list[RunRecord] = []
SECONDS_WHEN_READ: list[dict[str, float]] = []


def make_rows() -> int:
    return 3


def summarise(rows: int, record: RunRecord) -> int:
    READ.append(record)
    SECONDS_WHEN_READ.append(dict(record.seconds))
    return rows


PIPELINE = Pipeline(
    [
        Node(make_rows, inputs=None, outputs="rows", name="make_rows"),
        Node(summarise, inputs={"rows": "rows", "record": "run_record"}, outputs="summary", name="summarise_run"),
    ]
)


@pytest.fixture(autouse=True)
def nothing_read() -> None:
    READ.clear()
    SECONDS_WHEN_READ.clear()


def catalog() -> DataCatalog:
    return DataCatalog({"run_record": MemoryDataset(copy_mode="assign")})


@pytest.mark.parametrize("record_hook_first", [True, False])
def test_the_last_node_finds_the_seconds_of_all_before_it(record_hook_first: bool) -> None:
    clock = NodeClock()
    hooks = [RunRecordHook(clock), LoggingHook(clock)]
    before = datetime.now(tz=UTC)
    run(PIPELINE, hooks if record_hook_first else hooks[::-1], catalog(), run_id="r1")
    (record,) = READ
    assert (record.run_id, record.code_version) == ("r1", code_version())
    assert before <= record.started_at <= datetime.now(tz=UTC)
    assert [list(seconds) for seconds in SECONDS_WHEN_READ] == [["make_rows"]]
    assert list(record.seconds) == ["make_rows", "summarise_run"]
    assert all(round(seconds, 3) == seconds for seconds in record.seconds.values())


def test_a_second_run_in_the_process_has_a_record_of_its_own() -> None:
    clock = NodeClock()
    hooks = [LoggingHook(clock), RunRecordHook(clock)]
    for run_id in ("r1", "r2"):
        run(PIPELINE, hooks, catalog(), run_id=run_id)
    assert [record.run_id for record in READ] == ["r1", "r2"]
    assert [list(seconds) for seconds in SECONDS_WHEN_READ] == [["make_rows"], ["make_rows"]]


def test_a_pipeline_that_does_not_ask_gets_none() -> None:
    clock, asked = NodeClock(), catalog()
    run(PIPELINE.filter(node_names=["make_rows"]), [LoggingHook(clock), RunRecordHook(clock)], asked)
    assert not asked.exists("run_record")
