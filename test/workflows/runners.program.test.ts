import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { temporaryFolder } from "../temporary-folder";

/** The workflows of the self-hosted runners, and what their jobs call. */

const ROOT = join(__dirname, "..", "..");

const SCRIPTS = { "deploy-runners.yml": "runners-deploy.sh", "destroy-runners.yml": "runners-destroy.sh" };

interface Job {
  readonly environment?: string;
  readonly "timeout-minutes": number;
  readonly steps: readonly {
    readonly name?: string;
    readonly run?: string;
    readonly with?: Readonly<Record<string, string>>;
  }[];
}

/** What keeps a workflow from being guarded: no environment, no confirmation before the credentials, or another trigger. */
function guardFaults(text: string): readonly string[] {
  const { on, jobs } = parse(text) as { on: object; jobs: Readonly<Record<string, Job>> };
  const by = Object.keys(on).join(", ");
  return [
    ...(by === "workflow_dispatch" ? [] : [`started by ${by}`]),
    ...Object.values(jobs).flatMap(({ environment, steps, "timeout-minutes": minutes }) => {
      const confirmed = steps.findIndex(({ run }) => run === "tools/ci/confirmed.sh");
      const role = steps.findIndex(({ with: given }) => given?.role !== undefined);
      const seconds = Number(steps[role]?.with?.["role-duration-seconds"]);
      const isBehind = environment === "${{ inputs.environment }}";
      return [
        ...(isBehind ? [] : ["not behind its environment"]),
        ...(confirmed >= 0 && confirmed < role ? [] : ["credentials before the confirmation"]),
        ...(minutes * 60 <= seconds ? [] : ["its credentials end before it"]),
      ];
    }),
  ];
}

const workflow = (name: string) => readFileSync(join(ROOT, ".github", "workflows", name), "utf8");

test.each(Object.entries(SCRIPTS))(
  "%s is behind its environment, and calls %s after a confirmation",
  (name, script) => {
    const text = workflow(name);
    expect(guardFaults(text)).toEqual([]);
    expect(text).toContain(`run: tools/ci/${script}`);
  },
);

test.each<[string, string | RegExp, string, string]>([
  ["a push", "  workflow_dispatch:", "  push:\n  workflow_dispatch:", "started by push, workflow_dispatch"],
  ["no environment", /^ {4}environment: .*\n/m, "", "not behind its environment"],
  ["no confirmation", "tools/ci/confirmed.sh", "true", "credentials before the confirmation"],
  ["short credentials", "7200", "3600", "its credentials end before it"],
])("planted: %s is found", (_, right, wrong, fault) => {
  const text = workflow("destroy-runners.yml");
  const planted = text.replace(right, wrong);
  expect(planted).not.toBe(text);
  expect(guardFaults(planted)).toEqual([fault]);
});

/** Runs a script with an npx that writes down how it is called, and fails at what `failing` begins. */
function run(script: string, env: Readonly<Record<string, string>>, failing = "nothing") {
  const folder = temporaryFolder("runners-script");
  try {
    const calls = join(folder, "calls");
    const npx = join(folder, "npx");
    writeFileSync(npx, `#!/bin/sh\necho "$*" >>"${calls}"\ncase "$*" in "${failing}"*) exit 4 ;; esac\n`);
    chmodSync(npx, 0o755);
    const { status, stdout } = spawnSync(join(ROOT, "tools", "ci", script), {
      env: { PATH: `${folder}:${process.env.PATH}`, ...env },
      encoding: "utf8",
    });
    const called = existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : [];
    return { status, called, output: stdout };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test.each([
  ["dev", "dev", 0],
  ["dev", "prod", 1],
  ["dev", "", 1],
  ["", "", 1],
  ["dev; rm", "dev; rm", 1],
])("environment %p with the confirmation %p ends with %p", (ENVIRONMENT, CONFIRM, status) => {
  expect(run("confirmed.sh", { ENVIRONMENT, CONFIRM }).status).toBe(status);
});

test("nothing is destroyed while jobs run or wait", () => {
  const env = { ENVIRONMENT: "dev", MINUTES: "5" };
  const status = "groundplan runner status dev --until-idle 5";
  expect(run("runners-destroy.sh", env)).toMatchObject({
    status: 0,
    called: ["cdktf synth", status, "groundplan destroy dev-runners --auto-approve"],
  });
  expect(run("runners-destroy.sh", env, "groundplan runner status")).toMatchObject({
    status: 4,
    called: ["cdktf synth", status],
  });
  // A job that began after the wait is said, and is not taken for a destroy that went well.
  const held = run("runners-destroy.sh", env, "groundplan destroy");
  expect([held.status, held.output]).toEqual([
    1,
    expect.stringContaining("raise minutes.drain in the overlay"),
  ]);
  expect(run("runners-destroy.sh", { ...env, MINUTES: "61" })).toMatchObject({ status: 1, called: [] });
});

test("functions stay as they are, are made of this commit, or come from the environment before", () => {
  const deploy = (FUNCTIONS: string) => run("runners-deploy.sh", { ENVIRONMENT: "dev", FUNCTIONS });
  const [apply, doctor] = ["groundplan apply dev-runners --auto-approve", "groundplan runner doctor dev"];
  expect(deploy("as they are")).toMatchObject({ status: 0, called: [apply, doctor] });
  const newest = deploy("newest of this commit").called;
  expect(newest).toHaveLength(12);
  expect(newest.slice(1, 3)).toEqual([
    "groundplan artifact publish runner-webhook --json",
    "groundplan artifact deploy dev --service runner-webhook --json",
  ]);
  expect(deploy("of the environment before").called).toContain(
    "groundplan artifact promote dev --service runner-reconcile --json",
  );
  expect(deploy("others").status).toBe(1);
});
