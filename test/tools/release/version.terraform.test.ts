import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Copy } from "../../adoption/copy";

let copy: Copy;

beforeAll(() => {
  copy = new Copy();
  // The repository's own changesets wait for its next release.
  const changesets = join(copy.path, ".changeset");
  for (const name of readdirSync(changesets)) {
    if (name.endsWith(".md") && name !== "README.md") rmSync(join(changesets, name));
  }
  const git = (...args: readonly string[]) => execFileSync("git", args, { cwd: copy.path });
  git("init", "--quiet", "--initial-branch=main");
  git(
    "-c",
    "user.name=Test",
    "-c",
    "user.email=test@example.com",
    "commit",
    "--quiet",
    "--allow-empty",
    "-m",
    "x",
  );
});

afterAll(() => copy.remove());

const makeVersion = () =>
  spawnSync(process.execPath, ["tools/release/version.mjs"], { cwd: copy.path, encoding: "utf8" });

const manifest = (workspace: string) => JSON.parse(copy.read(`${workspace}/package.json`));

test("without a changeset it says how to write one, and changes nothing", () => {
  const changelog = copy.read("CHANGELOG.md");
  expect(makeVersion()).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("write one: npx changeset"),
  });
  expect(copy.read("CHANGELOG.md")).toBe(changelog);
});

test("a changeset of one package gives all three the next version, here, in the lockfile and in CHANGELOG.md", () => {
  const before = manifest("cli").version;
  copy.write(".changeset/brave-cats.md", '---\n"@groundplan/local": minor\n---\n\nSNS delivers to queues.\n');
  expect(makeVersion()).toMatchObject({ status: 0, stderr: "" });

  const next = before.replace(/\.(\d+)\.\d+$/, (_: string, minor: string) => `.${Number(minor) + 1}.0`);
  for (const workspace of ["cli", "local", "modules"]) expect(manifest(workspace).version).toBe(next);
  expect(manifest("cli").dependencies["@groundplan/local"]).toBe(next);
  const { packages } = JSON.parse(copy.read("package-lock.json"));
  for (const workspace of ["cli", "local", "modules"]) expect(packages[workspace].version).toBe(next);
  expect(packages.cli.dependencies["@groundplan/local"]).toBe(next);
  expect(copy.read("CHANGELOG.md")).toMatch(
    new RegExp(
      `## Unreleased\\n\\n## ${next} \\(\\d{4}-\\d\\d-\\d\\d\\)\\n\\n- [\\s\\S]*\\n- SNS delivers to queues\\.\\n`,
    ),
  );
  expect(copy.list(".changeset")).toEqual(["README.md", "config.json"]);
  expect(readFileSync(join(copy.path, ".changeset/config.json"), "utf8")).toContain('"changelog": false');
});
