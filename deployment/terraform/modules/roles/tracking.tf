locals {
  tracking = {
    files = [
      {
        Sid      = "LookIntoTheBucket"
        Effect   = "Allow"
        Action   = ["s3:ListBucket", "s3:GetBucketLocation"]
        Resource = var.buckets.artifacts
      },
      {
        Sid      = "KeepFiles"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
        Resource = "${var.buckets.artifacts}/*"
      },
      local.use_key,
    ]
  }
}
