import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { deriveWorkflow } from "../../tools/derive/workflows";
import { platform } from "../platform";
import { ROOT } from "./judged";
import { before, type Circumstances, type Job, jobsOf, type Result, simulate } from "./simulated";

const PATH = ".github/workflows/infrastructure.yml";

/** The workflow with the jobs of other environments; those of the repository are as `npm run derive` writes them, which another test checks. */
const workflowOf = (promotion: readonly string[]) =>
  deriveWorkflow(PATH, readFileSync(join(ROOT, PATH), "utf8"), { ...platform, promotion });

const WORKFLOW = workflowOf(platform.promotion);

/** Every list of environments. */
const listsOf = (environments: readonly string[]) =>
  Array.from({ length: 2 ** environments.length }, (_, bits) =>
    environments.filter((_, index) => (bits >> index) & 1),
  );

/** One way in which a run may go, and what it means. */
interface Way extends Circumstances {
  /** Environments with something to apply; undefined when the list is lost. */
  readonly due: readonly string[] | undefined;
}

const way = (event: Way["event"], due: Way["due"], rest: Partial<Circumstances> = {}): Way => ({
  event,
  due,
  outputs: { plan: { "exit-code": "0" }, due: due ? { environments: JSON.stringify(due) } : {} },
  ...rest,
});

/** Every way: each event, each list, each job that ends otherwise than well, and a run that is cancelled. */
const waysOf = (environments: readonly string[]): readonly Way[] =>
  (["pull_request", "push", "workflow_dispatch"] as const).flatMap((event) =>
    listsOf(environments).flatMap((due) => [
      way(event, due),
      way(event, due, { cancelled: "plan" }),
      way(event, due, { cancelled: "due" }),
      ...["plan", "due", ...environments].flatMap((id) =>
        (["failure", "cancelled"] as const).map((result) => way(event, due, { results: { [id]: result } })),
      ),
    ]),
  );

/** What is wrong with when the jobs of a workflow begin that applies. */
function faults(text: string, environments = platform.promotion): readonly string[] {
  const jobs = jobsOf(text);
  const { concurrency } = parse(text);
  const [last = "", ...middle] = environments.slice(1).reverse();
  const waits = (name: string, on: readonly string[]) => on.every((id) => before(jobs, name).includes(id));
  return [
    ...new Set([
      ...(concurrency["cancel-in-progress"] === false ? [] : ["a run is cancelled by the next one"]),
      ...(waits(last, environments.slice(0, -1)) ? [] : [`${last}: does not wait for all before it`]),
      ...middle.flatMap((name) => {
        const earlier = environments.slice(0, environments.indexOf(name));
        return waits(name, earlier) ? [] : [`${name}: does not wait for ${earlier.join(" and ")}`];
      }),
      ...(["plan", "due"] as const).flatMap((id) =>
        jobs[id]?.environment ? [`${id}: asks for an approval`] : [],
      ),
      ...(text.includes(`environments: ${environments.join(" ")}\n`) ? [] : ["due: looks at others"]),
      ...waysOf(environments).flatMap((one) => faultsOf(jobs, one, environments)),
      ...faultsOfPlan(jobs, environments[0] ?? ""),
    ]),
  ];
}

function faultsOf(
  jobs: Readonly<Record<string, Job>>,
  one: Way,
  environments: readonly string[],
): readonly string[] {
  const ended = simulate(jobs, one);
  return environments.flatMap((name, index) => {
    const earlier = environments.slice(0, index).filter((id) => failed(ended[id]));
    const wanted = one.event !== "pull_request" && ended.due === "success" && one.due?.includes(name);
    if (ended[name] === "skipped")
      return wanted && one.cancelled === undefined && earlier.length === 0
        ? [`${name}: does not begin with something to apply`]
        : [];
    return [
      ...(one.event === "pull_request" ? [`${name}: begins on a pull request`] : []),
      ...(one.cancelled ? [`${name}: begins in a run that is cancelled`] : []),
      ...(one.due?.includes(name) ? [] : [`${name}: begins with nothing to apply`]),
      ...(ended.due === "success"
        ? []
        : [`${name}: begins when nobody knows whether there is something to apply`]),
      ...earlier.map((id) => `${name}: begins after ${id} has failed`),
    ];
  });
}

