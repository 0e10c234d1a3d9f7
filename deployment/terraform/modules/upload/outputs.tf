output "wheel_uri" {
  description = "Address of the wheel, or null."
  value       = try("s3://${var.bucket}/${aws_s3_object.this["code"].key}", null)
}

output "configuration_uri" {
  description = "Address of the configuration, or null."
  value       = try("s3://${var.bucket}/${aws_s3_object.this["conf"].key}", null)
}
