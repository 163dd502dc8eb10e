resource "aws_efs_file_system" "main" {
  creation_token = "conformance"
}

resource "aws_efs_mount_target" "main" {
  file_system_id  = aws_efs_file_system.main.id
  subnet_id       = aws_subnet.main[0].id
  security_groups = [aws_security_group.main.id]
}

resource "aws_efs_backup_policy" "main" {
  file_system_id = aws_efs_file_system.main.id
  backup_policy {
    status = var.rev == 1 ? "ENABLED" : "DISABLED"
  }
}

resource "aws_efs_file_system_policy" "main" {
  file_system_id = aws_efs_file_system.main.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Mount", Effect = "Allow", Principal = { AWS = "*" }, Action = "elasticfilesystem:ClientMount", Resource = aws_efs_file_system.main.arn }]
  })
}
