output "policies" {
  description = "Trust and permissions of the schedule's role, if there is one."
  value       = { for name, _ in local.starts : "schedule" => { trust = local.schedule_trust, permissions = { start = local.schedule_policy } } }
}

output "topic_arn" {
  description = "Topic of the alarms."
  value       = aws_sns_topic.alarms.arn
}
