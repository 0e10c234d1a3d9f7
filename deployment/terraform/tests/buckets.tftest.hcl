# What is promised of the buckets.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  environment          = "dev"
  region               = "eu-west-1"
  prefix               = "segmentation-dev"
  account              = { id = "123456789012", partition = "aws", region = "eu-west-1" }
  key_arn              = "arn:aws:kms:eu-west-1:123456789012:key/1"
  reused_days          = 30
  executions_days      = 45
  noncurrent_days      = 7
  destroy_with_content = false
}

run "promises" {
  module {
    source = "./modules/buckets"
  }

  assert {
    condition     = toset(keys(aws_s3_bucket.this)) == toset(["data", "artifacts"]) && alltrue([for bucket in aws_s3_bucket.this : !bucket.force_destroy])
    error_message = "There are two buckets, which are not destroyed with what is in them."
  }

  assert {
    condition     = alltrue([for one in aws_s3_bucket_versioning.this : one.versioning_configuration[0].status == "Enabled"])
    error_message = "What was overwritten can be brought back."
  }

  assert {
    condition = alltrue([
      for one in aws_s3_bucket_server_side_encryption_configuration.this : alltrue([
        for rule in one.rule :
        rule.bucket_key_enabled
        && rule.apply_server_side_encryption_by_default[0].sse_algorithm == "aws:kms"
        && rule.apply_server_side_encryption_by_default[0].kms_master_key_id == var.key_arn
      ])
    ])
    error_message = "Everything is encrypted with the environment's key."
  }

  assert {
    condition = alltrue([
      for one in aws_s3_bucket_public_access_block.this :
      one.block_public_acls && one.block_public_policy && one.ignore_public_acls && one.restrict_public_buckets
    ])
    error_message = "Nothing can be made public."
  }

  assert {
    condition     = alltrue([for one in aws_s3_bucket_ownership_controls.this : one.rule[0].object_ownership == "BucketOwnerEnforced"])
    error_message = "The bucket's owner owns what is in it; there are no ACLs."
  }

  assert {
    condition = alltrue([
      for name, one in aws_s3_bucket_policy.this : anytrue([
        for statement in jsondecode(one.policy).Statement :
        statement.Effect == "Deny" && statement.Principal == "*" && statement.Action == "s3:*"
        && toset(statement.Resource) == toset([output.arns[name], "${output.arns[name]}/*"])
        && try(statement.Condition.Bool["aws:SecureTransport"], "") == "false"
      ])
    ])
    error_message = "Nothing goes over the wire in the clear."
  }

  assert {
    condition = alltrue([
      for one in aws_s3_bucket_lifecycle_configuration.this : anytrue([
        for rule in one.rule :
        rule.status == "Enabled"
        && try(rule.noncurrent_version_expiration[0].noncurrent_days, 0) == var.noncurrent_days
        && try(rule.abort_incomplete_multipart_upload[0].days_after_initiation, 0) == 7
      ])
    ])
    error_message = "Old versions and uploads that broke off are deleted."
  }

  assert {
    condition = [
      for rule in aws_s3_bucket_lifecycle_configuration.this["data"].rule : rule.expiration[0].days
      if try(rule.filter[0].prefix, null) == "segmentation/executions/"
    ] == [45]
    error_message = "What steps hand to each other is deleted after more days than a step is reused."
  }

  assert {
    condition     = length(aws_s3_bucket_lifecycle_configuration.this["artifacts"].rule) == 1
    error_message = "Files of runs are kept."
  }
}

run "a_step_that_is_reused_for_longer" {
  command = plan

  module {
    source = "./modules/buckets"
  }
  variables {
    reused_days = 60
  }
  expect_failures = [aws_s3_bucket_lifecycle_configuration.this]
}
