import type { PageGraph } from "./browser/page-data";

/** Pixels of a node, and between two. */
const NODE = { width: 184, height: 44 };
const GAP = { x: 48, y: 12 };
const MARGIN = 8;

/** A stack and those that it depends on. */
export interface GraphStack {
  readonly name: string;
  readonly dependencies?: readonly string[];
}

/** Where each stack stands in the graph: to the right of all that it depends on. */
export function layoutOf(stacks: readonly GraphStack[]): PageGraph {
  const indexes = new Map(stacks.map(({ name }, at) => [name, at]));
  const upstream = stacks.map(({ dependencies = [] }, at) =>
    dependencies.flatMap((name) => {
      const found = indexes.get(name);
      return found === undefined || found === at ? [] : [found];
    }),
  );
  const layers = layersOf(upstream);
  const places: [number, number][] = stacks.map(() => [MARGIN, MARGIN]);
  const most = Math.max(8, Math.ceil(Math.sqrt(stacks.length) * 1.4));
  let column = 0;
  for (const layer of layers) {
    // Near those that it depends on, which have their places by now.
    const height = (at: number) => {
      const above = upstream[at] ?? [];
      return above.length === 0
        ? -1
        : above.reduce((sum, one) => sum + (places[one]?.[1] ?? 0), 0) / above.length;
    };
    const ordered = [...layer].sort((one, other) => height(one) - height(other));
    for (const [index, at] of ordered.entries()) {
      const x = MARGIN + (column + Math.floor(index / most)) * (NODE.width + GAP.x);
      places[at] = [x, MARGIN + (index % most) * (NODE.height + GAP.y)];
    }
    column += Math.ceil(layer.length / most);
  }
  return {
    width: Math.max(0, ...places.map(([x]) => x + NODE.width)) + MARGIN,
    height: Math.max(0, ...places.map(([, y]) => y + NODE.height)) + MARGIN,
    node: NODE,
    places,
    edges: upstream.flatMap((all, to) => all.map((from): [number, number] => [from, to])),
  };
}

/** Stacks by the length of the longest way to them; what depends on itself stands with what it is found from. */
function layersOf(upstream: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const depths = new Map<number, number>();
  const open = new Set<number>();
  const depthOf = (at: number): number => {
    const known = depths.get(at);
    if (known !== undefined) return known;
    if (open.has(at)) return -1;
    open.add(at);
    const depth = Math.max(-1, ...(upstream[at] ?? []).map(depthOf)) + 1;
    open.delete(at);
    depths.set(at, depth);
    return depth;
  };
  const layers: number[][] = [];
  for (const at of upstream.keys()) {
    const depth = depthOf(at);
    while (layers.length <= depth) layers.push([]);
    layers[depth]?.push(at);
  }
  return layers;
}
