resource "aws_sqs_queue" "main" {
  name                       = "conformance"
  visibility_timeout_seconds = 30 * var.rev
  redrive_policy             = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 3 })
}

resource "aws_sqs_queue" "dead" {
  name = "conformance-dead"
}
