# Which services, how large, and who hears of them.

variable "enable_studio" {
  description = "Whether to make a SageMaker domain with a user and a Code Editor space."
  type        = bool
  default     = true
}

variable "code_editor_instance_type" {
  description = "Machine of the Code Editor space."
  type        = string
  default     = "ml.t3.medium"

  validation {
    condition     = can(regex("^ml\\.[a-z][a-z0-9-]*\\.(medium|large|[0-9]*xlarge)$", var.code_editor_instance_type))
    error_message = "code_editor_instance_type: an instance type of SageMaker is needed, such as ml.t3.medium."
  }
}

variable "code_editor_volume_gb" {
  description = "Disk of the Code Editor space, GiB."
  type        = number
  default     = 20

  validation {
    condition     = var.code_editor_volume_gb >= 5 && var.code_editor_volume_gb <= 16384 && floor(var.code_editor_volume_gb) == var.code_editor_volume_gb
    error_message = "code_editor_volume_gb: 5 to 16384 are allowed."
  }
}

variable "code_editor_idle_minutes" {
  description = "Minutes without use after which Code Editor is shut down."
  type        = number
  default     = 60

  validation {
    condition     = var.code_editor_idle_minutes >= 60 && var.code_editor_idle_minutes <= 525600
    error_message = "code_editor_idle_minutes: 60 to 525600 are allowed."
  }
}

variable "enable_tracking" {
  description = "Whether to make a managed MLflow tracking server."
  type        = bool
  default     = true
}

variable "tracking_server_size" {
  description = "Size of the MLflow tracking server."
  type        = string
  default     = "Small"

  validation {
    condition     = contains(["Small", "Medium", "Large"], var.tracking_server_size)
    error_message = "tracking_server_size: Small, Medium or Large are allowed."
  }
}

variable "enable_model_registry" {
  description = "Whether to make the model package groups of the tariffs."
  type        = bool
  default     = true
}

variable "log_retention_days" {
  description = "Days for which logs of the jobs are kept."
  type        = number
  default     = 90

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days: one of CloudWatch's is needed, such as 7, 30, 90, 365 or 3653."
  }
}

variable "alarm_emails" {
  description = "Who hears of failed executions; each address must confirm once."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for address in var.alarm_emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))])
    error_message = "alarm_emails: addresses such as team@example.com are needed."
  }
}

variable "schedule_enabled" {
  description = "Whether the month is started by a schedule; it needs image_tag, configuration_path and enable_tracking."
  type        = bool
  default     = false

  validation {
    condition     = !var.schedule_enabled || (var.image_tag != null && var.configuration_path != null && var.enable_tracking)
    error_message = "schedule_enabled: image_tag, configuration_path and enable_tracking are needed, because an execution is told its image, its configuration and its MLflow."
  }
}

variable "schedule_expression" {
  description = "When: cron of EventBridge Scheduler."
  type        = string
  default     = "cron(0 5 1 * ? *)"

  validation {
    condition     = can(regex("^cron\\(\\S+ \\S+ \\S+ \\S+ \\S+ \\S+\\)$", var.schedule_expression))
    error_message = "schedule_expression: cron(minutes hours day-of-month month day-of-week year) is needed."
  }
}

variable "schedule_timezone" {
  description = "Time zone of the expression. The folder of the month is named in UTC, whatever the zone."
  type        = string
  default     = "UTC"
}

variable "schedule_parameters" {
  description = "Parameters of the pipeline that scheduled executions get besides those that follow from this deployment."
  type        = map(string)
  default     = {}

  validation {
    condition = alltrue([
      for name in ["LabelledUri", "CurrentUri"] : strcontains(lookup(var.schedule_parameters, name, "<aws.scheduler.scheduled-time>"), "<aws.scheduler.scheduled-time>")
    ])
    error_message = "schedule_parameters: LabelledUri and CurrentUri must contain <aws.scheduler.scheduled-time>, or SageMaker takes the last month's results for this month's."
  }
}
