# Wheel and configuration. SageMaker looks at the address of a configuration, not into it: another content has another one.

locals {
  files = { for folder, path in { code = var.wheel_path, conf = var.configuration_path } : folder => path if path != null }
}

resource "aws_s3_object" "this" {
  for_each               = local.files
  bucket                 = var.bucket
  key                    = "${each.key}/${filesha256(each.value)}/${basename(each.value)}"
  source                 = each.value
  server_side_encryption = "aws:kms"
  kms_key_id             = var.key_arn
}
