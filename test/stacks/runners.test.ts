import { App, Testing } from "cdktf";
import { checkEnvironments } from "../../overlays/checks";
import type { RunnersSettings } from "../../overlays/settings/runners";
import { READER } from "../../services/runner-core/src/aws/configurations";
import { RunnersStack } from "../../stacks/runners";
import { environments, platform } from "../platform";
import { RUNNERS } from "./runners-environment";

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

test("what groundplan artifact deploys are the four functions", () => {
  const { output } = runnersJson();
  const { value } = output.deployables as { value: readonly { service: string }[] };
  expect(value.map(({ service }) => service)).toEqual([
    "runner-webhook",
    "runner-scale-up",
    "runner-scale-down",
    "runner-reconcile",
  ]);
});

const pool = RUNNERS.pools.small as RunnersSettings["pools"][string];

test.each<[string, Partial<RunnersSettings>, RegExp]>([
  ["no owner", { owner: "" }, /owner "" is not the name/],
  ["an app that is installed nowhere", { installationId: 0 }, /installationId is 0/],
  ["a secret by its name", { secretArn: "github-app" }, /secretArn "github-app" is not the ARN/],
  ["an API without TLS", { apiUrl: "http://github.example.com" }, /apiUrl "http:/],
  ["runners of a repository that none is named of", { scope: "repository" }, /for one, and 0 are named/],
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
  ["a boot that never ends", { minutes: { ...RUNNERS.minutes, boot: 61 } }, /minutes.boot is 61/],
])("%s fails the synth, in the overlay and in the module", (_, change, message) => {
  expect(() => runnersJson(change)).toThrow(message);
  const broken = environments.map((environment, index) =>
    index === 0 ? { ...environment, runners: { ...RUNNERS, ...change } } : environment,
  );
  expect(() => checkEnvironments(broken)).toThrow(message);
});

test("an environment that has no runners is not asked for an owner", () => {
  expect(environments.every(({ runners }) => !runners.enabled)).toBe(true);
  expect(() => checkEnvironments(environments)).not.toThrow();
});
