variable "prefix" {
  description = "Project and environment, which all names begin with."
  type        = string
}

variable "account" {
  description = "Account id, partition and region, of which ARNs are made."
  type        = object({ id = string, partition = string, region = string })
}

variable "key_arn" {
  description = "Key that everything is encrypted with."
  type        = string
}

variable "reused_days" {
  description = "Days for which SageMaker reuses a step, and thus what it handed on."
  type        = number
}

variable "executions_days" {
  description = "Days after which what steps hand to each other is deleted."
  type        = number
}

variable "noncurrent_days" {
  description = "Days for which an overwritten or deleted object can be brought back."
  type        = number
}

variable "destroy_with_content" {
  description = "Whether destroy deletes buckets that are not empty."
  type        = bool
}
