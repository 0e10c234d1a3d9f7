variable "name" {
  description = "Name of the server."
  type        = string
}

variable "size" {
  description = "Small, Medium or Large."
  type        = string
}

variable "role_arn" {
  description = "Role of the server."
  type        = string
}

variable "artifact_bucket" {
  description = "Bucket of MLflow's files."
  type        = string
}
