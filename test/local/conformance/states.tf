resource "aws_iam_role" "machine" {
  name               = "conformance-machine"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "states.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}

resource "aws_sfn_state_machine" "plain" {
  name       = "plain"
  role_arn   = aws_iam_role.machine.arn
  definition = jsonencode({ StartAt = "Hello", States = { Hello = { Type = "Pass", End = true } } })
}

resource "aws_sfn_state_machine" "published" {
  name     = "published"
  role_arn = aws_iam_role.machine.arn
  publish  = true
  definition = jsonencode({
    Comment = "Revision ${var.rev}"
    StartAt = "Hello"
    States  = { Hello = { Type = "Pass", End = true } }
  })
}

resource "aws_sfn_alias" "live" {
  name = "live"
  routing_configuration {
    state_machine_version_arn = aws_sfn_state_machine.published.state_machine_version_arn
    weight                    = 100
  }
}
