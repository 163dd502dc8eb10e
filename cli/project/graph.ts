import type { Stack } from "./project";
import { type Read, readsOf } from "./reads";

/** The stacks of an app and what stands between them. */
export class Graph {
  private readonly upstreamOf = new Map<string, readonly string[]>();
  private readonly readsByStack = new Map<string, readonly Read[]>();

  /** Upstream first; stacks that do not depend on each other stay in the manifest's order. */
  readonly ordered: readonly Stack[];

  constructor(readonly stacks: readonly Stack[]) {
    const names = new Set(stacks.map(({ name }) => name));
    for (const stack of stacks) {
      this.upstreamOf.set(
        stack.name,
        stack.dependencies.filter((name) => names.has(name)),
      );
    }
    for (const stack of stacks) {
      const reads = readsOf(stack, stacks);
      this.readsByStack.set(stack.name, reads);
      for (const { from } of reads) {
        // CDKTF's own order wins: what reads against it reads what an earlier deploy has left.
        if (this.dependsOn(from, stack.name)) continue;
        this.upstreamOf.set(stack.name, [...new Set([...this.upstream(stack.name), from])]);
      }
    }
    this.ordered = this.order();
  }

  /** Names of the stacks that one depends on, directly: CDKTF's dependencies, and those that it reads. */
  upstream(name: string): readonly string[] {
    return this.upstreamOf.get(name) ?? [];
  }

  /** Names of the stacks that depend on one, directly. */
  downstream(name: string): readonly string[] {
    return this.stacks.flatMap((other) => (this.upstream(other.name).includes(name) ? [other.name] : []));
  }

  /** What a stack reads of the others. */
  reads(name: string): readonly Read[] {
    return this.readsByStack.get(name) ?? [];
  }

  /** Whether a stack is another one or depends on it, however far. */
  dependsOn(name: string, other: string): boolean {
    const seen = new Set([name]);
    // What is added while it is gone through is gone through too: each stack once, however many ways lead to it.
    for (const one of seen) for (const next of this.upstream(one)) seen.add(next);
    return seen.has(other);
  }

  private order(): readonly Stack[] {
    const done = new Set<string>();
    const ordered: Stack[] = [];
    const byName = new Map(this.stacks.map((stack) => [stack.name, stack]));
    const visit = (stack: Stack) => {
      if (done.has(stack.name)) return;
      done.add(stack.name);
      for (const name of this.upstream(stack.name)) {
        const upstream = byName.get(name);
        if (upstream) visit(upstream);
      }
      ordered.push(stack);
    };
    for (const stack of this.stacks) visit(stack);
    return ordered;
  }
}
