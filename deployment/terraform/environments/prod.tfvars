# In a VPC without internet. The schedule is switched on with an image and a configuration: see README.md.
environment               = "prod"
region                    = "eu-west-1"
vpc_only                  = true
vpc_cidr                  = "10.22.0.0/20"
executions_days           = 60
noncurrent_days           = 90
log_retention_days        = 365
code_editor_instance_type = "ml.t3.large"
code_editor_volume_gb     = 50
