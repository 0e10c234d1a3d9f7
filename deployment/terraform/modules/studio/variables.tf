variable "prefix" {
  description = "Project and environment, which all names begin with."
  type        = string
}

variable "vpc_id" {
  description = "VPC of the domain."
  type        = string
}

variable "subnet_ids" {
  description = "Its private subnets."
  type        = list(string)
}

variable "security_group_ids" {
  description = "Security groups of Code Editor."
  type        = list(string)
}

variable "vpc_only" {
  description = "Whether Code Editor has no way out but the VPC."
  type        = bool
}

variable "role_arn" {
  description = "Role of the user."
  type        = string
}

variable "key_arn" {
  description = "Key of home folder and disks."
  type        = string
}

variable "instance_type" {
  description = "Machine of the space."
  type        = string
}

variable "volume_gb" {
  description = "Disk of the space, GiB."
  type        = number
}

variable "idle_minutes" {
  description = "Minutes without use after which Code Editor is shut down."
  type        = number
}

variable "keep_home" {
  description = "Whether the home folders stay when the domain goes."
  type        = bool
}
