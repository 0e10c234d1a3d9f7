"""The names that SageMaker would give: of executions, jobs, and their addresses."""

from __future__ import annotations

import secrets
import string
from datetime import datetime

#: Nobody's account; it stands wherever the service would write the caller's.
ACCOUNT = "000000000000"
_LONGEST_JOB_NAME = 63


def random_text(length: int) -> str:
    """Lower-case letters and digits that nobody has seen before."""
    return "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(length))


def execution_id(moment: datetime) -> str:
    """An id that is unique, and sorts by the time of the start."""
    return f"{moment:%Y%m%d-%H%M%S}-{random_text(4)}"


def job_name(execution: str, step: str, suffix: str) -> str:
    """The name of a job, put together as SageMaker does.

    >>> job_name("20261126-024251-x7k2", "PreprocessSplit", "h6zkd3vjsx")
    'pipelines-20261126-024251-x7k2-PreprocessSplit-h6zkd3vjsx'
    """
    room = _LONGEST_JOB_NAME - len(f"pipelines-{execution}--{suffix}")
    return f"pipelines-{execution}-{step.replace('_', '-')[:room].strip('-')}-{suffix}"


def arn(kind: str, name: str, region: str) -> str:
    """The address of a resource that the service would have made."""
    return f"arn:aws:sagemaker:{region}:{ACCOUNT}:{kind}/{name}"
