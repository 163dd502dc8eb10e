import { layoutOf } from "../../../../cli/report/html/layout";

test("a stack stands to the right of all that it depends on", () => {
  const { places, edges } = layoutOf([
    { name: "api", dependencies: ["network", "cluster"] },
    { name: "network" },
    { name: "cluster", dependencies: ["network", "gone"] },
  ]);
  const x = places.map(([left]) => left);
  expect(x[1]).toBeLessThan(x[2] ?? 0);
  expect(x[2]).toBeLessThan(x[0] ?? 0);
  expect(edges).toEqual([
    [1, 0],
    [2, 0],
    [1, 2],
  ]);
});

test("no two stand on each other, and all are inside, also where some depend on themselves", () => {
  const stacks = Array.from({ length: 320 }, (_, at) => ({
    name: `s${at}`,
    dependencies: at % 3 === 0 ? [`s${(at * 7) % 320}`] : [`s${Math.max(0, at - 40)}`, `s${at}`],
  }));
  const { places, width, height, node } = layoutOf(stacks);
  expect(new Set(places.map(String)).size).toBe(320);
  for (const [x, y] of places) {
    expect(x + node.width).toBeLessThanOrEqual(width);
    expect(y + node.height).toBeLessThanOrEqual(height);
  }
});

test("of no stack is no graph", () => {
  expect(layoutOf([])).toMatchObject({ places: [], edges: [] });
});
