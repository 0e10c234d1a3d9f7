# Two buckets: the tables with what is made of them, and MLflow's files. Names are unique in the world by the account.

locals {
  names = {
    for purpose in ["data", "artifacts"] :
    purpose => "${var.prefix}-${purpose}-${var.account.id}-${var.account.region}"
  }
  arns = { for purpose, name in local.names : purpose => "arn:${var.account.partition}:s3:::${name}" }

  policies = {
    for purpose, arn in local.arns : purpose => {
      Version = "2012-10-17"
      Statement = [
        {
          Sid       = "OnlyByTls"
          Effect    = "Deny"
          Principal = "*"
          Action    = "s3:*"
          Resource  = [arn, "${arn}/*"]
          Condition = { Bool = { "aws:SecureTransport" = "false" } }
        },
        {
          Sid       = "NoOldTls"
          Effect    = "Deny"
          Principal = "*"
          Action    = "s3:*"
          Resource  = [arn, "${arn}/*"]
          Condition = { NumericLessThan = { "s3:TlsVersion" = "1.2" } }
        },
      ]
    }
  }
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18: Who read what, the account's CloudTrail tells (data events), for all buckets alike.
  #checkov:skip=CKV_AWS_144: Customers' data stays in its region; versions bring back what was deleted.
  #checkov:skip=CKV2_AWS_62: Nothing waits for an object: a month is started by the schedule, or by hand.
  for_each      = local.names
  bucket        = each.value
  force_destroy = var.destroy_with_content
}

resource "aws_s3_bucket_versioning" "this" {
  for_each = aws_s3_bucket.this
  bucket   = each.value.bucket

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = aws_s3_bucket.this
  bucket   = each.value.bucket

  rule {
    bucket_key_enabled = true # one request to KMS for many objects

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = var.key_arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each                = aws_s3_bucket.this
  bucket                  = each.value.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  for_each = aws_s3_bucket.this
  bucket   = each.value.bucket

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_policy" "this" {
  for_each = aws_s3_bucket.this
  bucket   = each.value.bucket
  policy   = jsonencode(local.policies[each.key])

  depends_on = [aws_s3_bucket_public_access_block.this] # S3 refuses two changes of a bucket at once
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  for_each = aws_s3_bucket.this
  bucket   = each.value.bucket

  rule {
    id     = "forget-what-was-overwritten"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = var.noncurrent_days
    }

    expiration {
      expired_object_delete_marker = true
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  dynamic "rule" {
    for_each = each.key == "data" ? ["segmentation/executions/"] : []

    content {
      id     = "forget-executions"
      status = "Enabled"

      filter {
        prefix = rule.value
      }

      expiration {
        days = var.executions_days
      }

      noncurrent_version_expiration {
        noncurrent_days = 1
      }
    }
  }

  lifecycle {
    precondition {
      condition     = var.executions_days > var.reused_days
      error_message = "executions_days: ${var.executions_days} days are too few; conf/prod/sagemaker.yml lets a step be reused for ${var.reused_days} days, and a reused step points to its files."
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}
