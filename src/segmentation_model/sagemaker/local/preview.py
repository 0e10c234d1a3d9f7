"""What can be known of an execution before any of its steps runs: most mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segmentation_model.errors import ConfigurationError, shorten
from segmentation_model.sagemaker.local.definition import ConditionStep, FailStep, JobStep, RegisterStep, Step
from segmentation_model.sagemaker.local.expressions import ExpressionError, Scope, asks_files, resolve
from segmentation_model.sagemaker.local.graph import expressions_of
from segmentation_model.sagemaker.local.names import job_name
from segmentation_model.sagemaker.local.paths import PathError, follow, parse
from segmentation_model.sagemaker.local.requests import RequestError, build_request, property_later

_LATER = "later"


class Preview:
    """What steps can be asked for before they run: what their arguments say, else a value of the right type."""

    def __init__(self, steps: Mapping[str, Step], parameters: Mapping[str, Any], variables: Mapping[str, str]) -> None:
        """Look at steps with these values of parameters and variables."""
        self._steps, self._arguments = steps, dict[str, Any]()
        self.scope = Scope(parameters, {**variables, "TrainingJobName": _LATER, "ProcessingJobName": _LATER}, self)

    def property(self, step: str, path: str) -> Any:
        """A property: as the arguments say where they do."""
        asked = self._steps[step]
        if isinstance(asked, ConditionStep) and path == "Outcome":
            return "True"
        if not isinstance(asked, JobStep | RegisterStep):
            raise ExpressionError(f"{path!r}: a {asked.type} step has no such property")
        later = property_later(asked.type, path)
        if str(parse(path)[0]) in asked.arguments and not asks_files(asked.arguments):
            if step not in self._arguments:
                self._arguments[step] = resolve(asked.arguments, self.scope)
            return follow(self._arguments[step], path)
        return later

    def property_file(self, step: str, name: str, path: str) -> Any:
        """Text that stands for a value: nobody knows its type."""
        parse(path)
        find_property_file(self._steps[step], name)
        return _LATER


def find_property_file(step: Step, name: str) -> tuple[str, str]:
    """The output that holds a property file, and its path there.

    Raises:
        ExpressionError: The step has no such file, or no such output.
    """
    files = {one.property_file_name: one for one in step.property_files} if isinstance(step, JobStep) else {}
    if name not in files or not isinstance(step, JobStep):
        raise ExpressionError(f"step {step.name!r} has no property file {name!r}; it has {shorten(files) or 'none'}")
    wanted = files[name].output_name
    outputs = [one.get("OutputName") for one in step.arguments.get("ProcessingOutputConfig", {}).get("Outputs", [])]
    if wanted not in outputs:
        raise ExpressionError(f"property file {name!r}: step {step.name!r} lacks its output {wanted!r}")
    return wanted, files[name].file_path


def check_steps(steps: Mapping[str, Step], preview: Preview) -> None:
    """Check all that does not depend on what a step leaves.

    Raises:
        ConfigurationError: One line a fault, which names its step.
    """
    faults: list[str] = []
    for name, step in steps.items():
        try:
            arguments = resolve(expressions_of(step), preview.scope)
            if isinstance(step, JobStep | RegisterStep) and not asks_files(step.arguments):
                build_request(step.type, arguments, job_name(_LATER, name, _LATER))
            if isinstance(step, FailStep) and not isinstance(arguments, str):
                raise ExpressionError(f"ErrorMessage is no text: {arguments!r}")
            if isinstance(step, JobStep):
                for one in step.property_files:
                    find_property_file(step, one.property_file_name)
        except (ExpressionError, PathError, RequestError) as error:
            faults += [f"step {name!r}: {line}" for line in str(error).splitlines()]
    if faults:
        raise ConfigurationError("\n".join(faults))
