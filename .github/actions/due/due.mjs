// Writes `environments` into GITHUB_OUTPUT: those of ENVIRONMENTS with a stack that is to be applied, and was reviewed.
//
//   node due.mjs <folder of this run's plan> [<folder of the reviewed plan>]
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";

const {
  ENVIRONMENTS = "",
  GITHUB_EVENT_NAME: event,
  GITHUB_OUTPUT: output = "/dev/stdout",
  GITHUB_STEP_SUMMARY: summary = "/dev/stdout",
} = process.env;

/**
 * @typedef {{ name: string, environment?: string, status: string, dependencies: string[], counts?: { drift?: number } }} Stack
 */

try {
  const [planned = "", reviewed] = process.argv.slice(2);
  // What belongs to none of them has no job that could apply it.
  const known = ENVIRONMENTS.split(" ").filter((name) => name !== "");
  const all = stacksOf(planned);
  const stacks = all.filter(({ environment = "" }) => known.includes(environment));
  // What is of no environment is applied by hand; an environment without a job may be one that was forgotten.
  const jobless = all.filter(
    (stack) => stack.environment && !known.includes(stack.environment) && differs(stack),
  );
  const names = reviewed === undefined ? undefined : stacksOf(reviewed).map(({ name }) => name);
  const due = dueOf(stacks, names);
  const left = stacks.filter((stack) => differs(stack) && !due.includes(stack));
  const environments = known.filter((name) => due.some(({ environment }) => environment === name));
  appendFileSync(output, `environments=${JSON.stringify(environments)}\n`);
  console.log(`to be applied: ${escaped(due.map(({ name }) => name).join(", ")) || "nothing"}`);
  // Once: without a review it is not decided yet, unless there is nothing to decide or a run by hand.
  if (reviewed !== undefined || due.length === 0 || event === "workflow_dispatch")
    tell(environments, due, left, jobless);
} catch (error) {
  const why = error instanceof Error ? error.message : String(error);
  console.log(`::error title=What is to be applied cannot be told::${escaped(why)}`);
  process.exitCode = 1;
}

/**
 * Stacks of a plan, upstream first.
 *
 * @param {string} folder
 * @returns {Stack[]}
 */
function stacksOf(folder) {
  const file = join(folder, "summary.json");
  const run = JSON.parse(readFileSync(file, "utf8"));
  if (run.format !== "groundplan.plan" || run.version !== 1 || !Array.isArray(run.stacks)) {
    throw new Error(`${file} is not a plan's summary that this action can read`);
  }
  if (run.outcome !== "complete" && run.stacks.length === 0) {
    throw new Error(`nothing was planned in ${folder}: ${run.failure?.message ?? "the run was interrupted"}`);
  }
  return run.stacks;
}

/**
 * Stacks that an apply has something to do for. It takes those of the reviewed plan alone.
 *
 * @param {Stack[]} stacks
 * @param {string[] | undefined} reviewed - undefined for all.
 */
function dueOf(stacks, reviewed) {
  /** @type {Stack[]} */
  const due = [];
  for (const stack of stacks) {
    if (reviewed && !reviewed.includes(stack.name)) continue;
    // What is applied before it may change what it reads, also across environments: its own job plans it then.
    const downstream = stack.dependencies.some((name) => due.some((upstream) => upstream.name === name));
    // By hand, drift that the code does not mind is taken into the state too.
    const drifted = event === "workflow_dispatch" && (stack.counts?.drift ?? 0) > 0;
    if (differs(stack) || downstream || drifted) due.push(stack);
  }
  return due;
}

/**
 * Whether a plan does not say that nothing is to be done: it changes something, waits for another, or failed.
 *
 * @param {Stack} stack
 */
function differs({ status }) {
  return status !== "unchanged";
}

/**
 * Says it in the job's summary, which is read before an environment is approved.
 *
 * @param {string[]} environments
 * @param {Stack[]} due
 * @param {Stack[]} left
 * @param {Stack[]} jobless
 */
function tell(environments, due, left, jobless) {
  const shown = (/** @type {Stack[]} */ stacks) =>
    stacks.map(({ name, status }) => `\`${name.replaceAll(/[^\w.-]/g, "?")}\` (${status})`).join(", ");
  const lines = environments.map(
    (name) => `- **${name}**: ${shown(due.filter(({ environment }) => environment === name))}`,
  );
  appendFileSync(summary, `### ${lines.length > 0 ? "To be applied" : "Nothing is to be applied"}\n\n`);
  if (lines.length > 0) appendFileSync(summary, `${lines.join("\n")}\n\n`);
  /** @type {(stacks: Stack[], why: string, then: string) => void} */
  const warn = (stacks, why, then) => {
    if (stacks.length === 0) return;
    appendFileSync(summary, `${shown(stacks)}: ${why}\n`);
    const all = stacks.map(({ name, status }) => `${name} (${status})`).join(", ");
    console.log(`::warning title=Not applied::${escaped(`${all}: ${why}; ${then}`)}`);
  };
  warn(
    left,
    "in no plan that was reviewed for this merge, and not applied by it",
    "start the workflow by hand",
  );
  warn(jobless, "of an environment that has no job here", "give it one in the workflow, or apply it by hand");
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
