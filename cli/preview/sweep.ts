import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { ttlOf } from "./duration";
import { isWorkingTime } from "./hours";
import { hasFailedToEnd, isExpired, type Liveness, STUCK } from "./life-cycle";
import type { Metadata } from "./metadata";
import { isLeft } from "./receipt";
import type { Stored } from "./store";

/** What a sweep finds of one preview, and what is to be done about it. */
export interface Finding {
  readonly name: string;
  readonly action: "warn" | "sleep" | "wake" | "stop" | "destroy" | "forget" | "orphan" | "damaged";
  readonly reason: string;

  /** As it is stored; undefined for what AWS alone knows. */
  readonly metadata?: Metadata;

  /** What AWS lists without metadata. */
  readonly arns?: readonly string[];
}

/** What a sweep knows. */
export interface SweepFacts {
  readonly previews: readonly Stored[];

  /** What AWS lists by the previews' tags, by their names. */
  readonly tagged: ReadonlyMap<string, readonly string[]>;

  /**
   * Open pull requests and branches, by repository, as GitHub says.
   *
   * @default - of no repository: none counts as closed
   */
  readonly open?: ReadonlyMap<string, { readonly pulls: ReadonlySet<number> }>;

  /** Requests that those with an idle time got in it, by their names. @default - nobody counts as idle */
  readonly requests?: ReadonlyMap<string, number>;

  /** Instances of RDS that run, by their identifiers. @default - nobody knows of any */
  readonly running?: ReadonlySet<string>;

  /** Milliseconds. */
  readonly now: number;
  readonly isAlive: Liveness;

  /** Time before its end at which a preview is warned of, in milliseconds. @default {@link WARNING} */
  readonly warning?: number;
}

/** Time before its end at which a preview is warned of, in milliseconds: a day. */
export const WARNING = 86_400_000;

/** What a failed preview is given before the sweep takes it, in milliseconds: somebody may look at it. */
const UNSEEN = 3_600_000;

/** Judges all previews: one look at each, however many there are. The most urgent come first. */
export function sweep(facts: SweepFacts): readonly Finding[] {
  const known = new Set<string>();
  const findings: Finding[] = [];
  for (const stored of facts.previews) {
    known.add(stored.name);
    const finding =
      "damaged" in stored
        ? { name: stored.name, action: "damaged" as const, reason: stored.damaged }
        : judge(stored.metadata, facts);
    if (finding) findings.push(finding);
  }
  for (const [name, arns] of facts.tagged) {
    const left = arns.filter(isLeft);
    if (known.has(name) || left.length === 0) continue;
    findings.push({
      name,
      action: "orphan",
      reason: `${left.length} resources have its tag, and it has no metadata`,
      arns: left,
    });
  }
  return findings.sort((a, b) => urgency(a) - urgency(b) || (a.name < b.name ? -1 : 1));
}

const ORDER = ["destroy", "forget", "warn", "sleep", "wake", "stop", "orphan", "damaged"] as const;

/** The least comes first. What failed before comes after its like: it may fail for ever, and a sweep destroys only so many. */
function urgency({ action, metadata }: Finding): number {
  return ORDER.indexOf(action) + (metadata && hasFailedToEnd(metadata) ? 0.5 : 0);
}

/**
 * Judges a preview anew right before it is destroyed: of fifty that are destroyed one after another the last has waited
 * for hours, in which somebody may have extended it or pushed. A destroy that has begun before is finished in any case.
 *
 * @param decided - what the sweep found.
 * @throws CliError when it is not to be destroyed any more.
 */
export function spare(decided: Finding, found: Metadata, facts: SweepFacts): void {
  if (decided.metadata?.status === "destroying" || found.status === "destroying") return;
  if (judge(found, facts)?.action !== "destroy") throw new SparedError(found);
}

/** A preview of which the pull request is told that it ends. @param now - milliseconds. */
export function warned(metadata: Metadata | undefined, name: string, now: number): Metadata {
  if (!metadata) throw new CliError(EXIT.HELD, `preview ${name} is gone`);
  return { ...metadata, warnedAt: new Date(now).toISOString() };
}

/** Milliseconds that a schedule may be early, for clocks differ; as in `services/preview-expire`. */
const EARLY = 60_000;

/** The same for who knows of its time alone. @param now - milliseconds. */
export function spareUnlessOver(found: Metadata, now: number): void {
  if (found.status !== "destroying" && !isExpired(found, now + EARLY)) throw new SparedError(found);
}

/** A preview is not destroyed: it was extended, or is being made anew, since that was decided. */
export class SparedError extends CliError {
  /** When it ends. */
  readonly expiresAt: string;

