# How the workflows on GitHub get into the account: no keys, but a token that says which repository, branch or environment
# a run belongs to. One role pushes images, from some branches; one applies, from the environment on GitHub that has the
# name of this one, and which people approve there.

locals {
  arn       = "arn:${var.account.partition}"
  place     = "${var.account.region}:${var.account.id}"
  iam       = "${local.arn}:iam::${var.account.id}"
  sagemaker = "${local.arn}:sagemaker:${local.place}"
  issuer    = "token.actions.githubusercontent.com"

  subjects = var.repository == null ? {} : {
    image          = [for ref in var.push_refs : "repo:${var.repository}:ref:${ref}"]
    infrastructure = ["repo:${var.repository}:environment:${var.environment}"]
  }
  descriptions = {
    image          = "Workflow that pushes the image."
    infrastructure = "Workflow that applies Terraform, creates and starts the pipeline."
  }
  trust = {
    for role, subjects in local.subjects : role => {
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Principal = { Federated = "${local.iam}:oidc-provider/${local.issuer}" }
        Action    = "sts:AssumeRoleWithWebIdentity"
        Condition = {
          StringEquals = {
            "${local.issuer}:aud" = "sts.amazonaws.com"
            "${local.issuer}:sub" = subjects
          }
        }
      }]
    }
  }

  permissions = {
    image          = { push = local.push }
    infrastructure = merge(local.infrastructure, local.infrastructure_services)
  }
  policies = merge([
    for role, _ in local.subjects : {
      for name, statements in local.permissions[role] :
      "${role}/${name}" => { role = role, name = name, document = { Version = "2012-10-17", Statement = statements } }
    }
  ]...)

  push = [
    {
      Sid      = "SignInToTheRegistry"
      Effect   = "Allow"
      Action   = "ecr:GetAuthorizationToken" # takes no resource
      Resource = "*"
    },
    {
      Sid    = "PushAndSeeTheScan"
      Effect = "Allow"
      Action = [
        "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:DescribeImages",
        "ecr:DescribeImageScanFindings", "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:PutImage",
        "ecr:UploadLayerPart",
      ]
      Resource = var.registry_arn
    },
  ]
}

resource "aws_iam_openid_connect_provider" "github" {
  count          = var.create_provider && var.repository != null ? 1 : 0
  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "this" {
  for_each             = local.subjects
  name                 = "${var.prefix}-deploy-${each.key}"
  description          = local.descriptions[each.key]
  assume_role_policy   = jsonencode(local.trust[each.key])
  permissions_boundary = var.permissions_boundary
}

# Managed, not inline: together they are longer than what a role may have inline.
resource "aws_iam_policy" "this" {
  for_each = local.policies
  name     = "${var.prefix}-deploy-${replace(each.key, "/", "-")}"
  policy   = jsonencode(each.value.document)
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each   = local.policies
  role       = aws_iam_role.this[each.value.role].name
  policy_arn = aws_iam_policy.this[each.key].arn
}
