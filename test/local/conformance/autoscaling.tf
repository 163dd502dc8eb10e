resource "aws_launch_template" "crew" {
  name          = "crew"
  image_id      = data.aws_ami.linux.id
  instance_type = var.rev == 1 ? "t3.small" : "t3.medium"
}

resource "aws_autoscaling_group" "crew" {
  name                    = "crew"
  min_size                = 0
  max_size                = 2
  desired_capacity        = 0
  vpc_zone_identifier     = [aws_subnet.main[0].id]
  default_instance_warmup = 60 * var.rev
  max_instance_lifetime   = 604800 * var.rev

  launch_template {
    id      = aws_launch_template.crew.id
    version = aws_launch_template.crew.latest_version
  }
  instance_maintenance_policy {
    min_healthy_percentage = 100
    max_healthy_percentage = 110
  }
  instance_refresh {
    strategy = "Rolling"
    preferences {
      min_healthy_percentage = 50
    }
  }
}

# With an initial hook the provider makes the group empty, puts the hook, then updates the size.
resource "aws_autoscaling_group" "mixed" {
  name                = "mixed"
  min_size            = 0
  max_size            = 2
  desired_capacity    = 0
  vpc_zone_identifier = [aws_subnet.main[0].id]

  initial_lifecycle_hook {
    name                 = "warm"
    lifecycle_transition = "autoscaling:EC2_INSTANCE_LAUNCHING"
    heartbeat_timeout    = 60
  }
  mixed_instances_policy {
    instances_distribution {
      on_demand_base_capacity                  = 0
      on_demand_percentage_above_base_capacity = 25 * var.rev
      spot_allocation_strategy                 = "price-capacity-optimized"
    }
    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.crew.id
        version            = "$Latest"
      }
      override {
        instance_type     = "t3.small"
        weighted_capacity = "1"
      }
      override {
        instance_type     = "t3a.small"
        weighted_capacity = "2"
      }
    }
  }
}

resource "aws_autoscaling_policy" "tracked" {
  name                   = "cpu"
  autoscaling_group_name = aws_autoscaling_group.crew.name
  policy_type            = "TargetTrackingScaling"
  target_tracking_configuration {
    target_value = 50 + var.rev
    predefined_metric_specification {
      predefined_metric_type = "ASGAverageCPUUtilization"
    }
  }
}

resource "aws_autoscaling_policy" "disabled" {
  name                   = "off"
  autoscaling_group_name = aws_autoscaling_group.crew.name
  adjustment_type        = "ChangeInCapacity"
  scaling_adjustment     = 1
  cooldown               = 60
  enabled                = var.rev == 2
}
