# The workflow that destroys may empty the buckets, too: see environments/dev.tfvars of the environment.
environment          = "dev"
region               = "eu-west-1"
destroy_with_content = true
