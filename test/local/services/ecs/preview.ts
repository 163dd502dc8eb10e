import type { Resources } from "../../configuration";
import { IMAGE } from "./node-image";

/** What the service answers: what it was given, and who it is. */
export const SERVER = `
const fs = require("node:fs");
let writable = true;
try { fs.writeFileSync("/written", ""); } catch { writable = false; }
console.log("listening as " + process.getuid());
require("node:http").createServer((request, response) => {
  const { GREETING, TOKEN, LEVEL, FROM_IMAGE, AWS_ENDPOINT_URL } = process.env;
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({
    greeting: GREETING, token: TOKEN, level: LEVEL, fromImage: FROM_IMAGE, aws: AWS_ENDPOINT_URL,
    user: process.getuid(), writable, url: request.url,
    forwarded: request.headers["x-forwarded-proto"], host: request.headers.host,
  }));
}).listen(8080);
`;

const assume = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" },
  ],
});

/** The part of every task definition that does not differ. */
export const TASK = {
  requires_compatibilities: ["FARGATE"],
  network_mode: "awsvpc",
  cpu: 256,
  memory: 512,
  execution_role_arn: "${aws_iam_role.execution.arn}",
  task_role_arn: "${aws_iam_role.task.arn}",
};

const LOGS = {
  logDriver: "awslogs",
  options: { "awslogs-group": "/preview/app", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "app" },
};

const CONTAINER = {
  name: "app",
  image: IMAGE,
  essential: true,
  command: ["-e", SERVER],
  readonlyRootFilesystem: true,
  portMappings: [{ containerPort: 8080, protocol: "tcp" }],
  environment: [{ name: "GREETING", value: "hello" }],
  secrets: [
    { name: "TOKEN", valueFrom: "SECRET:token::" },
    { name: "LEVEL", valueFrom: "PARAMETER" },
  ],
  logConfiguration: LOGS,
  stopTimeout: 5,
};

/** The container definitions in Terraform's words, with the ARNs of what is made beside. */
const containers = JSON.stringify([CONTAINER])
  .replaceAll("${", "$${")
  .replace("SECRET", "${aws_secretsmanager_secret.token.arn}")
  .replace("PARAMETER", "${aws_ssm_parameter.level.arn}");

/** A preview in small: a service of Fargate behind a load balancer with TLS, with secrets, logs and scaling. */
export const PREVIEW: Resources = {
  aws_vpc: { main: { cidr_block: "10.0.0.0/16" } },
  aws_subnet: {
    a: { vpc_id: "${aws_vpc.main.id}", cidr_block: "10.0.0.0/24", availability_zone: "us-east-1a" },
    b: { vpc_id: "${aws_vpc.main.id}", cidr_block: "10.0.1.0/24", availability_zone: "us-east-1b" },
  },
  aws_security_group: { app: { name: "app", vpc_id: "${aws_vpc.main.id}" } },
  aws_iam_role: {
    execution: { name: "execution", assume_role_policy: assume },
    task: { name: "task", assume_role_policy: assume },
  },
  aws_cloudwatch_log_group: { app: { name: "/preview/app", retention_in_days: 7 } },
  aws_secretsmanager_secret: { token: { name: "preview/token", recovery_window_in_days: 0 } },
  aws_secretsmanager_secret_version: {
    token: { secret_id: "${aws_secretsmanager_secret.token.id}", secret_string: '{"token":"of the secret"}' },
  },
  aws_ssm_parameter: { level: { name: "/preview/level", type: "SecureString", value: "of the parameter" } },
  aws_ecs_cluster: { main: { name: "preview" } },
  aws_ecs_task_definition: {
    app: {
      ...TASK,
      family: "app",
      container_definitions: containers,
      depends_on: ["aws_cloudwatch_log_group.app", "aws_secretsmanager_secret_version.token"],
    },
  },
  aws_lb: {
    main: {
      name: "preview",
      load_balancer_type: "application",
      subnets: ["${aws_subnet.a.id}", "${aws_subnet.b.id}"],
      security_groups: ["${aws_security_group.app.id}"],
    },
  },
  aws_lb_target_group: {
    app: {
      name: "app",
      port: 8080,
      protocol: "HTTP",
      target_type: "ip",
      vpc_id: "${aws_vpc.main.id}",
      health_check: { path: "/health", interval: 10 },
    },
  },
  aws_acm_certificate: { app: { domain_name: "*.preview.localhost", validation_method: "DNS" } },
  aws_lb_listener: {
    plain: {
      load_balancer_arn: "${aws_lb.main.arn}",
      port: 80,
      protocol: "HTTP",
      default_action: {
        type: "redirect",
        redirect: { protocol: "HTTPS", port: "443", status_code: "HTTP_301" },
      },
    },
    secure: {
      load_balancer_arn: "${aws_lb.main.arn}",
      port: 443,
      protocol: "HTTPS",
      certificate_arn: "${aws_acm_certificate.app.arn}",
      default_action: {
        type: "fixed-response",
        fixed_response: { content_type: "text/plain", status_code: "404", message_body: "no such preview" },
      },
    },
  },
  aws_lb_listener_rule: {
    app: {
      listener_arn: "${aws_lb_listener.secure.arn}",
      priority: 10,
      action: { type: "forward", target_group_arn: "${aws_lb_target_group.app.arn}" },
      condition: { host_header: { values: ["app.preview.localhost"] } },
    },
  },
  aws_route53_zone: { preview: { name: "preview.localhost" } },
  aws_route53_record: {
    all: {
      zone_id: "${aws_route53_zone.preview.zone_id}",
      name: "*",
      type: "A",
      alias: {
        name: "${aws_lb.main.dns_name}",
        zone_id: "${aws_lb.main.zone_id}",
        evaluate_target_health: false,
      },
    },
  },
  aws_ecs_service: {
    app: {
      name: "app",
      cluster: "${aws_ecs_cluster.main.arn}",
      task_definition: "${aws_ecs_task_definition.app.arn}",
      desired_count: 1,
      launch_type: "FARGATE",
      wait_for_steady_state: true,
      health_check_grace_period_seconds: 60,
      deployment_circuit_breaker: { enable: true, rollback: true },
      network_configuration: {
        subnets: ["${aws_subnet.a.id}", "${aws_subnet.b.id}"],
        security_groups: ["${aws_security_group.app.id}"],
      },
      load_balancer: {
        target_group_arn: "${aws_lb_target_group.app.arn}",
        container_name: "app",
        container_port: 8080,
      },
      depends_on: ["aws_lb_listener_rule.app"],
    },
  },
  aws_appautoscaling_target: {
    app: {
      service_namespace: "ecs",
      resource_id: "service/${aws_ecs_cluster.main.name}/${aws_ecs_service.app.name}",
      scalable_dimension: "ecs:service:DesiredCount",
      min_capacity: 1,
      max_capacity: 3,
      tags: { Name: "app" },
    },
  },
  aws_db_subnet_group: {
    main: { name: "preview", subnet_ids: ["${aws_subnet.a.id}", "${aws_subnet.b.id}"] },
  },
  aws_db_parameter_group: {
    main: { name: "preview", family: "postgres17", parameter: [{ name: "rds.force_ssl", value: "0" }] },
  },
};
