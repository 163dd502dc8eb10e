import { reportOf } from "../../../cli/report/report";
import { planned, realPlan, reportWith, resource, runOf, SECRETS } from "./runs";

describe("a real plan with everything in it", () => {
  const report = reportWith({ "dev-api": realPlan("everything") });
  const [stack] = report.stacks;
  const change = (address: string) => stack?.changes.find((each) => each.address === address);

  test("is counted", () => {
    expect(stack?.counts).toEqual({
      create: 2,
      update: 8,
      replace: 2,
      delete: 2,
      forget: 1,
      unknown: 0,
      import: 1,
      move: 1,
      drift: 1,
      outputs: 2,
    });
  });

  test("a replacement names the attribute that forces it", () => {
    expect(change("aws_dynamodb_table.carts")).toMatchObject({ action: "replace", forcedBy: ["hash_key"] });
    expect(change("aws_sqs_queue.jobs")).toMatchObject({ action: "replace", forcedBy: ["name"] });
  });

  test("a deletion says why", () => {
    expect(change("aws_sqs_queue.old")?.reason).toBe("it is no longer in the configuration");
  });

  test("moves and imports are there although nothing else changes", () => {
    expect(change("aws_sns_topic.after")?.movedFrom).toBe("aws_sns_topic.before");
    expect(change("aws_ssm_parameter.imported")?.importedAs).toBe("/imported");
    expect(change("aws_vpc.main")).toBeUndefined();
  });

  test("drift is what differs, and not what the provider writes in another way", () => {
    expect(realPlan("everything").resource_drift?.length).toBeGreaterThan(1);
    expect(stack?.drift.map(({ address }) => address)).toEqual(["aws_sqs_queue.drifting"]);
  });

  test("a policy is compared as a document", () => {
    expect(change("aws_iam_policy.deploy")?.lines).toContainEqual({
      sign: "+",
      path: "policy.Statement[0].Action[2]",
      value: '"iam:*"',
    });
  });

  test("a secret that changes is seen, and not shown", () => {
    expect(change("aws_ssm_parameter.password")?.lines).toContainEqual({
      sign: "+",
      path: "value",
      value: "(sensitive value)",
    });
    for (const secret of SECRETS) {
      expect(JSON.stringify(realPlan("everything"))).toContain(secret);
      expect(JSON.stringify(report)).not.toContain(secret);
    }
  });

  test.each([
    ["aws_sqs_queue.old", "delete-stateful"],
    ["aws_dynamodb_table.carts", "replace-stateful"],
    ["aws_kms_key.data", "kms-key-deletion"],
    ["aws_iam_policy.deploy", "iam-broadened"],
    ["aws_iam_role.ci", "iam-broadened"],
    ["aws_security_group.web", "ingress-open-to-world"],
    ["aws_vpc_security_group_ingress_rule.any6", "ingress-open-to-world"],
    ["aws_dynamodb_table.orders", "protection-removed"],
    ["aws_sns_topic.forgotten", "forget"],
  ])("%s: %s, and nothing else", (address, rule) => {
    expect(stack?.risks.filter((risk) => risk.address === address).map((risk) => risk.rule)).toEqual([rule]);
  });

  test("nothing else is a risk", () => {
    expect(stack?.risks).toHaveLength(10);
  });
});

describe("verdict", () => {
  const create = { resource_changes: [resource("aws_eip.a", ["create"], null, { domain: "vpc" })] };
  const remove = { resource_changes: [resource("aws_eip.a", ["delete"], { domain: "vpc" }, null)] };

  test("no changes", () => {
    expect(reportWith({ "dev-a": {} }).verdict).toEqual({ kind: "unchanged", text: "No changes" });
  });

  test("harmless changes", () => {
    expect(reportWith({ "dev-a": create }).verdict).toEqual({ kind: "changes", text: "1 stack will change" });
  });

  test("a deletion asks for attention", () => {
    expect(reportWith({ "dev-a": remove, "dev-b": create }).verdict).toEqual({
      kind: "attention",
      text: "2 stacks will change, 1 resource will be deleted or replaced, 1 risk to decide about",
    });
  });

  test("a failure comes before everything", () => {
    const error = { phase: "plan", message: "no", addresses: [] } as const;
    const run = runOf([planned("dev-a"), planned("dev-b", { status: "failed", error })]);
    expect(reportOf(run, (name) => (name === "dev-a" ? remove : undefined)).verdict).toMatchObject({
      kind: "failed",
      text: expect.stringContaining("1 stack could not be planned"),
    });
  });

  test("a run that came to no stack is a failure, and says why", () => {
    const report = reportOf(
      runOf([], { outcome: "failed", failure: { message: "the synth failed" } }),
      () => undefined,
    );
    expect(report.verdict).toEqual({ kind: "failed", text: "Nothing could be planned" });
    expect(report.failure?.message).toBe("the synth failed");
  });

  test("an interrupted run is never taken for one without changes", () => {
    expect(reportWith({ "dev-a": {} }, { outcome: "interrupted" }).verdict.kind).toBe("incomplete");
  });
});

