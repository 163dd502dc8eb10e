import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { SENSITIVE, SENSITIVE_CHANGED } from "../../../cli/plan/result";
import { build } from "../groundplan";
import { PlanProject, parameter, stackOf, TABLE } from "./project";

const FIRST = "hunter2-is-no-password";
const SECOND = "correct-horse-battery";

let project: PlanProject;
beforeAll(async () => {
  build();
  project = await PlanProject.start();
}, 300_000);
afterAll(() => project?.stop(), 60_000);

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

/** Applies a stack by Terraform itself. */
function deploy(name: string, environment: Readonly<Record<string, string>> = {}): void {
  execFileSync("terraform", ["apply", "-auto-approve", "-input=false", "-no-color"], {
    cwd: join(project.path, "cdktf.out", "stacks", name),
    env: {
      ...process.env,
      ...project.environment,
      ...environment,
      TF_CLI_CONFIG_FILE: join(project.path, ".groundplan", "terraform.rc"),
    },
    stdio: "pipe",
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
    counts: { create: 4, update: 0, replace: 0, delete: 0 },
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
  expect(project.read(stackOf(run, "dev-network").files.text)).toContain("Plan: 4 to add, 0 to change");
  expect(`${stdout}${stderr}${project.everything()}`).not.toContain(FIRST);
});

test("what stands is updated, replaced, destroyed and moved; and saved plans are sealed", async () => {
  // GIVEN
  deploy("dev-network");
  deploy("dev-secret", { TF_VAR_password: FIRST });
  project.write({
    "dev-network": network(
      {
        contract: parameter("/dev/network", "two"),
        named: parameter("/dev/renamed", "one"),
        new: parameter("/dev/moved", "one"),
      },
      { moved: [{ from: "aws_ssm_parameter.old", to: "aws_ssm_parameter.new" }] },
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
    update: 1,
    replace: 1,
    delete: 1,
    forget: 0,
    import: 0,
    move: 1,
    drift: 0,
    outputs: 0,
  });
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
  // AND the saved plan opens with its key only
  const opened = await project.groundplan(["plan", "--open", "dev-network", "--key-file", key]);
  expect(opened.code).toBe(0);
  expect(opened.stdout.startsWith("PK")).toBe(true);
  writeFileSync(key, Buffer.alloc(32, 8).toString("hex"));
  const refused = await project.groundplan(["plan", "--open", "dev-network", "--key-file", key]);
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect(refused.stderr).toContain("the key is another");
});

test("a stack whose upstream stands and does not change is planned", async () => {
  project.write({
    "dev-network": network({
      contract: parameter("/dev/network", "one", { tags: { Said: "more" } }),
      gone: parameter("/dev/gone", "one"),
      named: parameter("/dev/named", "one"),
      old: parameter("/dev/moved", "one"),
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

test("Ctrl-C ends the plan, leaves no lock, and says what was not planned", async () => {
  // GIVEN a plan that holds a lock
  const child = project.start(["plan", "--no-synth", "--concurrency", "1"]);
  const ended = once(child, "close");
  while ((await project.account.locks(TABLE)).length === 0) {
    if (child.exitCode !== null) throw new Error("the plan ended before it took a lock");
    await setTimeout(20);
  }
  // WHEN
  child.kill("SIGINT");
  const [code] = await ended;
  // THEN
  expect(code).toBe(130);
  expect(await project.account.locks(TABLE)).toEqual([]);
  const run = JSON.parse(project.read());
  expect(run.outcome).toBe("interrupted");
  expect(stackOf(run, "dev-app").status).toBe("interrupted");
  expect(readdirSync(join(project.path, ".groundplan")).filter((name) => name.startsWith("work-"))).toEqual(
    [],
  );
});
