"""What a step asks of SageMaker: the request, checked against botocore's model of the service."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.session import Session
from botocore.validate import ParamValidator

from segmentation_model.sagemaker.local.emulated import not_emulated
from segmentation_model.sagemaker.local.names import ACCOUNT
from segmentation_model.sagemaker.local.paths import PathError, parse

_ROLE = f"arn:aws:iam::{ACCOUNT}:role/local"


class _Operation(NamedTuple):
    create: str
    job_name: str | None
    described: str


_OPERATIONS = {
    "Processing": _Operation("CreateProcessingJob", "ProcessingJobName", "DescribeProcessingJobResponse"),
    "Training": _Operation("CreateTrainingJob", "TrainingJobName", "DescribeTrainingJobResponse"),
    "RegisterModel": _Operation("CreateModelPackage", None, "DescribeModelPackageOutput"),
}
# Values that stand for properties until their step has run, by the type that botocore knows.
_LATER: dict[str, Any] = {"string": "later", "integer": 1, "long": 1, "float": 0.0, "double": 0.0, "boolean": True}


class RequestError(ValueError):
    """The service would refuse the request, or this runner cannot do what it asks; one line a fault."""


def build_request(step_type: str, arguments: dict[str, Any], name: str) -> dict[str, Any]:
    """The request of a step: its resolved arguments, with what the service fills in.

    Raises:
        RequestError: The service would refuse it, or it asks what this runner does not do.
    """
    operation = _OPERATIONS[step_type]
    request = dict(arguments)
    if operation.job_name is not None:
        request = {operation.job_name: name, "RoleArn": _ROLE} | arguments
    shape = _service().operation_model(operation.create).input_shape
    report = ParamValidator().validate(request, shape)
    faults = report.generate_report().splitlines() if report.has_errors() else list(not_emulated(step_type, request))
    if faults:
        raise RequestError("\n".join(f"{operation.create}: {fault}" for fault in faults))
    return request


def property_later(step_type: str, path: str) -> Any:
    """A value of the type of a property whose step has not run.

    Raises:
        PathError: Such a step has no such property.
    """
    shape: Shape = _service().shape_for(_OPERATIONS[step_type].described)
    for part in parse(path):
        shape = _below(shape, part, path)
    if shape.type_name not in _LATER:
        raise PathError(f"{path!r} is no single value but a {shape.type_name}")
    return _LATER[shape.type_name]


def _below(shape: Shape, part: str | int, path: str) -> Shape:
    if isinstance(shape, StructureShape) and part in shape.members:
        below: Shape = shape.members[part]
        return below
    if isinstance(shape, ListShape):
        return shape.member
    if isinstance(shape, MapShape) and isinstance(part, str):
        return shape.value
    raise PathError(f"{path!r}: SageMaker knows no {part!r} there")


@cache
def _service() -> Any:
    return Session().get_service_model("sagemaker")
