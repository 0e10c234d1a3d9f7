output "delivery" {
  description = "What the workflows on GitHub are told, by the name of the variable there."

  value = {
    AWS_REGION                  = var.region
    TF_STATE_BUCKET             = var.state_bucket
    AWS_IMAGE_ROLE_ARN          = aws_iam_role.this["image"].arn
    AWS_INFRASTRUCTURE_ROLE_ARN = aws_iam_role.this["infrastructure"].arn
    AWS_PLAN_ROLE_ARN           = aws_iam_role.this["plan"].arn
    ECR_REPOSITORY              = local.prefix
  }
}
