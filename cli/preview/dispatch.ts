import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { type GitHub, onGitHub } from "../github/client";
import { endIfInterrupted, interrupted } from "../process/interrupts";
import type { Progress } from "../progress/tasks";

/** Time between two looks at a run, in milliseconds. */
const LOOK = 5_000;

/** Time after which GitHub has made a run of what was dispatched, in milliseconds: two minutes. */
const APPEARS = 120_000;

/** What is dispatched. */
export interface Dispatched {
  /** Name of its file, e.g. `provision.yml`. */
  readonly workflow: string;

  /** What it takes; undefined and empty ones are left to the workflow's defaults. */
  readonly inputs: Readonly<Record<string, string | undefined>>;
}

/**
 * Dispatches a workflow of the default branch, and follows its run to its end.
 *
 * The input `id` is added, which the workflow's `run-name` repeats: by it the run is found.
 *
 * @returns the address of the run.
 * @throws CliError when the run does not succeed; at Ctrl-C it goes on.
 */
export async function dispatch(
  github: GitHub,
  { workflow, inputs }: Dispatched,
  progress: Progress,
): Promise<string> {
  const { client, owner, repo } = github;
  const id = randomUUID();
  const given = Object.entries(inputs).filter((entry): entry is [string, string] => (entry[1] ?? "") !== "");
  const since = new Date(Date.now() - 60_000).toISOString();
  const ref = await onGitHub(`${owner}/${repo}`, async () => {
    const { data } = await client.request("GET /repos/{owner}/{repo}", { owner, repo });
    return data.default_branch;
  });
  await onGitHub(`workflow ${workflow}`, () =>
    client.request("POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches", {
      owner,
      repo,
      workflow_id: workflow,
      ref,
      inputs: { ...Object.fromEntries(given), id },
    }),
  );
  const until = Date.now() + APPEARS;
  for (;;) {
    const run = await onGitHub(`the runs of ${workflow}`, async () => {
      const { data } = await client.request(
        "GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs",
        {
          owner,
          repo,
          workflow_id: workflow,
          event: "workflow_dispatch",
          created: `>=${since}`,
          per_page: 50,
        },
      );
      return data.workflow_runs.find(({ display_title: title }) => title.includes(id));
    });
    if (run?.status === "completed") {
      if (run.conclusion === "success") return run.html_url;
      throw new CliError(
        EXIT.FAILED,
        `the run of ${workflow} ended with ${run.conclusion}`,
        `at ${run.html_url}`,
      );
    }
    if (!run && Date.now() > until)
      throw new CliError(
        EXIT.FAILED,
        `GitHub shows no run of ${workflow} that was dispatched`,
        "look at the repository's Actions",
      );
    progress(run ? `${run.status}: ${run.html_url}` : "waiting for the run");
    await sleep(LOOK, undefined, { signal: interrupted }).catch(() => undefined);
    endIfInterrupted(...(run ? [`the run goes on: ${run.html_url}`] : []));
  }
}
