# Who does what in an environment: the jobs (and the pipeline that starts them), MLflow's server, the people in Studio.
# Each role has its policies by name; what several of them may do is written once, below.

locals {
  arn       = "arn:${var.account.partition}"
  place     = "${var.account.region}:${var.account.id}"
  sagemaker = "${local.arn}:sagemaker:${local.place}"

  execution_arn = "${local.arn}:iam::${var.account.id}:role/${var.prefix}-execution"
  pipeline_arns = [for name in var.pipeline_names : "${local.sagemaker}:pipeline/${lower(name)}"]
  job_logs = [
    for kind in ["ProcessingJobs", "TrainingJobs"] : "${local.arn}:logs:${local.place}:log-group:/aws/sagemaker/${kind}:*"
  ]
  # The pipeline names its jobs so.
  jobs   = [for kind in ["processing-job", "training-job"] : "${local.sagemaker}:${kind}/pipelines-*"]
  groups = [for group in var.model_groups : "${local.sagemaker}:model-package-group/${group}"]
  models = [for group in var.model_groups : "${local.sagemaker}:model-package/${group}/*"]

  # A service may take a role for this account only.
  trust = {
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "sagemaker.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = var.account.id } }
    }]
  }

  use_key = {
    Sid      = "UseTheKey"
    Effect   = "Allow"
    Action   = ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"]
    Resource = var.key_arn
  }
  encrypt_disks = {
    Sid       = "EncryptDisks"
    Effect    = "Allow"
    Action    = "kms:CreateGrant"
    Resource  = var.key_arn
    Condition = { Bool = { "kms:GrantIsForAWSResource" = "true" } }
  }
  pass_execution_role = {
    Sid       = "GiveTheJobsTheirRole"
    Effect    = "Allow"
    Action    = "iam:PassRole"
    Resource  = local.execution_arn
    Condition = { StringEquals = { "iam:PassedToService" = "sagemaker.amazonaws.com" } }
  }
  # All that tracks runs and registers models, nothing that deletes an experiment, a run or a model.
  track = {
    Sid    = "TrackRunsAndModels"
    Effect = "Allow"
    Action = [
      "sagemaker-mlflow:Create*", "sagemaker-mlflow:Finalize*", "sagemaker-mlflow:Get*", "sagemaker-mlflow:List*",
      "sagemaker-mlflow:Log*", "sagemaker-mlflow:Search*", "sagemaker-mlflow:Set*", "sagemaker-mlflow:Update*",
      "sagemaker-mlflow:DeleteModelVersionTag", "sagemaker-mlflow:DeleteRegisteredModelTag",
    ]
    Resource = var.tracking_server_arn
  }

  roles = {
    execution = {
      description = "Jobs of the pipeline, and the pipeline that starts them."
      permissions = local.execution
    }
    tracking = {
      description = "MLflow's server: keeps its files."
      permissions = local.tracking
    }
    studio = {
      description = "People in SageMaker Studio: Code Editor, the pipeline, its results, approval of models."
      permissions = local.studio
    }
  }
  policies = merge([
    for role, one in local.roles : {
      for name, statements in one.permissions :
      "${role}/${name}" => { role = role, name = name, document = { Version = "2012-10-17", Statement = statements } }
    }
  ]...)
}

resource "aws_iam_role" "this" {
  for_each             = local.roles
  name                 = "${var.prefix}-${each.key}"
  description          = each.value.description
  assume_role_policy   = jsonencode(local.trust)
  permissions_boundary = var.permissions_boundary
}

resource "aws_iam_role_policy" "this" {
  for_each = local.policies
  name     = each.value.name
  role     = aws_iam_role.this[each.value.role].name
  policy   = jsonencode(each.value.document)
}
