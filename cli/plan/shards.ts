import type { Graph } from "../project/graph";

/** One part of a run that several jobs plan. */
export interface Shard {
  /** From 1. */
  readonly number: number;

  /** How many there are, at most. */
  readonly of: number;
}

/** A shard as people write it, e.g. `2/4`; undefined for anything else. */
export function parseShard(text: string): Shard | undefined {
  const [, number, of] = /^(\d{1,3})\/(\d{1,3})$/.exec(text) ?? [];
  const shard = { number: Number(number), of: Number(of) };
  return shard.number >= 1 && shard.number <= shard.of && shard.of <= MOST_SHARDS ? shard : undefined;
}

/** Jobs that GitHub lets one matrix have. */
export const MOST_SHARDS = 256;

/** What a stack costs beside what is in it: Terraform's own start, in elements. An estimate. */
const STACK = 10;

/**
 * Splits stacks into parts that are planned apart: what must be planned in order stays together, and the parts have about
 * as much to do. The same stacks are split in the same way everywhere, so that jobs need not talk to one another.
 *
 * @param names - of the stacks to plan.
 * @returns parts with at least one stack, at most `of`; in each the order of the names.
 */
export function shardsOf(graph: Graph, names: readonly string[], of: number): readonly (readonly string[])[] {
  const groups = connected(graph, names).map((group) => ({ group, cost: costOf(graph, group) }));
  // The largest first, each to whoever has the least: no part is a third above the best that there is.
  groups.sort((one, other) => other.cost - one.cost || compare(one.group[0], other.group[0]));
  const parts = Array.from({ length: Math.min(of, groups.length) }, () => ({
    names: new Set<string>(),
    cost: 0,
  }));
  for (const { group, cost } of groups) {
    const least = parts.reduce((best, part) => (part.cost < best.cost ? part : best));
    for (const name of group) least.names.add(name);
    least.cost += cost;
  }
  return parts.map((part) => names.filter((name) => part.names.has(name)));
}

/** The names of one shard, and those of all others. */
export function shardOf(
  graph: Graph,
  names: readonly string[],
  { number, of }: Shard,
): { readonly names: readonly string[]; readonly elsewhere: readonly string[] } {
  const mine = new Set(shardsOf(graph, names, of)[number - 1] ?? []);
  return {
    names: names.filter((name) => mine.has(name)),
    elsewhere: names.filter((name) => !mine.has(name)),
  };
}

/** Groups of stacks, of which each depends on another of its group; each group in the order of names as they sort. */
function connected(graph: Graph, names: readonly string[]): readonly (readonly string[])[] {
  const leader = new Map(names.map((name) => [name, name]));
  const find = (name: string): string => {
    let found = name;
    for (let next = leader.get(found); next !== undefined && next !== found; next = leader.get(found))
      found = next;
    leader.set(name, found);
    return found;
  };
  for (const name of names) {
    for (const upstream of graph.upstream(name)) {
      if (leader.has(upstream)) leader.set(find(upstream), find(name));
    }
  }
  const groups = new Map<string, string[]>();
  for (const name of [...names].sort(compare)) {
    const of = find(name);
    groups.set(of, [...(groups.get(of) ?? []), name]);
  }
  return [...groups.values()];
}

function costOf({ stacks }: Graph, group: readonly string[]): number {
  const members = new Set(group);
  return stacks
    .filter(({ name }) => members.has(name))
    .reduce((sum, { json }) => {
      const blocks = [...Object.values(json.resource ?? {}), ...Object.values(json.data ?? {})];
      return sum + STACK + blocks.reduce((count, named) => count + Object.keys(named).length, 0);
    }, 0);
}

/** By code unit: the same on every machine, whatever its language. */
function compare(one = "", other = ""): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
