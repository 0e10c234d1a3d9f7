# People work with the pipeline and look at what it makes; they write no results, push no image, and change no role.

locals {
  studio = { studio = local.studio_apps, pipeline = local.studio_pipeline, results = local.studio_results }

  studio_apps = [
    {
      Sid    = "FindTheirWay"
      Effect = "Allow"
      Action = [ # take no resource
        "sagemaker:ListApps", "sagemaker:ListDomains", "sagemaker:ListMlflowTrackingServers",
        "sagemaker:ListModelPackageGroups", "sagemaker:ListPipelines", "sagemaker:ListSpaces",
        "sagemaker:ListUserProfiles",
      ]
      Resource = "*"
    },
    {
      Sid      = "OpenStudio"
      Effect   = "Allow"
      Action   = ["sagemaker:CreatePresignedDomainUrl", "sagemaker:DescribeDomain", "sagemaker:DescribeUserProfile"]
      Resource = ["${local.sagemaker}:domain/*", "${local.sagemaker}:user-profile/*"]
    },
    {
      Sid    = "UseCodeEditor"
      Effect = "Allow"
      Action = [
        "sagemaker:AddTags", "sagemaker:CreateApp", "sagemaker:DeleteApp", "sagemaker:DescribeApp",
        "sagemaker:DescribeSpace", "sagemaker:UpdateSpace",
      ]
      Resource = ["${local.sagemaker}:app/*", "${local.sagemaker}:space/*"]
    },
    {
      Sid      = "WriteLogsOfStudio"
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
      Resource = "${local.arn}:logs:${local.place}:log-group:/aws/sagemaker/studio:*"
    },
  ]

  studio_pipeline = [
    {
      Sid    = "CreateAndStart"
      Effect = "Allow"
      Action = [
        "sagemaker:AddTags", "sagemaker:CreatePipeline", "sagemaker:DescribePipeline", "sagemaker:UpdatePipeline",
        "sagemaker:ListPipelineExecutions", "sagemaker:StartPipelineExecution",
      ]
      Resource = local.pipeline_arns
    },
    {
      Sid    = "FollowExecutions"
      Effect = "Allow"
      Action = [
        "sagemaker:DescribePipelineDefinitionForExecution", "sagemaker:DescribePipelineExecution",
        "sagemaker:ListPipelineExecutionSteps", "sagemaker:ListPipelineParametersForExecution",
        "sagemaker:RetryPipelineExecution", "sagemaker:StopPipelineExecution",
      ]
      Resource = [for arn in local.pipeline_arns : "${arn}/execution/*"]
    },
    {
      Sid      = "FollowJobs"
      Effect   = "Allow"
      Action   = ["sagemaker:DescribeProcessingJob", "sagemaker:DescribeTrainingJob"]
      Resource = local.jobs
    },
    {
      Sid      = "ReadLogs"
      Effect   = "Allow"
      Action   = ["logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents"]
      Resource = local.job_logs
    },
    {
      Sid    = "ApproveModels"
      Effect = "Allow"
      Action = [
        "sagemaker:DescribeModelPackage", "sagemaker:DescribeModelPackageGroup", "sagemaker:ListModelPackages",
        "sagemaker:UpdateModelPackage",
      ]
      Resource = concat(local.groups, local.models)
    },
    local.pass_execution_role,
  ]

  studio_results = [
    {
      Sid      = "LookIntoTheBuckets"
      Effect   = "Allow"
      Action   = ["s3:ListBucket", "s3:GetBucketLocation"]
      Resource = [var.buckets.data, var.buckets.artifacts]
    },
    {
      Sid      = "ReadEverything"
      Effect   = "Allow"
      Action   = "s3:GetObject"
      Resource = ["${var.buckets.data}/*", "${var.buckets.artifacts}/*"]
    },
    {
      Sid      = "BringTablesAndFilesOfRuns"
      Effect   = "Allow"
      Action   = ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
      Resource = ["${var.buckets.data}/raw/*", "${var.buckets.artifacts}/*"]
    },
    local.use_key,
    local.encrypt_disks,
    local.track,
    {
      Sid    = "OpenMlflow"
      Effect = "Allow"
      Action = [
        "sagemaker:CreatePresignedMlflowTrackingServerUrl", "sagemaker:DescribeMlflowTrackingServer",
        "sagemaker-mlflow:AccessUI",
      ]
      Resource = var.tracking_server_arn
    },
  ]
}
