import { readFileSync } from "node:fs";
import { join } from "node:path";
import { instanceTemplate } from "@groundplan/modules/runner/instance-template";
import { ownerKey } from "@groundplan/modules/runner/owners";
import { App, TerraformStack, TerraformVariable, Testing } from "cdktf";
import { checkEnvironments } from "../../overlays/checks";
import type { RunnersSettings } from "../../overlays/settings/runners";
import { READER } from "../../services/runner-core/src/aws/configurations";
import { ownerKey as keyInFunctions } from "../../services/runner-core/src/owners";
import { RunnersStack } from "../../stacks/runners";
import { environments, platform } from "../platform";
import { RUNNERS, STANDING_POOLS } from "./runners-environment";

const [dev] = environments;
if (!dev) throw new Error("there is no environment");

type Resources = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

/** The runners stack of dev with some settings changed, synthesized. */
function runnersJson(change: Partial<RunnersSettings> = {}): {
  resource: Resources;
  output: Record<string, unknown>;
} {
  const stack = new RunnersStack(new App({ outdir: Testing.app().outdir }), {
    platform,
    environment: { ...dev, runners: { ...RUNNERS, ...change } } as typeof dev & object,
    promotedFrom: undefined,
  });
  return JSON.parse(Testing.synth(stack));
}

const { resource } = runnersJson();
const all = (type: string) => Object.values(resource[type] ?? {});

test("an instance asks for sessions, is encrypted, knows its tags, and is gone once it is shut down", () => {
  const templates = all("aws_launch_template");
  expect(templates).toHaveLength(2);
  for (const template of templates) {
    expect(template).toMatchObject({
      instance_initiated_shutdown_behavior: "terminate",
      metadata_options: { http_tokens: "required", instance_metadata_tags: "enabled" },
      block_device_mappings: [{ ebs: { volume_type: "gp3", encrypted: "true" } }],
    });
  }
  const byName = (name: string) =>
    templates.find(({ tags }) => (tags as { Name: string }).Name.endsWith(name));
  expect([byName("small"), byName("arm")]).toMatchObject([
    {
      image_id: expect.stringContaining("canonical/ubuntu"),
      metadata_options: { http_put_response_hop_limit: 1 },
      block_device_mappings: [{ device_name: "/dev/sda1", ebs: { volume_size: 50 } }],
    },
    {
      image_id: expect.stringContaining("al2023-ami-kernel-default-arm64"),
      metadata_options: { http_put_response_hop_limit: 2 },
      block_device_mappings: [{ device_name: "/dev/xvda", ebs: { volume_size: 100 } }],
    },
  ]);
});

test("user data says all that it says: in base64, Terraform finds nothing to put in", () => {
  const told = ({ user_data: data }: Readonly<Record<string, unknown>>) =>
    Buffer.from(String(data), "base64").toString();
  for (const template of all("aws_launch_template")) {
    expect(told(template)).toContain(`\nPROGRAM_BUCKET='${all("aws_s3_bucket")[0]?.bucket}'\n`);
    expect(told(template)).not.toMatch(/TfToken|TOKEN\./);
  }
});

test("planted fault: user data with a value that Terraform knows later is refused", () => {
  const stack = new TerraformStack(Testing.app(), "stack");
  const [pool] = Object.values(RUNNERS.pools);
  if (!pool) throw new Error("there is no pool");
  const props = { name: "one", pool, securityGroupIds: [], profileArn: "arn", tags: {} };
  const later = new TerraformVariable(stack, "bucket", { type: "string" }).stringValue;
  expect(() => instanceTemplate(stack, "known", { ...props, userData: "BUCKET=one" })).not.toThrow();
  expect(() => instanceTemplate(stack, "later", { ...props, userData: `BUCKET=${later}` })).toThrow(
    /would not find in base64/,
  );
});

test("nobody reaches an instance from outside", () => {
  expect(resource.aws_vpc_security_group_ingress_rule).toBeUndefined();
  expect(all("aws_security_group")[0]?.ingress).toBeUndefined();
});

