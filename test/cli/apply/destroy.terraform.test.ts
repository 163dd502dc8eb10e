import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { confirmationsOf, dependentsOf } from "../../../cli/apply/destroy";
import type { ApplyRun } from "../../../cli/apply/result";
import { addApply } from "../../../cli/commands/apply";
import { addDestroy } from "../../../cli/commands/destroy";
import { findProject, readStacks } from "../../../cli/project/project";
import { atTerminal } from "../at-terminal";
import { build, groundplan } from "../groundplan";
import { type SmallApp, type SmallStack, smallApp } from "../small-app";

let app: SmallApp;
const order = () => join(app.folder, "order.log");
beforeAll(build);
beforeEach(() => {
  app = smallApp({});
  app.synthesize(stacks());
});
afterEach(() => app.remove());

/** A resource that notes its end, or cannot end before a file is there. */
const noting = (name: string, command = "true"): SmallStack["json"] => ({
  resource: {
    terraform_data: {
      one: {
        input: name,
        provisioner: [
          { "local-exec": { when: "destroy", command: `${command} && echo ${name} >> ${order()}` } },
        ],
      },
    },
  },
});

/** Three stacks of dev, each after the one before, and one of prod. */
const stacks = (command = "true"): Readonly<Record<string, SmallStack>> => ({
  "dev-network": { json: noting("network") ?? {} },
  "dev-cluster": { after: ["dev-network"], json: noting("cluster", command) ?? {} },
  "dev-addons": { after: ["dev-cluster"], json: noting("addons") ?? {} },
  "prod-network": { json: noting("prod") ?? {} },
});

const cli = (...args: readonly string[]) => groundplan(args, { cwd: app.folder });

/** Number of resources in a stack's state. */
function resources(stack: string): number {
  if (!existsSync(app.state(stack))) return 0;
  return (JSON.parse(readFileSync(app.state(stack), "utf8")) as { resources: readonly unknown[] }).resources
    .length;
}

const statuses = (stdout: string) =>
  (JSON.parse(stdout) as ApplyRun).stacks.map(({ name, status }) => `${name} ${status}`);

test("apply without a reviewed plan shows it and asks; destroy asks for the environment's name, and goes the other way", async () => {
  // WHEN nobody wants it
  const unwanted = await atTerminal(app.folder, "no", addApply, ["apply", "--environment", "dev"]);
  // THEN
  expect(unwanted.stdout).toContain("Plan: 3 to add, 0 to change, 0 to destroy");
  expect(unwanted.stdout).toContain("+ terraform_data.one: created");
  expect(unwanted.stderr).toContain("Type yes to apply this plan");
  expect(unwanted.stdout).toMatch(/Nothing was applied\.\n$/);
  // As Terraform, so that what comes after it in a script is not done.
  expect(process.exitCode).toBe(1);
  process.exitCode = 0;
  expect(resources("dev-network")).toBe(0);

  // WHEN it is wanted
  const applied = await atTerminal(app.folder, "yes", addApply, ["apply", "--environment", "dev"]);
  // THEN
  expect(applied.stdout).toContain("dev-addons: applied: 1 to create");
  expect(resources("dev-addons")).toBe(1);

  // WHEN the name of a stack is typed, and not that of the environment
  const wrong = await atTerminal(app.folder, "yes", addDestroy, ["destroy", "--environment", "dev"]);
  // THEN
  expect(wrong.stderr).toContain("Type dev to destroy it (3 stacks: dev-network, dev-cluster, dev-addons)");
  expect(wrong.stdout).toMatch(/Nothing was destroyed\.\n$/);
  expect(process.exitCode).toBe(1);
  process.exitCode = 0;
  expect(resources("dev-addons")).toBe(1);

  // WHEN it is typed
  const destroyed = await atTerminal(app.folder, "dev", addDestroy, ["destroy", "--environment", "dev"]);
  // THEN
  expect(destroyed.stdout).toContain("dev-network: destroyed: 1 to delete");
  expect(readFileSync(order(), "utf8")).toBe("addons\ncluster\nnetwork\n");
  expect(["dev-network", "dev-cluster", "dev-addons"].map(resources)).toEqual([0, 0, 0]);
});

