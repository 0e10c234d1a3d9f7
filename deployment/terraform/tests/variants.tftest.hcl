# What changes with a variable that no environment of ours sets.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  environment       = "dev"
  region            = "eu-west-1"
  github_repository = "example/segmentation"
}

run "without_github" {
  variables {
    github_repository = null
  }

  assert {
    condition     = output.delivery.image_role_arn == null && output.delivery.infrastructure_role_arn == null
    error_message = "Without a repository no role trusts GitHub."
  }
}

run "with_a_boundary_of_permissions" {
  variables {
    permissions_boundary_arn = "arn:aws:iam::123456789012:policy/boundary"
  }

  assert {
    condition = [
      for statement in module.delivery.policies["deploy-infrastructure"].permissions.identity.Statement :
      statement.Condition.StringEquals["iam:PermissionsBoundary"] if statement.Sid == "MakeRoles"
    ] == ["arn:aws:iam::123456789012:policy/boundary"]
    error_message = "The workflow makes no role without the boundary."
  }
}
