import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SENSITIVE, SENSITIVE_CHANGED } from "../../../cli/input/text-mask";
import { decryptPlan } from "../../../cli/plan/encryption";
import { sealOf } from "../../../cli/plan/plan";
import { build } from "../groundplan";
import { type HeldPlan, lives, planning, terraforms, until } from "./held-plan";
import { assumedRoleProfile, changeParameterByHand } from "./other-writers";
import { PlanProject, parameter, stackOf, TABLE } from "./project";

const FIRST = "hunter2-is-no-password";
const SECOND = "correct-horse-battery";

let project: PlanProject;
beforeAll(async () => {
  build();
  project = await PlanProject.start({ withProvider: false });
});
afterAll(() => project?.stop());

/** A network, an app that reads what it publishes, and a stack with a secret in all its forms. */
const network = (parameters: object, more: object = {}) => ({
  json: { resource: { aws_ssm_parameter: parameters }, ...more },
});
const app = {
  after: ["dev-network"],
  json: {
    data: { aws_ssm_parameter: { network: { name: "/dev/network" } } },
    resource: {
      aws_ssm_parameter: { app: parameter("/dev/app", "${data.aws_ssm_parameter.network.insecure_value}") },
    },
  },
};
const secret = {
  json: {
    variable: { password: { type: "string", sensitive: true } },
    resource: {
      aws_ssm_parameter: {
        // A tag that is a secret stands in tags_all too, which the provider computes and nobody marks.
        kept: {
          name: "/dev/kept",
          type: "SecureString",
          value: "${var.password}",
          tags: { Copy: "${var.password}" },
        },
        noted: parameter("/dev/noted", '{"user":"app","password":"${var.password}"}'),
      },
    },
    output: { password: { value: "${var.password}", sensitive: true } },
  },
};

/** A parameter whose value Terraform sets once, and leaves to others then. */
const LEFT = parameter("/dev/left", "one", { lifecycle: { ignore_changes: ["insecure_value"] } });

/** Applies a stack by Terraform itself. */
function deploy(name: string, environment: Readonly<Record<string, string>> = {}): void {
  terraform(name, ["apply", "-auto-approve", "-input=false", "-no-color"], environment);
}

/** Runs Terraform itself in the folder of a stack. */
function terraform(
  name: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): string {
  return execFileSync("terraform", args, {
    cwd: join(project.path, "cdktf.out", "stacks", name),
    env: {
      ...process.env,
      ...project.environment,
      ...environment,
      TF_CLI_CONFIG_FILE: join(project.path, ".groundplan", "terraform.rc"),
    },
    stdio: "pipe",
    encoding: "utf8",
  });
}

test("before anything stands: creations, a deferred stack, a failed one, and no secret anywhere", async () => {
  // GIVEN
  project.write({
    "dev-network": network({
      contract: parameter("/dev/network", "one"),
      gone: parameter("/dev/gone", "one"),
      named: parameter("/dev/named", "one"),
      old: parameter("/dev/moved", "one"),
      turned: parameter("/dev/turned", "one"),
      left: LEFT,
    }),
    "dev-app": app,
    "dev-secret": secret,
    "prod-wrong": { json: { data: { aws_ssm_parameter: { nobody: { name: "/nobody/has/it" } } } } },
  });
  // WHEN
  const { code, stdout, stderr } = await project.groundplan(["plan", "--json"], { TF_VAR_password: FIRST });
  // THEN
  const run = JSON.parse(stdout);
  expect(code).toBe(1);
  expect(run).toMatchObject({ app: ".", outcome: "complete", scope: { kind: "all" }, left: [], removed: [] });
  expect(stackOf(run, "dev-network")).toMatchObject({
    status: "changed",
    environment: "dev",
    unit: "network",
    counts: { create: 6, update: 0, replace: 0, delete: 0 },
  });
  expect(stackOf(run, "dev-app")).toMatchObject({
    status: "deferred",
    dependencies: ["dev-network"],
    deferred: {
      on: ["dev-network"],
      why: "upstream-not-deployed",
      reads: ["data.aws_ssm_parameter.network"],
    },
    files: {},
  });
  const wrong = stackOf(run, "prod-wrong");
  expect(wrong).toMatchObject({
    status: "failed",
    error: { phase: "plan", addresses: ["data.aws_ssm_parameter.nobody"] },
  });
  expect(wrong.error?.message).toContain("couldn't find resource");
  expect(project.read(wrong.files.error)).toContain("couldn't find resource");
  const kept = project
    .document(stackOf(run, "dev-secret"))
    .resource_changes?.find(({ name }) => name === "kept")?.change;
  expect(kept?.after).toMatchObject({ value: SENSITIVE, tags: { Copy: SENSITIVE }, name: "/dev/kept" });
  expect(project.read(stackOf(run, "dev-network").files.text)).toContain("Plan: 6 to add, 0 to change");
  expect(`${stdout}${stderr}${project.everything()}`).not.toContain(FIRST);
});

