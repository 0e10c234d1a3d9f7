variable "prefix" {
  description = "Project and environment, which all names begin with."
  type        = string
}

variable "account" {
  description = "Account id, partition and region, of which ARNs are made."
  type        = object({ id = string, partition = string, region = string })
}

variable "key_arn" {
  description = "Key of logs and messages."
  type        = string
}

variable "log_retention_days" {
  description = "Days for which logs are kept."
  type        = number
}

variable "alarm_emails" {
  description = "Who hears of failures."
  type        = list(string)
}

variable "pipeline_names" {
  description = "Pipelines whose failed executions are told."
  type        = list(string)
}

variable "schedule" {
  description = "When which pipeline is started, with which parameters; null: by hand only."
  type = object({
    pipeline_name = string
    expression    = string
    timezone      = string
    parameters    = map(string)
  })
}

variable "permissions_boundary" {
  description = "Policy that bounds the schedule's role; null: none."
  type        = string
}
