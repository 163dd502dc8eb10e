/** What people are told of. */
export const EVENTS = {
  "deploy-started": { text: "Deploy started", mood: "neutral" },
  "deploy-succeeded": { text: "Deploy succeeded", mood: "good" },
  "deploy-failed": { text: "Deploy failed", mood: "bad" },
  "rolled-back": { text: "Rolled back", mood: "bad" },
  "sync-failed": { text: "Argo CD could not sync", mood: "bad" },
  "canary-aborted": { text: "Canary aborted", mood: "bad" },
  "scan-found": { text: "Security scan found something", mood: "bad" },
} as const satisfies Readonly<Record<string, { readonly text: string; readonly mood: Mood }>>;

/** How it is meant. */
export type Mood = "neutral" | "good" | "bad";

/** One of {@link EVENTS}. */
export type EventName = keyof typeof EVENTS;

/** Something that happened. */
export interface Event {
  readonly name: EventName;
  readonly environment: string;
  readonly service: string;

  /** Version, tag or digest that it is about. */
  readonly version?: string;

  /** Commit of the GitOps repository. */
  readonly revision?: string;

  /** Why, in a sentence or a few lines. */
  readonly reason?: string;

  /** Who did it. */
  readonly by?: string;

  /** Address of the run that has everything. */
  readonly runUrl?: string;

  /** More, each with its name: `Critical` is `2`. */
  readonly details: readonly (readonly [name: string, value: string])[];
}

/** An event in one line. */
export function headline({ name, environment, service, version }: Event): string {
  return `${EVENTS[name].text}: ${service} in ${environment}${version === undefined ? "" : `, ${shortVersion(version)}`}`;
}

/** A digest by its first characters; another version as it is. */
export function shortVersion(version: string): string {
  return version.replace(/(sha256:[0-9a-f]{12})[0-9a-f]{52}/, "$1");
}

/** Of a text so many characters. */
export function cut(text: string, most: number): string {
  const signs = [...text];
  return signs.length <= most ? text : `${signs.slice(0, most - 1).join("")}…`;
}
