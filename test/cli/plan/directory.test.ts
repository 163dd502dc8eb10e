import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ResultDirectory } from "../../../cli/plan/directory";
import { PLAN_FORMAT, PLAN_VERSION } from "../../../cli/plan/result";
import { rendered } from "../../../cli/plan/stack-plan";
import { folderOf } from "../../../cli/process/own-folder";
import { temporaryFolder } from "../../temporary-folder";

let parent: string;
beforeEach(() => {
  parent = temporaryFolder("directory");
});

test("a run empties what the one before has written, whole or cut short", () => {
  const directory = new ResultDirectory(join(parent, "plan"));
  directory.begin();
  directory.write("old", "plan.txt", "old");
  // Cut short: no summary.
  directory.begin();
  expect(readdirSync(join(parent, "plan", "stacks"))).toEqual([]);
  expect(directory.write("new", "plan.txt", "new")).toBe("stacks/new/plan.txt");
  directory.summarize({
    format: PLAN_FORMAT,
    version: PLAN_VERSION,
    app: ".",
    modified: false,
    scope: { kind: "all" },
    outcome: "complete",
    stacks: [],
    left: [],
    removed: [],
  });
  expect(directory.read().stacks).toEqual([]);

  directory.begin();

  expect(existsSync(join(parent, "plan", "stacks", "new"))).toBe(false);
});

test("a folder of somebody else's files is left alone", () => {
  writeFileSync(join(parent, "thesis.txt"), "years of work");

  expect(() => new ResultDirectory(parent).begin()).toThrow("holds something else");
  expect(existsSync(join(parent, "thesis.txt"))).toBe(true);
});

test("a folder that cannot be made is refused with what to write, and nothing is removed", () => {
  const file = join(parent, "thesis.txt");
  writeFileSync(file, "years of work");

  expect(() => new ResultDirectory(join(file, "deep", "plan")).begin()).toThrow("with --result");
  expect(existsSync(file)).toBe(true);
});

test.each([
  ["none", undefined, "there is no plan"],
  [
    "another version",
    { format: PLAN_FORMAT, version: PLAN_VERSION + 1, stacks: [] },
    "that this version can read",
  ],
  ["no JSON", "{", "cannot read"],
])("a summary that is %s is refused", (_, content, message) => {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  if (content !== undefined) writeFileSync(join(parent, "summary.json"), text);

  expect(() => new ResultDirectory(parent).read()).toThrow(message);
});

test("a stack's folder stays within the directory, whatever its name", () => {
  expect(folderOf("dev-network")).toBe("dev-network");
  for (const name of ["..", "../../etc", "a/b", "", ".hidden", "x".repeat(300), "ü"]) {
    expect(folderOf(name)).toMatch(/^_[A-Za-z0-9_-]{0,80}_[0-9a-f]{12}$/);
  }
  expect(folderOf("a/b")).not.toBe(folderOf("a_b"));
});

test.each([
  [
    "changes",
    "aws_x.a: Refreshing state... [id=secret]\n\nTerraform used the selected providers to generate\n\nPlan: 1 to add.\n\n─────────────────────────────\n\nSaved the plan to: /tmp/x\n",
    "Terraform used the selected providers to generate\n\nPlan: 1 to add.\n",
  ],
  ["nothing", "aws_x.a: Refreshing state...\n\nNo changes. All is well.\n", "No changes. All is well.\n"],
  ["outputs", "\nChanges to Outputs:\n  + a = 1\n", "Changes to Outputs:\n  + a = 1\n"],
])("of what Terraform prints when there are %s, the plan is kept", (_, output, text) => {
  expect(rendered(output)).toBe(text);
});
