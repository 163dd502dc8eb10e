resource "aws_iam_user" "robot" {
  name          = "robot-to-go"
  force_destroy = true
  tags          = { Revision = tostring(var.rev) }
}
