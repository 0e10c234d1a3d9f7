# What is promised of key, registry, roles, network, Studio, tracking and operations.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  environment          = "dev"
  prefix               = "segmentation-dev"
  account              = { id = "123456789012", partition = "aws", region = "eu-west-1" }
  region               = "eu-west-1"
  key_arn              = "arn:aws:kms:eu-west-1:123456789012:key/1"
  role_arn             = "arn:aws:iam::123456789012:role/one"
  destroy_with_content = false
}

run "key" {
  module {
    source = "./modules/key"
  }

  assert {
    condition     = aws_kms_key.this.enable_key_rotation && aws_kms_key.this.deletion_window_in_days == 30
    error_message = "The key changes every year, and can be brought back for a month."
  }

  assert {
    condition = [
      for statement in jsondecode(aws_kms_key.this.policy).Statement : statement.Condition.StringEquals
      if statement.Principal == { AWS = "*" }
      ] == [{
        "aws:PrincipalArn"  = "arn:aws:iam::123456789012:role/segmentation-dev-deploy-infrastructure"
        "kms:CallerAccount" = "123456789012"
    }]
    error_message = "Whoever calls, the workflow that applies keeps the key, and nobody else."
  }

  assert {
    condition = alltrue([
      for action in ["kms:EnableKeyRotation", "kms:CreateAlias", "kms:CreateGrant", "kms:GenerateDataKey", "kms:ScheduleKeyDeletion"] :
      anytrue([for statement in jsondecode(aws_kms_key.this.policy).Statement : contains(flatten([statement.Action]), action) && statement.Sid == "WorkflowThatApplies"])
    ])
    error_message = "The workflow that applies makes the key, has services use it, and deletes it."
  }
}

run "registry" {
  module {
    source = "./modules/registry"
  }
  variables {
    name = "segmentation-dev"
  }

  assert {
    condition     = aws_ecr_repository.this.image_scanning_configuration[0].scan_on_push && aws_ecr_repository.this.image_tag_mutability == "IMMUTABLE"
    error_message = "Images are scanned when they come, and a tag stays what it is."
  }

  assert {
    condition     = aws_ecr_repository.this.encryption_configuration[0].encryption_type == "KMS" && aws_ecr_repository.this.encryption_configuration[0].kms_key == var.key_arn
    error_message = "Images are encrypted with the environment's key."
  }

  assert {
    condition = [
      for rule in jsondecode(aws_ecr_lifecycle_policy.this.policy).rules :
      [rule.selection.tagStatus, rule.selection.countType, tostring(rule.selection.countNumber), rule.action.type]
      ] == [
      ["tagged", "imageCountMoreThan", "10", "expire"],
      ["tagged", "imageCountMoreThan", "10", "expire"],
      ["untagged", "sinceImagePushed", "7", "expire"],
    ]
    error_message = "The last 10 images are kept, and what is attested of them."
  }
}

run "roles" {
  module {
    source = "./modules/roles"
  }
  variables {
    buckets              = { data = "arn:aws:s3:::one", artifacts = "arn:aws:s3:::two" }
    repository_arn       = "arn:aws:ecr:eu-west-1:123456789012:repository/segmentation-dev"
    tracking_server_arn  = "arn:aws:sagemaker:eu-west-1:123456789012:mlflow-tracking-server/segmentation-dev-mlflow"
    pipeline_names       = ["segmentation-model"]
    model_groups         = ["segmentation-model-domestic"]
    permissions_boundary = "arn:aws:iam::123456789012:policy/boundary"
    network_interfaces   = null
  }

  assert {
    condition     = alltrue([for role in aws_iam_role.this : role.permissions_boundary == "arn:aws:iam::123456789012:policy/boundary"])
    error_message = "Where the account's administrators demand a boundary, it bounds every role."
  }
}

run "network" {
  module {
    source = "./modules/network"
  }
  variables {
    cidr     = "10.20.0.0/20"
    vpc_only = false
  }

  assert {
    condition     = aws_subnet.private[*].cidr_block == ["10.20.0.0/22", "10.20.4.0/22"] && length(distinct(aws_subnet.private[*].availability_zone)) == 2
    error_message = "Two subnets lie in two zones."
  }

  assert {
    condition     = aws_vpc_endpoint.s3.vpc_endpoint_type == "Gateway" && length(aws_vpc_endpoint.service) == 0
    error_message = "Endpoints that cost by the hour are made only where they are the only way."
  }
}

