resource "aws_acm_certificate" "curve" {
  domain_name       = "curve.example.net"
  validation_method = "DNS"
  key_algorithm     = "EC_prime256v1"
  tags              = { Revision = tostring(var.rev) }
}
