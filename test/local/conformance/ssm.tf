resource "aws_ssm_parameter" "plain" {
  name        = "/conformance/plain"
  description = "Revision ${var.rev}"
  type        = "String"
  value       = "revision ${var.rev}"
  tags        = { Revision = tostring(var.rev) }
}

resource "aws_ssm_parameter" "secret" {
  name   = "/conformance/secret"
  type   = "SecureString"
  key_id = aws_kms_key.main.arn
  value  = "revision ${var.rev}"
}

resource "aws_ssm_document" "main" {
  name            = "conformance"
  document_type   = "Command"
  document_format = "JSON"
  content = jsonencode({
    schemaVersion = "2.2"
    description   = "Revision ${var.rev}"
    mainSteps     = [{ action = "aws:runShellScript", name = "hello", inputs = { runCommand = ["echo ${var.rev}"] } }]
  })
}
