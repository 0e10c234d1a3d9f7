# What applying needs: everything that this configuration makes, by its names, and nothing beside it.

locals {
  # Who may be made a role may be given any permission; so the names are ours, the workflow's own roles are left to
  # people, and a permissions boundary, where there is one, goes with every role.
  our_roles     = "${local.iam}:role/${var.prefix}-*"
  our_policies  = "${local.iam}:policy/${var.prefix}-*"
  deploy_roles  = "${local.iam}:role/${var.prefix}-deploy-*"
  deploy_grants = "${local.iam}:policy/${var.prefix}-deploy-*"
  bounded = var.permissions_boundary == null ? {} : {
    StringEquals = { "iam:PermissionsBoundary" = var.permissions_boundary }
  }

  infrastructure = merge({
    identity = [
      {
        Sid    = "ReadRoles"
        Effect = "Allow"
        Action = [
          "iam:GetPolicy", "iam:GetPolicyVersion", "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies",
          "iam:ListInstanceProfilesForRole", "iam:ListPolicyVersions", "iam:ListRolePolicies", "iam:ListRoleTags",
        ]
        Resource = [local.our_roles, local.our_policies]
      },
      merge(
        {
          Sid      = "MakeRoles"
          Effect   = "Allow"
          Action   = ["iam:CreateRole", "iam:PutRolePolicy"]
          Resource = local.our_roles
        },
        local.bounded == {} ? {} : { Condition = local.bounded },
      ),
      {
        Sid    = "KeepRoles"
        Effect = "Allow"
        Action = [
          "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy",
          "iam:UpdateRoleDescription",
        ]
        Resource = local.our_roles
      },
      {
        Sid    = "LeaveTheWorkflowsOwnRoles"
        Effect = "Deny"
        Action = [
          "iam:AttachRolePolicy", "iam:CreatePolicyVersion", "iam:CreateRole", "iam:DeletePolicy", "iam:DeletePolicyVersion",
          "iam:DeleteRole", "iam:DeleteRolePermissionsBoundary", "iam:DeleteRolePolicy", "iam:DetachRolePolicy",
          "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:SetDefaultPolicyVersion", "iam:UpdateAssumeRolePolicy",
        ]
        Resource = [local.deploy_roles, local.deploy_grants]
      },
      {
        Sid      = "SeeTheProvider"
        Effect   = "Allow"
        Action   = "iam:GetOpenIDConnectProvider"
        Resource = "${local.iam}:oidc-provider/${local.issuer}"
      },
      {
        Sid       = "GiveServicesTheirRoles"
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = [for role in ["execution", "tracking", "studio", "schedule"] : "${local.iam}:role/${var.prefix}-${role}"]
        Condition = { StringEquals = { "iam:PassedToService" = ["sagemaker.amazonaws.com", "scheduler.amazonaws.com"] } }
      },
    ]

    storage = [
      {
        Sid    = "KeepTheBuckets"
        Effect = "Allow"
        Action = [
          "s3:CreateBucket", "s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:GetAccelerateConfiguration", "s3:GetBucket*",
          "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration",
          "s3:ListBucket", "s3:ListBucketVersions", "s3:PutBucket*", "s3:PutEncryptionConfiguration",
          "s3:PutLifecycleConfiguration",
        ]
        Resource = "${local.arn}:s3:::${var.prefix}-*"
      },
      {
        Sid      = "UploadWheelAndConfiguration"
        Effect   = "Allow"
        Action   = ["s3:DeleteObject", "s3:GetObject", "s3:GetObjectTagging", "s3:PutObject", "s3:PutObjectTagging"]
        Resource = [for folder in ["code", "conf"] : "${local.arn}:s3:::${var.prefix}-data-*/${folder}/*"]
      },
      {
        Sid       = "MakeAKey"
        Effect    = "Allow"
        Action    = ["kms:CreateKey", "kms:ListAliases"] # take no resource
        Resource  = "*"
        Condition = { StringEquals = { "aws:RequestedRegion" = var.account.region } }
      },
      {
        Sid    = "KeepTheKey"
        Effect = "Allow"
        Action = [
          "kms:CreateAlias", "kms:CreateGrant", "kms:Decrypt", "kms:DeleteAlias", "kms:DescribeKey", "kms:EnableKeyRotation",
          "kms:GenerateDataKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags", "kms:PutKeyPolicy",
          "kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource", "kms:UpdateAlias", "kms:UpdateKeyDescription",
        ]
        Resource = [var.key_arn, "${local.arn}:kms:${local.place}:alias/${var.prefix}"]
      },
      {
        Sid    = "KeepTheRegistry"
        Effect = "Allow"
        Action = [
          "ecr:CreateRepository", "ecr:DeleteLifecyclePolicy", "ecr:DeleteRepository", "ecr:DescribeRepositories",
          "ecr:GetLifecyclePolicy", "ecr:ListTagsForResource", "ecr:PutImageScanningConfiguration",
          "ecr:PutImageTagMutability", "ecr:PutLifecyclePolicy", "ecr:TagResource", "ecr:UntagResource",
        ]
        Resource = var.registry_arn
      },
    ]
    }, var.state_bucket == null ? {} : {
    state = [
      {
        Sid      = "FindTheState"
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = "${local.arn}:s3:::${var.state_bucket}"
      },
      {
        # Delete: the lock.
        Sid      = "KeepTheState"
        Effect   = "Allow"
        Action   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
        Resource = "${local.arn}:s3:::${var.state_bucket}/segmentation/${var.environment}/*"
      },
    ]
  })
}