test("what stands is updated, replaced, destroyed, moved, imported and has drifted; and saved plans are sealed", async () => {
  // GIVEN what stands, two of it changed by hand, and something that nobody manages yet
  deploy("dev-network");
  deploy("dev-secret", { TF_VAR_password: FIRST });
  await changeParameterByHand(project, "/dev/turned", "by hand");
  await changeParameterByHand(project, "/dev/left", "by hand");
  await changeParameterByHand(project, "/dev/found", "as found");
  project.write({
    "dev-network": network(
      {
        contract: parameter("/dev/network", "two"),
        named: parameter("/dev/renamed", "one"),
        new: parameter("/dev/moved", "one"),
        turned: parameter("/dev/turned", "one"),
        left: LEFT,
        found: { name: "/dev/found", type: "String", value: "as found" },
      },
      {
        moved: [{ from: "aws_ssm_parameter.old", to: "aws_ssm_parameter.new" }],
        import: [{ to: "aws_ssm_parameter.found", id: "/dev/found" }],
      },
    ),
    "dev-app": app,
    "dev-secret": secret,
  });
  const key = join(project.path, "plan.key");
  writeFileSync(key, Buffer.alloc(32, 7).toString("base64"));
  // WHEN
  const args = ["plan", "--json", "--detailed-exitcode", "--out", "--key-file", key];
  const { code, stdout, stderr } = await project.groundplan(args, { TF_VAR_password: SECOND });
  // THEN
  const run = JSON.parse(stdout);
  expect(code).toBe(2);
  const changed = stackOf(run, "dev-network");
  expect(changed.counts).toEqual({
    create: 0,
    // The contract, and what was changed by hand and is changed back; what ignores it is left as it is.
    update: 2,
    replace: 1,
    delete: 1,
    forget: 0,
    import: 1,
    move: 1,
    // What the configuration leaves to others is none.
    drift: 1,
    outputs: 0,
  });
  const drifted = project.document(changed).resource_drift?.map(({ address }) => address);
  expect(drifted).toEqual(["aws_ssm_parameter.turned"]);
  expect(
    project.document(changed).resource_changes?.find(({ name }) => name === "named")?.change.replace_paths,
  ).toEqual([["name"]]);
  expect(stackOf(run, "dev-app").deferred).toMatchObject({ on: ["dev-network"], why: "upstream-changes" });
  const secretChange = project
    .document(stackOf(run, "dev-secret"))
    .resource_changes?.find(({ name }) => name === "kept")?.change;
  expect(secretChange).toMatchObject({ before: { value: SENSITIVE }, after: { value: SENSITIVE_CHANGED } });
  const all = `${stdout}${stderr}${project.everything()}`;
  for (const password of [FIRST, SECOND]) expect(all).not.toContain(password);
  expect(readdirSync(join(project.path, ".groundplan")).filter((name) => name.startsWith("work-"))).toEqual(
    [],
  );
  // AND the report says all of it
  const { stdout: report } = await project.groundplan(["report", "--format", "markdown"]);
  expect(report).toContain("| `network` | ~2 ±1 −1 import 1 move 1 drift 1 |");
  for (const line of [
    "! aws_ssm_parameter.new: moved from aws_ssm_parameter.old",
    "! aws_ssm_parameter.found: imported from /dev/found",
    '! aws_ssm_parameter.turned: updated in place\n-   insecure_value = "by hand"\n+   insecure_value = "one"',
    '! drifted: aws_ssm_parameter.turned: updated in place\n-   insecure_value = "one"\n+   insecure_value = "by hand"',
  ]) {
    expect(report).toContain(line);
  }
  expect(report).not.toContain("aws_ssm_parameter.left");
  expect(project.read(changed.files.text)).toContain(
    "Plan: 1 to import, 1 to add, 2 to change, 2 to destroy.",
  );
  // AND one of a shared provider applies in a Terraform that starts and verifies its own
  const sealed = readFileSync(
    join(project.path, ".groundplan/plan", stackOf(run, "dev-secret").files.saved ?? ""),
  );
  const plan = join(project.path, "dev-secret.tfplan");
  writeFileSync(plan, decryptPlan(sealed, Buffer.alloc(32, 7), sealOf(".", "dev-secret")));
  expect(terraform("dev-secret", ["apply", "-input=false", "-no-color", plan])).toContain(
    "0 added, 2 changed, 0 destroyed",
  );
  rmSync(plan);
  // AND the saved plan opens with its key only
  const opened = await project.groundplan(["plan", "--open", "dev-network", "--key-file", key]);
  expect(opened.code).toBe(0);
  expect(opened.stdout.startsWith("PK")).toBe(true);
  writeFileSync(key, Buffer.alloc(32, 8).toString("hex"));
  const refused = await project.groundplan(["plan", "--open", "dev-network", "--key-file", key]);
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect(refused.stderr).toContain("the key is wrong");
});

