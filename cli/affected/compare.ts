import { nameOf } from "../project/environment";
import { Graph } from "../project/graph";
import type { Stack } from "../project/project";
import type { AffectedStack, ElementChange } from "./result";
import { type NormalElement, type NormalStack, normalize, type Side } from "./side";
import { partOf, type Unstable } from "./unstable";

/** Elements that are named one by one in the reasons; the rest is counted. */
const NAMED = 8;

/** How a reason says that a difference is none of the change. */
const UNSTABLE = " (another one at each synth)";

const known = new WeakMap<Stack, NormalStack>();

/** A stack, normalised when it is first asked for: a later synth may replace its files. */
function normalOf(side: Side, stack: Stack): NormalStack {
  const normal = known.get(stack) ?? normalize(side, stack);
  known.set(stack, normal);
  return normal;
}

/** The stacks of a side, normalised, by their names. */
export function normalized(side: Side): ReadonlyMap<string, NormalStack> {
  return new Map(side.stacks.map((stack) => [stack.name, normalOf(side, stack)]));
}

/**
 * Compares two sides stack by stack: the affected stacks, and the names of the others.
 *
 * @param unstable - what differs between two synths of the head: it is said.
 */
export function compare(
  base: Side,
  head: Side,
  unstable: Unstable = new Map(),
): { readonly stacks: readonly AffectedStack[]; readonly unaffected: readonly string[] } {
  const graph = new Graph(head.stacks);
  const own = new Map<string, Omit<AffectedStack, "upstream">>();
  for (const stack of head.stacks) {
    const before = base.stacks.find(({ name }) => name === stack.name);
    const changed = before
      ? changedStack(normalOf(base, before), normalOf(head, stack), stack, unstable.get(stack.name))
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
  const elements = [...normalOf(side, stack).elements.keys()].map((address) => ({ address, change }));
  const reason = change === "added" ? "the base has no such stack" : "the head has no such stack";
  return { name: stack.name, ...nameOf(stack), change, reasons: [reason], elements };
}

/** What differs between two sides of a stack; undefined when nothing does. */
function changedStack(
  before: NormalStack,
  after: NormalStack,
  stack: Stack,
  unstable: ReadonlySet<string> = new Set(),
): Omit<AffectedStack, "upstream"> | undefined {
  const elements = changedElements(before, after, unstable);
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

function changedElements(
  before: NormalStack,
  after: NormalStack,
  unstable: ReadonlySet<string>,
): readonly FoundChange[] {
  const note = (address: string, key?: string) => (unstable.has(partOf(address, key)) ? UNSTABLE : "");
  const addresses = [...new Set([...before.elements.keys(), ...after.elements.keys()])].sort();
  return addresses.flatMap((address): readonly FoundChange[] => {
    const [one, other] = [before.elements.get(address), after.elements.get(address)];
    if (!one) return [{ element: { address, change: "added" }, reason: `${address}: added${note(address)}` }];
    if (!other)
      return [{ element: { address, change: "removed" }, reason: `${address}: removed${note(address)}` }];
    return changedElement(address, one, other, (key) => note(address, key));
  });
}

function changedElement(
  address: string,
  one: NormalElement,
  other: NormalElement,
  note: (key: string) => string,
): readonly FoundChange[] {
  const differing = differences(one.arguments, other.arguments);
  const contents = differences(one.contents, other.contents).filter(
    // One that is named on one side only shows in the argument that names it.
    (path) => one.contents.has(path) && other.contents.has(path),
  );
  const appeared = differences(one.contents, other.contents).filter((path) => !contents.includes(path));
  const words = [
    ...differing.filter((key) => key !== "").map((key) => key + note(key)),
    ...[...contents, ...(differing.length === 0 ? appeared : [])].map(
      (path) => `content of ${path}${note(path)}`,
    ),
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
