import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toolPath } from "@groundplan/local";
import { build } from "../cli/groundplan";
import { type Emulator, startEmulator } from "../emulator";
import { GitHub } from "../github/server";
import { MAIN } from "../platform/main";
import { CdktfProject, succeeded as ended } from "../stacks/cdktf-project";
import { pullRequest, push, REPOSITORY, WorkflowRepository } from "./act";
import { succeeded } from "./act-run";

/** Go builds act; without Go these are skipped, but not in CI. */
const onAct = existsSync(toolPath("act")) || process.env.CI === "true" ? test : test.skip;

const ROLE = "arn:aws:iam::123456789012:role/github/platform-apply";

const ENVIRONMENTS = ["dev", "staging", "prod"];

let emulator: Emulator;
let github: GitHub;
let repository: WorkflowRepository;
/** The platform beside the workflows, as one has it who looks from outside. */
let project: CdktfProject;
/** Where the APIs are, by their stacks. */
const urls = new Map<string, string>();
/** Hash of the artifact that bootstrap pins, and of what the first push brings. */
let first: string;
let second: string;

beforeAll(async () => {
  build();
  emulator = await startEmulator();
  github = await GitHub.start();
  repository = new WorkflowRepository(emulator, github, MAIN);
  await repository.useProvider();
  repository.commit();
  project = new CdktfProject(emulator.environment);
  await project.useProvider(emulator.provider);
  rmSync(join(project.path, "services"));
  symlinkSync(join(repository.path, "services"), join(project.path, "services"));
  ended(await project.groundplan("bootstrap"));
  await Promise.all(ENVIRONMENTS.map((environment) => apply(`${environment}-api`)));
  const [dev = "", ...others] = await current();
  expect(others).toEqual([dev, dev]);
  first = dev;
  expect(ask("dev", "/version")).toMatchObject({ sha256: first });
});

afterAll(async () => {
  repository?.remove();
  project?.remove();
  await github?.stop();
  await emulator?.stop();
});

/** Applies a stack, with three seconds instead of the minutes for which staging tries a new artifact; prod is like dev. */
async function apply(stack: string): Promise<void> {
  const file = join(project.stack(stack), "cdk.tf.json");
  const text = readFileSync(file, "utf8");
  const quick = text
    .replace('\\"canaryMinutes\\" = 5}', '\\"canaryMinutes\\" = 0.05}')
    .replace('\\"canaryPercent\\" = 10,', '\\"canaryPercent\\" = 100,');
  expect(quick !== text).toBe(stack !== "dev-api");
  writeFileSync(file, quick);
  ended(await project.terraform(stack, "init", "-input=false"));
  ended(await project.terraform(stack, "apply", "-input=false", "-auto-approve"));
  urls.set(stack, ended(await project.terraform(stack, "output", "-raw", "invoke_url")).trim());
}

/** Hashes of what dev, staging and prod are pinned to, and their callers get. */
async function current(): Promise<readonly string[]> {
  const { stdout } = await project.groundplan("artifact", "current", "--json");
  const { environments } = JSON.parse(stdout) as {
    environments: { pin: { sha256: string } | null; state: string }[];
  };
  return environments.map(({ pin, state }) => (state === "get it" ? String(pin?.sha256) : state));
}

/** What the API of an environment answers, by the gateway as a proxy (docs/serverless.md). */
function ask(environment: string, path: string): unknown {
  const url = urls.get(`${environment}-api`);
  const { AWS_ENDPOINT_URL: gateway = "" } = emulator.environment;
  return JSON.parse(execFileSync("curl", ["--silent", "-x", gateway, `${url}${path}`], { encoding: "utf8" }));
}

/** Changes the service's source; returns the commit. */
function change(before: string, after: string): string {
  const routes = join("services", "api", "src", "routes.ts");
  const text = readFileSync(join(repository.path, routes), "utf8");
  expect(text).toContain(before);
  repository.write(routes, text.replace(before, after));
  return repository.commit();
}

