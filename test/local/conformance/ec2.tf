resource "aws_vpc" "main" {
  cidr_block                       = "10.70.0.0/16"
  assign_generated_ipv6_cidr_block = true
}

resource "aws_subnet" "main" {
  count             = 2
  vpc_id            = aws_vpc.main.id
  availability_zone = ["us-east-1a", "us-east-1b"][count.index]
  cidr_block        = "10.70.${count.index + 1}.0/24"
}

# Each attribute is a call of its own; the provider waits five minutes for one that is not kept.
resource "aws_subnet" "dual" {
  vpc_id                                         = aws_vpc.main.id
  cidr_block                                     = "10.70.11.0/24"
  ipv6_cidr_block                                = cidrsubnet(aws_vpc.main.ipv6_cidr_block, 8, 1)
  enable_dns64                                   = true
  enable_resource_name_dns_aaaa_record_on_launch = var.rev == 1
}

resource "aws_subnet" "hostnames" {
  vpc_id                                      = aws_vpc.main.id
  cidr_block                                  = "10.70.12.0/24"
  private_dns_hostname_type_on_launch         = "resource-name"
  enable_resource_name_dns_a_record_on_launch = true
}

resource "aws_vpc_dhcp_options" "inside" {
  domain_name         = "inside.example.net"
  domain_name_servers = ["AmazonProvidedDNS"]
  tags                = { Name = "inside", Revision = tostring(var.rev) }
}

resource "aws_security_group" "main" {
  name   = "conformance"
  vpc_id = aws_vpc.main.id
}

resource "aws_launch_template" "tagged" {
  name          = "tagged"
  instance_type = "t3.small"
  description   = "Revision ${var.rev}"
  tags          = { Revision = tostring(var.rev) }
}

resource "aws_instance" "main" {
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.main[0].id
  private_ip             = "10.70.1.10"
  vpc_security_group_ids = [aws_security_group.main.id]
  monitoring             = var.rev == 1

  credit_specification {
    cpu_credits = var.rev == 1 ? "unlimited" : "standard"
  }
  maintenance_options {
    auto_recovery = var.rev == 1 ? "default" : "disabled"
  }
  root_block_device {
    volume_type = "gp3"
    volume_size = 20
    throughput  = 200 + 50 * (var.rev - 1)
  }
}

# Blocked first, and then not.
resource "aws_ec2_image_block_public_access" "main" {
  state = var.rev == 1 ? "block-new-sharing" : "unblocked"
}
