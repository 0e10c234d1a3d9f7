"""One JSON object a line, for machines: CloudWatch, Loki, ``jq``."""

import json
import logging
import math
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter as LibraryJsonFormatter

from segmentation_model.logging.process_memory import resident_mb
from segmentation_model.logging.run_context import current_node, current_run

# Where SageMaker says which machine of the job this is: processing jobs, then training jobs.
SAGEMAKER_RESOURCE_FILES = (
    Path("/opt/ml/config/resourceconfig.json"),
    Path("/opt/ml/input/config/resourceconfig.json"),
)

# Attributes that only the console reads: Kedro's hints for rich, and the logging hook's for tracebacks.
CONSOLE_ATTRIBUTES = ("markup", "rich_format", "traceback_follows")


def sagemaker_identity(environ: Mapping[str, str], resource_files: Sequence[Path]) -> dict[str, str]:
    """Job and host that SageMaker gave this process, as far as they are there.

    Args:
        environ: Environment variables of the process.
        resource_files: Places of SageMaker's resource file; the first that exists is read.

    Returns:
        ``sagemaker_job`` and ``sagemaker_host``, either or both left out where unknown.

    >>> sagemaker_identity({"PROCESSING_JOB_NAME": "segments-2026-01"}, [])
    {'sagemaker_job': 'segments-2026-01'}
    """
    identity = {}
    job = environ.get("TRAINING_JOB_NAME") or environ.get("PROCESSING_JOB_NAME")
    if job:
        identity["sagemaker_job"] = job
    resources = next((path for path in resource_files if path.is_file()), None)
    if resources is not None:
        host = json.loads(resources.read_text(encoding="utf-8")).get("current_host")
        if host:
            identity["sagemaker_host"] = str(host)
    return identity


class JsonFormatter(LibraryJsonFormatter):
    """Writes a record as one line of JSON, always with the fields that identify its run.

    ``timestamp`` (UTC, ISO 8601), ``level``, ``logger``, ``message``, ``run_id``, ``pipeline``, ``node``,
    ``environment``, ``execution_date`` and ``memory_mb`` are on every line, null where there is nothing to say, so that
    a query never meets a missing column. ``duration_s``, whatever else was passed as ``extra``, ``exc_info`` and the
    SageMaker fields follow where there are any.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take the arguments of :class:`logging.Formatter`; what they format is ignored but for the message."""
        kwargs.setdefault("reserved_attrs", [*RESERVED_ATTRS, *CONSOLE_ATTRIBUTES])
        super().__init__(*args, **kwargs)
        self._identity = sagemaker_identity(os.environ, SAGEMAKER_RESOURCE_FILES)

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        """Fill ``log_data`` in a fixed order; an ``extra`` of the same name wins over the context."""
        run = current_run()
        log_data |= {
            "timestamp": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.message,
            "run_id": run.run_id,
            "pipeline": run.pipeline,
            "node": current_node(),
            "environment": run.environment,
            "execution_date": run.execution_date,
            "memory_mb": resident_mb(),
            **self._identity,
        }
        super().add_fields(log_data, record, message_dict)

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Turn NaN and infinities into null: JSON has neither, and strict readers drop the line."""
        return {
            key: None if isinstance(value, float) and not math.isfinite(value) else value
            for key, value in log_data.items()
        }
