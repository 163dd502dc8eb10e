import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { build } from "../cli/groundplan";
import { NpmRegistry } from "../npm-registry";
import { install, type Packed, pack } from "../packed";
import { temporaryFolder } from "../temporary-folder";
import { runAct, succeeded, type WorkflowRun } from "./act-run";
import { ROOT } from "./judged";

const execute = promisify(execFile);

let folder: string;
let origin: string;
let packages: readonly Packed[];
let registry: NpmRegistry;

/** The repository as it is after its build, with what the workflow reads of it. */
beforeAll(async () => {
  build();
  folder = temporaryFolder("release");
  origin = join(folder, "origin");
  packages = pack(join(folder, "packed"));
  for (const { folder: workspace, files } of packages)
    for (const file of files) cpSync(join(workspace, file), join(origin, basename(workspace), file));
  for (const path of [".github", "tools/release"])
    cpSync(join(ROOT, path), join(origin, path), { recursive: true });
  write("CHANGELOG.md", `# Changelog\n\n## Unreleased\n\n## ${version()} (2026-01-02)\n\n- First.\n`);
  write("package.json", JSON.stringify({ name: "x", version: "1.0.0", scripts: { build: "node -e 0" } }));
  write(
    "package-lock.json",
    JSON.stringify({ name: "x", version: "1.0.0", lockfileVersion: 3, packages: { "": { name: "x" } } }),
  );
  git("init", "--quiet", "--initial-branch=main");
  git("config", "user.name", "Test");
  git("config", "user.email", "test@example.com");
  git("add", "--all");
  git("commit", "--quiet", "--message", "release");
  registry = await NpmRegistry.start();
});

afterAll(() => {
  registry?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const version = () => packages[0]?.manifest.version ?? "";

function write(path: string, text: string): void {
  mkdirSync(dirname(join(origin, path)), { recursive: true });
  writeFileSync(join(origin, path), text);
}

function git(...args: readonly string[]): string {
  return execFileSync("git", args, { cwd: origin, encoding: "utf8" }).trim();
}

/** Runs the workflow up to the job that publishes. */
function run(id: number, isPrivate: boolean, released = "true"): Promise<WorkflowRun> {
  const event = join(folder, `event-${id}.json`);
  const commit = git("rev-parse", "HEAD");
  const repository = { full_name: "octo-org/platform", private: isPrivate };
  writeFileSync(event, JSON.stringify({ ref: "refs/heads/main", after: commit, repository }));
  const variables = {
    ...registry.environment(),
    PATH: process.env.PATH,
    HOME: folder,
    GITHUB_RUN_ID: String(id),
    STAND_IN_ORIGIN: origin,
    STAND_IN_ARTIFACTS: join(folder, "artifacts"),
  };
  const args = [
    "push",
    "--directory",
    origin,
    "--workflows",
    join(origin, ".github/workflows/release.yml"),
    "--eventpath",
    event,
    "--job",
    "publish",
    "--var",
    `GROUNDPLAN_RELEASE=${released}`,
    ...Object.entries(variables).flatMap(([key, value]) => ["--env", `${key}=${value}`]),
  ];
  return runAct(args, folder);
}

const published = async () =>
  Object.fromEntries(
    await Promise.all(packages.map(async ({ name }) => [name, await registry.versions(name)] as const)),
  );

const all = (versions: readonly string[]) => Object.fromEntries(packages.map(({ name }) => [name, versions]));

test("publishes nothing where the repository's variable does not say so", async () => {
  succeeded(await run(1, true, ""));
  expect(await published()).toEqual(all([]));
});

test("signs where the packages of a public repository come from, for which npm wants GitHub's token", async () => {
  const { jobs, output } = await run(2, false);
  expect(jobs).toEqual({ pack: "success", publish: "failure" });
  expect(output).toContain(
    'Provenance generation in GitHub Actions requires "write" access to the "id-token"',
  );
  expect(await published()).toEqual(all([]));
});

test("publishes the three packages, which can be installed then", async () => {
  expect(succeeded(await run(3, true)).jobs).toEqual({ pack: "success", publish: "success" });
  expect(await published()).toEqual(all([version()]));
  expect(readFileSync(join(folder, "artifacts/3/packages/notes.md"), "utf8")).toBe("- First.\n");

  const project = join(folder, "project");
  mkdirSync(project);
  writeFileSync(join(project, ".npmrc"), `@groundplan:registry=${registry.url}\n`);
  // What the constructs leave to the app is 460 MB, and not in question here.
  const wanted = packages.map(({ name }) =>
    name.startsWith("@") ? name : registry.tarball(name, version()),
  );
  await install(packages, project, [...wanted, "--legacy-peer-deps"]);
  for (const { name, files } of packages) {
    const place = join(project, "node_modules", name);
    const there = readdirSync(place, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const paths = there.map((entry) => join(entry.parentPath, entry.name).slice(place.length + 1));
    expect(paths.filter((path) => !path.startsWith("node_modules/")).sort()).toEqual([...files].sort());
  }
  const bin = join(project, "node_modules/.bin/groundplan");
  expect((await execute(bin, ["--version"], { cwd: project })).stdout.trim()).toBe(version());
});

test("goes on where a run was stopped: what is published already is not published again", async () => {
  const { output } = succeeded(await run(4, true));
  for (const { name } of packages) expect(output).toContain(`${name} ${version()} is published already`);
});

test("does nothing for a version that has its tag, nor for one that CHANGELOG.md does not know", async () => {
  git("tag", `v${version()}`);
  const tagged = succeeded(await run(5, true));
  expect(tagged.output).toContain(`${version()} is released already`);
  git("tag", "--delete", `v${version()}`);
  write("CHANGELOG.md", "# Changelog\n\n## Unreleased\n\n- Something.\n");
  git("commit", "--quiet", "--all", "--message", "change");
  const unknown = succeeded(await run(6, true));
  expect(unknown.output).toContain("CHANGELOG.md has no section of this version");
  for (const { jobs } of [tagged, unknown]) expect(jobs).toEqual({ pack: "success" });
});
