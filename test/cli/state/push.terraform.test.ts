import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Project, Stack } from "../../../cli/project/project";
import { pushState as push } from "../../../cli/state/push";
import { temporaryFolder } from "../../temporary-folder";

/** Terraform itself writes the state: here into a file, by the backend that needs no AWS. */

let root: string;
let stack: Stack;

beforeEach(() => {
  root = temporaryFolder("push");
  stack = {
    name: "dev-net",
    folder: root,
    dependencies: [],
    json: { terraform: { backend: { local: { path: join(root, "dev.tfstate") } } } },
  };
});

/** Without secrets. */
const pushState = (project: Project, to: Stack, text: string, mask = (told: string) => told) =>
  push(project, to, text, mask);
const project = () => ({ root }) as Project;
const state = (serial: number, outputs = {}, lineage = "ours") =>
  `${JSON.stringify({ version: 4, terraform_version: "1.11.4", serial, lineage, outputs, resources: [] })}\n`;
const written = () =>
  JSON.parse(readFileSync(join(root, "dev.tfstate"), "utf8")) as { serial: number; lineage: string };
const output = (value: string) => ({ a: { value, type: "string" } });

test("writes a state, and leaves no copy of it", async () => {
  await pushState(project(), stack, state(1, output("super-secret")));
  await pushState(project(), stack, state(2, output("super-secret")));
  expect(written()).toMatchObject({ serial: 2, lineage: "ours" });
  expect(readdirSync(join(root, ".groundplan")).filter((name) => name.startsWith("work"))).toEqual([]);
});

test.each([
  ["of an older serial", state(1)],
  ["of the same serial with another content", state(2, output("other"))],
])("a state %s than what was written meanwhile is refused", async (_, stale) => {
  await pushState(project(), stack, state(2, output("theirs")));
  await expect(pushState(project(), stack, stale)).rejects.toMatchObject({
    exitCode: 4,
    message: expect.stringContaining("the state of dev-net was written meanwhile: nothing was restored"),
  });
  expect(written().serial).toBe(2);
});

test("a state of another lineage is refused in Terraform's own words", async () => {
  await pushState(project(), stack, state(2, output("ours")));
  await expect(pushState(project(), stack, state(3, output("other"), "other"))).rejects.toThrow(/lineage/);
});

test("what Terraform says is told without the secrets", async () => {
  const secret = { ...stack, json: { terraform: { backend: { local: { pathh: "Quiet Otter" } } } } } as Stack;
  const mask = (text: string) => text.replaceAll("pathh", "(sensitive value)");
  await expect(pushState(project(), secret, state(1))).rejects.toThrow("pathh");
  await expect(pushState(project(), secret, state(1), mask)).rejects.toThrow('"(sensitive value)"');
});
