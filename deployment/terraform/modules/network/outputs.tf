output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "subnet_ids" {
  description = "Its private subnets."
  value       = aws_subnet.private[*].id
}

output "security_group_ids" {
  description = "Security groups of jobs and Code Editor."
  value       = [aws_security_group.jobs.id]
}

output "arns" {
  description = "Subnets and security groups, where a job's network interfaces may be made."
  value       = concat(aws_subnet.private[*].arn, [aws_security_group.jobs.arn])
}
