variable "environment" {
  description = "Which one: dev, staging or prod. Each has an account of its own, or at least a region."
  type        = string

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment: dev, staging or prod are allowed."
  }
}

variable "project" {
  description = "First part of all names, at most 14 characters: with environment, account and region a bucket's name has 63."
  type        = string
  default     = "segmentation"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,12}[a-z0-9]$", var.project))
    error_message = "project: 3 to 14 lower case letters, digits and hyphens are allowed, a letter first."
  }
}

variable "region" {
  description = "AWS region."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region: a name such as eu-west-1 is needed."
  }
}

variable "account_id" {
  description = "The account that this environment belongs to; another one is refused. null: that of the credentials."
  type        = string
  default     = null

  validation {
    condition     = var.account_id == null || can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id: twelve digits are needed."
  }
}

variable "max_retries" {
  description = "How often a request to AWS is repeated before it has failed."
  type        = number
  default     = 25

  validation {
    condition     = var.max_retries >= 0 && var.max_retries <= 50
    error_message = "max_retries: 0 to 50 are allowed."
  }
}

variable "permissions_boundary_arn" {
  description = "Policy that bounds every role made here, where the account's administrators demand one."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null || can(regex("^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn: the ARN of a policy is needed."
  }
}

# Network

variable "vpc_only" {
  description = "Whether jobs and Code Editor reach AWS through endpoints of a VPC without internet, and nothing else."
  type        = bool
  default     = false
}

variable "vpc_cidr" {
  description = "Addresses of the VPC: private (RFC 1918), /16 to /24."
  type        = string
  default     = "10.20.0.0/20"

  validation {
    condition = (
      can(regex("^(10\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|192\\.168\\.)", var.vpc_cidr))
      && try(cidrsubnet(var.vpc_cidr, 0, 0) == var.vpc_cidr, false)
      && try(tonumber(split("/", var.vpc_cidr)[1]) >= 16 && tonumber(split("/", var.vpc_cidr)[1]) <= 24, false)
    )
    error_message = "vpc_cidr: a private network from /16 to /24 is needed, without host bits, such as 10.20.0.0/20."
  }
}

# Data

variable "executions_days" {
  description = "Days after which what steps hand to each other is deleted; longer than a step is reused (30 days)."
  type        = number
  default     = 45

  validation {
    condition     = var.executions_days > 30 && var.executions_days <= 3650 && floor(var.executions_days) == var.executions_days
    error_message = "executions_days: 31 to 3650 are allowed; a reused step points to the files of up to 30 days ago."
  }
}

variable "noncurrent_days" {
  description = "Days for which an overwritten or deleted object can be brought back."
  type        = number
  default     = 90

  validation {
    condition     = var.noncurrent_days >= 1 && var.noncurrent_days <= 3650 && floor(var.noncurrent_days) == var.noncurrent_days
    error_message = "noncurrent_days: 1 to 3650 are allowed."
  }
}

variable "destroy_with_content" {
  description = "Whether destroy deletes buckets, images and home folders that are not empty. Not allowed in prod."
  type        = bool
  default     = false

  validation {
    condition     = !(var.destroy_with_content && var.environment == "prod")
    error_message = "destroy_with_content: false is needed in prod; empty the buckets by hand if you mean it."
  }
}

variable "wheel_path" {
  description = "The wheel to upload, dist/segmentation_model-….whl, relative to this folder; null: none."
  type        = string
  default     = null

  validation {
    condition     = var.wheel_path == null || try(fileexists(var.wheel_path) && endswith(var.wheel_path, ".whl"), false)
    error_message = "wheel_path: no such wheel; run `kedro package`, and name the file in dist/."
  }
}

variable "configuration_path" {
  description = "The packed configuration to upload, dist/conf-….tar.gz, relative to this folder; null: none."
  type        = string
  default     = null

  validation {
    condition     = var.configuration_path == null || try(fileexists(var.configuration_path) && endswith(var.configuration_path, ".tar.gz"), false)
    error_message = "configuration_path: no such archive; run `kedro package`, and name the file in dist/."
  }
}

variable "image_tag" {
  description = "Tag of the image that scheduled executions run: a commit."
  type        = string
  default     = null

  validation {
    condition     = var.image_tag == null || can(regex("^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$", var.image_tag)) && var.image_tag != "latest"
    error_message = "image_tag: a tag is needed that is not latest, because tags don't move here."
  }
}
