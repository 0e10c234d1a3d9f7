terraform {
  required_version = ">= 1.11, < 2" # as the environment's

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }

  # A state of its own, beyond the reach of the roles made here: environments/<environment>.s3.tfbackend.
  backend "s3" {}
}

provider "aws" {
  region              = var.region
  allowed_account_ids = var.account_id == null ? null : [var.account_id]
  max_retries         = var.max_retries

  default_tags {
    tags = {
      project     = var.project
      environment = var.environment
      managed_by  = "terraform"
    }
  }
}
