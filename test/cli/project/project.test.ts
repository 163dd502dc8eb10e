import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "../../../cli/console/errors";
import { allowedAccounts, findProject, inProject, readStacks, regionOf } from "../../../cli/project/project";
import { temporaryFolder } from "../../temporary-folder";
import { type StateProject, stateProject } from "../project";

let project: StateProject;
beforeEach(() => {
  project = stateProject({ bucket: "a-bucket" });
});
afterEach(() => project.remove());

/** The error of a call that has to fail. */
function errorOf(call: () => unknown): CliError {
  try {
    call();
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

test("finds the project from a folder below it", () => {
  const below = join(project.folder, "stacks", "deep");
  mkdirSync(below, { recursive: true });
  const config = JSON.stringify({ language: "typescript", app: "node main.js" });
  writeFileSync(join(project.folder, "cdktf.json"), config);

  expect(findProject(below)).toEqual({
    root: project.folder,
    app: "node main.js",
    output: join(project.folder, "cdktf.out"),
  });
});

test("what a command takes unless told otherwise lies in the project, or here where there is none", () => {
  const below = join(project.folder, "stacks", "deep");
  mkdirSync(below, { recursive: true });
  const empty = temporaryFolder("empty");

  expect(inProject(".groundplan/plan", below)).toBe(join(project.folder, ".groundplan", "plan"));
  expect(inProject(".groundplan/plan", project.folder)).toBe(join(project.folder, ".groundplan", "plan"));
  expect(inProject(".groundplan/plan", empty)).toBe(join(empty, ".groundplan", "plan"));
  rmSync(empty, { recursive: true });
});

test("without a cdktf.json it says where it looked", () => {
  const empty = temporaryFolder("empty");

  const error = errorOf(() => findProject(empty));

  expect(error.exitCode).toBe(2);
  expect(error.message).toContain(`no cdktf.json here or in a folder above\n  at ${empty}`);
  rmSync(empty, { recursive: true });
});

test.each([
  ["{", "cannot be read"],
  ['{ "language": "typescript" }', 'cdktf.json has no "app"'],
  ['{ "app": 3 }', 'cdktf.json has no "app"'],
  ["[]", 'cdktf.json has no "app"'],
  ["null", "cdktf.json"],
])("a cdktf.json that holds %s is refused", (text, message) => {
  writeFileSync(join(project.folder, "cdktf.json"), text);

  const error = errorOf(() => findProject(project.folder));

  expect(error.exitCode).toBe(2);
  expect(error.message).toContain(message);
});

test("reads the stacks of the manifest", () => {
  const [stack] = readStacks(findProject(project.folder));

  expect(stack).toMatchObject({ name: "state", folder: project.stack, dependencies: [] });
  expect(stack && allowedAccounts(stack)).toEqual(["123456789012"]);
  expect(stack && regionOf(stack)).toBe("us-east-1");
});

test("says how to synthesize when nothing is", () => {
  rmSync(join(project.folder, "cdktf.out"), { recursive: true });

  const error = errorOf(() => readStacks(findProject(project.folder)));

  expect(error.exitCode).toBe(2);
  expect(error.message).toContain("synthesize: npx groundplan list");
});

test.each([
  ["manifest.json", "", "cannot be read"],
  ["manifest.json", "{}", "names no stacks"],
  ["manifest.json", '{ "stacks": null }', "names no stacks"],
  ["manifest.json", "null", "it is not a JSON object"],
  ["manifest.json", '{ "stacks": { "a": {} } }', "cannot be read"],
  ["stacks/state/cdk.tf.json", '{ "terraform": ', "cannot be read"],
  ["stacks/state/cdk.tf.json", "3", "cannot be read"],
])("a %s that holds %s is refused", (file, text, message) => {
  writeFileSync(join(project.folder, "cdktf.out", file), text);

  const error = errorOf(() => readStacks(findProject(project.folder)));

  expect(error.exitCode).toBe(2);
  expect(error.message).toContain(message);
  expect(error.message).toContain("synthesize again: npx cdktf synth");
});

test("a stack that the manifest names and that is gone is refused", () => {
  rmSync(join(project.stack, "cdk.tf.json"));

  expect(errorOf(() => readStacks(findProject(project.folder))).message).toContain("it is not there");
});

test("stacks that are synthesized as HCL are not misread", () => {
  const file = join(project.folder, "cdktf.out", "manifest.json");
  const hcl = {
    name: "state",
    synthesizedStackPath: "stacks/state/cdk.tf",
    workingDirectory: "stacks/state",
  };
  writeFileSync(file, JSON.stringify({ stacks: { state: hcl } }));

  expect(errorOf(() => readStacks(findProject(project.folder))).message).toContain("synthesized as HCL");
});

test("a path in the manifest that is of no stack is told with the manifest", () => {
  const file = join(project.folder, "cdktf.out", "manifest.json");
  const state = { name: "state", synthesizedStackPath: "x", workingDirectory: "stacks/state" };
  writeFileSync(file, JSON.stringify({ stacks: { state } }));

  expect(errorOf(() => readStacks(findProject(project.folder))).message).toMatch(
    /manifest\.json cannot be read: "x" is no path of a synthesized stack/,
  );
});
