/** A stack in a tree of what is deployed after what. */
export interface TreeLine {
  /** The branches before it, e.g. `│  ├─ `. */
  readonly branches: string;
  readonly name: string;

  /** Whether what is below it stands further up already. */
  readonly repeated: boolean;
}

/** What of a stack stands in a tree. */
export interface TreeStack {
  readonly name: string;
  readonly dependencies: readonly string[];
}

/**
 * Stacks as a tree: below each, those that are deployed after it. What a stack needs several of stands below each of
 * them, and what is below it only once.
 *
 * @param stacks - upstream first.
 */
export function treeLines(stacks: readonly TreeStack[]): readonly TreeLine[] {
  const names = new Set(stacks.map(({ name }) => name));
  const below = new Map(stacks.map(({ name }) => [name, [] as string[]]));
  const roots: string[] = [];
  for (const { name, dependencies } of stacks) {
    const upstream = dependencies.filter((one) => names.has(one));
    if (upstream.length === 0) roots.push(name);
    for (const one of upstream) below.get(one)?.push(name);
  }
  const shown = new Set<string>();
  const lines: TreeLine[] = [];
  const visit = (name: string, own: string, following: string) => {
    const next = below.get(name) ?? [];
    const repeated = shown.has(name) && next.length > 0;
    lines.push({ branches: own, name, repeated });
    if (shown.has(name)) return;
    shown.add(name);
    for (const [at, one] of next.entries()) {
      const last = at === next.length - 1;
      visit(one, `${following}${last ? "└─ " : "├─ "}`, `${following}${last ? "   " : "│  "}`);
    }
  };
  for (const root of roots) visit(root, "", "");
  return lines;
}
