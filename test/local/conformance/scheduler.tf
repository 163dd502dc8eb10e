resource "aws_iam_role" "scheduler" {
  name               = "conformance-scheduler"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "scheduler.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}

resource "aws_scheduler_schedule_group" "main" {
  name = "conformance"
  tags = { Revision = tostring(var.rev) }
}

resource "aws_scheduler_schedule" "nightly" {
  name                         = "nightly"
  group_name                   = aws_scheduler_schedule_group.main.name
  schedule_expression          = "cron(0 ${var.rev} * * ? *)"
  schedule_expression_timezone = "Europe/Berlin"
  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = 15
  }
  target {
    arn      = aws_lambda_function.main.arn
    role_arn = aws_iam_role.scheduler.arn
    input    = jsonencode({ revision = var.rev })
    retry_policy {
      maximum_event_age_in_seconds = 300
      maximum_retry_attempts       = var.rev
    }
  }
}
