# The provider waits half a minute for each of the two, one after the other.
resource "aws_sqs_queue" "redriven" {
  name           = "conformance-redriven"
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 2 + var.rev })
}

resource "aws_sqs_queue" "dead" {
  name = "conformance-dead"
}
