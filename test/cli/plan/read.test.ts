import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Review } from "../../../cli/apply/review";
import { addComment } from "../../../cli/commands/comment";
import { addReport } from "../../../cli/commands/report";
import { readReport } from "../../../cli/report/read";
import { temporaryFolder } from "../../temporary-folder";
import { inProcess } from "../in-process";
import { planned, realPlan, runOf } from "../report/runs";

let folder: string;
beforeEach(() => {
  folder = temporaryFolder("read");
  mkdirSync(join(folder, "stacks", "dev-api"), { recursive: true });
  write("stacks/dev-api/plan.json", realPlan("everything"));
  write("summary.json", runOf([planned("dev-api")]));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(file: string, content: unknown): void {
  writeFileSync(join(folder, file), typeof content === "string" ? content : JSON.stringify(content));
}

const COUNTS = {
  create: 1,
  update: 0,
  replace: 0,
  delete: 0,
  forget: 0,
  import: 0,
  move: 0,
  drift: 0,
  outputs: 0,
};

test("what a plan has written is read, with keys that a later version adds", () => {
  write("summary.json", { ...runOf([planned("dev-api", { counts: COUNTS })]), later: { key: 1 } });

  expect(readReport(folder).stacks).toHaveLength(1);
  const review = new Review(folder);
  expect(review.document(planned("dev-api")).resource_changes).not.toEqual([]);
});

test.each<[string, unknown, string]>([
  ["no JSON", "{", "cannot read"],
  ["another format", { ...runOf([]), format: "x" }, "is not a plan's summary that this version can read"],
  ["a later version", { ...runOf([]), version: 2 }, "is not a plan's summary that this version can read"],
  [
    "a summary of its first keys only",
    { format: "groundplan.plan", version: 1, stacks: [{ name: 5 }] },
    "the whole must have required property",
  ],
  [
    "a name that is none",
    runOf([{ ...planned("dev-api"), name: 5 } as never]),
    "/stacks/0/name must be string",
  ],
  [
    "a status that there is not",
    runOf([planned("dev-api", { status: "done" as never })]),
    "/stacks/0/status must be equal to one of the allowed values: changed, unchanged",
  ],
  ["a stack twice", runOf([planned("dev-api"), planned("dev-api")]), '/stacks has "dev-api" twice'],
  [
    "a planned stack without its plan",
    runOf([planned("dev-api", { files: {} })]),
    '/stacks/0 ("dev-api") is planned, and names no plan JSON',
  ],
])("%s is refused, by all that read it", async (_, content, why) => {
  write("summary.json", content);

  expect(() => readReport(folder)).toThrow(why);
  expect(() => new Review(folder)).toThrow(why);
  expect(() => new Review(folder)).toThrow(join(folder, "summary.json"));
  expect(await inProcess(addReport, ["report", folder], {})).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(why),
  });
  const env = { GITHUB_TOKEN: "x", GITHUB_REPOSITORY: "octo-org/platform" };
  expect(await inProcess(addComment, ["comment", folder, "--pull", "7"], env)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(why),
  });
});

test.each<[string, unknown, string]>([
  ["a list", [], "the whole must be object"],
  ["nothing", null, "the whole must be object"],
  ["no change", {}, "it changes nothing, and"],
  ["no JSON", "", "cannot read"],
  [
    "actions that are no list",
    { resource_changes: [{ address: "aws_x.a", type: "aws_x", change: { actions: "create" } }] },
    "/resource_changes/0/change/actions must be array",
  ],
  ["a resource without a change", { resource_changes: [{ address: "aws_x.a", type: "aws_x" }] }, "'change'"],
  ["an output that is none", { output_changes: { a: 5 } }, "/output_changes/a must be object"],
])("a plan that is %s is refused", (_, content, why) => {
  write("stacks/dev-api/plan.json", content);
  const stack = planned("dev-api", { counts: COUNTS });
  write("summary.json", runOf([stack]));

  expect(() => readReport(folder)).toThrow(why);
  expect(() => new Review(folder).document(stack)).toThrow(why);
  expect(() => readReport(folder)).toThrow("plan.json");
});
