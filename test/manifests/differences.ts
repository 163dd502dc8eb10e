/** One place in which two objects differ. */
export interface Difference {
  /** Keys from the top, e.g. `["spec", "replicas"]`. */
  readonly path: readonly string[];
  readonly left: unknown;
  readonly right: unknown;
}

/** Where two objects differ, down to the leaves; the order of keys means nothing, that of lists does. */
export function differences(
  left: unknown,
  right: unknown,
  path: readonly string[] = [],
): readonly Difference[] {
  if (!isTree(left) || !isTree(right) || Array.isArray(left) !== Array.isArray(right)) {
    return left === right ? [] : [{ path, left, right }];
  }
  const [a, b] = [new Map(Object.entries(left)), new Map(Object.entries(right))];
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((key) =>
    differences(a.get(key), b.get(key), [...path, key]),
  );
}

function isTree(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
