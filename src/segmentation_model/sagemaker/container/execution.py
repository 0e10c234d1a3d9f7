"""Which execution a job belongs to. SageMaker does not tell the container; the job's name has it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from segmentation_model.logging.json_formatter import SAGEMAKER_RESOURCE_FILES, sagemaker_identity
from segmentation_model.tracking.execution import Execution


def execution_of(environ: Mapping[str, str], step: str, steps: Iterable[str]) -> Execution | None:
    """The execution, for what the steps of one tell MLflow.

    Told in the definition it would be an argument or a variable, and no step of an earlier execution would be reused.

    Args:
        environ: Environment variables of the job.
        step: Its step.
        steps: All steps, in their order.

    Returns:
        None outside of a pipeline's execution.

    >>> job = {"TRAINING_JOB_NAME": "pipelines-qwertyuiopas-TrainDomestic-AbCdEfGhIj"}
    >>> execution_of(job, "TrainDomestic", ["PreprocessSplit", "TrainDomestic"]).id
    'qwertyuiopas'
    """
    identity = sagemaker_identity(environ, SAGEMAKER_RESOURCE_FILES)
    found = re.fullmatch(rf"pipelines-(.+)-{re.escape(step)}-\w+", identity.get("sagemaker_job", ""))
    if found is None:
        return None
    host = identity.get("sagemaker_host", "algo-1")
    return Execution(found[1], step if host == "algo-1" else f"{step}/{host}", tuple(steps))