test("a job reads the configurations of runners by the role of its instance, and no other parameter of the account", () => {
  const attached = all("aws_iam_role_policy_attachment").map(({ policy_arn: arn }) => String(arn));
  expect(attached.filter((arn) => arn.includes("AmazonSSM"))).toEqual([]);
  const statements = all("aws_iam_role_policy").flatMap(({ name, policy }) =>
    name === "runner" ? (JSON.parse(String(policy)).Statement as Record<string, unknown>[]) : [],
  );
  const parameters = statements.filter(({ Action }) => JSON.stringify(Action).includes("ssm:GetParameter"));
  expect(parameters.map(({ Resource }) => String(Resource))).toEqual([
    expect.stringMatching(/:parameter\/[^*]+\/runners\/[^*]*\*$/),
  ]);
  expect(statements.map(({ Sid }) => Sid)).toContain("Sessions");
});

test("one bad message comes again alone, and one that nobody can carry out is kept", () => {
  expect(all("aws_lambda_event_source_mapping")).toMatchObject([
    { function_response_types: ["ReportBatchItemFailures"], scaling_config: { maximum_concurrency: 10 } },
  ]);
  const queue = all("aws_sqs_queue").find(({ redrive_policy: policy }) => policy !== undefined);
  expect(JSON.parse(String(queue?.redrive_policy))).toMatchObject({ maxReceiveCount: 6 });
  // Six times as long as the function may take.
  const scaleUp = all("aws_lambda_function").find(({ function_name: name }) =>
    String(name).endsWith("scale-up"),
  );
  expect(queue?.visibility_timeout_seconds).toBe(6 * Number(scaleUp?.timeout));
});

test("reconcile and scale-down are called once a minute, by a role that is for this account only", () => {
  expect(all("aws_scheduler_schedule").map(({ schedule_expression: rate }) => rate)).toEqual([
    "rate(1 day)",
    "rate(1 minute)",
    "rate(1 minute)",
  ]);
  const trust = all("aws_iam_role").find(({ name }) =>
    String(name).includes("schedules"),
  )?.assume_role_policy;
  expect(String(trust)).toContain('"aws:SourceAccount":"123456789012"');
});

test("only scale-down may end instances, and only those of the fleet", () => {
  const policies = Object.entries(resource.aws_iam_role_policy ?? {}).filter(([, { policy }]) =>
    String(policy).includes("ec2:TerminateInstances"),
  );
  expect(policies.map(([id]) => id)).toEqual([expect.stringContaining("scale-down")]);
  expect(String(policies[0]?.[1].policy)).toContain('"aws:ResourceTag/groundplan:fleet":"groundplan-dev"');
});

test("the role of the instances reads configurations of the fleet, and no other parameter", () => {
  const policy = Object.entries(resource.aws_iam_role_policy ?? {}).find(([id]) =>
    id.includes("instances"),
  )?.[1];
  const [statement] = JSON.parse(String(policy?.policy)).Statement;
  expect(statement).toMatchObject({
    Action: ["ssm:GetParameter", "ssm:DeleteParameter"],
    Resource: "arn:aws:ssm:us-east-1:123456789012:parameter/groundplan/dev/runners/configurations/*",
    Condition: { StringEquals: { [`aws:ResourceTag/${READER}`]: "$${ec2:SourceInstanceARN}" } },
  });
});

test("the four sources of logs have groups that expire, which instances write to and do not make", () => {
  const groups = all("aws_cloudwatch_log_group").filter(({ name }) =>
    String(name).startsWith("/groundplan/"),
  );
  expect(groups.map(({ name, retention_in_days: days }) => [name, days]).sort()).toEqual(
    ["boot", "nginx", "runner", "system"].map((source) => [
      `/groundplan/runners/groundplan-dev/${source}`,
      30,
    ]),
  );
  const role = all("aws_iam_role_policy").find(({ name }) => name === "runner");
  const logs = JSON.parse(String(role?.policy)).Statement.find(({ Sid }: { Sid: string }) => Sid === "Logs");
  expect(logs.Action).not.toContain("logs:CreateLogGroup");
  expect(logs.Resource[0]).toMatch(/:log-group:\/groundplan\/runners\/groundplan-dev\/\*$/);
  for (const { user_data: data } of all("aws_launch_template")) {
    const text = Buffer.from(String(data), "base64").toString();
    for (const file of ["user-data.log", "syslog", "_diag", "nginx/access.log", "nginx/error.log"])
      expect(text).toContain(file);
  }
});

test("a boot that fails is counted, and an alarm goes on", () => {
  const [filter] = all("aws_cloudwatch_log_metric_filter");
  const script = readFileSync(
    join(__dirname, "..", "..", "modules", "runner", "user-data", "runner.sh"),
    "utf8",
  );
  expect(script).toContain(`say ${String(filter?.pattern).replace(/"$/, "")} in step`);
  const [transformation] = [filter?.metric_transformation].flat() as { namespace: string; name: string }[];
  expect(all("aws_cloudwatch_metric_alarm")).toContainEqual(
    expect.objectContaining({
      namespace: transformation?.namespace,
      metric_name: transformation?.name,
      alarm_name: "groundplan-dev-runners-boot-failures",
    }),
  );
});

