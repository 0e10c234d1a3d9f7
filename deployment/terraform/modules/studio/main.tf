# Where people work in the account: a domain whose users IAM knows, one user, and Code Editor in a space of its own.

resource "aws_sagemaker_domain" "this" {
  domain_name             = var.prefix
  auth_mode               = "IAM"
  vpc_id                  = var.vpc_id
  subnet_ids              = var.subnet_ids
  app_network_access_type = var.vpc_only ? "VpcOnly" : "PublicInternetOnly"
  kms_key_id              = var.key_arn

  default_user_settings {
    execution_role      = var.role_arn
    security_groups     = var.security_group_ids
    default_landing_uri = "studio::"
    studio_web_portal   = "ENABLED"

    code_editor_app_settings {
      default_resource_spec {
        instance_type = var.instance_type
      }

      app_lifecycle_management {
        idle_settings {
          lifecycle_management    = "ENABLED"
          idle_timeout_in_minutes = var.idle_minutes
        }
      }
    }

    space_storage_settings {
      default_ebs_storage_settings {
        default_ebs_volume_size_in_gb = var.volume_gb
        maximum_ebs_volume_size_in_gb = var.volume_gb
      }
    }
  }

  retention_policy {
    home_efs_file_system = var.keep_home ? "Retain" : "Delete"
  }
}

resource "aws_sagemaker_user_profile" "default" {
  domain_id         = aws_sagemaker_domain.this.id
  user_profile_name = "default"

  user_settings {
    execution_role = var.role_arn
  }
}

resource "aws_sagemaker_space" "code_editor" {
  domain_id          = aws_sagemaker_domain.this.id
  space_name         = "code-editor"
  space_display_name = "Code Editor"

  ownership_settings {
    owner_user_profile_name = aws_sagemaker_user_profile.default.user_profile_name
  }

  space_sharing_settings {
    sharing_type = "Private"
  }

  space_settings {
    app_type = "CodeEditor"

    code_editor_app_settings {
      default_resource_spec {
        instance_type = var.instance_type
      }
    }

    space_storage_settings {
      ebs_storage_settings {
        ebs_volume_size_in_gb = var.volume_gb
      }
    }
  }
}
