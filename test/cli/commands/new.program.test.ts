import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { documentOf } from "../formats/held";
import { changed, makePlatform, put, tree } from "../generate/fixture";
import { build, groundplan } from "../groundplan";

beforeAll(build);

/** Runs `groundplan new` in a platform, where no terminal can answer. */
const run = (root: string, ...args: readonly string[]) => groundplan(["new", ...args], { cwd: root });

const git = (root: string, ...args: readonly string[]) =>
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], { cwd: root });

/** A platform whose `npm run derive` notes that it ran, or fails. */
const withDerive = (script: string) =>
  makePlatform({ "package.json": JSON.stringify({ name: "platform", scripts: { derive: script } }) });

test("--dry-run shows every file and each change, and writes nothing", async () => {
  const root = makePlatform();
  const before = tree(root);
  const { code, stdout } = await run(root, "environment", "qa", "--dry-run");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Environment qa: like dev, after dev, account 111111111111, 10\.1\.0\.0\/16\n/);
  for (const text of [
    "  create  overlays/qa/environment.ts\n",
    "  change  platform.ts\n",
    "\nplatform.ts\n",
    "  -  promotion: [ 'dev', 'prod' ],",
    "  +  promotion: [ 'dev', \"qa\", 'prod' ],",
    "Nothing was written: --dry-run.\n",
  ])
    expect(stdout).toContain(text);
  expect(tree(root)).toEqual(before);
});

test("writes after --yes, renews what is derived, and says what comes next", async () => {
  const root = withDerive("echo argocd/applications/qa.yaml; echo an address is gone; touch derived");
  const { code, stdout, stderr } = await run(root, "environment", "qa", "--yes");
  expect(code).toBe(0);
  expect(stdout).toMatch(/Renew what is derived: npm run derive: 1 file /);
  expect(stdout).toMatch(/\nWritten\.\n[\s\S]*\nNext:\n {2}npx groundplan plan 'qa-\*'\n$/);
  expect(stderr).toBe("  an address is gone\n");
  expect(Object.keys(tree(root))).toEqual(expect.arrayContaining(["derived", "overlays/qa/environment.ts"]));
});

test("--no-derive leaves that to the user", async () => {
  const root = withDerive("touch derived");
  const { stdout } = await run(root, "stack", "audit", "--yes", "--no-derive");
  expect(stdout).toContain("Next:\n  npm run derive\n");
  expect(Object.keys(tree(root))).not.toContain("derived");
});

test("--json prints a document and nothing else", async () => {
  const root = withDerive("echo test/stacks/golden/dev.txt");
  const { code, stdout } = await run(root, "app", "web", "--yes", "--json");
  expect(code).toBe(0);
  expect(documentOf("new", stdout)).toMatchObject({
    kind: "app",
    name: "web",
    written: true,
    files: expect.arrayContaining([
      { path: "overlays/base/web/deployment.yaml", change: "create" },
      { path: "overlays/base/kustomization.yaml", change: "change" },
    ]),
    derived: ["test/stacks/golden/dev.txt"],
    next: expect.arrayContaining(["kubectl kustomize overlays/dev"]),
  });
});

test("a derive that fails ends with 1, says why, and leaves the new files", async () => {
  const root = withDerive("echo account is wrong; exit 1");
  const { code, stderr } = await run(root, "stack", "audit", "--yes");
  expect(code).toBe(1);
  expect(stderr).toBe(
    "Error: npm run derive failed; the new files are written\n  account is wrong\n  mend that, and run: npm run derive\n",
  );
  expect(Object.keys(tree(root))).toContain("stacks/audit.ts");
});

test.each([
  ["without a terminal or --yes", {}, ["stack", "audit"], "there is no terminal\n  give --yes"],
  ["a name that is taken", {}, ["stack", "api", "--yes"], 'there is a stack "api" already'],
  ["a name that is not valid", {}, ["service", "Orders", "--yes"], "use 1 to 26 lower-case letters"],
  [
    "no platform",
    { "stacks/index.ts": undefined },
    ["stack", "a", "--yes"],
    "not a Groundplan platform: there is no stacks/index.ts",
  ],
  [
    "no place in a file",
    changed("stacks/index.ts", "new ApiStack", "make"),
    ["service", "orders", "--yes"],
    "add by hand:",
  ],
])("refuses %s with 2, and writes nothing", async (_, changes, args, message) => {
  const root = makePlatform(changes);
  const before = tree(root);
  const { code, stderr } = await run(root, ...args);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
  expect(tree(root)).toEqual(before);
});

test("refuses to change a file with changes that are not committed, unless --allow-dirty", async () => {
  const root = makePlatform();
  git(root, "init", "--quiet");
  git(root, "add", ".");
  git(root, "commit", "--quiet", "--message", "first");
  put(root, "docs/ci.md", "somebody's\n");
  // Another file is none of its business.
  expect((await run(root, "stack", "audit", "--yes")).code).toBe(0);
  const { code, stderr } = await run(root, "stack", "ledger", "--yes");
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr:
      "Error: changes that are not committed are in stacks/index.ts: nothing was written\n  commit or stash them first, or give --allow-dirty\n",
  });
  expect((await run(root, "stack", "ledger", "--yes", "--allow-dirty")).code).toBe(0);
  const text = readFileSync(join(root, "stacks/index.ts"), "utf8");
  expect(text).toContain("new AuditStack(");
  expect(text).toContain("new LedgerStack(");
});

test.each(["environment", "stack", "service", "app"])(
  "new %s --help has examples and exit codes",
  async (kind) => {
    const { code, stdout } = await run(makePlatform(), kind, "--help");
    expect(code).toBe(0);
    expect(stdout).toContain(`Examples:\n  $ npx groundplan new ${kind} `);
    expect(stdout).toContain("Exit codes:");
  },
);