describe("environments with the same change", () => {
  const plan = (environment: string, account: string, size = "small") => ({
    resource_changes: [
      resource("aws_instance.a", ["create"], null, {
        name: `${environment}-api`,
        arn: `arn:aws:ec2:us-east-1:${account}:x`,
        subnet: environment === "dev" ? "subnet-0123456789abcdef0" : "subnet-0fedcba9876543210",
        size,
      }),
    ],
  });

  test("are one group, but for names, accounts and ids", () => {
    const report = reportWith({
      "dev-api": plan("dev", "111122223333"),
      "prod-api": plan("prod", "444455556666"),
    });
    expect(report.groups).toEqual([["dev-api", "prod-api"]]);
  });

  test("are two groups when a value differs", () => {
    const report = reportWith({
      "dev-api": plan("dev", "111122223333"),
      "prod-api": plan("prod", "444455556666", "large"),
    });
    expect(report.groups).toEqual([["dev-api"], ["prod-api"]]);
  });
});

test("actions that a later Terraform may have are shown, never passed over", () => {
  const plan = {
    resource_changes: [
      resource("aws_eip.a", ["teleport"], { domain: "vpc" }, { domain: "x" }),
      resource("aws_s3_bucket.b", ["delete", "teleport"], { bucket: "b" }, null),
    ],
  };
  const [stack] = reportWith({ "dev-a": plan }).stacks;

  expect(stack?.counts).toMatchObject({ unknown: 1, delete: 1 });
  expect(stack?.risks.map(({ address, rule }) => `${address} ${rule}`).sort()).toEqual([
    "aws_eip.a unknown-action",
    "aws_s3_bucket.b delete-stateful",
    "aws_s3_bucket.b unknown-action",
  ]);
});

test("a secret that a provider repeats elsewhere is masked there too", () => {
  const plan = {
    resource_changes: [
      resource(
        "aws_x.a",
        ["update"],
        { password: "correct horse", url: "https://u:old battery@h" },
        { password: "old battery", url: `https://u:${"x".repeat(600)}old battery@h` },
        { before_sensitive: { password: true }, after_sensitive: { password: true } },
      ),
    ],
  };
  const text = JSON.stringify(reportWith({ "dev-a": plan }));

  expect(text).not.toContain("battery");
  expect(text).toContain("https://u:(sensitive value)@h");
});

test("why a stack was planned stays with it, and a secret in it is masked", () => {
  const plan = {
    resource_changes: [
      resource(
        "aws_x.a",
        ["update"],
        { password: "first secret" },
        { password: "other secret" },
        {
          before_sensitive: { password: true },
          after_sensitive: { password: true },
        },
      ),
    ],
  };
  const affected = { change: "changed", reasons: ["aws_x.a: password", "content of other secret"] } as const;
  const [stack] = reportOf(runOf([planned("dev-a", { affected })]), () => plan).stacks;

  expect(stack?.affected).toEqual({
    change: "changed",
    reasons: ["aws_x.a: password", "content of (sensitive value)"],
  });
});

test("each stack's plan is read once", () => {
  const read: string[] = [];
  reportOf(runOf([planned("dev-api"), planned("prod-api")]), (name) => {
    read.push(name);
    return realPlan("everything");
  });
  expect(read).toEqual(["dev-api", "prod-api"]);
});
