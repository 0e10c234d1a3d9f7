"""The pipeline's definition, built with SageMaker's SDK (the extra ``deploy``) from steps, channels and settings."""
