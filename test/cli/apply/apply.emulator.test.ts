import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { PutParameterCommand, paginateGetParametersByPath, SSMClient } from "@aws-sdk/client-ssm";
import type { AppliedStack, ApplyRun } from "../../../cli/apply/result";
import { openHoldingProxy } from "../../holding-proxy";
import { build, type Run } from "../groundplan";
import { OWN_PROVIDER, PlanProject, parameter, TABLE } from "../plan/project";

let project: PlanProject;
let ssm: SSMClient;
beforeAll(async () => {
  build();
  project = await PlanProject.start({ withProvider: true });
  const { AWS_ENDPOINT_URL: endpoint = "", AWS_REGION: region = "" } = project.environment;
  const credentials = { accessKeyId: "groundplan-local", secretAccessKey: "test" };
  ssm = new SSMClient({ endpoint, region, credentials });
});
afterAll(() => project?.stop());

/** The parameters that stand, by name. */
async function standing(): Promise<Readonly<Record<string, string>>> {
  const found: [string, string][] = [];
  for await (const page of paginateGetParametersByPath({ client: ssm }, { Path: "/", Recursive: true })) {
    found.push(
      ...(page.Parameters ?? []).map(({ Name = "", Value = "" }): [string, string] => [Name, Value]),
    );
  }
  return Object.fromEntries(found.sort());
}

async function put(Name: string, Value: string): Promise<void> {
  await ssm.send(new PutParameterCommand({ Name, Value, Type: "String", Overwrite: true }));
}

/** A network with a contract, an app that reads it and is replaced when it changes, and a stack by itself. */
function stacks(contract: string, alone: string) {
  return {
    "dev-network": {
      json: { resource: { aws_ssm_parameter: { contract: parameter("/dev/network", contract) } } },
    },
    "dev-app": {
      after: ["dev-network"],
      json: {
        data: { aws_ssm_parameter: { network: { name: "/dev/network" } } },
        resource: {
          aws_ssm_parameter: {
            app: parameter("/app/${data.aws_ssm_parameter.network.insecure_value}", "app"),
          },
        },
      },
    },
    "dev-alone": { json: { resource: { aws_ssm_parameter: { alone: parameter("/dev/alone", alone) } } } },
    "prod-network": {
      json: { resource: { aws_ssm_parameter: { contract: parameter("/prod/network", contract) } } },
    },
  };
}

function resultOf({ stdout, stderr }: Run): ApplyRun {
  if (!stdout.startsWith("{")) throw new Error(`no result\n${stderr}`);
  return JSON.parse(stdout) as ApplyRun;
}

function stackOf({ stacks: all }: ApplyRun, name: string): AppliedStack {
  const found = all.find((stack) => stack.name === name);
  if (!found) throw new Error(`no stack ${name}`);
  return found;
}

const statuses = ({ stacks: all }: ApplyRun) =>
  Object.fromEntries(all.map(({ name, status }) => [name, status]));

const APPLY = ["apply", "--json", "--no-synth"];

test("what was reviewed is applied, the deferred after its upstream, one environment after the other", async () => {
  // GIVEN
  project.write(stacks("one", "one"));
  await project.plan();
  // WHEN
  const unordered = await project.groundplan(APPLY);
  const applied = await project.groundplan([...APPLY, "--environment", "dev", "prod"]);
  // THEN
  expect(unordered.code).toBe(2);
  expect(unordered.stderr).toContain("which environment comes first?");
  expect(unordered.stderr).toContain("e.g. --environment dev prod\n");
  expect(applied.code).toBe(0);
  expect(resultOf(applied)).toMatchObject({ outcome: "complete", environments: ["dev", "prod"] });
  expect(statuses(resultOf(applied))).toEqual({
    "dev-network": "applied",
    "dev-app": "applied",
    "dev-alone": "applied",
    "prod-network": "applied",
  });
  expect(await standing()).toEqual({
    "/app/one": "app",
    "/dev/alone": "one",
    "/dev/network": "one",
    "/prod/network": "one",
  });
});