  constructor({ name, expiresAt }: Metadata) {
    super(
      EXIT.HELD,
      `preview ${name} is not to be destroyed any more: it lives until ${expiresAt}`,
      `to destroy it all the same: npx groundplan preview destroy ${name}`,
    );
    this.name = "SparedError";
    this.expiresAt = expiresAt;
  }
}

function judge(metadata: Metadata, facts: SweepFacts): Finding | undefined {
  const { name, status, run, updatedAt } = metadata;
  const { now, isAlive, tagged } = facts;
  const finding = (action: Finding["action"], reason: string): Finding => ({
    name,
    action,
    reason,
    metadata,
  });
  if (status === "gone") return finding("forget", "it is gone");
  const quiet = now - Date.parse(run?.renewedAt ?? updatedAt);
  if (status === "destroying") {
    if (!run || !isAlive(run)) return finding("destroy", "its destroy has died");
    const hangs = now - Date.parse(run.startedAt) >= STUCK;
    return hangs ? finding("destroy", `its destroy hangs since ${run.startedAt}`) : undefined;
  }
  if (run && isAlive(run)) return undefined;
  // Half of it may be gone, whatever its time says.
  if (hasFailedToEnd(metadata)) return finding("destroy", "its destroy has failed");
  const pull = closedPull(metadata, facts);
  if (pull !== undefined) return finding("destroy", `pull request ${pull} is closed`);
  if (isExpired(metadata, now)) return finding("destroy", `its time was over at ${metadata.expiresAt}`);
  const stands = (tagged.get(name) ?? []).filter(isLeft).length > 0;
  // Metadata without resources: a run that was killed before it made anything, or a destroy by hand.
  if (!stands && status !== "active" && status !== "asleep" && quiet >= UNSEEN)
    return finding("destroy", `it is ${status}, and AWS lists nothing of it`);
  const ends = Date.parse(metadata.expiresAt) - now;
  if (ends <= (facts.warning ?? WARNING) && metadata.warnedAt === undefined && isLong(metadata))
    return finding("warn", `it ends at ${metadata.expiresAt}`);
  // Its address leads to the page that wakes, which does not wake what is said to be active.
  if (status === "active" && run?.work === "sleep")
    return finding("wake", "the run that let it sleep has died");
  const rest = restOf(metadata, facts);
  if (rest) return finding(rest.action, rest.reason);
  const instance = ownInstance(metadata);
  // RDS starts an instance by itself that was stopped for seven days.
  return status === "asleep" && instance !== undefined && facts.running?.has(instance)
    ? finding("stop", `it sleeps, and its database ${instance} runs`)
    : undefined;
}

/** Identifier of its own instance of RDS; undefined where it has none. */
export function ownInstance({ outputs }: Pick<Metadata, "outputs">): string | undefined {
  const { instance } = (outputs?.database ?? {}) as { readonly instance?: unknown };
  return typeof instance === "string" ? instance : undefined;
}

/** How the reason begins by which one sleeps that wakes again by itself. */
const OFF_HOURS = "outside of its hours";

/** Whether a preview is to sleep, or to wake: by its hours, or since nobody asked for it. */
function restOf(
  { name, status, sleep, history }: Metadata,
  { now, requests }: SweepFacts,
): { readonly action: "sleep" | "wake"; readonly reason: string } | undefined {
  if (!sleep) return undefined;
  const last = history.at(-1);
  const isWork = sleep.hours === undefined || isWorkingTime({ ...sleep, hours: sleep.hours }, now);
  if (status === "asleep")
    return sleep.hours !== undefined && isWork && last?.reason?.includes(OFF_HOURS)
      ? { action: "wake", reason: `its hours have begun (${sleep.hours})` }
      : undefined;
  if (status !== "active") return undefined;
  if (!isWork) return { action: "sleep", reason: `${OFF_HOURS} (${sleep.hours})` };
  const idle = ttlOf(sleep.idle ?? "");
  const awake = now - Date.parse(last?.at ?? new Date(now).toISOString());
  if (idle === undefined || awake < idle || requests?.get(name) !== 0) return undefined;
  return { action: "sleep", reason: `no request for ${sleep.idle}` };
}

/** Whether a preview lives longer than the time of the warning: nobody is warned from its first hour on. */
function isLong({ createdAt, expiresAt }: Metadata): boolean {
  return Date.parse(expiresAt) - Date.parse(createdAt) > WARNING;
}

/** Its pull request when that is closed: the event may never have come, e.g. of a conflicted branch. */
function closedPull({ repository, pullRequest }: Metadata, { open }: SweepFacts): number | undefined {
  const found = repository === undefined ? undefined : open?.get(repository);
  return pullRequest !== undefined && found && !found.pulls.has(pullRequest) ? pullRequest : undefined;
}
