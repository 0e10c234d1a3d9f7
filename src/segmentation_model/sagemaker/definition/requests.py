"""The requests of the jobs: what runs, on which data, where the results go, on which machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.core.workflow.functions import Join
from sagemaker.core.workflow.parameters import Parameter

from segmentation_model.sagemaker.contract import (
    MEASURED,
    METRIC_LINE,
    METRICS,
    PROCESSING_INPUT,
    PROCESSING_OUTPUT,
    RESULTS,
)
from segmentation_model.sagemaker.settings import SageMakerSettings

#: Text, or a variable of the pipeline that becomes one; the SDK's variables have no types.
Text: TypeAlias = Any
Words: TypeAlias = Mapping[str, Text]
#: As in the image; a processing job names it, a training job takes the image's.
ENTRYPOINT = ("segmentation-model", "sagemaker", "container")


@dataclass(frozen=True)
class Source:
    """A channel into a job, where its files lie, and whether each instance gets its share of them instead of all."""

    channel: str
    address: Text
    sharded: bool = False


class Requests:
    """Makes the requests of one pipeline."""

    def __init__(self, settings: SageMakerSettings, parameters: Mapping[str, Parameter]) -> None:
        """Take what all requests share.

        Args:
            settings: The section ``sagemaker``; without a role the definition cannot be sent to AWS.
            parameters: The pipeline's parameters.
        """
        self._settings, self._parameters = settings, parameters
        self._role = _given(RoleArn=settings.role_arn)

    def processing(
        self, step: str, words: Words, sources: Sequence[Source], targets: Sequence[str], instances: Text = 1
    ) -> dict[str, Any]:
        """The request of a processing job.

        Args:
            step: Name of the step.
            words: Settings for the container.
            sources: Channels in.
            targets: Steps that channels go out to, and ``results``.
            instances: How many do the work; all write to the same places.
        """
        settings = self._settings
        request = {
            "AppSpecification": {
                "ImageUri": self._parameters["image_uri"],
                "ContainerEntrypoint": list(ENTRYPOINT),
                "ContainerArguments": ["process", *(_word(key, value) for key, value in words.items())],
            },
            "Environment": self._environment(),
            "ProcessingInputs": [_processing_input(source) for source in sources],
            "ProcessingOutputConfig": {
                "Outputs": [self._processing_output(step, target) for target in targets],
                **_given(KmsKeyId=settings.encryption.output_kms_key),
            },
            "ProcessingResources": {
                "ClusterConfig": {
                    "InstanceCount": instances,
                    "InstanceType": self._parameters["processing_instance_type"],
                    "VolumeSizeInGB": self._parameters["volume_gb"],
                    **_given(VolumeKmsKeyId=settings.encryption.volume_kms_key),
                }
            },
            "NetworkConfig": {
                "EnableInterContainerTrafficEncryption": settings.encryption.between_instances,
                "EnableNetworkIsolation": False,  # MLflow and the results' history are reached by network
                **self._vpc(),
            },
            "StoppingCondition": {"MaxRuntimeInSeconds": settings.processing.max_runtime_seconds},
        }
        return request | self._role | self._tags(step)

    def training(self, step: str, words: Words, sources: Sequence[Source]) -> dict[str, Any]:
        """The request of a training job.

        Args:
            step: Name of the step.
            words: Settings for the container.
            sources: Channels in.
        """
        limits, encryption = self._settings.training, self._settings.encryption
        spot = {"MaxWaitTimeInSeconds": limits.max_wait_seconds} if limits.spot else {}
        request = {
            "AlgorithmSpecification": {
                "TrainingImage": self._parameters["image_uri"],
                "TrainingInputMode": "File",
                "MetricDefinitions": [{"Name": name, "Regex": _metric_regex(name)} for name in (MEASURED, *METRICS)],
            },
            "HyperParameters": {key: _as_text(value) for key, value in words.items()},
            "Environment": self._environment(),
            "InputDataConfig": [_training_input(source) for source in sources],
            "OutputDataConfig": {
                "S3OutputPath": self._address(step),
                **_given(KmsKeyId=encryption.output_kms_key),
            },
            "ResourceConfig": {
                "InstanceCount": 1,
                "InstanceType": self._parameters["training_instance_type"],
                "VolumeSizeInGB": self._parameters["volume_gb"],
                **_given(VolumeKmsKeyId=encryption.volume_kms_key),
            },
            "EnableManagedSpotTraining": limits.spot,
            "EnableInterContainerTrafficEncryption": encryption.between_instances,
            "EnableNetworkIsolation": False,
            "StoppingCondition": {"MaxRuntimeInSeconds": limits.max_runtime_seconds, **spot},
        }
        return request | self._vpc() | self._role | self._tags(step)

    def model_package(self, tariff: str, model: Text, metrics: Words) -> dict[str, Any]:
        """The request that registers a model for approval.

        Args:
            tariff: Its tariff.
            model: Address of the model's archive.
            metrics: Measures of the test part.
        """
        about: Words = {"tariff": tariff, "execution": ExecutionVariables.PIPELINE_EXECUTION_ID, **metrics}
        return {
            "ModelPackageGroupName": f"{self._settings.model_package_group}-{tariff}",
            "ModelApprovalStatus": "PendingManualApproval",
            "InferenceSpecification": {
                "Containers": [{"Image": self._parameters["image_uri"], "ModelDataUrl": model}],
                "SupportedContentTypes": ["application/x-parquet"],
                "SupportedResponseMIMETypes": ["application/x-parquet"],
            },
            "CustomerMetadataProperties": {key: _as_text(value) for key, value in about.items()},
        }

    def _environment(self) -> dict[str, Text]:
        return {
            "MLFLOW_TRACKING_URI": self._parameters["mlflow_tracking_uri"],
            "MLFLOW_EXPERIMENT_NAME": self._parameters["mlflow_experiment"],
        }

    def _address(self, *parts: str) -> Join:
        """Below this folder lies what one execution hands from step to step."""
        execution = ExecutionVariables.PIPELINE_EXECUTION_ID
        return Join("/", [self._parameters["output_uri"], "executions", execution, *parts])

    def _processing_output(self, step: str, target: str) -> dict[str, Any]:
        address = self._parameters["output_uri"] if target == RESULTS else self._address(step, target)
        return {
            "OutputName": target,
            "AppManaged": False,
            "S3Output": {
                "S3Uri": address,
                "LocalPath": str(PROCESSING_OUTPUT / target),
                "S3UploadMode": "EndOfJob",
            },
        }

    def _vpc(self) -> dict[str, Any]:
        network = self._settings.network
        if not network.subnets:
            return {}
        return {"VpcConfig": {"SecurityGroupIds": [*network.security_group_ids], "Subnets": [*network.subnets]}}

    def _tags(self, step: str) -> dict[str, Any]:
        tags = {**self._settings.tags, "step": step}
        return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


def _processing_input(source: Source) -> dict[str, Any]:
    return {
        "InputName": source.channel,
        "AppManaged": False,
        "S3Input": {
            "S3Uri": source.address,
            "LocalPath": str(PROCESSING_INPUT / source.channel),
            "S3DataType": "S3Prefix",
            "S3InputMode": "File",
            "S3DataDistributionType": "ShardedByS3Key" if source.sharded else "FullyReplicated",
            "S3CompressionType": "None",
        },
    }


def _training_input(source: Source) -> dict[str, Any]:
    data = {"S3DataType": "S3Prefix", "S3Uri": source.address, "S3DataDistributionType": "FullyReplicated"}
    return {"ChannelName": source.channel, "DataSource": {"S3DataSource": data}, "CompressionType": "None"}


def _metric_regex(name: str) -> str:
    return METRIC_LINE.format(name=name, value="([0-9.eE+-]+)")


def _word(key: str, value: Text) -> Text:
    return f"{key}={value}" if isinstance(value, str) else Join("=", [key, value])


def _as_text(value: Text) -> Text:
    return value if isinstance(value, str) else value.to_string()


def _given(**options: str | None) -> dict[str, str]:
    return {key: value for key, value in options.items() if value is not None}
