output "deployment" {
  description = "What the deploy command needs to compile, create and start the pipeline; nothing is copied by hand."

  value = {
    environment           = var.environment
    region                = var.region
    account_id            = local.account.id
    role_arn              = module.roles.execution_arn
    data_bucket           = module.buckets.names.data
    artifacts_bucket      = module.buckets.names.artifacts
    output_uri            = local.output_uri
    configuration_uri     = module.upload.configuration_uri
    wheel_uri             = module.upload.wheel_uri
    image_repository_url  = module.registry.url
    image_uri             = local.image_uri
    mlflow_tracking_arn   = var.enable_tracking ? local.tracking_server_arn : null
    kms_key_arn           = module.key.arn
    subnets               = var.vpc_only ? module.network.subnet_ids : []
    security_group_ids    = var.vpc_only ? module.network.security_group_ids : []
    pipeline_name         = local.pipeline.pipeline_name
    scoring_pipeline_name = local.pipeline.scoring_pipeline_name
    model_package_groups  = local.model_groups
  }
}
