resource "aws_sns_topic" "main" {
  name              = "conformance"
  display_name      = "Revision ${var.rev}"
  kms_master_key_id = aws_kms_key.main.arn
  tags              = { Revision = tostring(var.rev) }
}

resource "aws_sns_topic_policy" "main" {
  arn = aws_sns_topic.main.arn
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Publish", Effect = "Allow", Principal = { Service = "events.amazonaws.com" }, Action = "sns:Publish", Resource = aws_sns_topic.main.arn }]
  })
}

resource "aws_sns_topic_subscription" "function" {
  topic_arn     = aws_sns_topic.main.arn
  protocol      = "lambda"
  endpoint      = aws_lambda_function.main.arn
  filter_policy = jsonencode({ revision = [tostring(var.rev)] })
}
