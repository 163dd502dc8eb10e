resource "aws_cloudwatch_event_bus" "orders" {
  name = "orders"
}

resource "aws_cloudwatch_event_rule" "orders" {
  name           = "orders"
  event_bus_name = aws_cloudwatch_event_bus.orders.name
  description    = "Revision ${var.rev}"
  event_pattern  = jsonencode({ source = ["shop"], detail-type = ["order ${var.rev}"] })
}

resource "aws_cloudwatch_event_target" "orders" {
  rule           = aws_cloudwatch_event_rule.orders.name
  event_bus_name = aws_cloudwatch_event_bus.orders.name
  target_id      = "topic"
  arn            = aws_sns_topic.main.arn
  input_transformer {
    input_paths    = { number = "$.detail.number" }
    input_template = "\"order <number>, revision ${var.rev}\""
  }
  retry_policy {
    maximum_event_age_in_seconds = 60 * var.rev
    maximum_retry_attempts       = 3
  }
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "nightly"
  schedule_expression = "cron(0 3 * * ? *)"
  state               = var.rev == 1 ? "ENABLED" : "DISABLED"
}

resource "aws_cloudwatch_event_archive" "orders" {
  name             = "orders"
  event_source_arn = aws_cloudwatch_event_bus.orders.arn
  retention_days   = 7 * var.rev
}