run "network_without_internet" {
  module {
    source = "./modules/network"
  }
  variables {
    cidr     = "10.20.0.0/20"
    vpc_only = true
  }

  assert {
    condition = toset(values(aws_vpc_endpoint.service)[*].service_name) == toset([
      "aws.sagemaker.eu-west-1.experiments", "aws.sagemaker.eu-west-1.studio", "com.amazonaws.eu-west-1.ecr.api",
      "com.amazonaws.eu-west-1.ecr.dkr", "com.amazonaws.eu-west-1.kms", "com.amazonaws.eu-west-1.logs",
      "com.amazonaws.eu-west-1.monitoring", "com.amazonaws.eu-west-1.sagemaker.api", "com.amazonaws.eu-west-1.sts",
    ])
    error_message = "Every service that jobs and Code Editor call has an endpoint."
  }

  assert {
    condition     = alltrue([for one in aws_vpc_endpoint.service : one.private_dns_enabled && length(one.subnet_ids) > 0])
    error_message = "The services' usual names lead to their endpoints, from every subnet."
  }
}

run "studio" {
  module {
    source = "./modules/studio"
  }
  variables {
    vpc_id             = "vpc-1"
    subnet_ids         = ["subnet-1", "subnet-2"]
    security_group_ids = ["sg-1"]
    vpc_only           = true
    instance_type      = "ml.t3.large"
    volume_gb          = 50
    idle_minutes       = 60
    keep_home          = true
  }

  assert {
    condition     = aws_sagemaker_domain.this.auth_mode == "IAM" && aws_sagemaker_domain.this.app_network_access_type == "VpcOnly"
    error_message = "IAM knows the users, and the domain has no way out but the VPC."
  }

  assert {
    condition     = aws_sagemaker_domain.this.kms_key_id == var.key_arn && aws_sagemaker_domain.this.retention_policy[0].home_efs_file_system == "Retain"
    error_message = "Home folders are encrypted with the environment's key, and outlive the domain."
  }

  assert {
    condition     = aws_sagemaker_user_profile.default.user_settings[0].execution_role == var.role_arn
    error_message = "The user has the role of people, not that of jobs."
  }

  assert {
    condition = (
      aws_sagemaker_space.code_editor.space_settings[0].app_type == "CodeEditor"
      && aws_sagemaker_space.code_editor.space_settings[0].code_editor_app_settings[0].default_resource_spec[0].instance_type == "ml.t3.large"
      && aws_sagemaker_space.code_editor.space_settings[0].space_storage_settings[0].ebs_storage_settings[0].ebs_volume_size_in_gb == 50
    )
    error_message = "Machine and disk of Code Editor are those that were asked for."
  }
}

run "tracking" {
  module {
    source = "./modules/tracking"
  }
  variables {
    name            = "segmentation-dev-mlflow"
    size            = "Small"
    artifact_bucket = "segmentation-dev-artifacts-123456789012-eu-west-1"
  }

  assert {
    condition     = aws_sagemaker_mlflow_tracking_server.this.artifact_store_uri == "s3://segmentation-dev-artifacts-123456789012-eu-west-1/mlflow"
    error_message = "MLflow keeps its files in the bucket for them."
  }
}

run "operations" {
  module {
    source = "./modules/operations"
  }
  variables {
    log_retention_days   = 90
    alarm_emails         = ["team@example.com"]
    pipeline_names       = ["segmentation-model", "segmentation-scoring"]
    permissions_boundary = null
    schedule = {
      pipeline_name = "segmentation-model"
      expression    = "cron(0 5 1 * ? *)"
      timezone      = "UTC"
      parameters    = { CurrentUri = "s3://bucket/raw/<aws.scheduler.scheduled-time>/current_customers.parquet" }
    }
  }

  assert {
    condition = (
      toset(keys(aws_cloudwatch_log_group.jobs)) == toset(["/aws/sagemaker/ProcessingJobs", "/aws/sagemaker/TrainingJobs", "/aws/sagemaker/studio"])
      && alltrue([for group in aws_cloudwatch_log_group.jobs : group.retention_in_days == 90 && group.kms_key_id == var.key_arn])
    )
    error_message = "Logs are kept for a time, encrypted."
  }

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.failed.event_pattern).detail == {
      currentPipelineExecutionStatus = ["Failed"]
      pipelineArn = [
        "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/segmentation-model",
        "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/segmentation-scoring",
      ]
    }
    error_message = "Failed executions of our pipelines are told, and nothing else."
  }

  assert {
    condition     = aws_sns_topic.alarms.kms_master_key_id == var.key_arn && aws_sns_topic_subscription.email["team@example.com"].protocol == "email"
    error_message = "Messages are encrypted, and go to those who asked for them."
  }

  assert {
    condition = jsondecode(aws_scheduler_schedule.this["month"].target[0].input) == {
      PipelineName       = "segmentation-model"
      ClientRequestToken = "segmentation-dev-month-<aws.scheduler.scheduled-time>"
      PipelineParameters = [{ Name = "CurrentUri", Value = "s3://bucket/raw/<aws.scheduler.scheduled-time>/current_customers.parquet" }]
    }
    error_message = "The schedule starts the pipeline with the month's tables, once for each of its times."
  }

  assert {
    condition     = !strcontains(aws_scheduler_schedule.this["month"].target[0].input, "\\u003c")
    error_message = "The scheduler finds its variables, which begin with <, in the text as it is."
  }
}
