import { FargateService, type FargateServiceProps } from "@groundplan/modules/service";
import { synthesized } from "../network/synthesized";
import { containerOf, faultsOf, SERVICE, serviceWith } from "./made";

const faults = (change: Partial<FargateServiceProps>) =>
  faultsOf((scope) => void new FargateService(scope, "shop", { ...SERVICE, ...change }));

test("defaults: a deployment that fails is rolled back, tasks are private, and nobody opens a shell in them", () => {
  const stack = serviceWith();
  expect(stack.one("aws_ecs_service")).toMatchObject({
    desired_count: 1,
    deployment_circuit_breaker: { enable: true, rollback: true },
    deployment_minimum_healthy_percent: 100,
    enable_execute_command: false,
    capacity_provider_strategy: [{ capacity_provider: "FARGATE", weight: 1 }],
    network_configuration: { assign_public_ip: false, subnets: ["subnet-1", "subnet-2"] },
    health_check_grace_period_seconds: 60,
    wait_for_steady_state: true,
  });
  expect(stack.one("aws_ecs_service")).not.toHaveProperty("lifecycle");
  expect(stack.one("aws_cloudwatch_log_group")).toMatchObject({
    name: "/ecs/groundplan-dev-shop",
    retention_in_days: 30,
  });
  expect(stack.one("aws_vpc_security_group_ingress_rule")).toMatchObject({
    referenced_security_group_id: "sg-balancer",
    from_port: 8080,
    to_port: 8080,
  });
  expect(containerOf(stack)).toMatchObject({ readonlyRootFilesystem: true });
});

test("execution and task role are two: the first reads image, logs and secrets, the second what is granted", () => {
  const arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-AbCdEf";
  const stack = serviceWith(
    {
      container: { ...SERVICE.container, secrets: { API_KEY: { arn, key: "KEY" } } },
      secretCondition: { StringEquals: { "aws:ResourceTag/open": "yes" } },
    },
    (service) => service.allow({ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::shop/*" }),
  );
  const execution = stack.one("aws_iam_role_policy", "shop/task/roles/execution-policy");
  expect(JSON.parse(String(execution.policy)).Statement).toEqual([
    { Sid: "RegistryToken", Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
    expect.objectContaining({
      Sid: "PullImage",
      Resource: "arn:aws:ecr:us-east-1:123456789012:repository/groundplan/dev/shop",
    }),
    expect.objectContaining({
      Sid: "Logs",
      Resource: "arn:aws:logs:us-east-1:123456789012:log-group:/ecs/groundplan-dev-shop:*",
    }),
    {
      Sid: "Secrets",
      Effect: "Allow",
      Action: "secretsmanager:GetSecretValue",
      Resource: [arn],
      Condition: { StringEquals: { "aws:ResourceTag/open": "yes" } },
    },
  ]);
  const task = stack.one("aws_iam_role_policy", "shop/task/roles/task-policy");
  expect(JSON.parse(String(task.policy)).Statement).toEqual([
    { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::shop/*" },
  ]);
  const [one, other] = stack.paths("aws_iam_role");
  expect([one, other]).toEqual(["shop/task/roles/execution", "shop/task/roles/task"]);
});

test("without grants the code's role has no policy, and a public image needs no registry", () => {
  const stack = serviceWith({ container: { ...SERVICE.container, image: "nginx:1.29" } });
  expect(stack.paths("aws_iam_role_policy")).toEqual(["shop/task/roles/execution-policy"]);
  const policy = JSON.parse(String(stack.one("aws_iam_role_policy").policy));
  expect(policy.Statement.map(({ Sid }: { Sid: string }) => Sid)).toEqual(["Logs"]);
});

test("exec, spot and autoscaling are asked for; the count is then somebody else's", () => {
  const stack = serviceWith({ exec: true, capacity: "spot", scaling: { min: 1, max: 4, memoryPercent: 70 } });
  expect(stack.one("aws_ecs_service")).toMatchObject({
    enable_execute_command: true,
    capacity_provider_strategy: [{ capacity_provider: "FARGATE_SPOT", weight: 1 }],
    lifecycle: { ignore_changes: ["desired_count"] },
  });
  const [statement] = JSON.parse(
    String(stack.one("aws_iam_role_policy", "shop/task/roles/task-policy").policy),
  ).Statement;
  expect(statement.Sid).toBe("Exec");
  expect(stack.one("aws_appautoscaling_target")).toMatchObject({ min_capacity: 1, max_capacity: 4 });
  expect(stack.paths("aws_appautoscaling_policy")).toEqual(["shop/scaling/memory"]);
  expect(serviceWith({ countChangesOutside: true }).one("aws_ecs_service")).toMatchObject({
    lifecycle: { ignore_changes: ["desired_count"] },
  });
});

test("a one-off task has the image, the roles and the secrets of the service, another command, and no port", () => {
  const stack = serviceWith({}, (service) => void service.task.oneOff("migrate", ["npm", "run", "migrate"]));
  const path = "shop/task/migrate";
  expect(stack.one("aws_ecs_task_definition", path)).toMatchObject({ family: "groundplan-dev-shop_migrate" });
  expect(containerOf(stack, path)).toMatchObject({ command: ["npm", "run", "migrate"], portMappings: [] });
});

test("a service without a route has no target group, no rule, and no grace period", () => {
  const { route: _, ...props } = SERVICE;
  const stack = synthesized((scope) => void new FargateService(scope, "shop", props));
  expect(stack.paths("aws_lb_target_group")).toEqual([]);
  expect(stack.paths("aws_vpc_security_group_ingress_rule")).toEqual([]);
  expect(stack.one("aws_ecs_service")).not.toHaveProperty("health_check_grace_period_seconds");
});

test.each([
  [{ cpu: 256, memoryMb: 8192 }, "memoryMb is 8192"],
  [{ logRetentionDays: 4 }, "logRetentionDays is 4: CloudWatch Logs does not offer it"],
  [{ subnetIds: [] }, "subnetIds is empty"],
  [{ desiredCount: -1 }, "desiredCount is -1"],
  [{ desiredCount: 1.5 }, "desiredCount is 1.5"],
  [{ healthCheckGraceSeconds: -1 }, "healthCheckGraceSeconds is -1"],
  [{ scaling: { min: 3, max: 2 } }, "scaling is 3 to 2 tasks"],
  [{ scaling: { min: 0, max: 2, cpuPercent: 5 } }, "scaling.cpuPercent is 5"],
  [{ name: "my shop" }, 'ECS service name "my shop" may hold only'],
  [{ container: { name: "app", image: "nginx" } }, "the container has no port"],
] satisfies [Partial<FargateServiceProps>, string][])("refuses %j", (change, what) => {
  expect(faults(change)).toContain(what);
});
