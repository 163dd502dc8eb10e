import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { FORMATS } from "../../../cli/formats/formats";
import { STATE_FORMATS } from "../../../cli/state/formats";
import { build, groundplan } from "../groundplan";
import { type SmallApp, smallApp } from "../small-app";

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

/** A schema that lets no key through which it does not name: what is printed and not described is found. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== "object" || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strict(value)]));
  return inner.type === "object" ? { ...inner, additionalProperties: false } : inner;
}

/** What is wrong with a document by the schema of its format. */
function faults(name: string, document: unknown): readonly string[] {
  const check = new Ajv({ allErrors: true }).compile(strict(FORMATS[name]) as object);
  return check(document) ? [] : (check.errors ?? []).map((one) => `${one.instancePath} ${one.message}`);
}

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
    ["apply", await printed("apply", "--no-synth", "--environment", "dev")],
    ["drift", await printed("drift", "--no-synth", "dev-network")],
    ["doctor", await printed("doctor")],
    ["destroy", await printed("destroy", "--no-synth", "dev-api", "--auto-approve")],
  ];

  expect(documents.map(([name, document]) => [name, faults(name, document)])).toEqual(
    documents.map(([name]) => [name, []]),
  );
  // Those of states are held by test/cli/state/.
  const names = Object.keys(FORMATS).filter((name) => !(name in STATE_FORMATS));
  expect(documents.map(([name]) => name).sort()).toEqual(names.sort());
  // A key that no schema names, and one that is not there.
  expect(faults("list", { ...(list as object), more: 1 })).toEqual([" must NOT have additional properties"]);
  expect(faults("list", { format: "groundplan.list", version: 1 })).toEqual([
    " must have required property 'stacks'",
  ]);
});
