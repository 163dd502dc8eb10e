import { treeLines } from "../../../cli/list/tree";

const draw = (stacks: Parameters<typeof treeLines>[0]) =>
  treeLines(stacks).map(({ branches, name, repeated }) => `${branches}${name}${repeated ? " *" : ""}`);

test("below each stack stand those that are deployed after it", () => {
  const lines = draw([
    { name: "network", dependencies: [] },
    { name: "cluster", dependencies: ["network"] },
    { name: "addons", dependencies: ["cluster"] },
    { name: "api", dependencies: ["network"] },
    { name: "state", dependencies: [] },
  ]);

  expect(lines).toEqual(["network", "├─ cluster", "│  └─ addons", "└─ api", "state"]);
});

test("what is below a stack of two upstreams stands once", () => {
  const lines = draw([
    { name: "a", dependencies: [] },
    { name: "b", dependencies: [] },
    { name: "c", dependencies: ["a", "b"] },
    { name: "d", dependencies: ["c"] },
  ]);

  expect(lines).toEqual(["a", "└─ c", "   └─ d", "b", "└─ c *"]);
});

test("a stack whose upstream is not chosen is a root", () => {
  expect(draw([{ name: "api", dependencies: ["network"] }])).toEqual(["api"]);
});

test("a ladder of many stacks has a line for each edge and no more", () => {
  const stacks = Array.from({ length: 200 }, (_, at) => ({
    name: `s${at}`,
    dependencies: [at - 1, at - 2].filter((one) => one >= 0).map((one) => `s${one}`),
  }));

  expect(treeLines(stacks)).toHaveLength(1 + 199 + 198);
});
