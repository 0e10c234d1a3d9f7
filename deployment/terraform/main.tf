data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  prefix = "${var.project}-${var.environment}"

  # What ARNs are made of. Policies name their resources by ARNs that are known before anything exists, so that a plan
  # and a test show them whole.
  account = {
    id        = data.aws_caller_identity.current.account_id
    partition = data.aws_partition.current.partition
    region    = var.region
  }

  # Names of pipelines and model package groups, and how long steps are reused, are said once: where they are compiled.
  pipeline       = yamldecode(file("${path.root}/../../conf/prod/sagemaker.yml"))
  pipeline_names = [local.pipeline.pipeline_name, local.pipeline.scoring_pipeline_name]
  model_groups   = [for tariff in ["domestic", "industrial"] : "${local.pipeline.model_package_group}-${tariff}"]
  reused_days    = tonumber(try(regex("^P(\\d+)D", local.pipeline.cache.expire_after)[0], "0"))

  tracking_server     = "${local.prefix}-mlflow"
  tracking_server_arn = "arn:${local.account.partition}:sagemaker:${var.region}:${local.account.id}:mlflow-tracking-server/${local.tracking_server}"
}

module "key" {
  source  = "./modules/key"
  prefix  = local.prefix
  account = local.account
}

module "network" {
  source   = "./modules/network"
  prefix   = local.prefix
  region   = var.region
  cidr     = var.vpc_cidr
  vpc_only = var.vpc_only
}

module "buckets" {
  source               = "./modules/buckets"
  prefix               = local.prefix
  account              = local.account
  key_arn              = module.key.arn
  reused_days          = local.reused_days
  executions_days      = var.executions_days
  noncurrent_days      = var.noncurrent_days
  destroy_with_content = var.destroy_with_content
}

module "registry" {
  source               = "./modules/registry"
  name                 = local.prefix
  account              = local.account
  key_arn              = module.key.arn
  destroy_with_content = var.destroy_with_content
}

module "roles" {
  source               = "./modules/roles"
  prefix               = local.prefix
  account              = local.account
  buckets              = module.buckets.arns
  key_arn              = module.key.arn
  repository_arn       = module.registry.arn
  tracking_server_arn  = local.tracking_server_arn
  pipeline_names       = local.pipeline_names
  model_groups         = local.model_groups
  permissions_boundary = var.permissions_boundary_arn
  network_interfaces   = var.vpc_only ? module.network.arns : null
}

module "tracking" {
  source          = "./modules/tracking"
  count           = var.enable_tracking ? 1 : 0
  name            = local.tracking_server
  size            = var.tracking_server_size
  role_arn        = module.roles.tracking_arn
  artifact_bucket = module.buckets.names.artifacts
}

module "model_registry" {
  source = "./modules/model_registry"
  count  = var.enable_model_registry ? 1 : 0
  groups = local.model_groups
}

module "studio" {
  source             = "./modules/studio"
  count              = var.enable_studio ? 1 : 0
  prefix             = local.prefix
  vpc_id             = module.network.vpc_id
  subnet_ids         = module.network.subnet_ids
  security_group_ids = module.network.security_group_ids
  vpc_only           = var.vpc_only
  role_arn           = module.roles.studio_arn
  key_arn            = module.key.arn
  instance_type      = var.code_editor_instance_type
  volume_gb          = var.code_editor_volume_gb
  idle_minutes       = var.code_editor_idle_minutes
  keep_home          = !var.destroy_with_content
}

module "upload" {
  source             = "./modules/upload"
  bucket             = module.buckets.names.data
  key_arn            = module.key.arn
  wheel_path         = var.wheel_path
  configuration_path = var.configuration_path
}

module "operations" {
  source             = "./modules/operations"
  prefix             = local.prefix
  account            = local.account
  key_arn            = module.key.arn
  log_retention_days = var.log_retention_days
  alarm_emails       = var.alarm_emails
  pipeline_names     = local.pipeline_names
  schedule           = local.schedule

  permissions_boundary = var.permissions_boundary_arn
}
