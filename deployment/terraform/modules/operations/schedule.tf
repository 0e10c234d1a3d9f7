# The month, started by a clock. Its role can start this one pipeline, and do nothing else.

locals {
  starts = var.schedule == null ? {} : { month = var.schedule }

  schedule_trust = {
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "scheduler.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = var.account.id } }
    }]
  }
  schedule_policy = {
    Version = "2012-10-17"
    Statement = flatten([for start in local.starts : [
      {
        Sid      = "StartTheMonth"
        Effect   = "Allow"
        Action   = "sagemaker:StartPipelineExecution"
        Resource = "${local.arn}:sagemaker:${local.place}:pipeline/${lower(start.pipeline_name)}"
      },
      {
        Sid      = "ReadTheSchedule"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = var.key_arn
      },
    ]])
  }
}

resource "aws_iam_role" "schedule" {
  for_each             = local.starts
  name                 = "${var.prefix}-schedule"
  description          = "Starts the month's execution."
  assume_role_policy   = jsonencode(local.schedule_trust)
  permissions_boundary = var.permissions_boundary
}

resource "aws_iam_role_policy" "schedule" {
  for_each = local.starts
  name     = "start"
  role     = aws_iam_role.schedule[each.key].name
  policy   = jsonencode(local.schedule_policy)
}

# A group of its own has figures of its own, for the alarm.
resource "aws_scheduler_schedule_group" "this" {
  for_each = local.starts
  name     = var.prefix
}

resource "aws_scheduler_schedule" "this" {
  for_each                     = local.starts
  name                         = each.key
  group_name                   = aws_scheduler_schedule_group.this[each.key].name
  description                  = "Starts ${each.value.pipeline_name} with the tables of the month."
  schedule_expression          = each.value.expression
  schedule_expression_timezone = each.value.timezone
  kms_key_arn                  = var.key_arn

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = "${local.arn}:scheduler:::aws-sdk:sagemaker:startPipelineExecution"
    role_arn = aws_iam_role.schedule[each.key].arn

    # jsonencode writes < and > as \u003c and \u003e; the scheduler looks for its variables in the text.
    input = replace(replace(jsonencode({
      PipelineName       = each.value.pipeline_name
      ClientRequestToken = "${var.prefix}-${each.key}-<aws.scheduler.scheduled-time>" # a repeated attempt starts nothing twice
      PipelineParameters = [for name, value in each.value.parameters : { Name = name, Value = value }]
    }), "\\u003c", "<"), "\\u003e", ">")

    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 5
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "not_started" {
  for_each            = local.starts
  alarm_name          = "${var.prefix}-${each.key}-not-started"
  alarm_description   = "The schedule could not start the execution of the month, and has given up."
  namespace           = "AWS/Scheduler"
  metric_name         = "InvocationDroppedCount"
  dimensions          = { ScheduleGroup = aws_scheduler_schedule_group.this[each.key].name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
}
