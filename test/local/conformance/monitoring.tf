resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "one-of-two"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  threshold           = var.rev
  period              = 60
  namespace           = "Harbour"
  metric_name         = "Errors"
  statistic           = "Sum"
}

resource "aws_cloudwatch_composite_alarm" "both" {
  alarm_name        = "both"
  alarm_description = "Revision ${var.rev}"
  alarm_rule        = "ALARM(${aws_cloudwatch_metric_alarm.errors.alarm_name})"
  tags              = { Revision = tostring(var.rev) }
}
