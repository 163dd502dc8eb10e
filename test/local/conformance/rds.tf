resource "aws_db_parameter_group" "tuned" {
  name   = "tuned"
  family = "postgres16"

  parameter {
    name  = "log_min_duration_statement"
    value = tostring(250 * var.rev)
  }
  # Taken out by the change, and reset.
  dynamic "parameter" {
    for_each = var.rev == 1 ? ["pg_stat_statements"] : []
    content {
      name         = "shared_preload_libraries"
      value        = parameter.value
      apply_method = "pending-reboot"
    }
  }
}
