resource "aws_ecs_cluster" "kitchen" {
  name = "kitchen"
}

resource "aws_ecs_task_definition" "soup" {
  family                   = "soup"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  container_definitions    = jsonencode([{ name = "app", image = "nginx", essential = true, environment = [{ name = "REVISION", value = tostring(var.rev) }] }])
}

# Named by family and revision, as a module does; the API answers the ARN.
resource "aws_ecs_service" "soup" {
  name                          = "soup"
  cluster                       = aws_ecs_cluster.kitchen.id
  launch_type                   = "FARGATE"
  desired_count                 = 0
  task_definition               = "${aws_ecs_task_definition.soup.family}:${aws_ecs_task_definition.soup.revision}"
  enable_execute_command        = var.rev == 1
  enable_ecs_managed_tags       = true
  availability_zone_rebalancing = var.rev == 1 ? "DISABLED" : "ENABLED"
  network_configuration {
    subnets = [aws_subnet.main[0].id]
  }
}
