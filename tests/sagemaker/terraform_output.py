"""Terraform's output ``deployment``, as it looks after everything was applied in a VPC."""

from typing import Any

ARN = "arn:aws"
PLACE = "eu-west-1:123456789012"
KEY = f"{ARN}:kms:{PLACE}:key/1"
TRACKING = f"{ARN}:sagemaker:{PLACE}:mlflow-tracking-server/segmentation-dev-mlflow"


def output(**changed: Any) -> dict[str, Any]:
    """The output; with other values of some keys."""
    bucket = "segmentation-dev-data"
    registry = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/segmentation-dev"
    return {
        "environment": "dev",
        "region": "eu-west-1",
        "account_id": "123456789012",
        "role_arn": f"{ARN}:iam::123456789012:role/segmentation-dev-execution",
        "data_bucket": bucket,
        "artifacts_bucket": "segmentation-dev-artifacts",
        "output_uri": f"s3://{bucket}/segmentation",
        "configuration_uri": f"s3://{bucket}/conf/1/conf.tar.gz",
        "wheel_uri": None,
        "image_repository_url": registry,
        "image_uri": f"{registry}:abc",
        "mlflow_tracking_arn": TRACKING,
        "kms_key_arn": KEY,
        "subnets": ["subnet-1", "subnet-2"],
        "security_group_ids": ["sg-1"],
        "pipeline_name": "segmentation-model",
        "scoring_pipeline_name": "segmentation-scoring",
        "model_package_groups": ["segmentation-model-domestic", "segmentation-model-industrial"],
        **changed,
    }
