import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { type Metadata, MOST_CHANGES, type Run, type Status, type Work } from "./metadata";

/**
 * What may follow on what in the life of a preview: pure functions from what is stored to what is to be stored. Each is
 * carried out by a conditional write, so of two runs that decide on the same the second decides again.
 *
 *     provisioning → active ⇄ asleep → destroying → gone, and failed from each of them
 */

/** Time after which a run that said nothing counts as dead, in milliseconds. It says every {@link RENEWAL} that it goes on. */
export const LEASE = 180_000;

/** Time between two words of a run, in milliseconds. */
export const RENEWAL = 10_000;

/** Time after which a destroy counts as one that hangs, in milliseconds: two hours. */
export const STUCK = 7_200_000;

/** Time that a run which hangs has to stop after it was asked to, in milliseconds: ten minutes. */
export const LAST_GRACE = 600_000;

/** From which status a work may begin, and what is the status meanwhile. */
const BEGINNINGS: Readonly<Record<Work, { readonly from: readonly Status[]; readonly during?: Status }>> = {
  create: { from: ["gone", "provisioning", "active", "asleep", "failed"], during: "provisioning" },
  destroy: { from: ["provisioning", "active", "asleep", "destroying", "failed"], during: "destroying" },
  sleep: { from: ["active"] },
  // The other two as `canWake` says.
  wake: { from: ["asleep", "active", "failed"] },
};

/** What a work may end with. */
const ENDS: Readonly<Record<Work, readonly Status[]>> = {
  create: ["active", "failed"],
  destroy: ["gone", "failed"],
  sleep: ["asleep", "active", "failed"],
  wake: ["active", "asleep", "failed"],
};

/** Another run holds a preview. */
export class HeldError extends CliError {
  constructor(
    readonly metadata: Metadata,
    readonly run: Run,
  ) {
    super(
      EXIT.HELD,
      `preview ${metadata.name} is held by another run (${run.work}, since ${run.startedAt})`,
      ...(run.url === undefined ? [] : [`at ${run.url}`]),
      `wait until it has ended; a run that has died is taken over ${LEASE / 60_000} minutes after its last word`,
    );
    this.name = "HeldError";
  }
}

/** A run has found out that it does not hold the preview any more: it is to stop, and to write nothing. */
export class LostError extends CliError {
  constructor(name: string, why: string) {
    super(
      EXIT.HELD,
      `this run does not hold preview ${name} any more: ${why}`,
      "look at it: npx groundplan preview status",
    );
    this.name = "LostError";
  }
}

/** Whether a run goes on, for all that is known. */
export type Liveness = (run: Run) => boolean;

/** By the clock alone: other machines can see no more. @param now - milliseconds. */
export function withinLease({ renewedAt }: Run, now: number): boolean {
  const age = now - Date.parse(renewedAt);
  // A word from far in the future is that of a wrong clock: its lease would not end for as long.
  return age < LEASE && age > -STUCK;
}

/**
 * Whether a run hangs and does not stop though it was asked to: its process lives, and what it waits for never ends. It is
 * taken over, and its next word tells it so.
 *
 * @param now - milliseconds.
 */
export function ignoresStop({ startedAt, stop }: Run, now: number): boolean {
  return (
    stop !== undefined && now - Date.parse(startedAt) >= STUCK && now - Date.parse(stop.at) >= LAST_GRACE
  );
}

/** Whether the destroy of a preview has failed, and nothing was done with it since. */
export function hasFailedToEnd({ status, failure = "" }: Pick<Metadata, "status" | "failure">): boolean {
  return status === "failed" && failure.startsWith("destroy: ");
}

/** What begins a work. */
export interface Beginning {
  readonly run: Run;

  /** Who does it: a user of GitHub, or of this machine. */
  readonly by: string;
  readonly now: string;
  readonly reason?: string;
}

/**
 * A preview that a run holds from now on.
 *
 * @throws HeldError while another run goes on; CliError where the work cannot begin from its status.
 */
export function begin(metadata: Metadata, beginning: Beginning, isAlive: Liveness): Metadata {
  const { run, now } = beginning;
  if (metadata.run && metadata.run.id !== run.id && isAlive(metadata.run))
    throw new HeldError(metadata, metadata.run);
  const { from, during } = BEGINNINGS[run.work];
  if (!from.includes(metadata.status) || (run.work === "wake" && !canWake(metadata)))
    throw refusal(metadata, run.work);
  const { failure: _, ran, ...rest } = metadata;
  const noted = run.work === "destroy" && ran ? { ran } : {};
  return changed({ ...rest, ...noted, run, updatedAt: now }, during ?? metadata.status, beginning);
}

/**
 * Whether a preview can wake that does not sleep: one whose run to let it sleep was killed says "active" still, and its
 * address leads to the page that wakes. What failed to be made cannot: what runs may be other than what was asked for.
 */
function canWake({ status, run, failure = "" }: Metadata): boolean {
  if (status === "asleep" || run?.work === "sleep" || run?.work === "wake") return true;
  return status === "failed" && /^(?:sleep|wake): /.test(failure);
}

