resource "aws_db_instance" "insight" {
  identifier                            = "insight"
  engine                                = "postgres"
  engine_version                        = "16.4"
  instance_class                        = "db.t4g.medium"
  allocated_storage                     = 20
  username                              = "owner"
  password                              = "not-a-real-password-1"
  skip_final_snapshot                   = true
  apply_immediately                     = true
  performance_insights_enabled          = true
  performance_insights_retention_period = var.rev == 1 ? 7 : 31
}
