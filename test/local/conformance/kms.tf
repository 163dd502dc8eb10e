resource "aws_kms_key" "main" {
  description             = "Revision ${var.rev}"
  enable_key_rotation     = var.rev == 1
  deletion_window_in_days = 7
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Administer", Effect = "Allow", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }, Action = "kms:*", Resource = "*" }]
  })
  tags = { Revision = tostring(var.rev) }
}

resource "aws_kms_alias" "main" {
  name          = "alias/conformance"
  target_key_id = aws_kms_key.main.key_id
}
