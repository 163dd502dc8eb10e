resource "aws_sqs_queue" "main" {
  name                       = "conformance"
  visibility_timeout_seconds = 30 * var.rev
}
