import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { temporaryFolder } from "../temporary-folder";
import { ROOT } from "./judged";

/** Whom the scripts of the previews' workflows let name a preview, and what they ask groundplan for. */

let folder: string;

beforeEach(() => {
  folder = temporaryFolder("preview-names");
  // What is asked for ends here: each argument stands in a line of its own.
  const npx = join(folder, "npx");
  writeFileSync(npx, `#!/bin/sh\nprintf '%s\\n' "$@" >> '${join(folder, "asked")}'\necho '{}'\n`);
  chmodSync(npx, 0o755);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(script: string, env: Readonly<Record<string, string>>) {
  const empty = Object.fromEntries(
    ["BRANCH", "COMMIT", "IMAGE", "NAME", "OWNER", "PULL_REQUEST", "REASON", "TEMPLATE", "TTL"].map(
      (name) => [name, ""],
    ),
  );
  const { status, stderr } = spawnSync("bash", [join(ROOT, "tools", "ci", script)], {
    cwd: folder,
    encoding: "utf8",
    env: {
      PATH: `${folder}:${process.env.PATH}`,
      GITHUB_OUTPUT: join(folder, "output"),
      PLATFORM_REPOSITORY: "example/platform",
      ...empty,
      ...env,
    },
  });
  const asked = existsSync(join(folder, "asked"))
    ? readFileSync(join(folder, "asked"), "utf8").split("\n")
    : [];
  return { status, stderr, asked };
}

test.each(["preview-destroy.sh", "preview-provision.sh"])(
  "%s: another repository that gives a name in place of its branch reaches nobody's preview",
  (script) => {
    const { status, stderr, asked } = run(script, { GITHUB_REPOSITORY: "example/shop", NAME: "payment-api" });
    expect(stderr).toContain("example/shop gave no branch: only example/platform names previews");
    expect([status, asked]).toEqual([1, []]);
  },
);

test("the platform itself names previews, and what a schedule ends is destroyed only if it is over", () => {
  const platform = { GITHUB_REPOSITORY: "Example/platform", NAME: "payment-api" };
  const by = (reason: string) => run("preview-destroy.sh", { ...platform, REASON: reason });
  const byHand = by("by hand");
  expect([byHand.status, byHand.stderr]).toEqual([0, ""]);
  expect(byHand.asked).toContain("payment-api");
  expect(byHand.asked).not.toContain("--if-over");
  expect(by("ttl").asked).toContain("--if-over");
});

test("a branch is destroyed with the repository that calls, whatever name is given beside it", () => {
  const { status, asked } = run("preview-destroy.sh", {
    GITHUB_REPOSITORY: "example/shop",
    BRANCH: "x",
    NAME: "payment-api",
  });
  expect(status).toBe(0);
  expect(asked.join(" ")).toContain("--branch x --repository example/shop");
  expect(asked).not.toContain("payment-api");
});

test.each([
  ["destroy.yml", "Destroy"],
  ["provision.yml", "Create"],
])("%s tells its script whose workflow it is, by what no caller says", (file, name) => {
  const { jobs } = parse(readFileSync(join(ROOT, ".github", "workflows", file), "utf8"));
  const steps = Object.values<{ steps: { name?: string; env?: Record<string, string> }[] }>(jobs).flatMap(
    (job) => job.steps,
  );
  expect(steps.find((step) => step.name === name)?.env).toMatchObject({
    PLATFORM_REPOSITORY: "${{ job.workflow_repository }}",
  });
});
