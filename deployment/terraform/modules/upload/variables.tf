variable "bucket" {
  description = "Bucket that takes them."
  type        = string
}

variable "key_arn" {
  description = "Key that they are encrypted with."
  type        = string
}

variable "wheel_path" {
  description = "The wheel; null: none."
  type        = string
}

variable "configuration_path" {
  description = "The packed configuration; null: none."
  type        = string
}
