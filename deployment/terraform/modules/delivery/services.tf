# What applying needs of the services that have no data: SageMaker, the network, logs and alarms.

locals {
  infrastructure_services = {
    sagemaker = [
      {
        Sid    = "KeepStudio"
        Effect = "Allow"
        Action = [
          "sagemaker:AddTags", "sagemaker:CreateDomain", "sagemaker:CreateSpace", "sagemaker:CreateUserProfile",
          "sagemaker:DeleteApp", "sagemaker:DeleteDomain", "sagemaker:DeleteSpace", "sagemaker:DeleteTags",
          "sagemaker:DeleteUserProfile", "sagemaker:DescribeApp", "sagemaker:DescribeDomain", "sagemaker:DescribeSpace",
          "sagemaker:DescribeUserProfile", "sagemaker:ListTags", "sagemaker:UpdateDomain", "sagemaker:UpdateSpace",
          "sagemaker:UpdateUserProfile",
        ]
        Resource = [for kind in ["app", "domain", "space", "user-profile"] : "${local.sagemaker}:${kind}/*"]
      },
      {
        Sid    = "KeepTracking"
        Effect = "Allow"
        Action = [
          "sagemaker:AddTags", "sagemaker:CreateMlflowTrackingServer", "sagemaker:DeleteMlflowTrackingServer",
          "sagemaker:DeleteTags", "sagemaker:DescribeMlflowTrackingServer", "sagemaker:ListTags",
          "sagemaker:UpdateMlflowTrackingServer",
        ]
        Resource = "${local.sagemaker}:mlflow-tracking-server/${var.prefix}-mlflow"
      },
      {
        Sid    = "KeepModelGroups"
        Effect = "Allow"
        Action = [
          "sagemaker:AddTags", "sagemaker:CreateModelPackageGroup", "sagemaker:DeleteModelPackageGroup",
          "sagemaker:DeleteTags", "sagemaker:DescribeModelPackageGroup", "sagemaker:ListTags",
        ]
        Resource = [for group in var.model_groups : "${local.sagemaker}:model-package-group/${group}"]
      },
      {
        Sid    = "CreateAndStartThePipeline"
        Effect = "Allow"
        Action = [
          "sagemaker:AddTags", "sagemaker:CreatePipeline", "sagemaker:DescribePipeline",
          "sagemaker:StartPipelineExecution", "sagemaker:UpdatePipeline",
        ]
        Resource = [for name in var.pipeline_names : "${local.sagemaker}:pipeline/${lower(name)}"]
      },
      {
        Sid      = "FindThem"
        Effect   = "Allow"
        Action   = ["sagemaker:ListApps", "sagemaker:ListPipelines"] # take no resource
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
          "ec2:DeleteTags", "ec2:DeleteVpc", "ec2:DeleteVpcEndpoints", "ec2:DescribeVpcAttribute",
          "ec2:DisassociateRouteTable",
          "ec2:ModifySecurityGroupRules", "ec2:ModifyVpcAttribute", "ec2:ModifyVpcEndpoint",
          "ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress",
        ]
        Resource = [
          for kind in ["route-table", "security-group", "security-group-rule", "subnet", "vpc", "vpc-endpoint"] :
          "${local.arn}:ec2:${local.place}:${kind}/*"
        ]
      },
      {
        Sid    = "LookAtTheNetwork"
        Effect = "Allow"
        Action = [ # take no resource
          "ec2:DescribeAvailabilityZones", "ec2:DescribeNetworkAcls", "ec2:DescribeNetworkInterfaces",
          "ec2:DescribePrefixLists", "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroupRules",
          "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcs",
        ]
        Resource = "*"
      },
    ]

    operations = [
      {
        Sid    = "KeepLogs"
        Effect = "Allow"
        Action = [
          "logs:AssociateKmsKey", "logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:DisassociateKmsKey",
          "logs:ListTagsForResource", "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource",
        ]
        Resource = "${local.arn}:logs:${local.place}:log-group:/aws/sagemaker/*"
      },
      {
        Sid      = "FindLogs"
        Effect   = "Allow"
        Action   = "logs:DescribeLogGroups" # takes all groups
        Resource = "${local.arn}:logs:${local.place}:log-group:*"
      },
      {
        Sid    = "KeepAlarms"
        Effect = "Allow"
        Action = [
          "cloudwatch:DeleteAlarms", "cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource",
          "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource", "cloudwatch:UntagResource",
          "events:DeleteRule", "events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule",
          "events:PutRule", "events:PutTargets", "events:RemoveTargets", "events:TagResource", "events:UntagResource",
          "scheduler:CreateSchedule", "scheduler:CreateScheduleGroup", "scheduler:DeleteSchedule",
          "scheduler:DeleteScheduleGroup", "scheduler:GetSchedule", "scheduler:GetScheduleGroup",
          "scheduler:ListTagsForResource", "scheduler:TagResource", "scheduler:UntagResource", "scheduler:UpdateSchedule",
          "sns:CreateTopic", "sns:DeleteTopic", "sns:GetSubscriptionAttributes", "sns:GetTopicAttributes",
          "sns:ListTagsForResource", "sns:SetTopicAttributes", "sns:Subscribe", "sns:TagResource", "sns:Unsubscribe",
          "sns:UntagResource",
        ]
        Resource = [
          "${local.arn}:cloudwatch:${local.place}:alarm:${var.prefix}-*",
          "${local.arn}:events:${local.place}:rule/${var.prefix}-*",
          "${local.arn}:scheduler:${local.place}:schedule/${var.prefix}/*",
          "${local.arn}:scheduler:${local.place}:schedule-group/${var.prefix}",
          "${local.arn}:sns:${local.place}:${var.prefix}-*",
        ]
      },
    ]
  }
}
