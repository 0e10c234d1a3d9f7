# One key of ours for everything of an environment: who may not use it reads nothing.

locals {
  policy = {
    Version = "2012-10-17"
    Statement = [
      {
        # Without it nobody could administer the key; who may use it, the roles' own policies say.
        Sid       = "AccountByItsPolicies"
        Effect    = "Allow"
        Principal = { AWS = "arn:${var.account.partition}:iam::${var.account.id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "LogsOfTheJobs"
        Effect    = "Allow"
        Principal = { Service = "logs.${var.account.region}.amazonaws.com" }
        Action    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
        Resource  = "*"
        Condition = {
          ArnLike = {
            "kms:EncryptionContext:aws:logs:arn" = "arn:${var.account.partition}:logs:${var.account.region}:${var.account.id}:log-group:/aws/sagemaker/*"
          }
        }
      },
      {
        Sid       = "AlarmsToAnEncryptedTopic"
        Effect    = "Allow"
        Principal = { Service = ["events.amazonaws.com", "cloudwatch.amazonaws.com"] }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceAccount" = var.account.id } }
      },
      {
        # The role's own policy can't name a key that is not there yet. Of all callers the condition leaves this one, whether
        # or not it exists: without workflows nobody has the role (delivery/).
        Sid       = "WorkflowThatApplies"
        Effect    = "Allow"
        Principal = { AWS = "*" }
        Action = [
          "kms:CreateAlias", "kms:CreateGrant", "kms:Decrypt", "kms:DeleteAlias", "kms:DescribeKey", "kms:EnableKeyRotation",
          "kms:GenerateDataKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource",
          "kms:UpdateAlias", "kms:UpdateKeyDescription",
        ]
        Resource = "*"
        Condition = {
          StringEquals = {
            "aws:PrincipalArn"  = "arn:${var.account.partition}:iam::${var.account.id}:role/${var.prefix}-deploy-infrastructure"
            "kms:CallerAccount" = var.account.id
          }
        }
      },
    ]
  }
}

resource "aws_kms_key" "this" {
  description             = "Data, models, images and logs of ${var.prefix}."
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = jsonencode(local.policy)
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.prefix}"
  target_key_id = aws_kms_key.this.key_id
}
