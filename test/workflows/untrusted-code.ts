import { parse } from "yaml";

interface Job {
  readonly if?: string;
  readonly permissions?: Permissions;
  readonly steps?: readonly { readonly uses?: string; readonly with?: { readonly ref?: string } }[];
}

type Permissions = string | Readonly<Record<string, string>>;

/**
 * Rights by which the code of a pull request changes nothing that anybody reads or merges: with `id-token` AWS's
 * trust decides what it gets, and the findings in `security-events` are of that code.
 */
const HARMLESS = ["id-token", "security-events"];

/**
 * What a checkout may name in a job that may write: what is merged already, and the code of the called workflow itself,
 * which its caller has named.
 */
const MERGED = /^\$\{\{ (?:github\.event\.pull_request\.base\.(?:sha|ref)|job\.workflow_sha) \}\}$/;

/** Condition of a job that runs for a tag alone: with another event there is none, whatever else it asks. */
const OF_A_TAG = /^startsWith\(github\.ref, 'refs\/tags\/[^']*'\)(?: && [^|]*)?$/;

/**
 * Jobs of a workflow that may write, and check out what a pull request brings, so that it could run with their token.
 *
 * @param text - the workflow.
 * @returns their ids.
 */
export function writersOfUntrustedCode(text: string): readonly string[] {
  const workflow = parse(text) as {
    readonly on: string | readonly string[] | Readonly<Record<string, unknown>>;
    readonly permissions?: Permissions;
    readonly jobs: Readonly<Record<string, Job>>;
  };
  const { on } = workflow;
  const events = typeof on === "string" ? [on] : Array.isArray(on) ? on : Object.keys(on);
  const pullRequest = events.includes("pull_request");
  return Object.entries(workflow.jobs)
    .filter(([, { permissions = workflow.permissions }]) => mayWrite(permissions))
    .filter(([, job]) => !OF_A_TAG.test(job.if ?? ""))
    .filter(([, { steps = [] }]) =>
      steps.some((step) => {
        if (!step.uses?.startsWith("actions/checkout@")) return false;
        const ref = step.with?.ref;
        // Without a ref it is the merge of the pull request, and with any other event the default branch.
        return ref === undefined ? pullRequest : !MERGED.test(ref);
      }),
    )
    .map(([id]) => id);
}

/** A workflow that says nothing of its permissions has those of the repository's settings, and may write. */
function mayWrite(permissions: Permissions | undefined): boolean {
  if (permissions === undefined || typeof permissions === "string") return permissions !== "read-all";
  return Object.entries(permissions).some(([name, level]) => level === "write" && !HARMLESS.includes(name));
}
