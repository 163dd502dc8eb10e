import { nameOf } from "../project/environment";
import { Graph } from "../project/graph";
import type { Stack } from "../project/project";
import type { AffectedStack, ElementChange } from "./result";
import { type NormalElement, type NormalStack, normalize, type Side } from "./side";

/** Elements that are named one by one in the reasons; the rest is counted. */
const NAMED = 8;

/** Compares two sides stack by stack: the affected stacks, and the names of the others. */
export function compare(
  base: Side,
  head: Side,
): { readonly stacks: readonly AffectedStack[]; readonly unaffected: readonly string[] } {
  const graph = new Graph(head.stacks);
  const own = new Map<string, Omit<AffectedStack, "upstream">>();
  for (const stack of head.stacks) {
    const before = base.stacks.find(({ name }) => name === stack.name);
    const changed = before
      ? changedStack(normalize(base, before), normalize(head, stack), stack)
      : wholeStack(head, stack, "added");
    if (changed) own.set(stack.name, changed);
  }
  const affected = new Map<string, AffectedStack>();
  for (const stack of graph.ordered) {
    const { name } = stack;
    const upstream = graph.upstream(name).filter((one) => affected.has(one));
    const found = own.get(name);
    if (found) affected.set(name, { ...found, upstream });
    else if (upstream.length > 0) affected.set(name, downstreamStack(stack, upstream));
  }
  const removed = base.stacks
    .filter(({ name }) => !head.stacks.some((stack) => stack.name === name))
    .map((stack) => ({ ...wholeStack(base, stack, "removed"), upstream: [] }));
  return {
    stacks: [...head.stacks.flatMap(({ name }) => affected.get(name) ?? []), ...removed],
    unaffected: head.stacks.map(({ name }) => name).filter((name) => !affected.has(name)),
  };
}

function downstreamStack(stack: Stack, upstream: readonly string[]): AffectedStack {
  return {
    name: stack.name,
    ...nameOf(stack),
    change: "downstream",
    reasons: [`downstream of ${upstream.join(", ")}`],
    elements: [],
    upstream,
  };
}

function wholeStack(side: Side, stack: Stack, change: "added" | "removed"): Omit<AffectedStack, "upstream"> {
  const elements = [...normalize(side, stack).elements.keys()].map((address) => ({ address, change }));
  const reason = change === "added" ? "the base has no such stack" : "the head has no such stack";
  return { name: stack.name, ...nameOf(stack), change, reasons: [reason], elements };
}

/** What differs between two sides of a stack; undefined when nothing does. */
function changedStack(
  before: NormalStack,
  after: NormalStack,
  stack: Stack,
): Omit<AffectedStack, "upstream"> | undefined {
  const elements = changedElements(before, after);
  const reasons = [
    ...(before.cdktf === after.cdktf ? [] : [`CDKTF ${before.cdktf || "unknown"} → ${after.cdktf}`]),
    ...(before.backend === after.backend ? [] : ["the backend, in which the state lies"]),
    ...providerReasons(before, after),
    ...elements.slice(0, NAMED).map(({ reason }) => reason),
    ...(elements.length > NAMED ? [`and ${elements.length - NAMED} more`] : []),
  ];
  if (reasons.length === 0) return undefined;
  return {
    name: stack.name,
    ...nameOf(stack),
    change: "changed",
    reasons,
    elements: elements.map(({ element }) => element),
  };
}

interface FoundChange {
  readonly element: ElementChange;
  readonly reason: string;
}

function changedElements(before: NormalStack, after: NormalStack): readonly FoundChange[] {
  const addresses = [...new Set([...before.elements.keys(), ...after.elements.keys()])].sort();
  return addresses.flatMap((address): readonly FoundChange[] => {
    const [one, other] = [before.elements.get(address), after.elements.get(address)];
    if (!one) return [{ element: { address, change: "added" }, reason: `${address}: added` }];
    if (!other) return [{ element: { address, change: "removed" }, reason: `${address}: removed` }];
    return changedElement(address, one, other);
  });
}

function changedElement(address: string, one: NormalElement, other: NormalElement): readonly FoundChange[] {
  const differing = differences(one.arguments, other.arguments);
  const contents = differences(one.contents, other.contents).filter(
    // One that is named on one side only shows in the argument that names it.
    (path) => one.contents.has(path) && other.contents.has(path),
  );
  const appeared = differences(one.contents, other.contents).filter((path) => !contents.includes(path));
  const words = [
    ...differing.filter((key) => key !== ""),
    ...[...contents, ...(differing.length === 0 ? appeared : [])].map((path) => `content of ${path}`),
  ];
  if (differing.length + contents.length + appeared.length === 0) return [];
  const element = { address, change: "changed", arguments: differing } as const;
  return [
    { element, reason: words.length === 0 ? `${address}: changed` : `${address}: ${words.join(", ")}` },
  ];
}

function differences(
  one: ReadonlyMap<string, string>,
  other: ReadonlyMap<string, string>,
): readonly string[] {
  return [...new Set([...one.keys(), ...other.keys()])]
    .filter((key) => one.get(key) !== other.get(key))
    .sort();
}

/** Differences of the locked versions; checksums that were only added for another platform are none. */
function providerReasons(before: NormalStack, after: NormalStack): readonly string[] {
  const addresses = [...new Set([...before.providers, ...after.providers].map(({ address }) => address))];
  return addresses.flatMap((address) => {
    const one = before.providers.find((provider) => provider.address === address);
    const other = after.providers.find((provider) => provider.address === address);
    if (one?.version !== other?.version) {
      return [
        `provider lock: ${address} ${one?.version ?? "not locked"} → ${other?.version ?? "not locked"}`,
      ];
    }
    const common = one?.hashes.some((hash) => other?.hashes.includes(hash)) ?? true;
    const none = one?.hashes.length === 0 && other?.hashes.length === 0;
    return common || none ? [] : [`provider lock: other checksums of ${address} ${other?.version ?? ""}`];
  });
}