onAct(
  "a pull request: tested, built twice to the same bytes, size and hash in one comment, and nothing deployed",
  async () => {
    const base = repository.git("rev-parse", "main");
    repository.git("checkout", "--quiet", "-b", "change");
    // Planted: what may write the comment is code of the base, and not this.
    const program = join("vendor", "groundplan", "run.js");
    const text = readFileSync(join(repository.path, program), "utf8");
    repository.write(program, text.replace("\n", '\nif (process.argv[2] === "comment") process.exit(9);\n'));
    const head = change("there is no ", "nothing is at ");
    github.repository.pull(9, head);
    const run = succeeded(await repository.run("api.yml", "pull_request", pullRequest(9, base, head), 1));
    expect(run.jobs).toEqual({ build: "success", comment: "success" });
    expect(repository.artifacts(1)).toEqual(["groundplan-api"]);
    expect(github.violations).toEqual([]);
    const [comment, ...others] = github.repository.comments;
    expect(others).toEqual([]);
    const [, hash] = /### Service api\n\n`([0-9a-f]{12})`, \d+ bytes/.exec(comment?.body ?? "") ?? [];
    second = hash ?? "";
    expect(repository.roles).toEqual([]);
  },
  600_000,
);

onAct(
  "a merge: what the pull request showed is published, and deployed to dev, staging and prod",
  async () => {
    repository.git("checkout", "--quiet", "main");
    repository.git("merge", "--quiet", "--no-ff", "--message", "merge", "change");
    const commit = repository.git("rev-parse", "HEAD");
    const run = succeeded(await repository.run("api.yml", "push", push(commit), 2));
    const jobs = { build: "success", dev: "success", staging: "success", prod: "success" };
    expect(run.jobs).toEqual(jobs);
    expect(repository.roles).toEqual(ENVIRONMENTS.map((name) => `${name} ${ROLE}`));
    const [dev = "", ...others] = await current();
    expect(dev.slice(0, 12)).toBe(second);
    expect(others).toEqual([dev, dev]);
    second = dev;
    for (const environment of ENVIRONMENTS) {
      expect(ask(environment, "/version")).toMatchObject({ sha256: second, commit });
      expect(ask(environment, "/nothing")).toMatchObject({
        message: expect.stringMatching(/^nothing is at/),
      });
    }
  },
  600_000,
);

onAct(
  "a merge of code that fails where it is deployed: dev goes back by itself, staging and prod are not touched",
  async () => {
    const answer = 'json(200, { status: "ok" })';
    // The service's tests do not see it, for they have no such variable.
    const commit = change(answer, `process.env.ARTIFACT_SHA256 ? JSON.parse("broken") : ${answer}`);
    const run = await repository.run("api.yml", "push", push(commit), 3);
    expect(run.jobs).toEqual({ build: "success", dev: "failure" });
    expect(run.output).toContain("dev does not answer with the artifact, and goes back to the one before");
    expect(repository.roles.slice(3)).toEqual([`dev ${ROLE}`]);
    expect(await current()).toEqual([second, second, second]);
    expect(ask("dev", "/health")).toEqual({ status: "ok" });
    const { stdout } = await project.groundplan("artifact", "list", "--json");
    const { artifacts } = JSON.parse(stdout) as { artifacts: { commit: string; environments: string[] }[] };
    expect(artifacts[0]).toMatchObject({ commit, environments: [] });
  },
  600_000,
);

onAct.each([
  ["back to what ran before", { environment: "prod", action: "rollback", artifact: () => "" }],
  [
    "to an older artifact by its hash",
    { environment: "dev", action: "deploy", artifact: () => first.slice(0, 12) },
  ],
])(
  "by hand: %s",
  async (_, { environment, action, artifact }) => {
    const before = repository.roles.length;
    const inputs = { environment, action, artifact: artifact() };
    const event = { inputs, ref: "refs/heads/main", repository: { full_name: REPOSITORY } };
    const run = succeeded(await repository.run("api.yml", "workflow_dispatch", event, 4));
    expect(run.jobs).toEqual({ "by-hand": "success" });
    expect(repository.roles.slice(before)).toEqual([`by-hand ${ROLE}`]);
    expect(ask(environment, "/version")).toMatchObject({ sha256: first });
  },
  600_000,
);

onAct(
  "then each environment runs what it was told, and Terraform would change nothing",
  async () => {
    const args = ["artifact", "rollback", "staging", "--of", first, "--skip-synth"];
    expect(await project.groundplan(...args)).toMatchObject({
      code: 4,
      output: expect.stringContaining(
        `staging is pinned to ${second.slice(0, 12)}, and no longer to ${first.slice(0, 12)}`,
      ),
    });
    expect(await current()).toEqual([first, second, first]);
    const plan = await project.terraform("prod-api", "plan", "-input=false", "-detailed-exitcode");
    expect(plan).toMatchObject({ code: 0, output: expect.stringContaining("No changes.") });
  },
  600_000,
);
