# As prod, but started by hand.
environment        = "staging"
region             = "eu-west-1"
vpc_only           = true
vpc_cidr           = "10.21.0.0/20"
noncurrent_days    = 30
log_retention_days = 90
enable_studio      = false
