import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { temporaryFolder } from "../temporary-folder";

const [FIND] = parse(readFileSync(join(__dirname, "../../.github/actions/app/action.yml"), "utf8")).runs
  .steps as readonly { run: string }[];

let folder: string;
beforeEach(() => {
  folder = temporaryFolder("app");
  mkdirSync(join(folder, "apps", "own"), { recursive: true });
  mkdirSync(join(folder, "apps", "network"));
  writeFileSync(join(folder, "package-lock.json"), "{}");
  writeFileSync(join(folder, "apps", "own", "package-lock.json"), "{}");
});

/** Looks for an app as GitHub runs the action. */
function find(app: string) {
  const output = join(folder, "output");
  writeFileSync(output, "");
  const { status, stdout } = spawnSync(
    "bash",
    ["--noprofile", "--norc", "-eo", "pipefail", "-c", FIND?.run ?? ""],
    { cwd: folder, encoding: "utf8", env: { PATH: process.env.PATH, APP: app, GITHUB_OUTPUT: output } },
  );
  return { status, stdout, outputs: readFileSync(output, "utf8").trim().split("\n") };
}

test.each([
  [".", ["suffix=", "packages=."]],
  ["apps/network", ["suffix=-apps-network", "packages=."]],
  ["apps/own", ["suffix=-apps-own", "packages=apps/own"]],
  ["apps/not-there-yet", ["suffix=-apps-not-there-yet", "packages=."]],
])("the app %s is found", (app, outputs) => {
  expect(find(app)).toMatchObject({ status: 0, outputs });
});

test.each(["", "..", "apps/../..", "/etc", "apps/", "a b", "--help", "a\nb", "$(id)"])(
  "%j is no app",
  (app) => {
    const { status, stdout, outputs } = find(app);
    expect([status, outputs]).toEqual([2, [""]]);
    expect(stdout).toContain("::error::app: write a folder of the repository, e.g. apps/network");
  },
);
