import { s3State, stateStacks } from "../../../cli/project/backend";
import { findProject, readStacks, type Stack } from "../../../cli/project/project";
import { stateProject } from "../project";

function stacksOf(locking: "dynamodb" | "both" | "s3"): readonly Stack[] {
  const project = stateProject({ bucket: "a-bucket", locking });
  const stacks = readStacks(findProject(project.folder));
  project.remove();
  return stacks;
}

test.each([
  ["dynamodb", "a-bucket-locks", false],
  ["both", "a-bucket-locks", true],
  ["s3", undefined, true],
] as const)("reads where the state lies, with locking %s", (locking, table, lockFile) => {
  const [stack] = stacksOf(locking);

  const state = { bucket: "a-bucket", key: "state/terraform.tfstate", region: "us-east-1", table, lockFile };
  expect(stack && s3State(stack)).toEqual(state);
});

test("a stack that makes its own bucket is a state stack", () => {
  expect(stateStacks(stacksOf("dynamodb"))).toMatchObject([
    { bucketAddress: "aws_s3_bucket.state", tableAddress: "aws_dynamodb_table.locks" },
  ]);
  expect(stateStacks(stacksOf("s3"))).toMatchObject([{ tableAddress: undefined }]);
});

test("a stack that makes another bucket than its own is none, nor is one with a local backend", () => {
  const [stack] = stacksOf("s3");
  if (!stack) throw new Error("no stack");
  const other = {
    ...stack,
    json: { ...stack.json, resource: { aws_s3_bucket: { state: { bucket: "another" } } } },
  };
  const local = { ...stack, json: { ...stack.json, terraform: { backend: { local: {} } } } };

  expect(stateStacks([other, local])).toEqual([]);
});
