import { areNodesAsAsked, chooseNodes } from "../../../local/cluster/node-choice";

test.each([
  ["real", undefined, { nodes: { kind: "real" } }],
  [undefined, undefined, { nodes: { kind: "real" } }],
  [undefined, "it needs root", { nodes: { kind: "kwok", count: 3 }, obstacle: "it needs root" }],
  ["kwok", "it needs root", { nodes: { kind: "kwok", count: 3 } }],
  [5, undefined, { nodes: { kind: "kwok", count: 5 } }],
] as const)("%j on a machine with the obstacle %j: %j", (asked, obstacle, choice) => {
  expect(chooseNodes(asked, obstacle)).toEqual(choice);
});

test("planted fault: a real node that cannot be had is refused, with the way out", () => {
  expect(() => chooseNodes("real", "it needs root")).toThrow(/it needs root[\s\S]+--nodes kwok/);
});

test("what runs is kept unless other nodes are asked for", () => {
  const three = { kind: "kwok", count: 3 } as const;
  expect([undefined, "kwok", 3].map((asked) => areNodesAsAsked(three, asked as "kwok"))).toEqual([
    true,
    true,
    true,
  ]);
  expect([areNodesAsAsked(three, "real"), areNodesAsAsked(three, 2)]).toEqual([false, false]);
  expect([areNodesAsAsked({ kind: "real" }, "kwok"), areNodesAsAsked({ kind: "real" }, 1)]).toEqual([
    false,
    false,
  ]);
});
