import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Document, isMap, parse, parseDocument, visit } from "yaml";
import { files, findings, ROOT, repositoryWith, scriptFindings } from "./judged";

const { workflows, actions } = files();
const all = [...workflows, ...actions];

function text(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

test("actionlint, zizmor and shellcheck find nothing", () => {
  expect(findings(ROOT)).toEqual([]);
});

test.each(["modules/runner/user-data/runner.sh", ".github/actions/runner-price/price.sh"])(
  "shellcheck finds nothing in %s",
  (script) => {
    expect(scriptFindings(script)).toEqual([]);
  },
);

/** A workflow that has no faults. */
const VALID = `name: Valid
on: push
permissions: {}
concurrency:
  group: valid-\${{ github.ref }}
  cancel-in-progress: false
jobs:
  one:
    name: One
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - name: Say
        env:
          TITLE: \${{ github.event.head_commit.message }}
        run: echo "$TITLE"
`;

/** What is found in a workflow, by rule. */
function rules(workflow: string): readonly string[] {
  const repository = repositoryWith(join(".github", "workflows", "one.yml"), workflow);
  try {
    return [...new Set(findings(repository.folder).map(({ rule }) => rule))];
  } finally {
    repository.remove();
  }
}

test("the workflow of the example with plan comments has no faults", () => {
  expect(rules(text("examples/plan-comments/.github/workflows/plan.yml"))).toEqual([]);
});

test("the workflow of the repository whose branches are previewed has no faults", () => {
  expect(rules(text("examples/consumer/.github/workflows/preview-env.yml"))).toEqual([]);
});

test("the jobs of docs/plan.md, which plan in shards, have no faults", () => {
  const [, jobs = ""] = /```yaml\n(jobs:\n[\s\S]*?)```/.exec(text("docs/plan.md")) ?? [];
  expect(jobs).toContain("--shard");
  expect(rules(VALID.replace("on: push", "on: pull_request").replace(/jobs:\n[\s\S]*/, jobs))).toEqual([]);
});

test("a workflow without faults passes", () => {
  expect(rules(VALID)).toEqual([]);
});

test.each([
  [
    "input of a user in the shell",
    'run: echo "$TITLE"',
    'run: echo "${{ github.event.head_commit.message }}"',
    "zizmor/template-injection",
  ],
  [
    "an action by its tag",
    "@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
    "@v7",
    "zizmor/unpinned-uses",
  ],
  [
    "runs side by side",
    "concurrency:\n  group: valid-${{ github.ref }}\n  cancel-in-progress: false\n",
    "",
    "zizmor/concurrency-limits",
  ],
  ["every permission", "permissions: {}", "permissions: write-all", "zizmor/excessive-permissions"],
  ["no word on permissions", "permissions: {}\n", "", "zizmor/excessive-permissions"],
  [
    "the rights of the target for a fork's code",
    "on: push",
    "on: pull_request_target",
    "zizmor/dangerous-triggers",
  ],
  ["a shell that breaks on spaces", 'run: echo "$TITLE"', "run: echo $TITLE", "actionlint/shellcheck"],
  ["an expression with a wrong name", "github.ref }}", "github.reff }}", "actionlint/expression"],
])("a planted fault is found: %s", (_, right, wrong, rule) => {
  expect(VALID).toContain(right);
  expect(rules(VALID.replace(right, wrong))).toContain(rule);
});

/** A job that may write, on a pull request, with the code of its base. */
const COMMENT = VALID.replace("on: push", "on: pull_request")
  .replace(
    "    steps:",
    "    permissions:\n      contents: read\n      pull-requests: write # Comments.\n    steps:",
  )
  .replace("with:\n", "with:\n          ref: ${{ github.event.pull_request.base.sha }}\n")
  .replace("github.event.head_commit.message", "github.event.pull_request.title");

/** The job with a condition, which checks out the merge. */
const ofJob = (text: string, condition: string) =>
  text.replace(/ +ref: .*\n/, "").replace("    permissions:\n", `    if: ${condition}\n    permissions:\n`);

test.each([
  ["the base", (text: string) => text, []],
  ["the merge of it", (text: string) => text.replace(/ +ref: .*\n/, ""), ["groundplan/untrusted-code"]],
  [
    "its newest commit",
    (text: string) => text.replace("base.sha", "head.sha"),
    ["groundplan/untrusted-code"],
  ],
  [
    "the merge of it, in a job of a tag alone",
    (text: string) => ofJob(text, "startsWith(github.ref, 'refs/tags/v') && vars.ROLE != ''"),
    [],
  ],
  [
    "the merge of it, in a job of a tag or of anything else",
    (text: string) => ofJob(text, "startsWith(github.ref, 'refs/tags/v') || vars.ROLE != ''"),
    ["groundplan/untrusted-code"],
  ],
  [
    "the merge of it, without a right to write",
    (text: string) => text.replace(/ +ref: .*\n/, "").replace(/ +pull-requests: .*\n/, ""),
    [],
  ],
])("a job that may write on a pull request, and checks out %s", (_, change, wanted) => {
  expect(rules(change(COMMENT))).toEqual(wanted);
});

test("the shell of an action is looked at too", () => {
  const action =
    "name: A\ndescription: A\nruns:\n  using: composite\n  steps:\n    - shell: bash\n      run: rm $HOME/$1\n";
  const repository = repositoryWith(join(".github", "actions", "a", "action.yml"), action);
  try {
    expect(findings(repository.folder).map(({ rule }) => rule)).toContain("shellcheck/SC2086");
  } finally {
    repository.remove();
  }
});

/** Every `uses:` of a file, with the comment behind it. */
function uses(document: Document): readonly { readonly action: string; readonly comment: string }[] {
  const found: { action: string; comment: string }[] = [];
  visit(document, {
    Pair(_, pair) {
      const { key, value } = pair as {
        key: { value?: unknown };
        value: { value?: unknown; comment?: string } | null;
      };
      if (key.value !== "uses" || isMap(value)) return;
      found.push({ action: String(value?.value), comment: (value?.comment ?? "").trim() });
    },
  });
  return found;
}

test("the workflow in the documentation that calls ours has no faults, and a wrong name in it is found", () => {
  const [, example = ""] = /```yaml\n(name: Apps\n[\s\S]*?)```/.exec(text("docs/ci.md")) ?? [];
  const path = join(".github", "workflows", "apps.yml");
  for (const [workflow, wanted] of [
    [example, []],
    [example.replace("app: apps/network", "ap: apps/network"), ["actionlint/workflow-call"]],
  ] as const) {
    const repository = repositoryWith(path, workflow);
    try {
      cpSync(join(ROOT, ".github"), join(repository.folder, ".github"), { recursive: true });
      expect(findings(repository.folder).map(({ rule }) => rule)).toEqual(wanted);
    } finally {
      repository.remove();
    }
  }
});

test("every action of others is pinned by its commit, with its version as a comment; one commit for each", () => {
  const pins = all
    .flatMap((path) => uses(parseDocument(text(path))))
    .filter(({ action }) => !action.startsWith("./"));
  for (const { action, comment } of pins) {
    expect(action).toMatch(/^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/);
    expect(comment).toMatch(/^v\d+\.\d+\.\d+$/);
  }
  const commits = new Map(pins.map(({ action }) => [action.split("@")[0], action]));
  expect(new Set(pins.map(({ action }) => action)).size).toBe(commits.size);
});

type Job = Readonly<Record<string, unknown>> & { readonly permissions?: Readonly<Record<string, string>> };

/** The jobs of all workflows, by `<file>/<id>`. */
const jobs = workflows.flatMap((path) =>
  Object.entries<Job>(parse(text(path)).jobs).map(
    ([id, job]) => [`${path.split("/").at(-1)}/${id}`, job] as const,
  ),
);

test.each(jobs)("%s has a limit of time and names its permissions", (_, job) => {
  expect(job["timeout-minutes"]).toEqual(expect.any(Number));
  expect(job.permissions).toBeDefined();
});

test("no token stays in a checkout", () => {
  const checkouts = jobs.flatMap(([, { steps }]) =>
    (steps as readonly { uses?: string; with?: object }[]).filter(({ uses }) =>
      uses?.startsWith("actions/checkout@"),
    ),
  );
  expect(checkouts.length).toBeGreaterThanOrEqual(workflows.length);
  for (const checkout of checkouts) expect(checkout.with).toMatchObject({ "persist-credentials": false });
});

test("a workflow gives nothing to all of its jobs, and holds no key of AWS", () => {
  for (const path of workflows) expect(parse(text(path)).permissions).toEqual({});
  for (const path of all) expect(text(path)).not.toMatch(/aws-(?:access-key-id|secret-access-key)/);
});

/** What a called workflow reads its own repository by, where that is private to its callers. */
const OWN_CODE = "${{ secrets.platform-token || github.token }}";

/**
 * Secrets that a workflow names anywhere but in the variables of a step that runs one command that notifies, or as the
 * token of a checkout of its own code.
 */
function loose(workflow: string): readonly string[] {
  const named = [...workflow.matchAll(/secrets(?:\.|\[)[\w'-]*/g)].map(([found]) => found);
  const steps = Object.values<Job>(parse(workflow).jobs).flatMap(
    ({ steps = [] }) =>
      steps as readonly {
        uses?: string;
        with?: Record<string, string>;
        env?: Record<string, string>;
        run?: string;
      }[],
  );
  const readers = steps.filter(
    ({ uses = "", with: given = {} }) =>
      uses.startsWith("actions/checkout@") &&
      given.token === OWN_CODE &&
      given.repository === "${{ job.workflow_repository }}",
  );
  const right = steps
    .filter(({ run = "" }) => /^npx groundplan notify (?:slack|pagerduty) [^;&|\n]*$/.test(run))
    .flatMap(({ env = {} }) => Object.entries(env))
    .filter(([name, value]) => value === `\${{ secrets.${name} }}`)
    .map(([name]) => name)
    .filter((name) => ["SLACK_WEBHOOK_URL", "PAGERDUTY_ROUTING_KEY"].includes(name))
    .concat(readers.map(() => "platform-token"));
  return named.filter((name) => {
    const at = right.indexOf(name.replace("secrets.", ""));
    if (at >= 0) right.splice(at, 1);
    return at < 0;
  });
}

test("a secret is known to the step that sends a message by it, and to no other", () => {
  for (const path of workflows) expect([path, loose(text(path))]).toEqual([path, []]);
  for (const path of actions) expect(text(path)).not.toMatch(/secrets[.[]/);
});

test("planted: the token of a platform's code that reads another repository, or that a step has, is found", () => {
  const workflow = text(join(".github", "workflows", "destroy.yml"));
  for (const [right, wrong] of [
    ["repository: ${{ job.workflow_repository }}", "repository: ${{ github.repository }}"],
    ["GITHUB_TOKEN: ${{ github.token }}", "GITHUB_TOKEN: ${{ secrets.platform-token }}"],
  ] as const) {
    expect(workflow).toContain(right);
    expect(loose(workflow.replaceAll(right, wrong))).not.toEqual([]);
  }
});

test.each([
  ["another secret", "SLACK_WEBHOOK_URL", "NPM_TOKEN"],
  ["one in a step that does more", "npx groundplan notify slack", "npm ci && npx groundplan notify slack"],
  [
    "one that all of a job's steps have",
    "    steps:",
    "    env:\n      A: ${{ secrets.SLACK_WEBHOOK_URL }}\n    steps:",
  ],
])("planted: %s is found", (_, right, wrong) => {
  const workflow = text(join(".github", "workflows", "cd-dev.yml"));
  expect(workflow).toContain(right);
  expect(loose(workflow.replaceAll(right, wrong))).not.toEqual([]);
});
