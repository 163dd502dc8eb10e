import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { InputError } from "../input/file";
import { at, readJson } from "../input/json";

/** Largest event that is read, in bytes: GitHub's have 25 MB at the most. */
const LARGEST = 25_000_000;

import type { Json } from "../input/json";

/** What GitHub says of the run that this is part of. Nothing of it comes from a pull request's own files. */
export interface RunEvent {
  /** E.g. `pull_request` or `workflow_run`. */
  readonly name: string;

  /** Number of the pull request. */
  readonly pull?: number;

  /** Newest commit of the pull request when the run began, 40 hex digits. */
  readonly head?: string;

  /** Repository that the commit is from, `owner/name`. */
  readonly from?: string;

  /** Number of the run that planned, and its attempt: the newer run has the larger. */
  readonly run?: { readonly number: number; readonly attempt: number };
}

/** Reads the event of a GitHub job; undefined elsewhere. */
export function runEvent(env: NodeJS.ProcessEnv): RunEvent | undefined {
  const { GITHUB_EVENT_PATH: file, GITHUB_EVENT_NAME: name } = env;
  if (!file || !name) return undefined;
  const event = read(file);
  if (name === "workflow_run") {
    const run = at(event, "workflow_run");
    return {
      name,
      ...some("head", text(at(run, "head_sha"))),
      ...some("from", text(at(at(run, "head_repository"), "full_name"))),
      ...some("run", runOf(at(run, "run_number"), at(run, "run_attempt"))),
    };
  }
  const pull = at(event, "pull_request");
  const head = at(pull, "head");
  return {
    name,
    ...some("pull", whole(at(pull, "number"))),
    ...some("head", text(at(head, "sha"))),
    ...some("from", text(at(at(head, "repo"), "full_name"))),
    ...some("run", runOf(Number(env.GITHUB_RUN_NUMBER), Number(env.GITHUB_RUN_ATTEMPT))),
  };
}

function read(file: string): Json {
  const wrong = (reason: string) =>
    new CliError(
      EXIT.USAGE,
      "GITHUB_EVENT_PATH names no event that can be read",
      `at ${file}`,
      reason,
      "in a job GitHub sets it; elsewhere unset it, and name the pull request with --pull",
    );
  try {
    return readJson(file, { bytes: LARGEST }) as Json;
  } catch (error) {
    throw error instanceof InputError ? wrong(error.message) : error;
  }
}

function runOf(number: Json | undefined, attempt: Json | undefined): RunEvent["run"] {
  const [first, second] = [whole(number), whole(attempt)];
  return first === undefined ? undefined : { number: first, attempt: second ?? 1 };
}

function text(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function whole(value: Json | undefined): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

function some<K extends string, T>(key: K, value: T | undefined): { [key in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]?: T });
}

/** Address of the GitHub run that this is part of. */
export function runUrlOf(env: NodeJS.ProcessEnv): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  return server && repository && run ? `${server}/${repository}/actions/runs/${run}` : undefined;
}
