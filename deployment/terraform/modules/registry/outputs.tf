output "arn" {
  description = "ARN of the repository."
  value       = "arn:${var.account.partition}:ecr:${var.account.region}:${var.account.id}:repository/${aws_ecr_repository.this.name}"
}

output "url" {
  description = "Where images are pushed to, without a tag."
  value       = aws_ecr_repository.this.repository_url
}
