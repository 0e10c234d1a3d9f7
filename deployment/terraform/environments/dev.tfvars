# Small, and gone without a trace when destroyed.
environment          = "dev"
region               = "eu-west-1"
vpc_cidr             = "10.20.0.0/20"
destroy_with_content = true
noncurrent_days      = 7
log_retention_days   = 30
