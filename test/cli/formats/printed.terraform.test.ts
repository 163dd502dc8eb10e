import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, groundplan } from "../groundplan";
import { type SmallApp, smallApp } from "../small-app";
import { faults } from "./held";

/** What a scanner has written. */
const HADOLINT = join(__dirname, "..", "scan", "results", "hadolint.sarif");

let app: SmallApp;
beforeAll(() => {
  build();
  const one = (input: string) => ({ json: { resource: { terraform_data: { one: { input } } } } });
  app = smallApp({
    "dev-network": one("a"),
    "dev-api": { after: ["dev-network"], ...one("b") },
    state: one("c"),
  });
  writeFileSync(join(app.folder, ".gitignore"), "cdktf.out/\n.groundplan/\n*.tfstate*\n");
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-c", "user.name=n", "-c", "user.email=e", ...args], { cwd: app.folder });
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "--message=one");
});
afterAll(() => app.remove());

async function printed(...args: readonly string[]): Promise<unknown> {
  const { stdout, stderr } = await groundplan([...args, "--json"], { cwd: app.folder });
  if (!stdout.startsWith("{")) throw new Error(`no document\n${stderr}`);
  return JSON.parse(stdout);
}

test("what each command prints with --json is what its schema says", async () => {
  const list = await printed("list");
  const documents: readonly (readonly [string, unknown])[] = [
    ["list", list],
    ["graph", await printed("graph", "--no-synth")],
    ["affected", await printed("affected", "--base", "HEAD")],
    ["plan", await printed("plan", "--no-synth", "--shard", "1/2")],
    ["report", JSON.parse((await groundplan(["report", "--format", "json"], { cwd: app.folder })).stdout)],
    [
      "scan",
      JSON.parse(
        (await groundplan(["scan", "report", HADOLINT, "--format", "json"], { cwd: app.folder })).stdout,
      ),
    ],
    ["apply", await printed("apply", "--no-synth", "--environment", "dev")],
    ["drift", await printed("drift", "--no-synth", "dev-network")],
    ["doctor", await printed("doctor")],
    ["destroy", await printed("destroy", "--no-synth", "dev-api", "--auto-approve")],
  ];

  expect(documents.map(([name, document]) => [name, faults(name, document)])).toEqual(
    documents.map(([name]) => [name, []]),
  );
  // A key that no schema names, and one that is not there.
  expect(faults("list", { ...(list as object), more: 1 })).toEqual([" must NOT have additional properties"]);
  expect(faults("list", { format: "groundplan.list", version: 1 })).toEqual([
    " must have required property 'stacks'",
  ]);
});
