# What the compiled pipeline does (src/segmentation_model/sagemaker/definition/requests.py), and what its jobs do.

locals {
  execution = merge(
    { data = local.execution_data, jobs = local.execution_jobs },
    var.network_interfaces == null ? {} : { network = local.execution_network },
  )

  execution_data = [
    {
      Sid      = "LookIntoTheBuckets"
      Effect   = "Allow"
      Action   = "s3:ListBucket"
      Resource = [var.buckets.data, var.buckets.artifacts]
    },
    {
      Sid      = "ReadTablesAndConfiguration"
      Effect   = "Allow"
      Action   = "s3:GetObject"
      Resource = "${var.buckets.data}/*"
    },
    {
      # Delete: a month that is run again replaces its files.
      Sid      = "WriteResults"
      Effect   = "Allow"
      Action   = ["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]
      Resource = "${var.buckets.data}/segmentation/*"
    },
    {
      # MLflow's client writes its files itself.
      Sid      = "KeepFilesOfRuns"
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"]
      Resource = "${var.buckets.artifacts}/*"
    },
    local.use_key,
    local.encrypt_disks,
    local.track,
  ]

  execution_jobs = [
    {
      Sid      = "SignInToTheRegistry"
      Effect   = "Allow"
      Action   = "ecr:GetAuthorizationToken" # takes no resource
      Resource = "*"
    },
    {
      Sid      = "PullTheImage"
      Effect   = "Allow"
      Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      Resource = var.repository_arn
    },
    {
      Sid      = "WriteLogs"
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
      Resource = local.job_logs
    },
    {
      Sid       = "WriteMetrics"
      Effect    = "Allow"
      Action    = "cloudwatch:PutMetricData" # takes no resource, but a namespace
      Resource  = "*"
      Condition = { StringLike = { "cloudwatch:namespace" = ["/aws/sagemaker/*", "aws/sagemaker/*"] } }
    },
    {
      Sid    = "RunTheSteps"
      Effect = "Allow"
      Action = [
        "sagemaker:AddTags",
        "sagemaker:CreateProcessingJob", "sagemaker:DescribeProcessingJob", "sagemaker:StopProcessingJob",
        "sagemaker:CreateTrainingJob", "sagemaker:DescribeTrainingJob", "sagemaker:StopTrainingJob",
      ]
      Resource = local.jobs
    },
    {
      # The definition's PipelineExperimentConfig: an experiment for the pipeline, a trial for an execution.
      Sid    = "NoteExecutionsAsExperiments"
      Effect = "Allow"
      Action = [
        "sagemaker:AddTags", "sagemaker:AssociateTrialComponent", "sagemaker:CreateExperiment",
        "sagemaker:CreateTrial", "sagemaker:CreateTrialComponent", "sagemaker:DescribeExperiment",
        "sagemaker:DescribeTrial", "sagemaker:DescribeTrialComponent", "sagemaker:UpdateTrialComponent",
      ]
      Resource = concat(
        [for name in var.pipeline_names : "${local.sagemaker}:experiment/${lower(name)}"],
        ["${local.sagemaker}:experiment-trial/*", "${local.sagemaker}:experiment-trial-component/pipelines-*"],
      )
    },
    {
      # No tags: a model package has those of its group.
      Sid      = "RegisterModels"
      Effect   = "Allow"
      Action   = ["sagemaker:CreateModelPackage", "sagemaker:DescribeModelPackage"]
      Resource = concat(local.groups, local.models)
    },
    local.pass_execution_role,
  ]

  execution_network = [
    {
      Sid    = "MakeNetworkInterfaces"
      Effect = "Allow"
      Action = [
        "ec2:CreateNetworkInterface", "ec2:CreateNetworkInterfacePermission",
        "ec2:DeleteNetworkInterface", "ec2:DeleteNetworkInterfacePermission",
      ]
      Resource = concat(
        var.network_interfaces == null ? [] : var.network_interfaces,
        ["${local.arn}:ec2:${local.place}:network-interface/*"],
      )
    },
    {
      Sid    = "LookAtTheNetwork"
      Effect = "Allow"
      Action = [ # take no resource
        "ec2:DescribeDhcpOptions", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets", "ec2:DescribeVpcs",
      ]
      Resource = "*"
    },
  ]
}
