variable "name" {
  description = "Name of the repository."
  type        = string
}

variable "account" {
  description = "Account id, partition and region, of which ARNs are made."
  type        = object({ id = string, partition = string, region = string })
}

variable "key_arn" {
  description = "Key that images are encrypted with."
  type        = string
}

variable "destroy_with_content" {
  description = "Whether destroy deletes a repository with images in it."
  type        = bool
}
