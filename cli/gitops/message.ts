import { hostname, userInfo } from "node:os";
import { runUrlOf } from "../github/event";
import type { ImageEntry } from "./image-entry";

/** What a commit for an image says. */
export interface MessageProps {
  /** First word: `Deploy`, `Revert`, `Roll back`. */
  readonly action: string;
  readonly environment: string;
  readonly service: string;
  readonly entry: ImageEntry;

  /** What ran before. */
  readonly before?: ImageEntry;

  /** More for people, e.g. why. */
  readonly reason?: string;

  /** The commit whose image a revert brings back. */
  readonly revertsTo?: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The message of a commit for an image: service, environment, digest, and who or which run. */
export function imageMessage(props: MessageProps): string {
  const { action, environment, service, entry, before, reason, revertsTo } = props;
  const { by, run } = whoRuns(props.env);
  const trailers = [
    ["Environment", environment],
    ["Service", service],
    ["Image", imageText(entry)],
    ...(before ? [["Image-Before", imageText(before)]] : []),
    ...(revertsTo === undefined ? [] : [["Image-Of", revertsTo]]),
    ["Set-By", run === undefined ? by : `${by}, ${run}`],
  ];
  const subject = `${action} ${service} in ${environment}: ${shortImage(entry)}`;
  const lines = trailers.map(([key, value]) => `${key}: ${oneLine(value ?? "")}`);
  return `${[oneLine(subject), ...(reason ? [reason.trim()] : []), lines.join("\n")].join("\n\n")}\n`;
}

/** The commit whose image a revert brought back, as its message says; undefined when it is no revert. */
export function revertsTo(message: string): string | undefined {
  return [...message.matchAll(/^Image-Of: ([0-9a-f]{40,64})$/gm)].at(-1)?.[1];
}

/** An image in full: `repository@sha256:…`, or `repository:tag`. */
export function imageText({ newName = "", digest, newTag }: ImageEntry): string {
  return digest === undefined ? `${newName}:${newTag ?? "latest"}` : `${newName}@${digest}`;
}

/** An image for a headline: its digest's first characters, or its tag. */
export function shortImage({ digest, newTag }: ImageEntry): string {
  return digest === undefined ? (newTag ?? "no tag") : digest.slice(0, "sha256:".length + 12);
}

/** Who runs this: the actor and the run of a workflow, or the user of this machine. */
export function whoRuns(env: NodeJS.ProcessEnv): { readonly by: string; readonly run?: string } {
  const run = runUrlOf(env);
  const by = env.GITHUB_ACTOR ?? `${userName(env)}@${hostname()}`;
  return { by: oneLine(by), ...(run === undefined ? {} : { run }) };
}

function userName(env: NodeJS.ProcessEnv): string {
  try {
    return userInfo().username;
  } catch {
    return env.USER ?? "somebody";
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
