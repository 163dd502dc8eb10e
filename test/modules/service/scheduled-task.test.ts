import { ScheduledTask, type ScheduledTaskProps } from "@groundplan/modules/service";
import { synthesized } from "../network/synthesized";
import { faultsOf, SERVICE } from "./made";

const { route: _, ...SERVICE_PROPS } = SERVICE;
const TASK: ScheduledTaskProps = {
  ...SERVICE_PROPS,
  name: "groundplan-dev-report",
  schedule: { expression: "cron(0 8 ? * MON-FRI *)", timezone: "Europe/Berlin" },
};
const taskWith = (change: Partial<ScheduledTaskProps> = {}) =>
  synthesized((scope) => void new ScheduledTask(scope, "report", { ...TASK, ...change }));

test("it starts in its time zone, again where it could not, and what is left stands in an encrypted queue", () => {
  const stack = taskWith();
  const queue = stack.address("aws_sqs_queue", "report/dead-letters");
  expect(stack.one("aws_scheduler_schedule")).toMatchObject({
    name: "groundplan-dev-report",
    group_name: "default",
    schedule_expression: "cron(0 8 ? * MON-FRI *)",
    schedule_expression_timezone: "Europe/Berlin",
    flexible_time_window: { mode: "OFF" },
    target: {
      arn: SERVICE.cluster.arn,
      retry_policy: { maximum_retry_attempts: 3, maximum_event_age_in_seconds: 3600 },
      dead_letter_config: { arn: `\${${queue}.arn}` },
      ecs_parameters: {
        capacity_provider_strategy: [{ capacity_provider: "FARGATE", weight: 1 }],
        network_configuration: { assign_public_ip: false, subnets: ["subnet-1", "subnet-2"] },
        enable_execute_command: false,
      },
    },
  });
  expect(stack.one("aws_scheduler_schedule")).not.toHaveProperty("lifecycle");
  expect(stack.one("aws_sqs_queue")).toMatchObject({
    sqs_managed_sse_enabled: true,
    message_retention_seconds: 1_209_600,
  });
});

test("the schedules of its group may start this task in this cluster, and pass on its two roles, nothing else", () => {
  const stack = taskWith();
  const trust = JSON.parse(String(stack.one("aws_iam_role", "report/scheduler/role").assume_role_policy));
  expect(trust.Statement[0].Condition.StringEquals).toEqual({
    "aws:SourceAccount": "123456789012",
    "aws:SourceArn": "arn:aws:scheduler:us-east-1:123456789012:schedule-group/default",
  });
  const policy = JSON.parse(String(stack.one("aws_iam_role_policy", "report/scheduler/policy").policy));
  expect(policy.Statement).toMatchObject([
    { Sid: "DeadLetters", Action: "sqs:SendMessage" },
    {
      Sid: "Start",
      Action: "ecs:RunTask",
      Resource: [
        "arn:aws:ecs:us-east-1:123456789012:task-definition/groundplan-dev-report",
        "arn:aws:ecs:us-east-1:123456789012:task-definition/groundplan-dev-report:*",
      ],
      Condition: { ArnEquals: { "ecs:cluster": SERVICE.cluster.arn } },
    },
    { Sid: "TagStarted", Condition: { StringEquals: { "ecs:CreateAction": "RunTask" } } },
    { Sid: "PassRoles", Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } } },
  ]);
  expect(policy.Statement[3].Resource).toHaveLength(2);
});

test("spot, another group, and a state that somebody else turns", () => {
  const stack = taskWith({ capacity: "spot", scheduleGroup: "previews", stateChangesOutside: true });
  expect(stack.one("aws_scheduler_schedule")).toMatchObject({
    group_name: "previews",
    lifecycle: { ignore_changes: ["state"] },
    target: {
      ecs_parameters: { capacity_provider_strategy: [{ capacity_provider: "FARGATE_SPOT", weight: 1 }] },
    },
  });
});

test.each([
  [{ schedule: { expression: "every hour" } }, 'schedule "every hour" is none'],
  [{ schedule: { expression: "rate(1 hour)", timezone: "Berlin" } }, 'timezone "Berlin"'],
  [{ retries: 186 }, "retries is 186"],
  [{ maxAgeSeconds: 59 }, "maxAgeSeconds is 59"],
  [{ subnetIds: [] }, "subnetIds is empty"],
  [{ memoryMb: 100 }, "memoryMb is 100"],
] satisfies [Partial<ScheduledTaskProps>, string][])("refuses %j", (change, what) => {
  expect(faultsOf((scope) => void new ScheduledTask(scope, "report", { ...TASK, ...change }))).toContain(
    what,
  );
});
