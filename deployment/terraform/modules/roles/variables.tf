variable "prefix" {
  description = "Project and environment, which all names begin with."
  type        = string
}

variable "account" {
  description = "Account id, partition and region, of which ARNs are made."
  type        = object({ id = string, partition = string, region = string })
}

variable "buckets" {
  description = "ARNs of the buckets: data and artifacts."
  type        = object({ data = string, artifacts = string })
}

variable "key_arn" {
  description = "Key that everything is encrypted with."
  type        = string
}

variable "repository_arn" {
  description = "Repository of the image."
  type        = string
}

variable "tracking_server_arn" {
  description = "MLflow tracking server."
  type        = string
}

variable "pipeline_names" {
  description = "Pipelines that people may create and start."
  type        = list(string)
}

variable "model_groups" {
  description = "Model package groups."
  type        = list(string)
}

variable "permissions_boundary" {
  description = "Policy that bounds the roles; null: none."
  type        = string
}

variable "network_interfaces" {
  description = "Subnets and security groups where jobs may make network interfaces; null: the jobs are in no VPC of ours."
  type        = list(string)
}
