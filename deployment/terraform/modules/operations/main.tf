# What is kept of the jobs' logs, and who hears of an execution that failed.

locals {
  arn           = "arn:${var.account.partition}"
  place         = "${var.account.region}:${var.account.id}"
  pipeline_arns = [for name in var.pipeline_names : "${local.arn}:sagemaker:${local.place}:pipeline/${lower(name)}"]
  topic_arn     = "${local.arn}:sns:${local.place}:${local.topic}"
  topic         = "${var.prefix}-alarms"
}

# SageMaker names them and would make them itself, to be kept for ever.
resource "aws_cloudwatch_log_group" "jobs" {
  for_each          = toset(["/aws/sagemaker/ProcessingJobs", "/aws/sagemaker/TrainingJobs", "/aws/sagemaker/studio"])
  name              = each.value
  retention_in_days = var.log_retention_days
  kms_key_id        = var.key_arn
}

resource "aws_sns_topic" "alarms" {
  name              = local.topic
  kms_master_key_id = var.key_arn
}

resource "aws_sns_topic_policy" "alarms" {
  arn = aws_sns_topic.alarms.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "EventsAndAlarmsOfThisAccount"
      Effect    = "Allow"
      Principal = { Service = ["events.amazonaws.com", "cloudwatch.amazonaws.com"] }
      Action    = "sns:Publish"
      Resource  = local.topic_arn
      Condition = { StringEquals = { "aws:SourceAccount" = var.account.id } }
    }]
  })
}

resource "aws_sns_topic_subscription" "email" {
  for_each  = toset(var.alarm_emails)
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.value
}

resource "aws_cloudwatch_event_rule" "failed" {
  name        = "${var.prefix}-execution-failed"
  description = "An execution of the pipeline failed: an error, drift, or a model that is too bad."

  event_pattern = jsonencode({
    source        = ["aws.sagemaker"]
    "detail-type" = ["SageMaker Model Building Pipeline Execution Status Change"]
    detail = {
      currentPipelineExecutionStatus = ["Failed"]
      pipelineArn                    = local.pipeline_arns
    }
  })
}

resource "aws_cloudwatch_event_target" "failed" {
  rule = aws_cloudwatch_event_rule.failed.name
  arn  = aws_sns_topic.alarms.arn

  input_transformer {
    input_paths = {
      execution = "$.detail.pipelineExecutionArn"
      ended     = "$.detail.executionEndTime"
    }
    input_template = "\"An execution failed at <ended>. Its failed step says why: <execution>\""
  }
}