test("a stack whose upstream stands and does not change is planned", async () => {
  project.write({
    "dev-network": network({
      contract: parameter("/dev/network", "one", { tags: { Said: "more" } }),
      gone: parameter("/dev/gone", "one"),
      named: parameter("/dev/named", "one"),
      old: parameter("/dev/moved", "one"),
      turned: parameter("/dev/turned", "by hand"),
      left: LEFT,
    }),
    "dev-app": app,
    "dev-docs": { json: { output: { page: { value: "one" } } } },
  });

  const run = await project.plan(["dev-network", "dev-a*"]);

  expect(run.scope).toEqual({ kind: "named", names: ["dev-app", "dev-network"] });
  expect(run.left).toEqual(["dev-docs"]);
  expect(stackOf(run, "dev-network").counts?.update).toBe(1);
  expect(stackOf(run, "dev-app")).toMatchObject({ status: "changed", counts: { create: 1 } });
});

test("stacks of several accounts are planned with the credentials of theirs", async () => {
  // GIVEN a role for dev and one for prod, as a job on GitHub has assumed them
  const profiles = await Promise.all(["dev", "prod"].map((name) => assumedRoleProfile(project, name)));
  const file = join(project.path, "credentials");
  writeFileSync(file, profiles.join(""));
  const who = {
    json: {
      data: { aws_caller_identity: { who: {} } },
      output: { who: { value: "${data.aws_caller_identity.who.arn}" } },
    },
  };
  project.write({ "dev-who": who, "prod-who": who, "test-who": who, who });
  // WHEN
  const run = await project.plan(["--profile", "{environment}"], { AWS_SHARED_CREDENTIALS_FILE: file });
  // THEN
  const caller = (name: string) => project.document(stackOf(run, name)).output_changes?.who?.after;
  expect(caller("dev-who")).toContain(":assumed-role/plan-dev/");
  expect(caller("prod-who")).toContain(":assumed-role/plan-prod/");
  // A stack of no environment keeps the credentials that are here; one whose profile is not there fails.
  expect(caller("who")).not.toContain("assumed-role");
  expect(stackOf(run, "test-who")).toMatchObject({
    status: "failed",
    error: { message: expect.stringContaining("there is no AWS profile test") },
  });
});

let held: HeldPlan | undefined;
afterEach(() => {
  held?.proxy.close();
  held = undefined;
});

async function heldPlan(): Promise<HeldPlan> {
  held = await planning(project);
  return held;
}