test("another plan than the reviewed one is refused, a deferred replacement waits, the rest is applied", async () => {
  // GIVEN
  project.write(stacks("two", "two"));
  await project.plan();
  await put("/dev/alone", "by hand");
  project.write({
    ...stacks("two", "two"),
    "dev-alone": { json: { resource: { aws_ssm_parameter: { alone: parameter("/dev/alone", "three") } } } },
  });
  // WHEN
  const shared = ["apply", "--json", "--environment", "dev", "prod"];
  const run = resultOf(await project.groundplan(shared, OWN_PROVIDER));
  // THEN
  expect(run.outcome).toBe("incomplete");
  expect(statuses(run)).toEqual({
    "dev-network": "applied",
    "dev-app": "awaiting-approval",
    "dev-alone": "refused",
    "prod-network": "skipped",
  });
  expect(stackOf(run, "dev-alone").differences).toEqual([
    "aws_ssm_parameter.alone: update with another insecure_value than was reviewed",
  ]);
  expect(await standing()).toMatchObject({
    "/app/one": "app",
    "/dev/network": "two",
    "/prod/network": "one",
  });
  // AND a provider that Terraform starts itself plans the same
  const alone = ["dev-alone", "--environment", "dev", "--no-shared-provider"];
  const own = stackOf(resultOf(await project.groundplan([...APPLY, ...alone], OWN_PROVIDER)), "dev-alone");
  expect({ ...own, seconds: 0 }).toEqual({ ...stackOf(run, "dev-alone"), seconds: 0 });
  // WHEN the very plan is approved, and the difference is taken
  const { digest } = stackOf(run, "dev-app");
  const args = [
    ...APPLY,
    "--environment",
    "dev",
    "prod",
    "--approve",
    `dev-app=${digest}`,
    "--on-drift",
    "warn",
  ];
  const second = resultOf(await project.groundplan(args));
  // THEN
  expect(statuses(second)).toEqual({
    "dev-network": "unchanged",
    "dev-app": "applied",
    "dev-alone": "applied",
    "prod-network": "applied",
  });
  expect(await standing()).toEqual({
    "/app/two": "app",
    "/dev/alone": "three",
    "/dev/network": "two",
    "/prod/network": "two",
  });
});

test("a stack that fails says how far it came, and independent ones are applied", async () => {
  project.write({
    "dev-network": {
      json: {
        resource: {
          aws_ssm_parameter: {
            contract: parameter("/dev/network", "three"),
            // The name is refused by AWS, and by no plan.
            refused: { ...parameter("aws/reserved", "x"), depends_on: ["aws_ssm_parameter.contract"] },
          },
        },
      },
    },
    "dev-app": stacks("three", "x")["dev-app"],
    "dev-alone": stacks("three", "four")["dev-alone"],
  });

  const { code, stdout, stderr } = await project.groundplan(["apply", "dev-*", "--json", "--auto-approve"]);

  const run = resultOf({ code, stdout, stderr });
  expect(code).toBe(1);
  expect(statuses(run)).toEqual({ "dev-network": "failed", "dev-app": "skipped", "dev-alone": "applied" });
  expect(stackOf(run, "dev-network")).toMatchObject({
    done: ["aws_ssm_parameter.contract"],
    left: ["aws_ssm_parameter.refused"],
  });
  expect(stackOf(run, "dev-app").message).toBe("dev-network was not applied");
});

/** Starts an apply, and waits until it is somewhere. */
async function applying(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  until: () => Promise<boolean>,
): Promise<ChildProcess> {
  const child = project.start(["apply", ...args], env);
  while (!(await until())) {
    if (child.exitCode !== null) throw new Error("the apply ended too early");
    await setTimeout(20);
  }
  return child;
}

test.each([
  ["killed while it applies what was reviewed", "SIGKILL", []],
  ["interrupted while it applies", "SIGINT", ["--auto-approve"]],
] as const)("%s, nothing is lost, and the next run does the rest", async (title, signal, args) => {
  // GIVEN a chain, so that there is a middle
  const stack = `dev-${title.length}`;
  const names = ["a", "b", "c", "d"].map((name) => `/${stack}/${name}`);
  const chain = names.map((name, index) => [
    `p${index}`,
    { ...parameter(name, "x"), depends_on: index > 0 ? [`aws_ssm_parameter.p${index - 1}`] : [] },
  ]);
  project.write({ [stack]: { json: { resource: { aws_ssm_parameter: Object.fromEntries(chain) } } } });
  if (args.length === 0) await project.plan();
  // AND a proxy at which the third of them waits, so that it stays in the middle
  const proxy = await openHoldingProxy(
    project.environment.AWS_ENDPOINT_URL ?? "",
    (operation, body) => operation === "PutParameter" && body.includes(JSON.stringify(names[2])),
  );
  // WHEN
  const child = await applying([stack, ...args], { AWS_ENDPOINT_URL: proxy.url }, async () => proxy.held > 0);
  const ended = once(child, "close");
  child.kill(signal);
  await ended;
  // A Terraform whose run was killed comes to its end by itself.
  proxy.release();
  expect(Object.keys(await standing())).toEqual(expect.arrayContaining(names.slice(0, 2)));
  const summary = join(project.path, ".groundplan", "apply", "summary.json");
  expect(JSON.parse(readFileSync(summary, "utf8"))).toMatchObject({
    outcome: signal === "SIGKILL" ? "running" : "interrupted",
    stacks: [{ name: stack, status: signal === "SIGKILL" ? "running" : "interrupted" }],
  });
  const again = resultOf(await project.groundplan(["apply", stack, "--json", ...args]));
  // Not before: that Terraform releases its lock by that proxy.
  proxy.close();
  // THEN
  expect(again.outcome).toBe("complete");
  expect(await project.account.locks(TABLE)).toEqual([]);
  expect(Object.keys(await standing())).toEqual(expect.arrayContaining(names));
  const folders = readdirSync(join(project.path, ".groundplan")).filter((name) => name.startsWith("work-"));
  expect(folders).toEqual([]);
});
