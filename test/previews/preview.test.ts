import { faultsOf, previewOf } from "./documents";

const SHARED = "jsondecode(data.aws_ssm_parameter.preview-shared-contract.insecure_value)";

test("the backend is left to the command line: no bucket, no key, no Region is in it", () => {
  expect(previewOf().json.terraform.backend).toEqual({ s3: { encrypt: true } });
});

test("everything that has tags carries those of the preview", () => {
  const { stack } = previewOf();
  for (const type of [
    "aws_ecs_service",
    "aws_ecs_task_definition",
    "aws_lb_target_group",
    "aws_cloudwatch_log_group",
  ]) {
    expect(stack.one(type).tags).toMatchObject({
      "idp:managed": "true",
      "idp:environment": "preview-payment-api",
      "idp:template": "api-service",
      "idp:owner": "ada@example.com",
      "idp:created-at": "2026-11-30T16:00:00Z",
      "idp:ttl": "7d",
      "idp:expires-at": "2026-12-07T16:00:00Z",
      "cost-center": "engineering",
    });
  }
});

test("a secret is read under its tag only, and of the preview's own account and Region", () => {
  const { stack } = previewOf();
  const policy = JSON.parse(String(stack.one("aws_iam_role_policy").policy));
  expect(policy.Statement.at(-1)).toMatchObject({
    Sid: "Secrets",
    Condition: { StringEquals: { "aws:ResourceTag/idp:previews": "allowed" } },
  });
  const stranger = "arn:aws:secretsmanager:us-east-1:999999999999:secret:shop-AbCdEf";
  expect(faultsOf({ config: { secrets: { API_KEY: stranger } } })).toContain(
    "config.secrets.API_KEY is not the ARN of a secret of account 123456789012 in us-east-1",
  );
  const faults = faultsOf({ config: { secrets: { API_KEY: "hunter2" } } });
  expect(faults).toContain("config.secrets.API_KEY is not the ARN");
  expect(faults).not.toContain("hunter2");
});

test("no preview reads the password of another one's database, though it carries the tag", () => {
  const other =
    "arn:aws:secretsmanager:us-east-1:123456789012:secret:groundplan/dev/previews/shop/database-AbCdEf";
  for (const text of [other, `${other}:password::`])
    expect(faultsOf({ config: { secrets: { PASSWORD: text } } })).toContain(
      "config.secrets.PASSWORD is the password of a preview's database",
    );
});

test("what a branch writes is text to Terraform, and no expression that reads the runner's credentials", () => {
  const read = '${file("/proc/self/environ")}';
  const loop = "%{ for x in [1] }x%{ endfor }";
  const { stack } = previewOf({
    config: {
      environment: { STOLEN: read, LOOP: loop, PRICE: "5 $ or 5 %" },
      command: ["sh", "-c", read],
      migrate: [read],
    },
  });
  const definitions = Object.values(stack.all("aws_ecs_task_definition")).map(
    ({ container_definitions: text }) => String(text),
  );
  expect(definitions).toHaveLength(2);
  for (const text of definitions) {
    expect(text).toContain("$${file(");
    expect(text).not.toMatch(/(?<!\$)\$\{file/);
    expect(text).toContain("%%{ for x in [1] }x%%{ endfor }");
    expect(text).not.toMatch(/(?<!%)%\{/);
    expect(text).toContain("5 $ or 5 %");
  }
});

test("it is asked by its name, and moves its weight to the page that wakes it outside of Terraform", () => {
  const { stack, json } = previewOf();
  expect(stack.one("aws_lb_listener_rule")).toMatchObject({
    listener_arn: `\${${SHARED}.loadBalancer.httpsListenerArn}`,
    condition: [{ host_header: { values: ["preview-payment-api.previews.example.com"] } }],
    lifecycle: { ignore_changes: ["action"] },
  });
  expect(json.output.preview?.value).toMatchObject({
    endpoint: "https://preview-payment-api.previews.example.com",
    log_group: "/groundplan/dev/previews/preview-payment-api",
    container: "app",
    cluster: `\${${SHARED}.clusterName}`,
    wake_target_group: `\${${SHARED}.wakeTargetGroupArn}`,
  });
});

test("its time ends at the second, where there is a function that ends it", () => {
  expect(previewOf().stack.one("aws_scheduler_schedule")).toMatchObject({
    name: "preview-payment-api",
    schedule_expression: "at(2026-12-07T16:00:00)",
    count: `\${(length(${SHARED}.expireFunctionArn) >= 1) ? 1 : 0}`,
    target: {
      input:
        '{"format":"groundplan-preview-expire","version":1,"name":"preview-payment-api","expiresAt":"2026-12-07T16:00:00Z"}',
    },
  });
});

test("a network of its own has a VPC, a load balancer and a name that is nearer than the wildcard", () => {
  const { stack, json } = previewOf({ network: "own" });
  expect(stack.paths("aws_nat_gateway")).toEqual(["vpc/nat/us-east-1a/gateway"]);
  expect(stack.one("aws_route53_record")).toMatchObject({ name: "preview-payment-api.previews.example.com" });
  expect(stack.one("aws_lb_listener", "load-balancer/http")).toMatchObject({
    default_action: [{ type: "redirect" }],
  });
  expect(json.output.preview?.value).not.toHaveProperty("wake_target_group");
  expect(previewOf().stack.paths("aws_vpc")).toEqual([]);
});

test("names of the longest platform, environment and preview stay within their limits", () => {
  const { stack } = previewOf({
    name: "preview-abcdefghijklmnopqrstuvwxyz012345",
    platform: { name: "abcdefghijklmnopqrst", environment: "abcdefghijklmnop" },
    network: "own",
  });
  expect(String(stack.one("aws_lb_target_group").name).length).toBeLessThanOrEqual(32);
  expect(String(stack.one("aws_lb").name).length).toBeLessThanOrEqual(32);
  for (const { name } of Object.values(stack.all("aws_iam_role")))
    expect(String(name).length).toBeLessThanOrEqual(64);
});
