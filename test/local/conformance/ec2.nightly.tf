# The provider waits a minute for the range of a VPC to come back to its pool, as it does on AWS.
resource "aws_vpc_ipam" "main" {
  description = "Revision ${var.rev}"
  operating_regions {
    region_name = "us-east-1"
  }
  dynamic "operating_regions" {
    for_each = var.rev == 1 ? [] : ["eu-west-1"]
    content {
      region_name = operating_regions.value
    }
  }
}

resource "aws_vpc_ipam_scope" "other" {
  ipam_id     = aws_vpc_ipam.main.id
  description = "Revision ${var.rev}"
}

resource "aws_vpc_ipam_pool" "top" {
  address_family = "ipv4"
  ipam_scope_id  = aws_vpc_ipam.main.private_default_scope_id
  tags           = { Revision = tostring(var.rev) }
}

resource "aws_vpc_ipam_pool_cidr" "top" {
  ipam_pool_id = aws_vpc_ipam_pool.top.id
  cidr         = "10.64.0.0/10"
}

resource "aws_vpc_ipam_pool" "here" {
  address_family                    = "ipv4"
  ipam_scope_id                     = aws_vpc_ipam.main.private_default_scope_id
  source_ipam_pool_id               = aws_vpc_ipam_pool.top.id
  locale                            = "us-east-1"
  allocation_default_netmask_length = 16 + var.rev
  allocation_min_netmask_length     = 16
  allocation_max_netmask_length     = 28
}

resource "aws_vpc_ipam_pool_cidr" "here" {
  ipam_pool_id   = aws_vpc_ipam_pool.here.id
  netmask_length = 12
  depends_on     = [aws_vpc_ipam_pool_cidr.top]
}

resource "aws_vpc_ipam_pool_cidr_allocation" "reserved" {
  ipam_pool_id   = aws_vpc_ipam_pool.here.id
  netmask_length = 16
  description    = "An office"
  depends_on     = [aws_vpc_ipam_pool_cidr.here]
}

data "aws_vpc_ipam_pool" "here" {
  ipam_pool_id = aws_vpc_ipam_pool.here.id
}

# One takes what is next, one asks for its range.
resource "aws_vpc" "next" {
  ipv4_ipam_pool_id   = aws_vpc_ipam_pool.here.id
  ipv4_netmask_length = 16
  tags                = { Revision = tostring(var.rev) }
  depends_on          = [aws_vpc_ipam_pool_cidr_allocation.reserved]
}

resource "aws_vpc" "asked" {
  ipv4_ipam_pool_id = aws_vpc_ipam_pool.here.id
  cidr_block        = "10.79.0.0/16"
  depends_on        = [aws_vpc_ipam_pool_cidr.here]
}

resource "aws_vpc_ipv4_cidr_block_association" "further" {
  vpc_id              = aws_vpc.asked.id
  ipv4_ipam_pool_id   = aws_vpc_ipam_pool.here.id
  ipv4_netmask_length = 20
}
