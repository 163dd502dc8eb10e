import type { AffectedResult, AffectedStack } from "../../../cli/affected/result";
import { addAffected, sharded } from "../../../cli/commands/affected";
import type { Stack } from "../../../cli/project/project";
import { inProcess } from "../in-process";

const stack = (name: string, ...dependencies: string[]): Stack => ({
  name,
  folder: "/",
  dependencies,
  json: {},
});
const HEAD = [stack("a"), stack("b", "a"), stack("c"), stack("d")];

const affected = (name: string, change: AffectedStack["change"] = "changed"): AffectedStack => ({
  name,
  unit: name,
  change,
  reasons: [],
  elements: [],
  upstream: [],
});
const result = (...stacks: AffectedStack[]): AffectedResult => ({
  format: "groundplan.affected",
  version: 1,
  base: "main",
  stacks,
  unaffected: [],
});

test("a matrix has a job for each part, and no stack that is gone", () => {
  const all = result(...["a", "b", "c"].map((name) => affected(name)), affected("gone", "removed"));
  expect(sharded(all, HEAD, 4)).toEqual({
    include: [
      { shard: "1/4", number: 1, stacks: 2 },
      { shard: "2/4", number: 2, stacks: 1 },
    ],
  });
});

test("there is one job where there is nothing to plan, or where the head does not synthesize", () => {
  expect(sharded(result(), HEAD, 4)).toEqual({ include: [{ shard: "1/4", number: 1, stacks: 0 }] });
  expect(sharded(result(affected("a"), affected("c")), undefined, 4)).toEqual({
    include: [{ shard: "1/4", number: 1, stacks: 2 }],
  });
});

test("--shards is refused without --matrix", async () => {
  const { code, stderr } = await inProcess(addAffected, ["affected", "--base", "main", "--shards", "4"], {});
  expect(code).toBe(2);
  expect(stderr).toContain("write: --matrix --shards 4");
});
