# How the workflows on GitHub get into the account: no keys, but a token that says which repository, branch or environment
# a run belongs to. One role pushes images, from some branches; one applies and destroys, from the environment on GitHub
# that has the name of this one, and which people approve there; one plans, and can only look.
#
# A person applies this, once for each environment, before the environment itself. It has a state of its own, because a
# role can't destroy itself: so a workflow destroys the environment to the end.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  # All of an environment is known by its name, before it is there.
  prefix    = "${var.project}-${var.environment}"
  account   = data.aws_caller_identity.current.account_id
  arn       = "arn:${data.aws_partition.current.partition}"
  place     = "${var.region}:${local.account}"
  iam       = "${local.arn}:iam::${local.account}"
  buckets   = "${local.arn}:s3:::${local.prefix}-*-${local.account}-${var.region}"
  uploads   = [for folder in ["code", "conf"] : "${local.arn}:s3:::${local.prefix}-data-${local.account}-${var.region}/${folder}/*"]
  registry  = "${local.arn}:ecr:${local.place}:repository/${local.prefix}"
  sagemaker = "${local.arn}:sagemaker:${local.place}"
  issuer    = "token.actions.githubusercontent.com"

  pipeline      = yamldecode(file("${path.module}/../../../conf/prod/sagemaker.yml"))
  pipeline_arns = [for name in [local.pipeline.pipeline_name, local.pipeline.scoring_pipeline_name] : "${local.sagemaker}:pipeline/${lower(name)}"]
  group_arns    = [for tariff in ["domestic", "industrial"] : "${local.sagemaker}:model-package-group/${local.pipeline.model_package_group}-${tariff}"]

  roles = {
    image = {
      description = "Workflow that pushes the image."
      subjects    = [for ref in var.image_push_refs : "repo:${var.github_repository}:ref:${ref}"]
      permissions = { push = local.push }
    }
    infrastructure = {
      description = "Workflow that applies and destroys Terraform, creates and starts the pipeline."
      subjects    = ["repo:${var.github_repository}:environment:${var.environment}"]
      permissions = merge(local.look, local.keep, { state = concat(local.read_state, local.write_state) })
    }
    plan = {
      description = "Workflow that plans: reads descriptions and the state."
      subjects    = ["repo:${var.github_repository}:environment:${var.environment}-plan"]
      permissions = merge(local.look, { state = local.read_state })
    }
  }
  policies = merge([
    for role, one in local.roles : {
      for name, statements in one.permissions :
      "${role}/${name}" => { role = role, document = { Version = "2012-10-17", Statement = statements } }
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
      Resource = local.registry
    },
  ]
}

resource "aws_iam_openid_connect_provider" "github" {
  count          = var.create_github_provider ? 1 : 0
  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "this" {
  #checkov:skip=CKV_AWS_393: It can't follow `subjects`: one branch or environment of one repository, as the tests hold.
  for_each             = local.roles
  name                 = "${local.prefix}-deploy-${each.key}"
  description          = each.value.description
  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = "${local.iam}:oidc-provider/${local.issuer}" }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "${local.issuer}:aud" = "sts.amazonaws.com"
          "${local.issuer}:sub" = each.value.subjects
        }
      }
    }]
  })
}

# Managed, not inline: together they are longer than what a role may have inline.
resource "aws_iam_policy" "this" {
  for_each = local.policies
  name     = "${local.prefix}-deploy-${replace(each.key, "/", "-")}"
  policy   = jsonencode(each.value.document)
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each   = local.policies
  role       = aws_iam_role.this[each.value.role].name
  policy_arn = aws_iam_policy.this[each.key].arn
}
