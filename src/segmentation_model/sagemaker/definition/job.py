"""A job of the pipeline: the request that SageMaker makes of it, with the options of a step around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sagemaker.core.workflow.properties import Properties, PropertyFile
from sagemaker.mlops.workflow.retry import (
    RetryPolicy,
    SageMakerJobExceptionTypeEnum,
    SageMakerJobStepRetryPolicy,
    StepExceptionTypeEnum,
    StepRetryPolicy,
)
from sagemaker.mlops.workflow.steps import CacheConfig, ConfigurableRetryStep, StepTypeEnum

from segmentation_model.sagemaker.settings import Cache, Retry

_DESCRIPTIONS = {
    StepTypeEnum.PROCESSING: "DescribeProcessingJobResponse",
    StepTypeEnum.TRAINING: "DescribeTrainingJobResponse",
    StepTypeEnum.REGISTER_MODEL: "DescribeModelPackageOutput",
}


class JobStep(ConfigurableRetryStep):  # type: ignore[misc]
    """A step whose request is given as the API has it.

    The SDK's own steps take the request from a ``Processor`` or a ``ModelTrainer``, which add what they think is meant;
    what is sent should be what stands here.
    """

    def __init__(
        self,
        name: str,
        kind: StepTypeEnum,
        request: Mapping[str, Any],
        *,
        description: str,
        retry: Retry,
        cache: Cache | None = None,
        property_files: Sequence[PropertyFile] = (),
    ) -> None:
        """Take the request.

        Args:
            name: Name of the step.
            kind: Processing, Training or RegisterModel.
            request: Arguments of the API's call, with variables of the pipeline in it.
            description: For people.
            retry: When AWS is to blame.
            cache: None: the step is never reused.
            property_files: Files among the outputs that conditions read.
        """
        policies = _policies(retry, of_a_job=kind is not StepTypeEnum.REGISTER_MODEL)
        super().__init__(name, kind, description=description, retry_policies=policies)
        self._request = dict(request)
        self._cache = cache
        self.property_files = list(property_files)
        self._properties = Properties(step_name=name, step=self, shape_name=_DESCRIPTIONS[kind])

    @property
    def arguments(self) -> dict[str, Any]:
        """The request."""
        return self._request

    @property
    def properties(self) -> Properties:
        """What the finished job says of itself."""
        return self._properties

    def to_request(self) -> dict[str, Any]:
        """The step in the definition."""
        request: dict[str, Any] = super().to_request()
        if self._cache is not None:
            request |= CacheConfig(self._cache.enabled, self._cache.expire_after).config
        if self.property_files:
            request["PropertyFiles"] = [file.expr for file in self.property_files]
        return request


def _policies(retry: Retry, *, of_a_job: bool) -> list[RetryPolicy]:
    often = retry.model_dump()
    policies = [StepRetryPolicy([StepExceptionTypeEnum.SERVICE_FAULT, StepExceptionTypeEnum.THROTTLING], **often)]
    if of_a_job:
        jobs = SageMakerJobExceptionTypeEnum
        policies.append(
            SageMakerJobStepRetryPolicy(
                exception_types=[jobs.RESOURCE_LIMIT],
                failure_reason_types=[jobs.CAPACITY_ERROR, jobs.INTERNAL_ERROR],
                **often,
            )
        )
    return policies
