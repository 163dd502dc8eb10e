import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { temporaryFolder } from "../temporary-folder";

/** The workflows of machine images, and what their jobs call. */

const ROOT = join(__dirname, "..", "..");

interface Job {
  readonly if?: string;
  readonly environment?: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly steps: readonly { readonly run?: string; readonly with?: Readonly<Record<string, string>> }[];
}

const text = (name: string) => readFileSync(join(ROOT, ".github", "workflows", name), "utf8");

/** What gives a pull request, or a tag without its reviewers, more than it is to have. */
function faults(yaml: string): readonly string[] {
  const { jobs } = parse(yaml) as { jobs: Readonly<Record<string, Job>> };
  return Object.entries(jobs).flatMap(([name, { if: when = "", environment, permissions, steps }]) => {
    const hasRole = steps.some(({ with: given }) => given?.role !== undefined);
    const isMain = when.includes("github.ref == 'refs/heads/main'");
    const isTag = when.includes("startsWith(github.ref, 'refs/tags/v')") && environment === "images-release";
    return [
      ...(hasRole && !isMain && !isTag ? [`${name} has credentials on a pull request`] : []),
      ...(permissions["id-token"] && !hasRole ? [`${name} has a token for nothing`] : []),
      ...(permissions.contents === "write" && !isTag ? [`${name} writes releases`] : []),
      ...(steps.some(({ run }) => run?.includes("${{")) ? [`${name} has an expression in its shell`] : []),
    ];
  });
}

test("build-ami.yml: a pull request is checked without credentials, and only a tag behind its environment releases", () => {
  expect(faults(text("build-ami.yml"))).toEqual([]);
});

test.each([
  ["github.ref == 'refs/heads/main' && ", "", "private has credentials on a pull request"],
  ["    environment: images-release\n", "", "release has credentials on a pull request"],
  ["run: tools/ci/image-build.sh", "run: echo ${{ github.ref }}", "private has an expression in its shell"],
])("planted: without %j it is found", (right, wrong, fault) => {
  const planted = text("build-ami.yml").replace(right, wrong);
  expect(planted).not.toBe(text("build-ami.yml"));
  expect(faults(planted)).toContain(fault);
});

test("cleanup-amis.yml runs monthly and by hand, where a dry run is what is offered", () => {
  const { on } = parse(text("cleanup-amis.yml")) as {
    on: { schedule: { cron: string }[]; workflow_dispatch: { inputs: { "dry-run": { default: boolean } } } };
  };
  expect(on.schedule.map(({ cron }) => cron.split(" ")[2])).toEqual(["1"]);
  expect(on.workflow_dispatch.inputs["dry-run"].default).toBe(true);
});

/** Runs a script with an npx that writes down how it is called, and ends as it is told at what `failing` begins. */
function run(script: string, env: Readonly<Record<string, string>>, failing = "nothing", code = 1) {
  const folder = temporaryFolder("image-script");
  try {
    const calls = join(folder, "calls");
    const npx = join(folder, "npx");
    writeFileSync(
      npx,
      `#!/bin/sh\necho "$*" >>"${calls}"\ncase "$*" in "${failing}"*) exit ${code} ;; esac\n`,
    );
    chmodSync(npx, 0o755);
    const { status } = spawnSync(join(ROOT, "tools", "ci", script), {
      cwd: folder,
      env: { PATH: `${folder}:${process.env.PATH}`, ...env },
    });
    const called = existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : [];
    return { status, called: called.filter((one) => one !== "groundplan image template") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const ROLE = "--role arn:aws:iam::1:role/a";
const ENV = {
  REGIONS: "us-east-1,us-west-2",
  WAY: "copy",
  ROLE: "arn:aws:iam::1:role/a",
  TAG: "v1.2.0",
  GITHUB_RUN_ID: "42",
};
const BUILD =
  "groundplan image build --tag v1.2.0 --regions us-east-1,us-west-2 --way copy --role arn:aws:iam::1:role/a";
const PUBLISH = "groundplan image publish v1.2.0 --regions us-east-1,us-west-2 --role arn:aws:iam::1:role/a";

test("a release publishes what is built though a Region failed, and fails then; nothing where nothing could begin", () => {
  expect(run("image-release.sh", ENV)).toEqual({ status: 0, called: [BUILD, PUBLISH] });
  expect(run("image-release.sh", ENV, "groundplan image build", 1)).toEqual({
    status: 1,
    called: [BUILD, PUBLISH],
  });
  // Wrong, missing, another run's, stopped: nothing of it is published.
  for (const code of [2, 3, 4, 130])
    expect(run("image-release.sh", ENV, "groundplan image build", code)).toEqual({
      status: code,
      called: [BUILD],
    });
  expect(run("image-release.sh", ENV, "groundplan image publish", 4)).toEqual({
    status: 4,
    called: [BUILD, PUBLISH],
  });
});

const TEST = `groundplan image test --run 42 --regions us-east-1,us-west-2 ${ROLE}`;

test("machines are booted before a release is public, and parameters lead to it last; where the test fails, neither is", () => {
  const env = { ...ENV, TEST: "true", PARAMETERS: "/acme/dev/images" };
  const publish = `${PUBLISH} --parameters /acme/dev/images`;
  expect(run("image-release.sh", env)).toEqual({ status: 0, called: [BUILD, TEST, publish] });
  expect(run("image-release.sh", env, "groundplan image test")).toEqual({ status: 1, called: [BUILD, TEST] });
});

test("of a private image too", () => {
  const env = { ...ENV, TEST: "true", PARAMETERS: "/acme/dev/images" };
  const build = `groundplan image build --regions us-east-1,us-west-2 --way copy ${ROLE}`;
  const resume = `groundplan image resume --run 42 --regions us-east-1,us-west-2 --parameters /acme/dev/images ${ROLE}`;
  expect(run("image-build.sh", env)).toEqual({ status: 0, called: [build, TEST, resume] });
  expect(run("image-build.sh", env, "groundplan image test")).toEqual({ status: 1, called: [build, TEST] });
});

test("a private image has the key that is named, and none else", () => {
  const build =
    "groundplan image build --regions us-east-1,us-west-2 --way copy --role arn:aws:iam::1:role/a";
  expect(run("image-build.sh", { ...ENV, KMS_KEY: "" }).called).toEqual([build]);
  expect(run("image-build.sh", { ...ENV, KMS_KEY: "alias/images" }).called).toEqual([
    `${build} --kms-key alias/images`,
  ]);
});

test("a prune asks nobody in a job, and what is no number prunes nothing", () => {
  const prune = "groundplan image prune --regions us-east-1 --keep";
  const env = { REGIONS: "us-east-1", KEEP: "5", DRY_RUN: "false" };
  expect(run("image-prune.sh", env).called).toEqual([`${prune} 5 --yes`]);
  expect(run("image-prune.sh", { ...env, DRY_RUN: "true" }).called).toEqual([`${prune} 5 --dry-run`]);
  expect(run("image-prune.sh", { ...env, KEEP: "5; rm -rf /" })).toEqual({ status: 1, called: [] });
});
