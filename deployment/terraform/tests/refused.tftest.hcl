# What is refused before anything is asked of AWS. Each run gives wrong values to many variables at once, and every one of
# them must be named.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  environment = "dev"
  region      = "eu-west-1"
}

run "values_of_the_wrong_kind" {
  command = plan

  variables {
    environment               = "production"
    region                    = "Ireland"
    account_id                = "12345"
    project                   = "Segmentation"
    vpc_cidr                  = "10.20.0.0/33"
    code_editor_instance_type = "t3.medium" # of EC2
    log_retention_days        = 100         # CloudWatch has no such
    tracking_server_size      = "Tiny"
    alarm_emails              = ["team"]
    schedule_expression       = "rate(30 days)"
    permissions_boundary_arn  = "arn:aws:iam::123456789012:role/boundary"
  }

  expect_failures = [
    var.environment, var.region, var.account_id, var.project, var.vpc_cidr, var.code_editor_instance_type,
    var.log_retention_days, var.tracking_server_size, var.alarm_emails, var.schedule_expression,
    var.permissions_boundary_arn,
  ]
}

run "values_beyond_their_bounds" {
  command = plan

  variables {
    project                  = "customer-segmentation" # names of buckets would be too long
    vpc_cidr                 = "10.20.0.0/28"
    code_editor_volume_gb    = 4
    code_editor_idle_minutes = 5
    executions_days          = 30 # steps are reused for as long
    noncurrent_days          = 0
    max_retries              = 51
    log_retention_days       = 0
  }

  expect_failures = [
    var.project, var.vpc_cidr, var.code_editor_volume_gb, var.code_editor_idle_minutes, var.executions_days,
    var.noncurrent_days, var.max_retries, var.log_retention_days,
  ]
}

run "values_that_belong_to_others_or_move" {
  command = plan

  variables {
    vpc_cidr  = "52.95.0.0/20" # of others
    image_tag = "latest"
  }

  expect_failures = [var.vpc_cidr, var.image_tag]
}

run "values_that_do_not_go_together" {
  command = plan

  variables {
    environment          = "prod"
    destroy_with_content = true
    vpc_cidr             = "10.20.1.7/20" # an address, no network
    schedule_parameters  = { CurrentUri = "s3://bucket/current_customers.parquet" }
    wheel_path           = "dist/absent.whl"
    configuration_path   = "dist/absent.tar.gz"
  }

  expect_failures = [
    var.destroy_with_content, var.vpc_cidr, var.schedule_parameters, var.wheel_path, var.configuration_path,
  ]
}

run "values_that_are_too_large_or_lack_what_they_need" {
  command = plan

  variables {
    code_editor_volume_gb     = 16385
    code_editor_instance_type = "ml.m5.huge"
    schedule_enabled          = true # without an image
  }

  expect_failures = [var.code_editor_volume_gb, var.code_editor_instance_type, var.schedule_enabled]
}
