resource "aws_elasticache_subnet_group" "cache" {
  name        = "cache-here"
  description = "Revision ${var.rev}"
  subnet_ids  = [aws_subnet.main[0].id]
}
