resource "aws_lb" "fixed" {
  name                                                         = "fixed-address"
  load_balancer_type                                           = "network"
  internal                                                     = true
  security_groups                                              = [aws_security_group.main.id]
  enforce_security_group_inbound_rules_on_private_link_traffic = var.rev == 1 ? "off" : "on"

  dynamic "subnet_mapping" {
    for_each = aws_subnet.main
    content {
      subnet_id            = subnet_mapping.value.id
      private_ipv4_address = cidrhost(subnet_mapping.value.cidr_block, 20)
    }
  }
}

resource "aws_lb_target_group" "fixed" {
  name     = "fixed-address"
  port     = 80
  protocol = "TCP"
  vpc_id   = aws_vpc.main.id
}

resource "aws_lb_listener" "fixed" {
  load_balancer_arn = aws_lb.fixed.arn
  port              = 80
  protocol          = "TCP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.fixed.arn
  }
}

# The ARN of a network load balancer has the part "net", that of an application load balancer "app".
check "network_load_balancer" {
  assert {
    condition     = strcontains(aws_lb.fixed.arn, ":loadbalancer/net/") && strcontains(aws_lb_listener.fixed.arn, ":listener/net/")
    error_message = "Not the ARN of a network load balancer: ${aws_lb.fixed.arn}, ${aws_lb_listener.fixed.arn}"
  }
}

resource "aws_lb" "web" {
  name         = "web"
  internal     = true
  subnets      = aws_subnet.main[*].id
  idle_timeout = 60 * var.rev
}