test("a shared provider plans what one for each command plans", async () => {
  // GIVEN two Regions, and a stack that cannot be lent a provider
  const eu = { provider: { aws: [{ region: "eu-west-1" }] } };
  const both = {
    provider: { aws: [{ region: "us-east-1" }, { region: "eu-west-1", alias: "eu" }] },
    resource: {
      aws_ssm_parameter: { there: parameter("/dev/there", "one", { provider: "aws.eu" }) },
    },
  };
  project.write({
    "dev-network": network({
      contract: parameter("/dev/network", "two"),
      named: parameter("/dev/renamed", "one"),
      old: parameter("/dev/moved", "one"),
      more: parameter("/dev/more", "one"),
    }),
    "dev-app": app,
    // Only the state still knows of its types.
    "dev-secret": { json: {} },
    "eu-one": network({ one: parameter("/eu/one", "one") }, eu),
    "dev-both": { json: both },
  });
  const results = async (...args: readonly string[]) => {
    const run = await project.plan(args);
    return run.stacks.map(({ seconds: _, ...stack }) => {
      if (!stack.files.json) return { stack };
      const { timestamp: __, ...document } = JSON.parse(project.read(stack.files.json));
      return { stack, document, text: project.read(stack.files.text) };
    });
  };
  // WHEN
  const shared = await results();
  const own = await results("--no-synth", "--no-shared-provider");
  // THEN
  expect(shared).toEqual(own);
  const waiting = shared.filter(({ stack }) => stack.status !== "changed").map(({ stack }) => stack.name);
  expect(waiting).toEqual(["dev-app"]);
  const counts = (of: string) => shared.find(({ stack }) => stack.name === of)?.stack.counts;
  expect(counts("dev-network")).toMatchObject({ create: 1, update: 1, replace: 1, delete: 3 });
  expect(counts("dev-secret")).toMatchObject({ create: 0, delete: 2 });
});

test("a shared provider that is killed in the middle is done without", async () => {
  const { ended, providers, proxy, left } = await heldPlan();

  for (const pid of providers) process.kill(pid, "SIGKILL");
  proxy.release();
  const [code] = await ended;

  expect(code).toBe(0);
  const run = JSON.parse(project.read());
  expect(run.stacks.filter(({ status }: { status: string }) => status === "failed")).toEqual([]);
  expect(run.outcome).toBe("complete");
  expect(await project.account.locks(TABLE)).toEqual([]);
  expect(left()).toEqual([]);
});

test("a shared provider does not outlive a run that is killed", async () => {
  const { child, ended, providers, left } = await heldPlan();

  child.kill("SIGKILL");
  await ended;

  await until(() => !providers.some(lives) && left().length === 0);
  // One that had no lock yet takes it and gives it back, on the same line.
  await until(() => !terraforms(project).some(lives));
  expect(await project.account.locks(TABLE)).toEqual([]);
});

test("Ctrl-C ends the plan, leaves no lock and no provider, and says what was not planned", async () => {
  // GIVEN a plan that holds a lock
  const { child, ended, providers, left } = await heldPlan();
  // WHEN
  child.kill("SIGINT");
  const [code] = await ended;
  // THEN
  expect(code).toBe(130);
  expect(await project.account.locks(TABLE)).toEqual([]);
  expect(providers.filter(lives)).toEqual([]);
  expect(left()).toEqual([]);
  const run = JSON.parse(project.read());
  expect(run.outcome).toBe("interrupted");
  expect(stackOf(run, "dev-app").status).toBe("interrupted");
  expect(readdirSync(join(project.path, ".groundplan")).filter((name) => name.startsWith("work-"))).toEqual(
    [],
  );
});

test.each([
  [["plan"], "interrupted while synthesizing: nothing was planned"],
  [["apply", "--auto-approve"], "interrupted while synthesizing"],
])("Ctrl-C while the app synthesizes ends %j, and what it leaves says so", async (command, message) => {
  // GIVEN an app that does not come to an end
  const file = join(project.path, "cdktf.json");
  const before = readFileSync(file, "utf8");
  const mark = join(project.path, "pid");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(before), app: "echo $$ > pid; sleep 600" }));
  try {
    // WHEN
    const child = project.start(command);
    const said: string[] = [];
    child.stderr?.on("data", (chunk: Buffer) => said.push(chunk.toString()));
    const ended = once(child, "close");
    await until(() => existsSync(mark) && readFileSync(mark, "utf8") !== "");
    child.kill("SIGINT");
    // THEN
    expect([...(await ended), said.join("").trimEnd().split("\n").at(-1)]).toEqual([130, null, message]);
    expect(lives(Number(readFileSync(mark, "utf8")))).toBe(false);
    expect((await project.groundplan(["report"])).stdout).toContain("The run was interrupted");
    expect(existsSync(join(project.path, "cdktf.out", "manifest.json"))).toBe(false);
  } finally {
    writeFileSync(file, before);
    rmSync(mark, { force: true });
  }
});