/** What a plan that fails, or says nothing, leads to. */
function faultsOfPlan(jobs: Readonly<Record<string, Job>>, first: string): readonly string[] {
  const due = (event: Way["event"], code: string, result: Result) =>
    simulate(jobs, {
      event,
      outputs: { plan: { "exit-code": code }, due: { environments: "[]" } },
      results: { plan: result },
    }).due;
  const lost = simulate(jobs, way("push", undefined));
  return [
    ...(due("push", "0", "success") === "success" ? [] : ["due: a merge is not planned"]),
    ...(due("push", "1", "failure") === "success" ? [] : ["due: one stack's failed plan holds up a merge"]),
    ...(due("push", "", "failure") === "skipped" ? [] : ["due: goes on without a plan"]),
    ...(due("workflow_dispatch", "1", "failure") === "skipped"
      ? []
      : ["due: goes on by hand after a failed plan"]),
    ...(due("pull_request", "0", "success") === "skipped" ? [] : ["due: begins on a pull request"]),
    ...(lost.due !== "success" || lost[first] !== "skipped"
      ? []
      : [`${first}: a list that is lost counts as nothing to apply`]),
  ];
}

function failed(result: Result | undefined): boolean {
  return result === "failure" || result === "cancelled";
}

test("an environment's job begins where there is something to apply, after those before it, and never after a failure", () => {
  expect(faults(WORKFLOW)).toEqual([]);
});

test.each([[["dev", "prod"]], [["dev", "qa", "staging", "prod"]], [["sandbox", "pre-prod", "live"]]])(
  "the jobs of %j keep to the same order",
  (promotion) => {
    expect(faults(workflowOf(promotion), promotion)).toEqual([]);
  },
);

const LISTED = (name: string) => ` && contains(fromJSON(needs.due.outputs.environments), '${name}')`;
const STANDS = (name: string) =>
  ` && (needs.${name}.result == 'success' || needs.${name}.result == 'skipped')`;

test.each<[string, (text: string) => string, readonly string[]]>([
  ["without the list", (text) => text.replace(LISTED("dev"), ""), ["dev: begins with nothing to apply"]],
  [
    "with the list of another",
    (text) => text.replace("'staging')", "'dev')"),
    ["staging: begins with nothing to apply", "staging: does not begin with something to apply"],
  ],
  ["after a failure", (text) => text.replace(STANDS("dev"), ""), ["staging: begins after dev has failed"]],
  [
    "after a failure before the one before",
    (text) => text.replace(new RegExp(`(prod:[^]*)${escaped(STANDS("dev"))}`), "$1"),
    ["prod: begins after dev has failed"],
  ],
  [
    "not after one that is skipped",
    (text) => text.replace(" || needs.staging.result == 'skipped'", ""),
    ["prod: does not begin with something to apply"],
  ],
  [
    "by GitHub's own rule",
    (text) => text.replace(/!cancelled\(\) && (needs.due.result == 'success' && \(needs.dev)/, "$1"),
    ["staging: does not begin with something to apply"],
  ],
  [
    "although the run is cancelled",
    (text) => text.replace("!cancelled() && needs.due.result", "always() && needs.due.result"),
    ["dev: begins in a run that is cancelled"],
  ],
  [
    "side by side",
    (text) => text.replace("needs: [due, dev, staging]", "needs: [due]"),
    expect.arrayContaining(["prod: does not wait for all before it"]),
  ],
  [
    "although the list was not made",
    (text) => text.replace("needs.due.result == 'success' && contains", "contains"),
    expect.arrayContaining(["dev: begins when nobody knows whether there is something to apply"]),
  ],
  [
    "never, when the list is lost",
    (text) => text.replaceAll("needs.due.outputs.environments)", "needs.due.outputs.environments || '[]')"),
    ["dev: a list that is lost counts as nothing to apply"],
  ],
  [
    "on a list of others",
    (text) => text.replace("dev staging prod", "dev staging"),
    ["due: looks at others"],
  ],
  [
    "on a merge that is not planned",
    (text) => text.replace("name: Plan\n", "name: Plan\n    if: github.event_name != 'push'\n"),
    ["due: a merge is not planned", "due: one stack's failed plan holds up a merge"],
  ],
  [
    "on a plan that asks",
    (text) => text.replace("name: Plan\n", "name: Plan\n    environment: prod\n"),
    ["plan: asks for an approval"],
  ],
  [
    "without a plan",
    (text) => text.replace("'push' && needs.plan.outputs.exit-code != ''", "'push'"),
    ["due: goes on without a plan"],
  ],
  [
    "after a failed plan by hand",
    (text) => text.replace("github.event_name == 'push' && ", ""),
    ["due: goes on by hand after a failed plan"],
  ],
  [
    "in a run that the next one cancels",
    (text) => text.replace("cancel-in-progress: false", "cancel-in-progress: true"),
    ["a run is cancelled by the next one"],
  ],
])("planted fault: an apply %s", (_, change, wanted) => {
  // A folded text is one line.
  const text = WORKFLOW.replaceAll(/\n +&& /g, " && ");
  const changed = change(text);
  expect(changed).not.toBe(text);
  expect(faults(text)).toEqual([]);
  expect(faults(changed)).toEqual(wanted);
});

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
