# What every environment promises as a whole. Name one: terraform test -var-file=environments/dev.tfvars
# The provider is made up (mocks/), so nothing leaves the machine; its own checks of values still run.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  alarm_emails = ["team@example.com"]
}

run "as_it_is_applied" {
  assert {
    condition = alltrue([
      for name in ["data", "artifacts"] :
      output.deployment["${name}_bucket"] == "segmentation-${var.environment}-${name}-123456789012-${var.region}"
    ])
    error_message = "Buckets are named for project, environment, purpose, account and region."
  }

  assert {
    condition     = output.deployment.output_uri == "s3://${output.deployment.data_bucket}/segmentation"
    error_message = "Results go to segmentation/ of the data bucket: lifecycle and role know no other place."
  }

  assert {
    condition     = output.deployment.mlflow_tracking_arn == "arn:aws:sagemaker:${var.region}:123456789012:mlflow-tracking-server/segmentation-${var.environment}-mlflow"
    error_message = "The pipeline is told its tracking server."
  }

  assert {
    condition     = output.deployment.model_package_groups == ["segmentation-model-domestic", "segmentation-model-industrial"]
    error_message = "The groups are those that the compiled pipeline registers models in."
  }

  assert {
    condition     = length(output.deployment.subnets) == (var.vpc_only ? 2 : 0) && length(output.deployment.security_group_ids) == (var.vpc_only ? 1 : 0)
    error_message = "Jobs are told a network where the environment has one to itself, else none."
  }

  assert {
    condition     = var.environment == "dev" || var.vpc_only
    error_message = "Only dev reaches the internet."
  }

  assert {
    condition     = module.operations.policies == {}
    error_message = "There is no schedule without an image and a configuration."
  }
}

run "with_the_month_on_a_schedule" {
  variables {
    schedule_enabled    = true
    image_tag           = "0123abc"
    configuration_path  = "tests/files/conf.tar.gz"
    wheel_path          = "tests/files/segmentation_model-0.0.0-py3-none-any.whl"
    schedule_parameters = { FailOnDrift = "high" }
  }

  assert {
    condition     = output.deployment.configuration_uri == "s3://${output.deployment.data_bucket}/conf/${filesha256("tests/files/conf.tar.gz")}/conf.tar.gz"
    error_message = "A configuration's address is made of its content."
  }

  assert {
    condition     = output.deployment.wheel_uri == "s3://${output.deployment.data_bucket}/code/${filesha256("tests/files/segmentation_model-0.0.0-py3-none-any.whl")}/segmentation_model-0.0.0-py3-none-any.whl"
    error_message = "A wheel's address is made of its content."
  }

  assert {
    condition     = endswith(output.deployment.image_uri, ":0123abc")
    error_message = "The image is named with its tag."
  }

  assert {
    condition     = [for statement in module.operations.policies.schedule.permissions.start.Statement : statement.Action] == ["sagemaker:StartPipelineExecution", "kms:Decrypt"]
    error_message = "The schedule starts the pipeline, and does nothing else."
  }
}
