output "image_role_arn" {
  description = "Role of the workflow that pushes the image, or null."
  value       = try(aws_iam_role.this["image"].arn, null)
}

output "infrastructure_role_arn" {
  description = "Role of the workflow that applies, or null."
  value       = try(aws_iam_role.this["infrastructure"].arn, null)
}

output "policies" {
  description = "Trust and permissions, by role: deploy-image and deploy-infrastructure."
  value = {
    for role, _ in local.subjects : "deploy-${role}" => {
      trust       = local.trust[role]
      permissions = { for one in local.policies : one.name => one.document if one.role == role }
    }
  }
}
