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

/**
 * Dispatches a workflow, and follows its run to its end.
 *
 * @param inputs - what the workflow takes; `id` is added, which its `run-name` repeats: by it the run is found.
 * @returns the address of the run.
 * @throws CliError when the run does not succeed; at Ctrl-C it goes on.
 */
export async function dispatch(
  github: GitHub,
  {
    workflow,
    ref,
    inputs,
    id,
  }: {
    readonly workflow: string;
    readonly ref: string;
    readonly inputs: Readonly<Record<string, string>>;
    readonly id: string;
  },
  progress: Progress,
): Promise<string> {
  const { client, owner, repo } = github;
  const since = new Date(Date.now() - 60_000).toISOString();
  await onGitHub(`workflow ${workflow}`, () =>
    client.request("POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches", {
      owner,
      repo,
      workflow_id: workflow,
      ref,
      inputs: { ...inputs, id },
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
