import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { eventOf } from "./event";
import { gitHub } from "./github";
import type { Settings } from "./settings";

/** What was done about a preview whose schedule called, and why. */
export interface Outcome {
  readonly name: string;
  readonly done: "dispatched" | "nothing";
  readonly reason: string;
}

/** What the function calls. */
export interface Clients {
  readonly s3: S3Client;
  readonly secrets: SecretsManagerClient;

  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Milliseconds that a schedule may be early, for clocks differ. */
const EARLY = 60_000;

/**
 * Starts the workflow that destroys a preview, if its time is over. It may be called any number of times: one that is
 * gone, was extended or is being destroyed already is left alone, and the workflow itself destroys nothing twice.
 *
 * @throws Error when it cannot be known, or the workflow cannot be started.
 */
export async function expire(event: unknown, settings: Settings, clients: Clients): Promise<Outcome> {
  const { name } = eventOf(event);
  const known = await metadataOf(name, settings.bucket, clients.s3);
  const nothing = (reason: string): Outcome => ({ name, done: "nothing", reason });
  if (known === undefined || known.status === "gone") return nothing("it is gone");
  if (known.status === "destroying") return nothing("it is being destroyed");
  if (known.expiresAt > clients.now() + EARLY)
    return nothing(`it was extended to ${new Date(known.expiresAt).toISOString()}`);
  const { owner, repo, workflow: workflow_id, ref } = settings;
  const github = await gitHub(settings, clients.secrets);
  await github.request("POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches", {
    owner,
    repo,
    workflow_id,
    ref,
    inputs: { name, reason: "ttl" },
  });
  return {
    name,
    done: "dispatched",
    reason: `its time was over at ${new Date(known.expiresAt).toISOString()}`,
  };
}

/** What counts of a preview's metadata; undefined when there is none. */
async function metadataOf(
  name: string,
  Bucket: string,
  s3: S3Client,
): Promise<{ readonly status: string; readonly expiresAt: number } | undefined> {
  const Key = `environments/${name}/metadata.json`;
  let text: string;
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    text = (await Body?.transformToString()) ?? "";
  } catch (error) {
    if ((error as { name?: unknown }).name === "NoSuchKey") return undefined;
    throw error;
  }
  const { name: whose, status, expiresAt } = parsed(text, Key);
  const time = Date.parse(String(expiresAt));
  if (whose !== name || typeof status !== "string" || Number.isNaN(time))
    throw new Error(`s3://${Bucket}/${Key} is not the metadata of preview ${name}`);
  return { status, expiresAt: time };
}

function parsed(text: string, key: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch {
    // What it holds is not repeated: anybody may have written it.
  }
  throw new Error(`${key} is not a JSON object`);
}
