/** What the schedule of a preview sends. */
export interface ExpireEvent {
  /** Name of the preview. */
  readonly name: string;

  /** When the schedule thinks that it ends; ISO 8601 in UTC. What is stored counts. */
  readonly expiresAt: string;
}

/** Name of a preview, as `groundplan preview` takes it: it becomes a part of a key and an input of a workflow. */
const NAME = /^(?=.{2,40}$)[a-z](?:-?[a-z0-9])+$/;

/** Reads an event. @throws Error when it is none of a schedule of ours. */
export function eventOf(event: unknown): ExpireEvent {
  const { name, expiresAt } = (event ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof name !== "string" || !NAME.test(name))
    throw new Error(`the event names no preview: ${JSON.stringify(name)?.slice(0, 100)}`);
  if (typeof expiresAt !== "string" || Number.isNaN(Date.parse(expiresAt)))
    throw new Error(`the event of preview ${name} has no time: ${JSON.stringify(expiresAt)?.slice(0, 100)}`);
  return { name, expiresAt };
}
