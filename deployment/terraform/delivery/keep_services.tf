# What applying and destroying need of the services that have no data: SageMaker, the network, logs and alarms.

locals {
  studio   = [for kind in ["app", "domain", "space", "user-profile"] : "${local.sagemaker}:${kind}/*"]
  tracking = "${local.sagemaker}:mlflow-tracking-server/${local.prefix}-mlflow"
  logs     = "${local.arn}:logs:${local.place}:log-group:/aws/sagemaker/*"
  operations = [
    "${local.arn}:cloudwatch:${local.place}:alarm:${local.prefix}-*",
    "${local.arn}:events:${local.place}:rule/${local.prefix}-*",
    "${local.arn}:scheduler:${local.place}:schedule/${local.prefix}/*",
    "${local.arn}:scheduler:${local.place}:schedule-group/${local.prefix}",
    "${local.arn}:sns:${local.place}:${local.prefix}-*",
  ]

  keep_services = {
    sagemaker = [
      {
        Sid    = "KeepStudio"
        Effect = "Allow"
        Action = [
          "sagemaker:AddTags", "sagemaker:CreateDomain", "sagemaker:CreateSpace", "sagemaker:CreateUserProfile",
          "sagemaker:DeleteApp", "sagemaker:DeleteDomain", "sagemaker:DeleteSpace", "sagemaker:DeleteTags",
          "sagemaker:DeleteUserProfile", "sagemaker:UpdateDomain", "sagemaker:UpdateSpace",
          "sagemaker:UpdateUserProfile",
        ]
        Resource = local.studio
      },
      {
        Sid    = "KeepTracking"
        Effect = "Allow"
        Action = [
          "sagemaker:AddTags", "sagemaker:CreateMlflowTrackingServer", "sagemaker:DeleteMlflowTrackingServer",
          "sagemaker:DeleteTags", "sagemaker:UpdateMlflowTrackingServer",
        ]
        Resource = local.tracking
      },
      {
        Sid    = "KeepModelGroups"
        Effect = "Allow"
        Action = [
          "sagemaker:AddTags", "sagemaker:CreateModelPackageGroup", "sagemaker:DeleteModelPackageGroup",
          "sagemaker:DeleteTags",
        ]
        Resource = local.group_arns
      },
      {
        Sid    = "CreateAndStartThePipeline"
        Effect = "Allow"
        Action = [
          "sagemaker:AddTags", "sagemaker:CreatePipeline", "sagemaker:DescribePipeline",
          "sagemaker:StartPipelineExecution", "sagemaker:UpdatePipeline",
        ]
        Resource = local.pipeline_arns
      },
      {
        Sid      = "FindPipelines"
        Effect   = "Allow"
        Action   = "sagemaker:ListPipelines" # takes no resource
        Resource = "*"
      },
    ]

    network = [
      {
        Sid    = "KeepTheNetwork"
        Effect = "Allow"
        Action = [
          "ec2:AssociateRouteTable", "ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress",
          "ec2:CreateRouteTable", "ec2:CreateSecurityGroup", "ec2:CreateSubnet", "ec2:CreateTags", "ec2:CreateVpc",
          "ec2:CreateVpcEndpoint", "ec2:DeleteRouteTable", "ec2:DeleteSecurityGroup", "ec2:DeleteSubnet",
          "ec2:DeleteTags", "ec2:DeleteVpc", "ec2:DeleteVpcEndpoints", "ec2:DisassociateRouteTable",
          "ec2:ModifySecurityGroupRules", "ec2:ModifyVpcAttribute", "ec2:ModifyVpcEndpoint",
          "ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress",
        ]
        Resource = [
          for kind in ["route-table", "security-group", "security-group-rule", "subnet", "vpc", "vpc-endpoint"] :
          "${local.arn}:ec2:${local.place}:${kind}/*"
        ]
      },
    ]

    operations = [
      {
        Sid    = "KeepLogs"
        Effect = "Allow"
        Action = [
          "logs:AssociateKmsKey", "logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:DisassociateKmsKey",
          "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource",
        ]
        Resource = local.logs
      },
      {
        Sid    = "KeepAlarmsAndSchedule"
        Effect = "Allow"
        Action = [
          "cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource", "cloudwatch:UntagResource",
          "events:DeleteRule", "events:PutRule", "events:PutTargets", "events:RemoveTargets", "events:TagResource",
          "events:UntagResource",
          "scheduler:CreateSchedule", "scheduler:CreateScheduleGroup", "scheduler:DeleteSchedule",
          "scheduler:DeleteScheduleGroup", "scheduler:TagResource", "scheduler:UntagResource", "scheduler:UpdateSchedule",
          "sns:CreateTopic", "sns:DeleteTopic", "sns:SetTopicAttributes", "sns:Subscribe", "sns:TagResource",
          "sns:Unsubscribe", "sns:UntagResource",
        ]
        Resource = local.operations
      },
    ]
  }
}
