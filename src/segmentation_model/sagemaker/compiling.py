"""Compiling as the commands do it: from a configuration and the name of a pipeline to a definition."""

from __future__ import annotations

import json
import logging
import os
from typing import Any, Literal, NamedTuple

from segmentation_model.errors import ConfigurationError
from segmentation_model.sagemaker.settings import SageMakerSettings, read_settings

Which = Literal["job", "scoring"]
#: Nothing is sent there when a definition is compiled, but the SDK wants to know a region.
_ANY_REGION = "us-east-1"
_SECTION = "sagemaker"
_REGISTERED = {"job": "__default__", "scoring": "scoring"}


class Compiled(NamedTuple):
    """A definition, and the settings that it was compiled with."""

    title: str
    definition: dict[str, Any]
    settings: SageMakerSettings

    def as_text(self) -> str:
        """The definition as JSON, laid out for people and for differences."""
        return json.dumps(self.definition, indent=2, ensure_ascii=False) + "\n"


def compile_pipeline(which: Which, conf_source: str, env: str, role_arn: str | None = None) -> Compiled:
    """Compile a definition; nothing is sent anywhere.

    Args:
        which: The whole job, or the month with stored models.
        conf_source: The configuration.
        env: Environment with a section ``sagemaker``.
        role_arn: Execution role of the jobs; None: the section's.

    Returns:
        The definition.

    Raises:
        ConfigurationError: The extra ``deploy`` is not installed, or the configuration cannot be used.
    """
    os.environ.setdefault("AWS_DEFAULT_REGION", _ANY_REGION)
    logging.getLogger("sagemaker").setLevel(logging.WARNING)
    try:
        from segmentation_model.sagemaker.definition.pipeline import compile_definition, plan
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in ("sagemaker", "boto3"):
            raise
        raise ConfigurationError(
            "SageMaker's SDK is not installed, which compiles the pipeline: pip install 'segmentation-model[deploy]'"
        ) from error
    from segmentation_model.pipeline_registry import register_pipelines
    from segmentation_model.sagemaker.places import JobConfiguration

    configuration = JobConfiguration(conf_source, env)
    settings = _settings(configuration, env)
    name = _REGISTERED[which]
    title = settings.pipeline_name if which == "job" else settings.scoring_pipeline_name
    planned = plan(name, title, env, register_pipelines()[name], configuration)
    return Compiled(title, compile_definition(planned, settings, role_arn), settings)


def _settings(configuration: Any, env: str) -> SageMakerSettings:
    from kedro.config import MissingConfigException

    try:
        return read_settings(configuration.section(_SECTION))
    except (KeyError, MissingConfigException) as error:
        raise ConfigurationError(
            f"environment {env!r} has no section {_SECTION}; conf/prod/sagemaker.yml shows one"
        ) from error
