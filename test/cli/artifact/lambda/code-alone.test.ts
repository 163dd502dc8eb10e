import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  codeAlone,
  codeAloneOf,
  codeNotedAs,
  overriddenFolder,
} from "../../../../cli/artifact/lambda/code-alone";
import type { Target } from "../../../../cli/artifact/target";
import type { StackJson } from "../../../../cli/project/project";
import { temporaryFolder } from "../../../temporary-folder";
import { sourceWith } from "../planted";

const TARGET = {
  functionAddress: "aws_lambda_function.f",
  aliasAddress: "aws_lambda_alias.a",
  canaryAddresses: ["aws_cloudwatch_metric_alarm.c"],
};

const STACK = {
  resource: {
    aws_lambda_function: {
      f: {
        "//": {},
        depends_on: [],
        s3_bucket: "b",
        s3_key: "k",
        s3_object_version: "v",
        source_code_hash: "h",
        memory_size: 256,
        publish: true,
        environment: { variables: { ARTIFACT_SHA256: "a", LOG: "info" } },
      },
      other: { memory_size: 128 },
    },
    aws_lambda_alias: {
      a: { description: "d", function_version: "${v}", dynamic: { routing_config: {} } },
    },
    aws_cloudwatch_metric_alarm: {
      c: { threshold: 1, dimensions: { ExecutedVersion: "${aws_lambda_function.f.version}" } },
      alias: { threshold: 1 },
    },
    aws_cloudwatch_log_group: { logs: { retention_in_days: 14 } },
  },
} as const satisfies StackJson;

/** What is ignored of a resource. */
function ignored(
  address: string,
  stack: StackJson = STACK,
  variables: readonly string[] = [],
  of = codeAlone,
) {
  const [type = "", id = ""] = address.split(".");
  return of(stack, TARGET, variables).resource[type]?.[id]?.lifecycle.ignore_changes;
}

test.each([
  "aws_cloudwatch_log_group.logs",
  "aws_cloudwatch_metric_alarm.alias",
  "aws_lambda_function.other",
])("%s is left as it is", (address) => {
  expect(ignored(address)).toBe("all");
});

test("of the function, all but its code is left as it is, also what was only changed by hand", () => {
  const names = ignored(TARGET.functionAddress, STACK, ["LOG", "BY_HAND", "ARTIFACT_COMMIT"]) ?? [];
  for (const name of ["memory_size", "publish", "timeout", "layers", "tags_all"])
    expect(names).toContain(name);
  for (const name of ["s3_bucket", "s3_key", "s3_object_version", "source_code_hash", "environment", "//"])
    expect(names).not.toContain(name);
  expect([...names].filter((name) => name.startsWith("environment"))).toEqual([
    'environment[0].variables["LOG"]',
    'environment[0].variables["BY_HAND"]',
  ]);
});

test("the alias moves, and the alarms of the newest version name it, and nothing else of them changes", () => {
  expect(ignored(TARGET.aliasAddress)).toEqual(["description"]);
  expect(ignored("aws_cloudwatch_metric_alarm.c")).toEqual(["threshold"]);
});

test("what a resource itself ignores stays ignored, and a function without variables gets none", () => {
  const f = { memory_size: 1, lifecycle: { ignore_changes: ["s3_key"] } };
  const names = ignored(TARGET.functionAddress, { resource: { aws_lambda_function: { f } } }, ["BY_HAND"]);
  expect(names).toEqual(expect.arrayContaining(["s3_key", "memory_size", "environment"]));
  expect(names).not.toContain('environment[0].variables["BY_HAND"]');
});

test.each<[string, string, string, string, string]>([
  [
    "what a resource itself ignores is lost",
    "withOwn(one, of(`${type}.${id}`, one))",
    "of(`${type}.${id}`, one)",
    "aws_lambda_function.f",
    "s3_key",
  ],
  [
    "a variable goes with the code",
    "...ofEnvironment(one.environment, variables)",
    "",
    "aws_lambda_function.f",
    'environment[0].variables["LOG"]',
  ],
  [
    "an alarm of the newest version gets its new threshold",
    "return attributesOf(one, (name) => !JSON.stringify(one[name]).includes(version));",
    "return [];",
    "aws_cloudwatch_metric_alarm.c",
    "threshold",
  ],
])("a planted fault is found: %s", (_, right, wrong, address, name) => {
  const { f } = STACK.resource.aws_lambda_function;
  const own = { ...f, lifecycle: { ignore_changes: ["s3_key"] } };
  const stack = { resource: { ...STACK.resource, aws_lambda_function: { f: own } } };
  const planted = sourceWith("lambda/code-alone.ts", right, wrong) as { codeAlone: typeof codeAlone };
  expect(ignored(address, stack)).toContain(name);
  expect(ignored(address, stack, [], planted.codeAlone)).not.toContain(name);
});

test("it is planned beside the stack's folder, in which nothing is written", () => {
  const base = temporaryFolder("code-alone");
  try {
    const folder = join(base, "dev-api");
    mkdirSync(join(folder, ".terraform"), { recursive: true });
    writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(STACK));
    const stack = { name: "dev-api", folder, dependencies: [], json: STACK };
    const target = { ...TARGET, stack } as unknown as Target;
    const overrides = [codeAloneOf(target, []), codeNotedAs(target, "other")];
    const made = overriddenFolder(target, overrides, join(base, "plan"));
    expect(readFileSync(join(made, "cdk.tf.json"), "utf8")).toBe(JSON.stringify(STACK));
    expect(lstatSync(join(made, ".terraform")).isSymbolicLink()).toBe(true);
    const override = (at: number) => join(made, `zz${at}_groundplan_override.tf.json`);
    expect(JSON.parse(readFileSync(override(0), "utf8"))).toEqual(codeAlone(STACK, TARGET, []));
    expect(JSON.parse(readFileSync(override(1), "utf8"))).toEqual({
      resource: { aws_lambda_function: { f: { source_code_hash: "other" } } },
    });
    expect(readdirSync(folder).sort()).toEqual([".terraform", "cdk.tf.json"]);
    // What is linked stays when the folder of the plan goes.
    rmSync(made, { recursive: true });
    expect(readFileSync(join(folder, "cdk.tf.json"), "utf8")).toContain("aws_lambda_function");
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
});
