import type { Read } from "../project/reads";
import type { Diagnostic } from "../terraform/diagnostics";
import { changes } from "./document";
import type { RawPlan } from "./raw";
import type { Deferral, PlanStatus } from "./result";

/** What is known of an upstream that was planned in the same run. */
export interface Upstream {
  readonly status: PlanStatus;

  /** Only when `changed` or `unchanged`. */
  readonly plan?: RawPlan;
}

/** Arguments that a reader does not read. */
const UNREAD = new Set(["tags", "tags_all", "description"]);

/** What a data source says of something that is not there. */
const ABSENT =
  /couldn't find resource|could not find|not ?found|does not exist|no matching|empty result|no stored state|unable to find remote state|returned no results/i;

/**
 * Why a stack cannot be planned before an upstream of this run is applied; undefined when it can.
 *
 * What it reads has to be there, and stay as it is: a plan against what is going to change would be another
 * one at the apply.
 */
export function deferredBy(
  reads: readonly Read[],
  upstream: ReadonlyMap<string, Upstream>,
): Deferral | undefined {
  const found = reads.flatMap((read) => {
    const producer = upstream.get(read.from);
    const why = producer && obstacle(read, producer);
    return why ? [{ read, why }] : [];
  });
  for (const why of [
    "upstream-not-deployed",
    "upstream-changes",
    "upstream-deferred",
    "upstream-failed",
  ] as const) {
    const mine = found.filter((one) => one.why === why);
    if (mine.length > 0) {
      // Others that stand in the way too are named with the first kind.
      const all = found.map(({ read }) => read);
      return deferral(why, all);
    }
  }
  return undefined;
}

function obstacle(read: Read, { status, plan }: Upstream): Deferral["why"] | undefined {
  if (status === "deferred") return "upstream-deferred";
  if (status === "failed" || status === "interrupted") return "upstream-failed";
  if (!plan) return undefined;
  if (read.outputs) {
    const named = read.outputs.flatMap((name) => plan.output_changes?.[name] ?? []).filter(changes);
    if (named.length === 0) return undefined;
    return named.some(({ actions }) => actions.includes("create"))
      ? "upstream-not-deployed"
      : "upstream-changes";
  }
  const resource = plan.resource_changes?.find(
    ({ address, mode }) => mode !== "data" && address.replace(/\[[^\]]*\]$/, "") === read.resource,
  );
  if (!resource || !changes(resource.change)) return undefined;
  const { actions, before, after, after_unknown: unknown } = resource.change;
  if (actions.length === 1 && actions[0] === "create") return "upstream-not-deployed";
  if (actions.length === 1 && actions[0] === "update") {
    const keys = [before, after, unknown].flatMap((side) => Object.keys((side ?? {}) as object));
    const value = (side: unknown, key: string) =>
      JSON.stringify((side as Readonly<Record<string, unknown>> | null)?.[key]);
    const read = [...new Set(keys)].filter((key) => !UNREAD.has(key));
    const changed = read.some(
      (key) => value(before, key) !== value(after, key) || (value(unknown, key) ?? "false").includes("true"),
    );
    if (!changed) return undefined;
  }
  return "upstream-changes";
}

/**
 * Why a plan that failed is only early: every error is of a data source that does not find what an upstream
 * makes. Undefined when an error is anything else.
 *
 * @param pending - upstream stacks of which nothing is deployed, for a data source whose producer is not known.
 */
export function deferredByFailure(
  errors: readonly Diagnostic[],
  reads: readonly Read[],
  pending: readonly string[],
): Deferral | undefined {
  const found = errors.map((error) => absent(error, reads, pending));
  if (found.length === 0 || found.some((one) => one === undefined)) return undefined;
  return deferral(
    "upstream-not-deployed",
    found.flatMap((one) => one ?? []),
  );
}

function absent(
  { address, text }: Diagnostic,
  reads: readonly Read[],
  pending: readonly string[],
): readonly Read[] | undefined {
  const named = reads.filter((read) => read.address === address);
  if (address?.startsWith("data.") && ABSENT.test(text)) {
    if (named.length > 0) return named;
    return pending.length > 0 ? pending.map((from) => ({ address, from })) : undefined;
  }
  // The state is there, and an output that the code reads is not in it yet.
  const output = reads.filter(
    (read) => read.outputs && new RegExp(`${read.address.replaceAll(".", "\\.")}\\b`).test(text),
  );
  return /^Error: Unsupported attribute/.test(text) && output.length > 0 ? output : undefined;
}

const WORDS: Readonly<Record<Deferral["why"], string>> = {
  "upstream-not-deployed": "which is not deployed yet",
  "upstream-changes": "whose plan changes it",
  "upstream-deferred": "which is deferred itself",
  "upstream-failed": "whose plan failed",
};

function deferral(why: Deferral["why"], reads: readonly Read[]): Deferral {
  const on = [...new Set(reads.map(({ from }) => from))];
  const addresses = [...new Set(reads.map(({ address }) => address))];
  return {
    on,
    why,
    reads: addresses,
    message: `reads ${addresses.join(", ")} of ${on.join(", ")}, ${WORDS[why]}`,
  };
}
