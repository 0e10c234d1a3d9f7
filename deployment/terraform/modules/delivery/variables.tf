variable "prefix" {
  description = "Project and environment, which all names begin with."
  type        = string
}

variable "environment" {
  description = "Environment on GitHub whose jobs may apply, after its approval."
  type        = string
}

variable "account" {
  description = "Account id, partition and region, of which ARNs are made."
  type        = object({ id = string, partition = string, region = string })
}

variable "repository" {
  description = "owner/name on GitHub; null: no roles."
  type        = string
}

variable "push_refs" {
  description = "Branches and tags whose runs may push images."
  type        = list(string)
}

variable "create_provider" {
  description = "Whether to make the OpenID Connect provider."
  type        = bool
}

variable "registry_arn" {
  description = "Repository of the image."
  type        = string
}

variable "key_arn" {
  description = "Key of the environment."
  type        = string
}

variable "state_bucket" {
  description = "Bucket of the state; null: others give access to it."
  type        = string
}

variable "pipeline_names" {
  description = "Pipelines that the deploy command creates."
  type        = list(string)
}

variable "model_groups" {
  description = "Model package groups."
  type        = list(string)
}

variable "permissions_boundary" {
  description = "Policy that bounds the roles made here, and those that the infrastructure role may make; null: none."
  type        = string
}
