// Writes `run-id`, the run whose plan was reviewed, into GITHUB_OUTPUT.
import { appendFileSync } from "node:fs";

const {
  GITHUB_API_URL: api = "https://api.github.com",
  GITHUB_EVENT_NAME: event,
  GITHUB_OUTPUT: output = "/dev/stdout",
  GITHUB_REPOSITORY: repository = "",
  GITHUB_RUN_ID: own = "",
  GITHUB_SHA: commit = "",
  GITHUB_TOKEN: token = "",
} = process.env;

const WORKFLOW = "infrastructure.yml";
const BY_HAND = `start the workflow by hand: gh workflow run ${WORKFLOW}; it plans, and applies what it has planned`;

try {
  const run = event === "workflow_dispatch" ? own : await reviewedRun();
  appendFileSync(output, `run-id=${run}\n`);
  console.log(`reviewed in run ${run}`);
} catch (error) {
  console.log(`::error title=No reviewed plan::${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

/** Id of the newest run for the pull request that the commit was merged by. */
async function reviewedRun() {
  const pulls = await get(`commits/${commit}/pulls`);
  const pull = pulls.find(
    (/** @type {{ merge_commit_sha?: string }} */ each) => each.merge_commit_sha === commit,
  );
  if (!pull) throw new Error(`commit ${commit} was not merged by a pull request: ${BY_HAND}`);
  const head = pull.head.sha;
  const { workflow_runs: runs } = await get(
    `actions/workflows/${WORKFLOW}/runs?event=pull_request&status=completed&head_sha=${head}`,
  );
  const newest = runs.sort(
    (/** @type {{ id: number }} */ a, /** @type {{ id: number }} */ b) => b.id - a.id,
  )[0];
  if (!newest) throw new Error(`pull request ${pull.number} has no plan of ${head}: ${BY_HAND}`);
  return newest.id;
}

/**
 * @param {string} path
 * @returns {Promise<any>}
 */
async function get(path) {
  const address = `${api}/repos/${repository}/${path}`;
  for (let attempt = 1; ; attempt += 1) {
    const answer = await fetch(address, {
      headers: { authorization: `Bearer ${token}`, accept: "application/vnd.github+json" },
    });
    if (answer.ok) return answer.json();
    if (answer.status < 500 || attempt === 4) throw new Error(`GitHub answers ${answer.status} to ${path}`);
    await new Promise((resolve) => setTimeout(resolve, 1000 * 2 ** attempt));
  }
}