test("a stack that another one still needs stays, until that is gone; a failure is gone on with", async () => {
  // GIVEN
  const ready = join(app.folder, "ready");
  app.synthesize(stacks(`test -e ${ready}`));
  expect((await cli("apply", "--auto-approve", "--environment", "dev", "prod")).code).toBe(0);

  // WHEN
  const needed = await cli("destroy", "dev-cluster", "--auto-approve");
  // THEN
  expect(needed.code).toBe(1);
  expect(needed.stderr).toContain("dev-addons depends on dev-cluster");
  expect(needed.stderr).toContain("npx groundplan destroy dev-cluster dev-addons");
  expect(existsSync(order())).toBe(false);

  // WHEN it fails half-way
  const failed = await cli("destroy", "--environment", "dev", "--auto-approve", "--json");
  // THEN
  expect(failed.code).toBe(1);
  expect(JSON.parse(failed.stdout)).toMatchObject({
    format: "groundplan.destroy",
    version: 1,
    outcome: "incomplete",
  });
  expect(statuses(failed.stdout)).toEqual([
    "dev-addons destroyed",
    "dev-cluster failed",
    "dev-network skipped",
  ]);
  expect(resources("dev-network")).toBe(1);

  // WHEN it is run again
  writeFileSync(ready, "");
  const again = await cli("destroy", "dev-network", "dev-cluster", "--auto-approve", "--json");
  // THEN what depends on it is gone already, and is asked for by nobody
  expect(again.code).toBe(0);
  expect(statuses(again.stdout)).toEqual(["dev-cluster destroyed", "dev-network destroyed"]);
  expect(readFileSync(order(), "utf8")).toBe("addons\ncluster\nnetwork\n");
  expect(resources("prod-network")).toBe(1);
});

test("what the code says never to destroy is named, and nothing is begun", async () => {
  // GIVEN
  expect((await cli("apply", "--auto-approve", "--environment", "dev")).code).toBe(0);
  const kept = { terraform_data: { one: { input: "network", lifecycle: { prevent_destroy: true } } } };
  app.synthesize({ ...stacks(), "dev-network": { json: { resource: kept } } });

  // WHEN
  const { code, stderr } = await cli("destroy", "--environment", "dev", "--auto-approve");

  // THEN
  expect(code).toBe(1);
  expect(stderr).toContain("terraform_data.one of dev-network: lifecycle.prevent_destroy is set");
  expect(existsSync(order())).toBe(false);
});

test.each([
  [["destroy"], "which stacks are to be destroyed?"],
  [["destroy", "dev-network"], "give --auto-approve"],
  [["destroy", "dev-network", "--json"], "write: --auto-approve --json"],
  [["destroy", "dev-netwrok", "--auto-approve"], "did you mean dev-network?"],
  [["apply", "--environment", "dev"], "there is no reviewed plan"],
])("%j without a terminal is refused", async (args, words) => {
  const { code, stderr } = await cli(...args);

  expect(code).toBe(2);
  expect(stderr).toContain(words);
});

test("what depends on a stack is found however far, and what is chosen is not counted", () => {
  const all = readStacks(findProject(app.folder));

  expect(dependentsOf(all, ["dev-network"])).toEqual(["dev-cluster", "dev-addons"]);
  expect(dependentsOf(all, ["dev-network", "dev-cluster", "dev-addons"])).toEqual([]);
});

test("the environments are typed, a single stack by its own name, and those of none by theirs", () => {
  expect(confirmationsOf([{ name: "dev-network", environment: "dev" }])).toEqual([
    { name: "dev-network", stacks: ["dev-network"] },
  ]);
  expect(
    confirmationsOf([
      { name: "dev-network", environment: "dev" },
      { name: "dev-api", environment: "dev" },
      { name: "state" },
      { name: "prod-api", environment: "prod" },
    ]),
  ).toEqual([
    { name: "dev", stacks: ["dev-network", "dev-api"] },
    { name: "state", stacks: ["state"] },
    { name: "prod", stacks: ["prod-api"] },
  ]);
});