/** A preview of whose beginning nothing is stored yet, or of which only `gone` is. @param made - all but its history. */
export function beginNew(made: Omit<Metadata, "history" | "status" | "run">, beginning: Beginning): Metadata {
  const { now: at, by, run } = beginning;
  return { ...made, status: "provisioning", run, history: [{ at, from: null, to: "provisioning", by }] };
}

/**
 * The word of a run that it goes on.
 *
 * @throws LostError when another run has taken over.
 */
export function renew(metadata: Metadata | undefined, run: string, now: string): Metadata {
  const held = heldBy(metadata, run);
  return { ...held, run: { ...held.run, renewedAt: now } };
}

/** How a work ended. */
export interface End {
  readonly run: string;
  readonly to: Status;
  readonly by: string;
  readonly now: string;

  /** Why it failed. */
  readonly reason?: string;

  /** What is known now, e.g. the endpoint. */
  readonly known?: Partial<Pick<Metadata, "endpoint" | "logGroup" | "outputs" | "cost" | "image" | "commit">>;
}

/**
 * A preview that a run has let go.
 *
 * @throws LostError when it was not its any more; Error for what the work never ends with.
 */
export function end(metadata: Metadata | undefined, { run, to, by, now, reason, known }: End): Metadata {
  const { run: held, ...rest } = heldBy(metadata, run);
  if (!ENDS[held.work].includes(to)) throw new Error(`${held.work} never ends with ${to}`);
  const failure = to === "failed" && reason !== undefined ? { failure: reason.slice(0, 4000) } : {};
  return changed({ ...rest, ...known, ...failure, updatedAt: now }, to, {
    by,
    now,
    ...(reason === undefined ? {} : { reason }),
  });
}

/** A preview whose run is asked to stop; the same when none holds it. */
export function askToStop(metadata: Metadata, by: string, now: string): Metadata {
  const { run } = metadata;
  return run === undefined || run.stop ? metadata : { ...metadata, run: { ...run, stop: { at: now, by } } };
}

/**
 * A preview that lives longer.
 *
 * @param expiresAt - when it ends; never before it ends by now, unless that is asked for.
 * @throws CliError when it is being destroyed.
 */
export function extend(
  metadata: Metadata,
  { ttl, expiresAt, now }: { readonly ttl: string; readonly expiresAt: string; readonly now: string },
): Metadata {
  if (metadata.status === "destroying" || metadata.status === "gone") {
    throw new CliError(
      EXIT.FAILED,
      `preview ${metadata.name} is ${metadata.status}: it cannot be extended`,
      `make it anew when it is gone: npx groundplan preview create --name ${metadata.name}`,
    );
  }
  const { warnedAt: _, ...rest } = metadata;
  return { ...rest, ttl, expiresAt, updatedAt: now };
}

/** The later of two ends, with its time to live: a plan and a question take minutes, in which somebody may extend it. */
export function laterOf(
  there: Pick<Metadata, "ttl" | "expiresAt">,
  planned: Pick<Metadata, "ttl" | "expiresAt">,
): Pick<Metadata, "ttl" | "expiresAt"> {
  const { ttl, expiresAt } = Date.parse(there.expiresAt) > Date.parse(planned.expiresAt) ? there : planned;
  return { ttl, expiresAt };
}

/** Whether a preview's time is over. @param now - milliseconds. */
export function isExpired({ expiresAt }: Pick<Metadata, "expiresAt">, now: number): boolean {
  return Date.parse(expiresAt) <= now;
}

function heldBy(metadata: Metadata | undefined, run: string): Metadata & { readonly run: Run } {
  if (!metadata) throw new LostError("", "its metadata is gone");
  if (metadata.run === undefined) throw new LostError(metadata.name, "another run has let it go");
  if (metadata.run.id !== run) throw new LostError(metadata.name, "another run has taken over");
  return { ...metadata, run: metadata.run };
}

function changed(metadata: Metadata, to: Status, { by, now: at, reason }: Omit<Beginning, "run">): Metadata {
  const change = {
    at,
    from: metadata.status,
    to,
    by,
    ...(reason === undefined ? {} : { reason: reason.slice(0, 1000) }),
  };
  const history =
    metadata.status === to ? metadata.history : [...metadata.history, change].slice(-MOST_CHANGES);
  return { ...metadata, status: to, history };
}

function refusal({ name, status }: Metadata, work: Work): CliError {
  const instead: Readonly<Record<Work, string>> = {
    create: `wait until it is gone, and create it again; see: npx groundplan preview status ${name}`,
    destroy: "there is nothing to destroy",
    sleep: `only an active preview can sleep; see: npx groundplan preview status ${name}`,
    wake: `only what sleeps, or did not come to sleep or to wake, can wake; see: npx groundplan preview status ${name}`,
  };
  return new CliError(EXIT.FAILED, `preview ${name} is ${status}`, instead[work]);
}