test("the dashboard has the price of a week: seconds by the price of their pool, and GitHub's charge", () => {
  const { resource: priced } = runnersJson({
    minuteCharge: 0.006,
    pools: { small: { ...(RUNNERS.pools.small as RunnersSettings["pools"][string]), dollarsPerHour: 0.36 } },
  });
  const [{ dashboard_body: body } = {}] = Object.values(priced.aws_cloudwatch_dashboard ?? {});
  const chart = JSON.parse(String(body)).widgets.find(({ properties }: { properties: { title: string } }) =>
    properties.title.startsWith("Price"),
  );
  expect(chart.properties.period).toBe(604_800);
  expect(chart.properties.metrics).toEqual([
    [{ expression: "seconds0 * 0.0002", id: "dollars_seconds0", label: "small" }],
    [
      "Groundplan/Runners",
      "JobSeconds",
      "Fleet",
      "groundplan-dev",
      "Pool",
      "small",
      { id: "seconds0", stat: "Sum", visible: false },
    ],
  ]);
});

test("the dashboard has what the machines do", () => {
  const [{ dashboard_body: body } = {}] = all("aws_cloudwatch_dashboard");
  for (const metric of ["CPUUtilization", "BytesOutToDestination", "TriggeredRules", "BootFailures"])
    expect(String(body)).toContain(metric);
});

test("what groundplan artifact deploys are the five functions", () => {
  const { output } = runnersJson();
  const { value } = output.deployables as { value: readonly { service: string }[] };
  expect(value.map(({ service }) => service)).toEqual([
    "runner-webhook",
    "runner-scale-up",
    "runner-scale-down",
    "runner-reconcile",
    "runner-program",
  ]);
});

describe("instances that stay between jobs", () => {
  const { resource: standing } = runnersJson({ pools: STANDING_POOLS });
  const each = (type: string) => Object.values(standing[type] ?? {});
  const group = (name: string) =>
    each("aws_autoscaling_group").find((one) => one.name === `groundplan-dev-${name}`);

  test("are an autoscaling group of one size, or of the queue's", () => {
    expect(group("steady")).toMatchObject({ min_size: 2, max_size: 2, desired_capacity: 2 });
    expect(group("steady")?.lifecycle).toBeUndefined();
    expect(group("burst")).toMatchObject({
      min_size: 0,
      max_size: 3,
      lifecycle: { ignore_changes: ["desired_capacity", "min_size"] },
    });
    expect(each("aws_autoscaling_schedule")).toMatchObject([
      { recurrence: "0 7 * * 1-5", time_zone: "Europe/Berlin", min_size: 1, desired_capacity: -1 },
    ]);
    expect(each("aws_autoscaling_policy")).toMatchObject([
      { target_tracking_configuration: { target_value: 70, disable_scale_in: true } },
    ]);
  });

  test("are protected, wait at a hook before they end, and have the newest image within a week", () => {
    for (const one of each("aws_autoscaling_group")) {
      expect(one).toMatchObject({
        protect_from_scale_in: true,
        max_instance_lifetime: 604_800,
        initial_lifecycle_hook: [
          { lifecycle_transition: "autoscaling:EC2_INSTANCE_TERMINATING", default_result: "CONTINUE" },
        ],
        mixed_instances_policy: {
          launch_template: { launch_template_specification: { version: "$Latest" } },
        },
      });
      expect(one.timeouts).toEqual({ delete: "10m" });
      // Destroyed first, while the functions still let its instances go.
      expect(String(one.depends_on)).toContain("aws_scheduler_schedule");
    }
  });

  test("register themselves, and are known by their tags", () => {
    const tags = group("steady")?.tag as readonly {
      key: string;
      value: string;
      propagate_at_launch: boolean;
    }[];
    expect(tags).toContainEqual({ key: "groundplan:pool", value: "steady", propagate_at_launch: true });
    const texts = each("aws_launch_template").map(({ user_data: data }) =>
      Buffer.from(String(data), "base64").toString(),
    );
    for (const text of texts) expect(text).toContain("MODE='standing'");
  });

  test("are reached by the ports and ranges that are named, and by no others", () => {
    const rules = each("aws_vpc_security_group_ingress_rule").map(({ from_port: port, cidr_ipv4: cidr }) => [
      port,
      cidr,
    ]);
    expect(rules.sort(([a], [b]) => Number(a) - Number(b))).toEqual([
      [22, "192.0.2.1/32"],
      [80, "10.0.0.0/16"],
      [443, "10.0.0.0/16"],
    ]);
  });

  test("are charted by their group", () => {
    const [{ dashboard_body: body } = {}] = each("aws_cloudwatch_dashboard");
    for (const metric of ["CPUUtilization", "EBSReadOps", "EBSWriteOps", "NetworkIn", "NetworkOut"])
      expect(String(body)).toContain(`["AWS/EC2","${metric}","AutoScalingGroupName","groundplan-dev-steady"`);
  });

  test("have the volume that is asked for", () => {
    expect(each("aws_launch_template")).toContainEqual(
      expect.objectContaining({
        block_device_mappings: [
          expect.objectContaining({
            ebs: expect.objectContaining({ volume_size: 100, iops: 4000, throughput: 250 }),
          }),
        ],
      }),
    );
  });

  test("may be resized by reconcile and made fewer by scale-down; without them, no function may touch a group", () => {
    const policies = (some: Resources) =>
      Object.entries(some.aws_iam_role_policy ?? {}).flatMap(([id, { policy }]) =>
        String(policy).includes("autoscaling:") ? [id] : [],
      );
    expect(policies(standing)).toEqual([
      expect.stringContaining("reconcile"),
      expect.stringContaining("scale-down"),
    ]);
    expect(policies(resource)).toEqual([]);
  });
});

