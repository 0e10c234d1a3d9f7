# Where the pipeline registers the tariffs' models for approval.

resource "aws_sagemaker_model_package_group" "this" {
  for_each                        = toset(var.groups)
  model_package_group_name        = each.value
  model_package_group_description = "Models of one tariff, one for each execution whose quality was sufficient."
}
