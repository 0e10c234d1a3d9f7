# What planning needs: descriptions of everything that the environment makes, by its names, and the state. No customer's
# row is read, and none can be: of the buckets the wheel and the configuration alone, and the key decrypts nothing.

locals {
  read_state = [
    {
      Sid      = "FindTheState"
      Effect   = "Allow"
      Action   = "s3:ListBucket"
      Resource = "${local.arn}:s3:::${var.state_bucket}"
    },
    {
      Sid      = "ReadTheState"
      Effect   = "Allow"
      Action   = "s3:GetObject"
      Resource = local.state_files
    },
  ]
  state_files = "${local.arn}:s3:::${var.state_bucket}/segmentation/${var.environment}/*"

  look = {
    look = [
      {
        Sid      = "SeeRoles"
        Effect   = "Allow"
        Action   = ["iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole", "iam:ListRolePolicies", "iam:ListRoleTags"]
        Resource = "${local.iam}:role/${local.prefix}-*"
      },
      {
        Sid    = "SeeBuckets"
        Effect = "Allow"
        Action = [
          "s3:GetAccelerateConfiguration", "s3:GetBucket*", "s3:GetEncryptionConfiguration",
          "s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration", "s3:ListBucket",
        ]
        Resource = local.buckets
      },
      {
        Sid      = "SeeWheelAndConfiguration"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:GetObjectTagging"]
        Resource = local.uploads
      },
      {
        Sid      = "SeeKeys"
        Effect   = "Allow"
        Action   = ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"]
        Resource = "${local.arn}:kms:${local.place}:key/*" # its ARN is known when it is there
      },
      {
        Sid      = "SeeTheRegistry"
        Effect   = "Allow"
        Action   = ["ecr:DescribeRepositories", "ecr:GetLifecyclePolicy", "ecr:ListTagsForResource"]
        Resource = local.registry
      },
      {
        Sid      = "SeeStudio"
        Effect   = "Allow"
        Action   = ["sagemaker:DescribeApp", "sagemaker:DescribeDomain", "sagemaker:DescribeSpace", "sagemaker:DescribeUserProfile", "sagemaker:ListTags"]
        Resource = local.studio
      },
      {
        Sid      = "SeeTrackingAndModelGroups"
        Effect   = "Allow"
        Action   = ["sagemaker:DescribeMlflowTrackingServer", "sagemaker:DescribeModelPackageGroup", "sagemaker:ListTags"]
        Resource = concat([local.tracking], local.group_arns)
      },
      {
        Sid    = "SeeLogsAlarmsAndSchedule"
        Effect = "Allow"
        Action = [
          "cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource",
          "events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule",
          "logs:ListTagsForResource",
          "scheduler:GetSchedule", "scheduler:GetScheduleGroup", "scheduler:ListTagsForResource",
          "sns:GetSubscriptionAttributes", "sns:GetTopicAttributes", "sns:ListTagsForResource",
        ]
        Resource = concat(local.operations, [local.logs])
      },
      {
        Sid      = "FindLogs"
        Effect   = "Allow"
        Action   = "logs:DescribeLogGroups" # takes all groups
        Resource = "${local.arn}:logs:${local.place}:log-group:*"
      },
      {
        Sid      = "SeeNamesInTheVpc"
        Effect   = "Allow"
        Action   = "ec2:DescribeVpcAttribute"
        Resource = "${local.arn}:ec2:${local.place}:vpc/*"
      },
      {
        Sid    = "FindTheRest"
        Effect = "Allow"
        Action = [ # take no resource
          "ec2:DescribeAvailabilityZones", "ec2:DescribeNetworkAcls", "ec2:DescribeNetworkInterfaces",
          "ec2:DescribePrefixLists", "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroupRules",
          "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcs",
          "kms:ListAliases", "sagemaker:ListApps",
        ]
        Resource = "*"
      },
    ]
  }
}