/** What the functions are told, as far as synth knows it: what Terraform knows later stands in it as it is written. */
function told(resources: Resources): string {
  const [one] = Object.values(resources.aws_lambda_function ?? {});
  return JSON.stringify(one?.environment).replaceAll('\\"', '"');
}

describe("several owners", () => {
  const furtherOwners = [
    { owner: "Else-Org", installationId: 6, scope: "organization", repositories: [] },
    { owner: "user", installationId: 7, scope: "repository", repositories: ["Shop"], groupId: 3 },
  ] as const;
  const pools = {
    ...RUNNERS.pools,
    steady: { ...(STANDING_POOLS.steady as RunnersSettings["pools"][string]), owner: "user/shop" },
  };
  const { resource: several } = runnersJson({ furtherOwners, pools });

  test("are told to the functions, with the default group where none is named", () => {
    const text = told(several);
    expect(text).toContain('"owner" = "Else-Org"');
    expect(text).toContain('"groupId" = 1');
    expect(text).toContain('"groupId" = 3');
  });

  test("have the same keys in the stack and in the functions", () => {
    for (const one of furtherOwners) expect(ownerKey(one)).toBe(keyInFunctions(one));
  });
});

describe("scale sets", () => {
  const image = `123456789012.dkr.ecr.us-east-1.amazonaws.com/groundplan/runner-listener@sha256:${"a".repeat(64)}`;
  const { resource: listened } = runnersJson({ scaleSets: { image } });
  const each = (type: string) => Object.values(listened[type] ?? {});

  test("are listened to by one task of Fargate, the smallest", () => {
    expect(each("aws_ecs_service")).toMatchObject([
      { name: "groundplan-dev-runner-listener", desired_count: 1, wait_for_steady_state: false },
    ]);
    expect(each("aws_ecs_task_definition")).toMatchObject([{ cpu: "256", memory: "512" }]);
    expect(JSON.stringify(each("aws_ecs_task_definition"))).toContain(image);
    expect(told(listened)).toContain('"scaleSets" = true');
    const [{ container_definitions: text } = {}] = each("aws_ecs_task_definition");
    // What Terraform makes has no quotes, which would end within the JSON of the containers.
    const made = String(text).replace(/"\$\{base64encode\(jsonencode\(.*?\)\)\}"/s, '"made"');
    expect(JSON.parse(made)).toMatchObject([
      { environment: expect.arrayContaining([{ name: "RUNNER_SETTINGS_BASE64", value: "made" }]) },
    ]);
    expect(told(resource)).not.toContain("scaleSets");
  });

  test("give the listener the app's secret, the table and the queue, and no instance", () => {
    const policy = each("aws_iam_role_policy").find(({ name }) => name === "task");
    const actions = JSON.parse(String(policy?.policy)).Statement.flatMap(
      ({ Action }: { Action: string }) => Action,
    );
    expect(actions.sort()).toEqual([
      "dynamodb:DeleteItem",
      "dynamodb:PutItem",
      "secretsmanager:GetSecretValue",
      "sqs:SendMessage",
    ]);
  });

  test("have an alarm when the listener fails", () => {
    expect(each("aws_cloudwatch_metric_alarm")).toContainEqual(
      expect.objectContaining({
        alarm_name: "groundplan-dev-runners-listener",
        metric_name: "ListenerFailures",
      }),
    );
  });

  test("are off by default", () => {
    expect(resource.aws_ecs_service).toBeUndefined();
  });
});

