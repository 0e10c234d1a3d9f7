"""Creating, updating and starting the pipeline in an account."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

from segmentation_model.errors import CloudError, ConfigurationError
from segmentation_model.sagemaker.compiling import Compiled
from segmentation_model.sagemaker.local.definition import Definition
from segmentation_model.sagemaker.local.parameters import resolve_parameters

#: A longer definition must be uploaded first; SageMaker says so itself.
_LONGEST_DEFINITION = 100 * 1024


def upsert(compiled: Compiled, region: str | None) -> tuple[Literal["created", "updated"], str]:
    """Create the pipeline, or update it.

    Args:
        compiled: The definition; the role that it names starts its jobs, too.
        region: None: that of the settings, else of the caller.

    Returns:
        What was done, and the pipeline's ARN.

    Raises:
        ConfigurationError: Role, region or credentials are missing, or the definition is too long.
        CloudError: AWS refuses.
    """
    role = compiled.settings.role_arn
    if role is None:
        raise ConfigurationError(
            "sagemaker upsert: no role; use --deployment or --role-arn, SEGMENTATION_ROLE_ARN, or sagemaker.role_arn"
        )
    text = json.dumps(compiled.definition)
    if len(text.encode()) >= _LONGEST_DEFINITION:
        raise ConfigurationError(f"{compiled.title}: the definition has {len(text):,} characters; 100 KiB are allowed")
    request = {"PipelineName": compiled.title, "PipelineDefinition": text, "RoleArn": role}
    tags = [{"Key": key, "Value": value} for key, value in compiled.settings.tags.items()]
    with _explained("upsert"):
        client = _client(region or compiled.settings.region)
        if _exists(client, compiled.title):
            return "updated", str(client.update_pipeline(**request)["PipelineArn"])
        created = client.create_pipeline(**request, PipelineDisplayName=compiled.title, Tags=tags)
        return "created", str(created["PipelineArn"])


def start(title: str, typed: Iterable[str], region: str | None) -> str:
    """Start an execution.

    Args:
        title: Name of the pipeline.
        typed: Parameters as ``Name=Value``; those with a default need not be given.
        region: None: that of the caller.

    Returns:
        ARN of the execution.

    Raises:
        ConfigurationError: Region, credentials or a parameter without a default are missing, one is unknown, or has a
            wrong type.
        CloudError: AWS refuses; there is no such pipeline, for example.
    """
    with _explained("start"):
        client = _client(region)
        emitted = json.loads(client.describe_pipeline(PipelineName=title)["PipelineDefinition"])
        values = resolve_parameters(Definition.model_validate(emitted), typed)
        given = [{"Name": name, "Value": str(value)} for name, value in values.items()]
        started = client.start_pipeline_execution(PipelineName=title, PipelineParameters=given)
        return str(started["PipelineExecutionArn"])


def _client(region: str | None) -> Any:
    import boto3

    return boto3.Session(region_name=region).client("sagemaker")


def _exists(client: Any, title: str) -> bool:
    found = client.list_pipelines(PipelineNamePrefix=title)["PipelineSummaries"]
    return any(pipeline["PipelineName"] == title for pipeline in found)


@contextmanager
def _explained(command: str) -> Iterator[None]:
    """Say what is missing, or what AWS has against it, in one line."""
    from botocore import exceptions

    try:
        yield
    except exceptions.NoRegionError as error:
        raise ConfigurationError(
            f"sagemaker {command}: no region; use --deployment or --region, AWS_DEFAULT_REGION, or sagemaker.region"
        ) from error
    except (exceptions.NoCredentialsError, exceptions.PartialCredentialsError) as error:
        raise ConfigurationError(
            f"sagemaker {command}: no credentials for AWS; sign in (aws sso login), name a profile (AWS_PROFILE), or "
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        ) from error
    except exceptions.ProfileNotFound as error:
        raise ConfigurationError(f"sagemaker {command}: {error}") from error
    except exceptions.ClientError as error:
        raise CloudError(
            f"sagemaker {command}: AWS refuses: {error.response['Error'].get('Message', error)}"
        ) from error
    except exceptions.BotoCoreError as error:
        raise CloudError(f"sagemaker {command}: {error}") from error
