# Managed MLflow: runs, and the registry with the champions. It takes half an hour to come up.

resource "aws_sagemaker_mlflow_tracking_server" "this" {
  tracking_server_name         = var.name
  tracking_server_size         = var.size
  role_arn                     = var.role_arn
  artifact_store_uri           = "s3://${var.artifact_bucket}/mlflow"
  automatic_model_registration = false # the pipeline registers models itself, after its quality gate
}
