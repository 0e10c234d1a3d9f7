"""Compiling as the commands do it: from a configuration and the name of a pipeline to a definition."""

from __future__ import annotations

import json
import logging
import os
import warnings
from typing import Any, Literal, NamedTuple

from segmentation_model.errors import ConfigurationError
from segmentation_model.sagemaker.deployment import Deployment
from segmentation_model.sagemaker.settings import SageMakerSettings, read_settings

Which = Literal["job", "scoring"]
#: Nothing is sent there when a definition is compiled, but the SDK wants to know a region.
_ANY_REGION = "us-east-1"
_SECTION = "sagemaker"
#: What grows from month to month lies in S3 from the start, not on the job's disk.
_ELSEWHERE = "s3://history"
_REGISTERED = {"job": "__default__", "scoring": "scoring"}


class Compiled(NamedTuple):
    """A definition, and the settings that it was compiled with."""

    title: str
    definition: dict[str, Any]
    settings: SageMakerSettings

    def as_text(self) -> str:
        """The definition as JSON, laid out for people and for differences."""
        return json.dumps(self.definition, indent=2, ensure_ascii=False) + "\n"


def compile_pipeline(
    which: Which, conf_source: str, env: str, role_arn: str | None = None, deployment: Deployment | None = None
) -> Compiled:
    """Compile a definition; nothing is sent anywhere.

    Args:
        which: The whole job, or the month with stored models.
        conf_source: The configuration.
        env: Environment with a section ``sagemaker``.
        role_arn: Execution role of the jobs; None: the deployment's, else the section's.
        deployment: What Terraform made, which goes before the section; None: the section says it all.

    Returns:
        The definition, with all settings that went into it.

    Raises:
        ConfigurationError: The extra ``deploy`` is not installed, or the configuration cannot be used, or not with
            this deployment.
    """
    os.environ.setdefault("AWS_DEFAULT_REGION", _ANY_REGION)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # the SDK about modules of its own
            from segmentation_model.sagemaker.definition.pipeline import compile_definition, plan
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in ("sagemaker", "boto3"):
            raise
        raise ConfigurationError(
            "SageMaker's SDK is not installed, which compiles the pipeline: pip install 'segmentation-model[deploy]'"
        ) from error
    logging.getLogger("sagemaker.config").setLevel(logging.WARNING)  # it tells of files of its own that are absent
    from segmentation_model.pipeline_registry import register_pipelines
    from segmentation_model.sagemaker.places import JobConfiguration

    configuration = JobConfiguration(conf_source, env, {"history": _ELSEWHERE})
    settings = _settings(configuration, env)
    if deployment is not None:
        settings = deployment.fill(settings)
    if role_arn is not None:
        settings = settings.model_copy(update={"role_arn": role_arn})
    name = _REGISTERED[which]
    title = settings.pipeline_name if which == "job" else settings.scoring_pipeline_name
    planned = plan(name, title, env, register_pipelines()[name], configuration)
    return Compiled(title, compile_definition(planned, settings), settings)


def _settings(configuration: Any, env: str) -> SageMakerSettings:
    from kedro.config import MissingConfigException

    try:
        return read_settings(configuration.section(_SECTION))
    except (KeyError, MissingConfigException) as error:
        raise ConfigurationError(
            f"environment {env!r} has no section {_SECTION}; conf/prod/sagemaker.yml shows one"
        ) from error
