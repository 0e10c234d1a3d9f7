# What every environment's roles promise. Name one: terraform test -var-file=environments/dev.tfvars
# The provider is made up (the environment's mocks), so nothing leaves the machine; its own checks of values still run.

mock_provider "aws" {
  source = "../tests/mocks"
}

variables {
  github_repository = "example/segmentation"
  state_bucket      = "example-terraform-state"
}

run "as_it_is_applied" {
  assert {
    condition = { for name, role in aws_iam_role.this : name => jsondecode(role.assume_role_policy).Statement[*].Condition } == {
      for name, subject in {
        image          = "ref:refs/heads/main"
        infrastructure = "environment:${var.environment}"
        plan           = "environment:${var.environment}-plan"
        } : name => [{
          StringEquals = {
            "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
            "token.actions.githubusercontent.com:sub" = ["repo:example/segmentation:${subject}"]
          }
      }]
    }
    error_message = "Each role trusts one branch or one environment of one repository."
  }

  assert {
    condition     = aws_iam_openid_connect_provider.github[0].url == "https://token.actions.githubusercontent.com" && aws_iam_openid_connect_provider.github[0].client_id_list == toset(["sts.amazonaws.com"])
    error_message = "GitHub's tokens are trusted, and no others."
  }

  assert {
    condition     = alltrue([for policy in aws_iam_policy.this : length(policy.policy) <= 6144])
    error_message = "IAM takes 6,144 characters for a managed policy."
  }

  assert {
    condition     = output.delivery.ECR_REPOSITORY == "segmentation-${var.environment}" && output.delivery.TF_STATE_BUCKET == "example-terraform-state" && output.delivery.AWS_REGION == var.region
    error_message = "What the workflows are told is said once."
  }
}

run "with_a_provider_of_others_and_a_boundary_of_permissions" {
  variables {
    create_github_provider   = false
    permissions_boundary_arn = "arn:aws:iam::123456789012:policy/boundary"
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0
    error_message = "What others made is left to them."
  }

  assert {
    condition     = alltrue([for role in aws_iam_role.this : role.permissions_boundary == "arn:aws:iam::123456789012:policy/boundary"])
    error_message = "The boundary bounds the workflows' roles."
  }

  assert {
    condition = [
      for statement in jsondecode(aws_iam_policy.this["infrastructure/identity"].policy).Statement :
      statement.Condition.StringEquals["iam:PermissionsBoundary"] if statement.Sid == "MakeRoles"
    ] == ["arn:aws:iam::123456789012:policy/boundary"]
    error_message = "The workflow makes no role without the boundary."
  }
}
