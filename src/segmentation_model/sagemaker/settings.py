"""The typed section ``sagemaker`` of an environment: what of the cloud pipeline is decided when it is compiled."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from segmentation_model.errors import ConfigurationError, shorten
from segmentation_model.faults import explain

_Name = Annotated[str, Field(pattern=r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$")]
_Duration = Annotated[str, Field(pattern=r"^P(\d+D|(\d+D)?T(\d+H|\d+M|\d+H\d+M))$")]
Region = Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
RoleArn = Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:iam::\d{12}:role/.+$")]
_Seconds = Annotated[int, Field(ge=60, le=5 * 24 * 3600)]


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Defaults(_Group):
    """Defaults of the pipeline's parameters; null: whoever starts an execution names it."""

    labelled_uri: str | None = Field(None, description="Table of customers whose outcome is known: object or prefix.")
    current_uri: str | None = Field(None, description="Table of the month to score: object or prefix.")
    output_uri: str | None = Field(None, description="Where results, their history and executions go: a prefix.")
    configuration_uri: str | None = Field(None, description="The packed configuration: conf-….tar.gz.")
    image_uri: str | None = Field(None, description="The image in ECR.")
    mlflow_tracking_uri: str | None = Field(None, description="MLflow: address, or ARN of a tracking server.")
    mlflow_experiment: str = Field("segmentation_model", min_length=1, description="Experiment in MLflow.")
    execution_date: str = Field("", description="ISO date; empty: the newest invoice date of the month to score.")
    tariffs: Literal["both", "Domestic", "Industrial"] = Field("both", description="Tariffs to run.")
    seed: int = Field(42, ge=0, description="Seed of split and training.")
    baseline_features_uri: str = Field(
        "", description="What drift is measured against: train, an address of models or profiles, or empty: skipped."
    )
    drift_threshold: float = Field(0.25, gt=0, description="PSI from which drift is high.")
    fail_on_drift: Literal["false", "true", "low", "moderate", "high"] = Field(
        "false", description="Severity of drift that stops an execution; true: high."
    )
    minimum_auc: float = Field(0.6, ge=0, le=1, description="ROC AUC on the test part below which nothing is scored.")
    processing_instance_type: str = Field("ml.m5.2xlarge", pattern=r"^ml\.", description="Of the processing jobs.")
    training_instance_type: str = Field("ml.m5.2xlarge", pattern=r"^ml\.", description="Of the training jobs.")
    scoring_instance_count: int = Field(
        1, ge=1, le=100, description="Instances that share the scoring; only where nothing is trained."
    )
    volume_gb: int = Field(30, ge=1, le=16384, description="Disk of each instance, GiB: five times the tables.")


class Job(_Group):
    """Limits of a kind of job."""

    max_runtime_seconds: _Seconds = Field(6 * 3600, description="After it a job is stopped, and its step fails.")


class Training(Job):
    """Limits of the training jobs."""

    spot: bool = Field(False, description="Spare capacity, for up to a tenth of the price; a job may be started anew.")
    max_wait_seconds: _Seconds = Field(12 * 3600, description="With spot: the run time and the waiting for capacity.")

    @model_validator(mode="after")
    def _wait_for_the_run_too(self) -> Self:
        if self.spot and self.max_wait_seconds < self.max_runtime_seconds:
            raise ValueError(f"max_wait_seconds must be max_runtime_seconds ({self.max_runtime_seconds}) at least")
        return self


class Cache(_Group):
    """Reuse of steps that would do again what they did."""

    enabled: bool = Field(True, description="Of all steps but the one that publishes the results.")
    expire_after: _Duration = Field("P30D", description="ISO 8601 duration: days, hours, minutes.")


class Retry(_Group):
    """What happens when AWS throttles or has no capacity; an error of the job itself is not retried."""

    interval_seconds: int = Field(30, ge=1, le=3600, description="Before the first further attempt.")
    backoff_rate: float = Field(2.0, ge=1, le=10, description="By which each further wait is longer.")
    max_attempts: int = Field(5, ge=1, le=20, description="Attempts at most; then the step fails.")


class Encryption(_Group):
    """Keys of ours; without them, AWS encrypts with its own."""

    volume_kms_key: str | None = Field(None, min_length=1, description="For the jobs' disks: key id or ARN.")
    output_kms_key: str | None = Field(None, min_length=1, description="For what the jobs write to S3.")
    between_instances: bool = Field(True, description="Traffic between the instances of a job.")


class Network(_Group):
    """A VPC of ours; empty: SageMaker's own network."""

    subnets: tuple[str, ...] = Field((), description="Ids of the subnets that the jobs run in.")
    security_group_ids: tuple[str, ...] = Field((), description="Ids of the jobs' security groups.")

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if bool(self.subnets) != bool(self.security_group_ids):
            raise ValueError("subnets and security_group_ids belong together: name both, or none")
        return self


class SageMakerSettings(_Group):
    """The section ``sagemaker``."""

    pipeline_name: _Name = Field("segmentation-model", description="Of the whole job.")
    scoring_pipeline_name: _Name = Field("segmentation-scoring", description="Of the month with stored models.")
    model_package_group: _Name = Field("segmentation-model", description="The tariff's name follows it.")
    region: Region | None = Field(None, description="null: that of the caller.")
    role_arn: RoleArn | None = Field(None, description="Execution role; null: given to upsert.")
    defaults: Defaults = Defaults()
    part_rows: int = Field(500_000, ge=1, description="Customers of a file, of which instances get their share.")
    processing: Job = Job()
    training: Training = Training()
    cache: Cache = Cache()
    retry: Retry = Retry()
    encryption: Encryption = Encryption()
    network: Network = Network()
    tags: dict[str, str] = Field(default_factory=dict, description="On the pipeline and every job, for its costs.")


def read_settings(section: dict[str, Any]) -> SageMakerSettings:
    """Check the section.

    Args:
        section: As the configuration has it.

    Raises:
        ConfigurationError: A key is unknown, or a value is not allowed.
    """
    try:
        return SageMakerSettings.model_validate(section)
    except ValidationError as error:
        faults = [explain(fault, SageMakerSettings) for fault in error.errors()]
        raise ConfigurationError(f"sagemaker: {shorten(faults) if len(faults) > 1 else faults[0]}") from error
