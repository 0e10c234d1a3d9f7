variable "groups" {
  description = "Names of the groups: one for each tariff."
  type        = list(string)
}
