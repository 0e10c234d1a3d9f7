locals {
  data_uri   = "s3://${module.buckets.names.data}"
  output_uri = "${local.data_uri}/segmentation"
  image_uri  = var.image_tag == null ? null : "${module.registry.url}:${var.image_tag}"

  # SageMaker reuses a step whose addresses were the same before, for longer than February has days: each month's tables
  # lie under the time at which the schedule takes them, raw/2026-12-01T05:00:00Z/.
  month_uri = "${local.data_uri}/raw/<aws.scheduler.scheduled-time>"

  # What every execution is told, and what a person may add to it.
  parameters = merge(
    {
      LabelledUri       = "${local.month_uri}/labelled_customers.parquet"
      CurrentUri        = "${local.month_uri}/current_customers.parquet"
      OutputUri         = local.output_uri
      ConfigurationUri  = module.upload.configuration_uri
      ImageUri          = local.image_uri
      MlflowTrackingUri = local.tracking_server_arn
    },
    var.schedule_parameters,
  )

  schedule = var.schedule_enabled ? {
    pipeline_name = local.pipeline.pipeline_name
    expression    = var.schedule_expression
    timezone      = var.schedule_timezone
    parameters    = local.parameters
  } : null
}
