output "execution_arn" {
  description = "Role of the jobs."
  value       = aws_iam_role.this["execution"].arn
}

output "tracking_arn" {
  description = "Role of MLflow's server."
  value       = aws_iam_role.this["tracking"].arn
}

output "studio_arn" {
  description = "Role of the people in Studio."
  value       = aws_iam_role.this["studio"].arn
}