test("the hours of a pool are told to the functions", () => {
  const hours = [{ days: ["mon"], from: "07:00", to: "19:00", timeZone: "Europe/Berlin", idle: 2 }] as const;
  const small = { ...(RUNNERS.pools.small as RunnersSettings["pools"][string]), hours };
  expect(told(runnersJson({ pools: { small } }).resource)).toContain('"timeZone" = "Europe/Berlin"');
});

test("a function's right to groups ends with their whole names", () => {
  const { resource: standing } = runnersJson({ pools: STANDING_POOLS });
  const groups = Object.values(standing.aws_iam_role_policy ?? {}).flatMap(({ policy }) =>
    [...String(policy).matchAll(/autoScalingGroupName\/([^"]+)"/g)].map(([, name]) => name),
  );
  // `groundplan-dev-*` would be those of a fleet `groundplan-dev-eu` too.
  expect([...new Set(groups)].sort()).toEqual(["groundplan-dev-burst", "groundplan-dev-steady"]);
});

const steady = STANDING_POOLS.steady as RunnersSettings["pools"][string];
const burst = STANDING_POOLS.burst as RunnersSettings["pools"][string];

test.each<[string, Partial<RunnersSettings["pools"][string]>, RegExp]>([
  ["more by name than the most", { ...steady, fixed: { count: 3 } }, /fixed.count is 3/],
  ["none by name", { ...steady, fixed: { count: 0 } }, /fixed.count is 0/],
  ["names that are none", { ...steady, fixed: { count: 1, namePrefix: "Run ner" } }, /does not begin a name/],
  ["both fixed and a group", { ...steady, group: { min: 0 } }, /both fixed and a group/],
  ["a least above the most", { ...burst, group: { min: 4 } }, /group.min is 4/],
  ["a wish below the least", { ...burst, group: { min: 2, desired: 1 } }, /group.desired is 1/],
  ["a use of 5 %", { ...burst, group: { min: 0, cpuPercent: 5 } }, /group.cpuPercent is 5/],
  [
    "a time that is none",
    { ...burst, group: { min: 0, schedules: { day: { cron: "7 o'clock", timeZone: "UTC", min: 0 } } } },
    /has not five fields/,
  ],
  [
    "a time zone that is none",
    { ...burst, group: { min: 0, schedules: { day: { cron: "0 7 * * *", timeZone: "Mars", min: 0 } } } },
    /"Mars" is not a time zone/,
  ],
  [
    "hours of instances that stay",
    { ...steady, hours: [{ days: ["mon"], from: "07:00", to: "19:00", timeZone: "UTC" }] },
    /hours are for a pool with an instance for each job/,
  ],
  ["an owner that is not named", { ...steady, owner: "else" }, /owner "else" is none of furtherOwners/],
  ["open ports without Nginx", { ...steady, proxy: false }, /behind which nothing listens/],
  ["a range that is none", { ...steady, sshCidrs: ["everybody"] }, /sshCidrs has "everybody"/],
  ["too many operations", { ...steady, diskIops: 90_000 }, /diskIops is 90000/],
  [
    "more throughput than the operations carry",
    { ...steady, diskThroughput: 1500 },
    /diskThroughput is 1500/,
  ],
])("a pool with %s fails the synth", (_, change, message) => {
  expect(() => runnersJson({ pools: { one: { ...steady, ...change } } })).toThrow(message);
});

test("two pools whose runners would have the same names fail the synth", () => {
  const named = { ...steady, fixed: { count: 1, namePrefix: "two" } };
  expect(() => runnersJson({ pools: { one: steady, two: steady } })).toThrow(
    'pool "two": its runners have the names of pool "one", runner-01',
  );
  expect(() => runnersJson({ pools: { one: steady, two: named } })).not.toThrow();
});

const pool = RUNNERS.pools.small as RunnersSettings["pools"][string];

test.each<[string, Partial<RunnersSettings>, RegExp]>([
  ["no owner", { owner: "" }, /owner "" is not the name/],
  ["an app that is installed nowhere", { installationId: 0 }, /installationId is 0/],
  ["a secret by its name", { secretArn: "github-app" }, /secretArn "github-app" is not the ARN/],
  ["an API without TLS", { apiUrl: "http://github.example.com" }, /apiUrl "http:/],
  ["runners of a repository that none is named of", { scope: "repository" }, /for one, and 0 are named/],
  [
    "the same owner twice",
    { furtherOwners: [{ owner: "OCTO", installationId: 6, scope: "organization", repositories: [] }] },
    /furtherOwners\[0\]: octo is an owner already/,
  ],
  [
    "a further owner without an installation",
    {
      furtherOwners: [
        { owner: "else", installationId: 0, scope: "organization", repositories: [], groupId: 0 },
      ],
    },
    /furtherOwners\[0\]: installationId is 0[\s\S]*furtherOwners\[0\]: groupId is 0/,
  ],
  [
    "a listener by its tag",
    { scaleSets: { image: "listener:1" } },
    /scaleSets.image "listener:1" is not an image by its digest/,
  ],
  [
    "hours that are none",
    {
      pools: {
        small: { ...pool, hours: [{ days: [], from: "7", to: "24:00", timeZone: "Mars", max: -1, idle: 1 }] },
      },
    },
    /hours\[0\].days is \[\][\s\S]*from is "7"[\s\S]*to is "24:00"[\s\S]*"Mars"[\s\S]*max is -1[\s\S]*idle is 1/,
  ],
  ["no pool", { pools: {} }, /there is no pool/],
  [
    "more labels than GitHub takes",
    { pools: { small: { ...pool, labels: Array(100).fill("a") } } },
    /100 labels/,
  ],
  [
    "a label with a space",
    { pools: { small: { ...pool, labels: ["my linux"] } } },
    /label "my linux" is not valid/,
  ],
  [
    "an instance type of the other processor",
    { pools: { small: { ...pool, instanceTypes: ["m7g.large"] } } },
    /has another processor/,
  ],
  [
    "a runner that cannot register",
    { program: { ...RUNNERS.program, version: "2.328.0" } },
    /"2.328.0" cannot register/,
  ],
  [
    "a checksum that is none",
    { program: { ...RUNNERS.program, sha256: { x64: "1", arm64: "2" } } },
    /64 hexadecimal digits/,
  ],
  ["a charge of a hundred dollars", { minuteCharge: 100 }, /minuteCharge is 100/],
  [
    "a destroy that waits for ever",
    { minutes: { ...RUNNERS.minutes, drain: 3000 } },
    /minutes.drain is 3000/,
  ],
  ["a boot that never ends", { minutes: { ...RUNNERS.minutes, boot: 61 } }, /minutes.boot is 61/],
])("%s fails the synth, in the overlay and in the module", (_, change, message) => {
  expect(() => runnersJson(change)).toThrow(message);
  const broken = environments.map((environment, index) =>
    index === 0 ? { ...environment, runners: { ...RUNNERS, ...change } } : environment,
  );
  expect(() => checkEnvironments(broken)).toThrow(message);
});

test("more pools than the variable of a function has room for fail the synth, and half of them do not", () => {
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, number) => [`pool-${number}`, pool]));
  expect(() => runnersJson({ pools: many(14) })).toThrow(
    /are told \d+ bytes of pools and owners, and Lambda takes 4096/,
  );
  expect(() => runnersJson({ pools: many(7) })).not.toThrow();
});

test("an environment that has no runners is not asked for an owner", () => {
  expect(environments.every(({ runners }) => !runners.enabled)).toBe(true);
  expect(() => checkEnvironments(environments)).not.toThrow();
});

test("instances reach the internet over IPv6 as over IPv4: a VPC may have it, and an instance prefers it", () => {
  const rules = all("aws_vpc_security_group_egress_rule");
  const groups = (key: string, range: string) =>
    rules.filter((rule) => rule[key] === range).map((rule) => rule.security_group_id);
  expect(groups("cidr_ipv4", "0.0.0.0/0").length).toBeGreaterThan(0);
  expect(groups("cidr_ipv6", "::/0")).toEqual(groups("cidr_ipv4", "0.0.0.0/0"));
});
