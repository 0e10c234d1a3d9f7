output "names" {
  description = "Names of the buckets, by purpose: data and artifacts."
  value       = { for purpose, bucket in aws_s3_bucket.this : purpose => bucket.bucket }
}

output "arns" {
  description = "ARNs of the buckets, by purpose."
  value       = local.arns
}
