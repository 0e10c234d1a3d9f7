"""The pipeline's parameters: one for each default of the section ``sagemaker``, typed as it is."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

from sagemaker.core.workflow.parameters import Parameter, ParameterFloat, ParameterInteger, ParameterString

from segmentation_model.sagemaker.settings import Defaults

#: Parameter of the pipeline, by the run-time parameter of the job that it becomes.
RUNTIME_PARAMETERS = {
    "history": "output_uri",
    "models_path": "output_uri",
    "execution_date": "execution_date",
    "tariffs": "tariffs",
    "seed": "seed",
    "baseline_profile": "baseline_features_uri",
    "drift_threshold": "drift_threshold",
    "fail_on_drift": "fail_on_drift",
}
#: Where it is only the beginning of an address.
BELOW = {"models_path": "06_models"}
_TYPES: dict[type, type[Parameter]] = {int: ParameterInteger, float: ParameterFloat}


def pipeline_parameters(defaults: Defaults, without: frozenset[str] = frozenset()) -> dict[str, Parameter]:
    """Make the parameters.

    Args:
        defaults: Their defaults; null: an execution must name it.
        without: Those that a pipeline has no use for.

    Returns:
        By the names of the defaults; on SageMaker ``labelled_uri`` is ``LabelledUri``.
    """
    return {
        name: _parameter(name, field.annotation, getattr(defaults, name))
        for name, field in Defaults.model_fields.items()
        if name not in without
    }


def sagemaker_name(name: str) -> str:
    """Name of a parameter on SageMaker: ``BaselineFeaturesUri`` of ``baseline_features_uri``."""
    return "".join(part.capitalize() for part in name.split("_"))


def _parameter(name: str, annotation: Any, default: Any) -> Parameter:
    given = {} if default is None else {"default_value": default}
    if get_origin(annotation) is Literal:
        return ParameterString(sagemaker_name(name), enum_values=list(get_args(annotation)), **given)
    return _TYPES.get(annotation, ParameterString)(sagemaker_name(name), **given)
