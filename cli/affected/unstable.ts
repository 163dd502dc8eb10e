import type { NormalStack } from "./side";

/** Parts of stacks that are another one at each synth, by the stack's name: each as {@link partOf} writes it. */
export type Unstable = ReadonlyMap<string, ReadonlySet<string>>;

/** An argument, or a file that is named, of an element; the element itself without one. */
export function partOf(address: string, key = ""): string {
  return `${address}\u0000${key}`;
}

/**
 * Whether what differs between two sides of a stack may be made anew by each synth: a number, a time, an id, or an
 * archive, which old versions of CDKTF may cut short.
 */
export function looksUnstable(one: NormalStack, other: NormalStack): boolean {
  const lone = (a: NormalStack, b: NormalStack) =>
    [...a.elements.keys()].filter((address) => !b.elements.has(address)).map(shapeOf);
  const added = new Set(lone(other, one));
  return (
    lone(one, other).some((shape) => added.has(shape)) ||
    [...differingParts(one, other)].some(({ before, after, key }) =>
      key.endsWith(".zip")
        ? true
        : before !== undefined && after !== undefined && shapeOf(before) === shapeOf(after),
    )
  );
}

/** What differs between two synths of the same files. */
export function unstableOf(
  one: ReadonlyMap<string, NormalStack>,
  other: ReadonlyMap<string, NormalStack>,
): Unstable {
  return new Map(
    [...one].map(([name, first]) => {
      const second = other.get(name);
      const parts = second ? [...differingParts(first, second)].map(({ part }) => part) : [];
      return [name, new Set(parts)];
    }),
  );
}

interface Differing {
  readonly part: string;
  readonly key: string;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

function* differingParts(one: NormalStack, other: NormalStack): Iterable<Differing> {
  for (const address of new Set([...one.elements.keys(), ...other.elements.keys()])) {
    const [first, second] = [one.elements.get(address), other.elements.get(address)];
    if (!first || !second) {
      yield { part: partOf(address), key: "" };
      continue;
    }
    for (const kind of ["arguments", "contents"] as const) {
      for (const key of new Set([...first[kind].keys(), ...second[kind].keys()])) {
        const [before, after] = [first[kind].get(key), second[kind].get(key)];
        if (before === after) continue;
        yield { part: partOf(address, key), key, ...(kind === "arguments" ? { before, after } : {}) };
      }
    }
  }
}

/** A text without its long numbers, times and ids; `t3.size2` is none. */
function shapeOf(text: string): string {
  return text.replaceAll(/[A-Za-z0-9+/_=:.-]{6,}/g, (run) =>
    run.replaceAll(/\D/g, "").length > 2 ? "#" : run,
  );
}
