resource "aws_route53_zone" "inside" {
  name    = "inside.example.net"
  comment = "Revision ${var.rev}"
  vpc {
    vpc_id = aws_vpc.main.id
  }
}

resource "aws_route53_record" "name" {
  zone_id = aws_route53_zone.inside.zone_id
  name    = "db.inside.example.net"
  type    = "CNAME"
  ttl     = 60 * var.rev
  records = ["db.example.net"]
}
