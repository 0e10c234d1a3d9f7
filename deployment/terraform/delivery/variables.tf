variable "environment" {
  description = "Which one: dev, staging or prod. Its name is also that of the environment on GitHub."
  type        = string

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment: dev, staging or prod are allowed."
  }
}

variable "project" {
  description = "First part of all names, as the environment has it."
  type        = string
  default     = "segmentation"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,12}[a-z0-9]$", var.project))
    error_message = "project: 3 to 14 lower case letters, digits and hyphens are allowed, a letter first."
  }
}

variable "region" {
  description = "AWS region of the environment."
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
  description = "Policy that bounds the roles made here, and those that the infrastructure role may make; null: none."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null || can(regex("^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn: the ARN of a policy is needed."
  }
}

variable "github_repository" {
  description = "owner/name of the repository whose workflows may plan, apply and push images."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.github_repository))
    error_message = "github_repository: owner/name is needed, without patterns."
  }
}

variable "create_github_provider" {
  description = "Whether to make the OpenID Connect provider of GitHub; an account has one, which others may have made."
  type        = bool
  default     = true
}

variable "image_push_refs" {
  description = "Branches and tags whose workflow runs may push images, such as refs/heads/main."
  type        = list(string)
  default     = ["refs/heads/main"]

  validation {
    condition     = length(var.image_push_refs) > 0 && alltrue([for ref in var.image_push_refs : can(regex("^refs/(heads|tags)/[A-Za-z0-9._/-]+$", ref))])
    error_message = "image_push_refs: at least one of refs/heads/… or refs/tags/… is needed, without patterns."
  }
}

variable "state_bucket" {
  description = "Bucket of the environment's state, which the workflows read and write."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.state_bucket))
    error_message = "state_bucket: the name of a bucket is needed."
  }
}

variable "destroy_with_content" {
  description = "Whether the workflow may destroy buckets that are not empty, as the environment's variable of this name says. Not allowed in prod."
  type        = bool
  default     = false

  validation {
    condition     = !(var.destroy_with_content && var.environment == "prod")
    error_message = "destroy_with_content: false is needed in prod; empty the buckets by hand if you mean it."
  }
}
