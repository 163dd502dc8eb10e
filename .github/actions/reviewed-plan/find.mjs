// Writes `run-id`, the run whose plan was reviewed, into GITHUB_OUTPUT.
import { appendFileSync } from "node:fs";

const {
  GITHUB_API_URL: api = "https://api.github.com",
  GITHUB_EVENT_NAME: event,
  GITHUB_OUTPUT: output = "/dev/stdout",
  GITHUB_REF_NAME: branch = "",
  GITHUB_REPOSITORY: repository = "",
  GITHUB_RUN_ID: own = "",
  GITHUB_SHA: commit = "",
  GITHUB_TOKEN: token = "",
  GITHUB_WORKFLOW_REF: workflowRef = "",
} = process.env;

// In a reusable workflow it is the calling one, and the runs are those of its file.
const WORKFLOW = /\.github\/workflows\/([^/@]+)@/.exec(workflowRef)?.[1] ?? "infrastructure.yml";
const BY_HAND = `start the workflow by hand: gh workflow run ${WORKFLOW}; it plans, and applies what it has planned`;

try {
  const run = event === "workflow_dispatch" ? own : await reviewedRun();
  appendFileSync(output, `run-id=${run}\n`);
  console.log(`reviewed in run ${run}`);
} catch (error) {
  const why = error instanceof Error ? error.message : String(error);
  console.log(`::error title=No reviewed plan::${escaped(why)}`);
  process.exitCode = 1;
}

/**
 * Id of the newest run for the pull request that the commit was merged by.
 *
 * A commit can be the newest of several branches, and anybody can open a pull request with it: only a run of this
 * repository's own branch planned with this repository's roles. GitHub names no pull request in a run any more
 * once that is merged, so it is the branch that tells which run is whose.
 */
async function reviewedRun() {
  /** @type {any[]} */
  const merged = await all(`commits/${commit}/pulls`, (page) => page);
  const pull = merged.find(
    (each) => each.merge_commit_sha === commit && each.merged_at && each.base.ref === branch,
  );
  if (!pull) throw new Error(`commit ${commit} was not merged by a pull request: ${BY_HAND}`);
  if (pull.head.repo?.full_name !== repository) {
    const from = pull.head.repo?.full_name ?? "a fork that is gone";
    throw new Error(
      `pull request ${pull.number} is from ${from}, and a fork's run plans nothing: ${BY_HAND}`,
    );
  }
  const head = pull.head.sha;
  const query = new URLSearchParams({
    event: "pull_request",
    status: "completed",
    head_sha: head,
    branch: pull.head.ref,
  });
  /** @type {any[]} */
  const runs = await all(
    `actions/workflows/${encodeURIComponent(WORKFLOW)}/runs?${query}`,
    (page) => page.workflow_runs,
  );
  const [newest] = runs
    .filter(
      (each) =>
        each.head_repository?.full_name === repository &&
        each.head_branch === pull.head.ref &&
        each.head_sha === head &&
        each.event === "pull_request",
    )
    .sort((a, b) => b.run_number - a.run_number);
  if (!newest) throw new Error(`pull request ${pull.number} has no plan of ${head}: ${BY_HAND}`);
  return newest.id;
}

/**
 * Every item of a list, over its pages; GitHub gives no more than ten of a hundred.
 *
 * @param {string} path
 * @param {(page: any) => any[]} itemsOf
 */
async function all(path, itemsOf) {
  const found = [];
  for (let page = 1; page <= 10; page += 1) {
    const items = itemsOf(await get(`${path}${path.includes("?") ? "&" : "?"}per_page=100&page=${page}`));
    found.push(...items);
    if (items.length < 100) break;
  }
  return found;
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

/**
 * A text within a command of GitHub's runner, or in its log: one line, nothing that cannot be seen, no other command.
 *
 * @param {string} text
 */
function escaped(text) {
  return text
    .replaceAll("%", "%25")
    .replaceAll("\r", "%0D")
    .replaceAll("\n", "%0A")
    .replaceAll(/[\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/gu, "")
    .replaceAll(/##(?=[\w.-]*\[)/g, "# #");
}
