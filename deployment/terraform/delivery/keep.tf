# What applying and destroying need beside looking: everything that the environment makes, by its names, and nothing
# beside it. The key, which has no name of its own, lets this role keep and use it by its own policy (modules/key).

locals {
  # Who may make a role may give it any permission; so the names are ours, the workflows' own roles are left to people,
  # and a permissions boundary, where there is one, goes with every role.
  our_roles    = "${local.iam}:role/${local.prefix}-*"
  deploy_roles = "${local.iam}:role/${local.prefix}-deploy-*"
  our_tags = {
    "aws:RequestTag/project"     = var.project
    "aws:RequestTag/environment" = var.environment
  }

  write_state = [
    {
      # Delete: the lock.
      Sid      = "WriteTheState"
      Effect   = "Allow"
      Action   = ["s3:DeleteObject", "s3:PutObject"]
      Resource = local.state_files
    },
  ]

  keep = merge(local.keep_services, {
    identity = [
      merge(
        {
          Sid      = "MakeRoles"
          Effect   = "Allow"
          Action   = ["iam:CreateRole", "iam:PutRolePolicy"]
          Resource = local.our_roles
        },
        var.permissions_boundary_arn == null ? {} : {
          Condition = { StringEquals = { "iam:PermissionsBoundary" = var.permissions_boundary_arn } }
        },
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
          "iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePermissionsBoundary",
          "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy",
          "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription",
        ]
        Resource = local.deploy_roles
      },
      {
        Sid       = "GiveServicesTheirRoles"
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = [for role in ["execution", "tracking", "studio", "schedule"] : "${local.iam}:role/${local.prefix}-${role}"]
        Condition = { StringEquals = { "iam:PassedToService" = ["sagemaker.amazonaws.com", "scheduler.amazonaws.com"] } }
      },
    ]

    storage = concat(
      [
        {
          Sid    = "KeepTheBuckets"
          Effect = "Allow"
          Action = [
            "s3:CreateBucket", "s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:ListBucketVersions", "s3:PutBucket*",
            "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration",
          ]
          Resource = local.buckets
        },
        {
          Sid      = "UploadWheelAndConfiguration"
          Effect   = "Allow"
          Action   = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject", "s3:PutObjectTagging"]
          Resource = local.uploads
        },
        {
          Sid       = "MakeAKey"
          Effect    = "Allow"
          Action    = "kms:CreateKey" # takes no resource
          Resource  = "*"
          Condition = { StringEquals = merge({ "aws:RequestedRegion" = var.region }, local.our_tags) }
        },
        {
          Sid       = "TagTheKeyAsItIsMade"
          Effect    = "Allow"
          Action    = "kms:TagResource"
          Resource  = "${local.arn}:kms:${local.place}:key/*"
          Condition = { StringEquals = local.our_tags }
        },
        {
          Sid      = "NameTheKey"
          Effect   = "Allow"
          Action   = ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"]
          Resource = "${local.arn}:kms:${local.place}:alias/${local.prefix}"
        },
        {
          Sid    = "KeepTheRegistry"
          Effect = "Allow"
          Action = [
            "ecr:CreateRepository", "ecr:DeleteLifecyclePolicy", "ecr:DeleteRepository",
            "ecr:PutImageScanningConfiguration", "ecr:PutImageTagMutability", "ecr:PutLifecyclePolicy",
            "ecr:TagResource", "ecr:UntagResource",
          ]
          Resource = local.registry
        },
      ],
      var.destroy_with_content ? [
        {
          Sid      = "EmptyTheBuckets"
          Effect   = "Allow"
          Action   = ["s3:DeleteObject", "s3:DeleteObjectVersion"]
          Resource = "${local.buckets}/*"
        },
      ] : [],
    )
  })
}
