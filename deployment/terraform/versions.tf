terraform {
  required_version = ">= 1.11, < 2" # 1.11: the lock of the S3 backend in a file beside the state

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }

  # Which state: environments/<environment>.s3.tfbackend, and the bucket of the account (README.md).
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
