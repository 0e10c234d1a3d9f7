# What is refused before anything is asked of AWS.

mock_provider "aws" {
  source = "../tests/mocks"
}

variables {
  environment       = "dev"
  region            = "eu-west-1"
  github_repository = "example/segmentation"
  state_bucket      = "example-terraform-state"
}

run "values_of_the_wrong_kind" {
  command = plan

  variables {
    environment              = "production"
    region                   = "Ireland"
    account_id               = "12345"
    project                  = "Segmentation"
    max_retries              = 51
    state_bucket             = "s3://example"
    permissions_boundary_arn = "arn:aws:iam::123456789012:role/boundary"
  }

  expect_failures = [
    var.environment, var.region, var.account_id, var.project, var.max_retries, var.state_bucket,
    var.permissions_boundary_arn,
  ]
}

run "values_that_would_let_too_many_in" {
  command = plan

  variables {
    github_repository = "example/*"
    image_push_refs   = ["refs/heads/*"]
  }

  expect_failures = [var.github_repository, var.image_push_refs]
}

run "a_prod_that_can_be_emptied" {
  command = plan

  variables {
    environment          = "prod"
    destroy_with_content = true
  }

  expect_failures = [var.destroy_with_content]
}
