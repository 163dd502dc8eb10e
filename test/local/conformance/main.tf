# One root module for all services, so that one apply, one plan, one change and one destroy show all of them. Each file
# beside this one is a service; what changes follows `rev`.

variable "rev" {
  type    = number
  default = 1
}

provider "aws" {
  max_retries = 2
}

data "aws_ami" "linux" {
  most_recent = true
  owners      = ["amazon"]
  filter {
    name   = "name"
    values = ["amzn2-ami-hvm-*-x86_64*"]
  }
}
