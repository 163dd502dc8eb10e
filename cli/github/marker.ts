/** What a comment says of itself, unseen by readers. */
export interface Marker {
  /** What it is about: `plan` and the app, e.g. `plan:.`. One comment for each. */
  readonly subject: string;

  /** Commit that it is about, 40 hex digits; empty when it is not known. */
  readonly head: string;

  /** Number of the run that wrote it, and its attempt. */
  readonly run: { readonly number: number; readonly attempt: number };
}

const PATTERN =
  /^<!-- groundplan subject=([A-Za-z0-9%._~!*'()]+) head=([0-9a-f]{40}|none) run=(\d{1,15})\.(\d{1,6}) -->(?:\r?\n|$)/;

/** A marker as the first line of a comment. */
export function written({ subject, head, run }: Marker): string {
  return `<!-- groundplan subject=${encoded(subject)} head=${head || "none"} run=${run.number}.${run.attempt} -->`;
}

/** The marker of a comment; undefined when its first line is none. */
export function markerOf(body: string | null | undefined): Marker | undefined {
  const [, subject, head, number, attempt] = PATTERN.exec(body ?? "") ?? [];
  if (subject === undefined || head === undefined) return undefined;
  const run = { number: Number(number), attempt: Number(attempt) };
  try {
    return { subject: decodeURIComponent(subject), head: head === "none" ? "" : head, run };
  } catch {
    return undefined;
  }
}

/** Whether the run of one marker is older than another's. */
export function isOlder(a: Marker["run"], b: Marker["run"]): boolean {
  return a.number < b.number || (a.number === b.number && a.attempt < b.attempt);
}

/** Without a hyphen: two of them would end an HTML comment. */
function encoded(subject: string): string {
  return encodeURIComponent(subject).replaceAll("-", "%2D");
}
