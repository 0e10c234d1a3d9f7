variable "prefix" {
  description = "Project and environment, which all names begin with."
  type        = string
}

variable "region" {
  description = "AWS region."
  type        = string
}

variable "cidr" {
  description = "Addresses of the VPC."
  type        = string
}

variable "vpc_only" {
  description = "Whether AWS is reached through endpoints, which cost by the hour."
  type        = bool
}
