import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { firstOf, pluralize } from "../console/words";
import { inOrder } from "../project/environment";
import type { PlannedStack, PlanRun } from "./result";

/** How bad an outcome is: that of several runs is the worst of theirs. */
const OUTCOMES: readonly PlanRun["outcome"][] = ["complete", "interrupted", "failed"];

/**
 * Several runs as one, e.g. of jobs that planned a part of the stacks each. It is the same one in whatever order they are given.
 *
 * @throws CliError when they are of different apps or commits, or two of them planned the same stack.
 */
export function mergeRuns(given: readonly PlanRun[]): PlanRun {
  const runs = [...given].sort(byShard);
  const [first] = runs;
  if (!first) throw new CliError(EXIT.USAGE, "there is no run to report");
  if (runs.length === 1) return whole(first);
  const apart = (what: string, one: string | undefined, other: string | undefined) =>
    new CliError(
      EXIT.USAGE,
      `the runs are of different ${what}: ${one ?? "none"} and ${other ?? "none"}`,
      "report them apart",
    );
  for (const { app, commit } of runs) {
    if (app !== first.app) throw apart("apps", first.app, app);
    if (commit !== first.commit) throw apart("commits", first.commit, commit);
  }
  const stacks = runs.flatMap((run) => run.stacks);
  const names = new Set<string>();
  for (const { name } of stacks) {
    if (names.has(name)) throw new CliError(EXIT.USAGE, `two runs planned ${name}`, "give each result once");
    names.add(name);
  }
  const failure = runs.find((run) => run.failure)?.failure;
  const promotion = runs.find((run) => run.promotion)?.promotion;
  const shard = runs.find((run) => run.shard)?.shard;
  const scopes = runs.map(({ scope }) => scope);
  const merged: PlanRun = {
    ...first,
    modified: runs.some(({ modified }) => modified),
    scope:
      scopes.find(({ kind }) => kind === "affected") ??
      (scopes.every(({ kind }) => kind === "named")
        ? { kind: "named", names: scopes.flatMap((scope) => (scope.kind === "named" ? scope.names : [])) }
        : first.scope),
    started: runs.map(({ started }) => started).sort()[0] ?? first.started,
    seconds: Math.max(...runs.map(({ seconds }) => seconds)),
    outcome: OUTCOMES[Math.max(...runs.map(({ outcome }) => OUTCOMES.indexOf(outcome)))] ?? "failed",
    ...(failure ? { failure } : {}),
    ...(promotion ? { promotion } : {}),
    stacks: upstreamFirst(stacks, promotion),
    left: [...new Set(runs.flatMap(({ left }) => left))].filter((name) => !names.has(name)),
    removed: [...new Map(runs.flatMap(({ removed }) => removed.map((one) => [one.name, one]))).values()],
  };
  const elsewhere = runs.flatMap(({ shard }) => shard?.elsewhere ?? []);
  return whole(shard ? { ...merged, shard: { ...shard, elsewhere } } : merged);
}

/** Runs in an order of their own: by their shards, else by what they planned. */
function byShard(one: PlanRun, other: PlanRun): number {
  const key = ({ stacks: [first], started }: PlanRun) => `${first?.name ?? ""}\n${started}`;
  const shards = (one.shard?.number ?? 0) - (other.shard?.number ?? 0);
  return shards || (key(one) < key(other) ? -1 : Number(key(one) > key(other)));
}

/** Stacks in the order of their environments, and in each of their names, but after those that they depend on. */
function upstreamFirst(
  stacks: readonly PlannedStack[],
  promotion: readonly string[] | undefined,
): readonly PlannedStack[] {
  const environments = inOrder([...new Set(stacks.map((one) => one.environment ?? ""))].sort(), promotion);
  const rank = new Map(environments.map((name, at) => [name, at]));
  const sorted = [...stacks].sort(
    (one, other) =>
      (rank.get(one.environment ?? "") ?? 0) - (rank.get(other.environment ?? "") ?? 0) ||
      (one.name < other.name ? -1 : 1),
  );
  const byName = new Map(sorted.map((stack) => [stack.name, stack]));
  const placed = new Map<string, PlannedStack>();
  const place = (stack: PlannedStack, above: ReadonlySet<string>) => {
    if (placed.has(stack.name) || above.has(stack.name)) return;
    for (const name of stack.dependencies) {
      const upstream = byName.get(name);
      if (upstream) place(upstream, new Set([...above, stack.name]));
    }
    placed.set(stack.name, stack);
  };
  for (const stack of sorted) place(stack, new Set());
  return [...placed.values()];
}

/**
 * A run that is a part of others' says what they would have planned: where a job has left no result, its stacks are not
 * taken for unchanged.
 */
function whole({ shard, ...run }: PlanRun): PlanRun {
  const names = new Set(run.stacks.map(({ name }) => name));
  const elsewhere = new Map((shard?.elsewhere ?? []).map((stack) => [stack.name, stack]));
  const missing = [...elsewhere.keys()].filter((name) => !names.has(name));
  if (!shard || missing.length === 0) return run;
  const message = [
    `${pluralize(missing.length, "stack has", "stacks have")} no plan: a shard of the ${shard.of} has left no result, or it was not given`,
    `  ${firstOf(missing, MOST_NAMES)}`,
    "  see the jobs that planned the shards, and name the result of each",
  ].join("\n");
  return {
    ...run,
    outcome: run.outcome === "failed" ? "failed" : "interrupted",
    failure: { message: [...(run.failure ? [run.failure.message] : []), message].join("\n") },
    left: run.left.filter((name) => !missing.includes(name)),
    stacks: [
      ...run.stacks,
      ...[...elsewhere.values()]
        .filter(({ name }) => missing.includes(name))
        .map((stack) => ({
          ...stack,
          dependencies: [],
          status: "interrupted" as const,
          seconds: 0,
          files: {},
        })),
    ],
  };
}

/** Names that the message lists before it counts the rest. */
const MOST_NAMES = 20;
