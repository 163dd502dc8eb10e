import fc from "fast-check";
import { mergeRuns } from "../../../cli/plan/merge";
import type { PlannedStack, PlanRun } from "../../../cli/plan/result";
import { parseShard, shardOf, shardsOf } from "../../../cli/plan/shards";
import { Graph } from "../../../cli/project/graph";
import type { Stack } from "../../../cli/project/project";

/** Stacks that depend on those before them; the resources are what they cost. */
const graphOf = (stacks: Readonly<Record<string, readonly string[]>>, resources = 0) =>
  new Graph(
    Object.entries(stacks).map(([name, dependencies]): Stack => {
      const made = Object.fromEntries(Array.from({ length: resources }, (_, at) => [`r${at}`, {}]));
      return { name, folder: "/", dependencies, json: { resource: { terraform_data: made } } };
    }),
  );

const platform = (environments: number) =>
  graphOf(
    Object.fromEntries(
      Array.from({ length: environments }, (_, at) => [
        [`e${at}-network`, []],
        [`e${at}-cluster`, [`e${at}-network`]],
        [`e${at}-addons`, [`e${at}-cluster`, `e${at}-network`]],
        [`e${at}-alarms`, []],
      ]).flat(1) as [string, string[]][],
    ),
  );

const namesOf = ({ ordered }: Graph) => ordered.map(({ name }) => name);

test("what is planned in order stays together, and the parts are alike", () => {
  const graph = platform(40);
  const parts = shardsOf(graph, namesOf(graph), 4);
  expect(parts.map(({ length }) => length)).toEqual([40, 40, 40, 40]);
  for (const part of parts)
    for (const name of part) expect(part).toEqual(expect.arrayContaining([...graph.upstream(name)]));
});

test("for any graph and number, every stack is in one part, with all that it waits for, and the order of names means nothing", () => {
  const graphs = fc
    .array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 30 })
    .map((all) =>
      Object.fromEntries(all.map((on, at) => [`s${at}`, at === 0 ? [] : on.map((one) => `s${one % at}`)])),
    );
  fc.assert(
    fc.property(
      graphs,
      fc.integer({ min: 1, max: 10 }),
      fc.infiniteStream(fc.boolean()),
      (stacks, of, chosen) => {
        const graph = graphOf(stacks);
        const names = namesOf(graph).filter(() => chosen.next().value);
        const parts = shardsOf(graph, names, of);
        expect(parts.flat().sort()).toEqual([...names].sort());
        expect(parts.length).toBeLessThanOrEqual(of);
        expect(parts.every(({ length }) => length > 0)).toBe(true);
        for (const part of parts)
          for (const name of part)
            for (const upstream of graph.upstream(name))
              if (names.includes(upstream)) expect(part).toContain(upstream);
        const other = shardsOf(graph, [...names].reverse(), of).map((part) => [...part].sort());
        expect(other).toEqual(parts.map((part) => [...part].sort()));
      },
    ),
  );
});

test("a large stack counts for what is in it", () => {
  const small = graphOf({ a: [], b: [], c: [], d: [] }).stacks;
  const large = graphOf({ z: [] }, 100).stacks;
  const graph = new Graph([...small, ...large]);
  expect(shardsOf(graph, namesOf(graph), 2)).toEqual([["z"], ["a", "b", "c", "d"]]);
});

test("a shard says which stacks the others plan, and one beyond the last has none", () => {
  const graph = graphOf({ a: [], b: ["a"], c: [] });
  expect(shardOf(graph, ["a", "b", "c"], { number: 1, of: 2 })).toEqual({
    names: ["a", "b"],
    elsewhere: ["c"],
  });
  expect(shardOf(graph, ["a", "b", "c"], { number: 3, of: 3 }).names).toEqual([]);
});

test.each([
  ["1/1", { number: 1, of: 1 }],
  ["16/256", { number: 16, of: 256 }],
  ["0/4", undefined],
  ["5/4", undefined],
  ["1/257", undefined],
  ["2", undefined],
  ["-1/4", undefined],
])("%s is %j", (text, shard) => {
  expect(parseShard(text)).toEqual(shard);
});

describe("results of shards", () => {
  const stack = (name: string): PlannedStack => ({
    name,
    unit: name,
    dependencies: [],
    status: "unchanged",
    seconds: 1,
    files: { json: "x" },
  });
  const part = (number: number, names: readonly string[], elsewhere: readonly string[]): PlanRun => ({
    format: "groundplan.plan",
    version: 1,
    groundplan: "0.1.0",
    terraform: "Terraform 1.11.4",
    app: ".",
    modified: false,
    started: "2026-01-01T00:00:00.000Z",
    seconds: 1,
    scope: { kind: "all" },
    shard: { number, of: 2, elsewhere: elsewhere.map((name) => ({ name, unit: name, environment: "dev" })) },
    outcome: "complete",
    stacks: names.map(stack),
    left: elsewhere,
    removed: [],
  });

  test("are one run when all are there", () => {
    const merged = mergeRuns([part(1, ["a"], ["b"]), part(2, ["b"], ["a"])]);
    expect(merged).toMatchObject({ outcome: "complete", left: [] });
    expect(merged.stacks.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(merged.failure).toBeUndefined();
    expect(merged.shard).toBeUndefined();
  });

  test("say which stacks have no plan when one is missing: nothing is taken for unchanged", () => {
    for (const merged of [
      mergeRuns([part(1, ["a"], ["b"])]),
      mergeRuns([part(2, ["c"], ["b"]), part(1, ["a"], ["b"])]),
    ]) {
      expect(merged.outcome).toBe("interrupted");
      expect(merged.stacks.find(({ name }) => name === "b")).toMatchObject({
        status: "interrupted",
        environment: "dev",
      });
      expect(merged.failure?.message).toMatch(/^1 stack has no plan: a shard of the 2 .*\n {2}b\n/);
      expect(merged.left).toEqual([]);
    }
  });

  test("are one report in whatever order they are given, with what any of them says", () => {
    const [one, other] = [part(1, ["a"], ["b"]), part(2, ["b"], ["a"])];
    const { shard, ...bare } = one;
    const runs = [
      { ...bare, stacks: [stackOf("prod-web", "prod", ["prod-net"]), stackOf("prod-net", "prod")] },
      { ...bare, stacks: [stackOf("dev-web", "dev", ["dev-net"])], promotion: ["dev", "prod"] },
      { ...bare, stacks: [stackOf("dev-net", "dev")] },
    ] as readonly PlanRun[];
    const merged = mergeRuns(runs);

    expect(shard).toBeDefined();
    expect(merged.stacks.map(({ name }) => name)).toEqual(["dev-net", "dev-web", "prod-net", "prod-web"]);
    expect(merged.promotion).toEqual(["dev", "prod"]);
    for (const order of [
      [2, 1, 0],
      [1, 0, 2],
    ])
      expect(mergeRuns(order.flatMap((at) => runs[at] ?? []))).toEqual(merged);
    // A run that is no shard, given first, hides no shard that is missing.
    const alone = { ...bare, stacks: [stackOf("c", "dev")] } as PlanRun;
    for (const some of [
      [alone, one],
      [one, alone],
    ])
      expect(mergeRuns(some).failure?.message).toContain("  b\n");
    expect(mergeRuns([alone, other, one]).outcome).toBe("complete");
  });
});

const stackOf = (name: string, environment: string, dependencies: readonly string[] = []): PlannedStack => ({
  name,
  environment,
  unit: name,
  dependencies,
  status: "changed",
  seconds: 1,
  files: {},
});
