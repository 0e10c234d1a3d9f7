"""What Terraform made: its output ``deployment``, as far as the pipeline is compiled and started with it."""

from __future__ import annotations

import json
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from segmentation_model.columns.layout import TARIFFS
from segmentation_model.errors import ConfigurationError, shorten
from segmentation_model.faults import explain
from segmentation_model.sagemaker.settings import Network, Region, RoleArn, SageMakerSettings

_Text = Annotated[str, Field(min_length=1)]
_Address = Annotated[str, Field(pattern=r"^s3://.+[^/]$")]
_Arn = Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:.+$")]

_OUTPUT = "deployment"
_COMMAND = f"`terraform output -json {_OUTPUT}`"


class Deployment(BaseModel):
    """The output ``deployment`` (deployment/terraform/outputs.tf).

    Keys that are not named here are let through: a newer Terraform may say more. Null: Terraform did not make it, and
    whoever compiles names another.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    environment: _Text = Field(description="dev, staging or prod: the tag of that name on pipeline and jobs.")
    region: Region = Field(description="Where everything is.")
    role_arn: RoleArn = Field(description="Execution role of the jobs.")
    output_uri: _Address = Field(description="Where results, their history and executions go.")
    configuration_uri: _Address | None = Field(description="The packed configuration, if Terraform uploaded one.")
    image_uri: _Text | None = Field(description="The image, if Terraform was told a tag.")
    mlflow_tracking_arn: _Arn | None = Field(description="Tracking server of MLflow.")
    kms_key_arn: _Arn | None = Field(description="Key of disks and of what is written.")
    subnets: tuple[_Text, ...] = Field(description="Of the VPC that jobs run in; none: SageMaker's own network.")
    security_group_ids: tuple[_Text, ...] = Field(description="The same.")
    pipeline_name: _Text = Field(description="Of the whole job.")
    scoring_pipeline_name: _Text = Field(description="Of the month with stored models.")
    model_package_groups: tuple[_Text, ...] = Field(description="One for each tariff.")

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if bool(self.subnets) != bool(self.security_group_ids):
            raise ValueError("subnets and security_group_ids belong together: both are there, or none")
        return self

    def fill(self, settings: SageMakerSettings) -> SageMakerSettings:
        """Put what Terraform made in the place of what the section says; what it did not make stays.

        Args:
            settings: The section ``sagemaker``.

        Raises:
            ConfigurationError: Pipelines or model package groups have other names in the section: the roles that
                Terraform made allow their own only.
        """
        self._compare(settings)
        given = {
            "output_uri": self.output_uri,
            "configuration_uri": self.configuration_uri,
            "image_uri": self.image_uri,
            "mlflow_tracking_uri": self.mlflow_tracking_arn,
        }
        network = Network(subnets=self.subnets, security_group_ids=self.security_group_ids)
        keys = {"volume_kms_key": self.kms_key_arn, "output_kms_key": self.kms_key_arn}
        return settings.model_copy(
            update={
                "region": self.region,
                "role_arn": self.role_arn,
                "defaults": settings.defaults.model_copy(update=_present(given)),
                "encryption": settings.encryption.model_copy(update=_present(keys)),
                "network": network if self.subnets else settings.network,
                "tags": settings.tags | {"environment": self.environment},
            }
        )

    def _compare(self, settings: SageMakerSettings) -> None:
        groups = [f"{settings.model_package_group}-{tariff.lower()}" for tariff in TARIFFS]
        for name, made, wanted in (
            ("pipeline_name", [self.pipeline_name], [settings.pipeline_name]),
            ("scoring_pipeline_name", [self.scoring_pipeline_name], [settings.scoring_pipeline_name]),
            ("model_package_groups", sorted(self.model_package_groups), groups),
        ):
            if made != wanted:
                raise ConfigurationError(
                    f"--deployment: {name}: Terraform's roles are for {shorten(made)}, but the section sagemaker has "
                    f"{shorten(wanted)}; apply with this configuration, or take the one that was applied"
                )


def read_deployment(text: str, source: str) -> Deployment:
    """Read the JSON that Terraform prints.

    Args:
        text: Of ``terraform output -json deployment``, or of ``terraform output -json``, which has all outputs.
        source: Where it comes from, for messages.

    Raises:
        ConfigurationError: It is empty, no JSON, or not this output; a key is missing or has a wrong value.
    """
    where = f"--deployment {source}"
    if not text.strip():
        raise ConfigurationError(
            f"{where}: empty; {_COMMAND} prints the deployment, in Terraform's folder and after `terraform apply`"
        )
    try:
        output = json.loads(text)
    except ValueError as error:
        raise ConfigurationError(f"{where}: no JSON ({error}); {_COMMAND} is needed, with -json") from error
    if not isinstance(output, dict):
        raise ConfigurationError(f"{where}: an object is needed, as {_COMMAND} prints it; it is {shorten([output])}")
    if not output:
        raise ConfigurationError(f"{where}: Terraform has no outputs here; `terraform apply` comes first")
    if isinstance(output.get(_OUTPUT), dict):  # all outputs, each with its value and its type
        output = output[_OUTPUT].get("value")
    try:
        return Deployment.model_validate(output)
    except ValidationError as error:
        faults = [explain(fault, Deployment) for fault in error.errors(include_url=False)]
        said = shorten(faults) if len(faults) > 1 else faults[0]
        raise ConfigurationError(f"{where}: not the output {_OUTPUT} of this project's Terraform: {said}") from error


def _present(values: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value is not None}
