"""Hook that gives a run's nodes what Kedro keeps to itself: run id, version of the code, durations so far."""

from datetime import UTC, datetime
from typing import Any

from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline

from segmentation_model.hooks.code_version import code_version
from segmentation_model.logging.node_clock import NodeClock
from segmentation_model.logging.run_record import RunRecord

RUN_RECORD = "run_record"


class RunRecordHook:
    """Saves a :class:`RunRecord` into the catalog entry ``run_record`` of a pipeline that reads one.

    The entry is a ``MemoryDataset`` with ``copy_mode: assign``; any other mode would freeze the durations.
    """

    def __init__(self, clock: NodeClock) -> None:
        """Take the clock that the logging hook feeds."""
        self._clock = clock

    @hook_impl
    def before_pipeline_run(self, run_params: dict[str, Any], pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Save the record, where the pipeline has ``run_record`` among its free inputs."""
        if RUN_RECORD not in pipeline.inputs():
            return
        run_id = run_params["run_id"]
        self._clock.start_run(run_id)
        record = RunRecord(
            run_id=run_id,
            code_version=code_version(),
            started_at=datetime.now(tz=UTC),
            seconds=self._clock.seconds,
        )
        catalog.save(RUN_RECORD, record)
