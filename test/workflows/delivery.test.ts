import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { deriveWorkflow } from "../../tools/derive/workflows";
import { platform } from "../platform";
import { jobsOf, type Result, simulate } from "./simulated";

const text = (name: string) => readFileSync(join(__dirname, "../../.github/workflows", name), "utf8");

const DEV = text("cd-dev.yml");
const PROD = text("cd-prod.yml");
const NIGHT = text("scheduled-security.yml");

const ENDS = ["success", "failure", "cancelled"] as const satisfies readonly Result[];

/** Every way in which the jobs of cd-prod.yml may go that do something. */
const WAYS = ENDS.flatMap((promote) =>
  ENDS.flatMap((canary) =>
    ENDS.flatMap((integration) => ENDS.map((rollback) => ({ promote, canary, integration, rollback }))),
  ),
);

/** What is wrong with when jobs of a deployment to production begin. */
function faults(workflow: string): readonly string[] {
  const jobs = jobsOf(workflow);
  const outputs = { promote: { digest: "sha256:0a", revision: "0b" } };
  const run = (results: Readonly<Record<string, Result>>) =>
    simulate(jobs, { event: "push", outputs, results });
  const all = WAYS.flatMap((results) => {
    const ended = run(results);
    // A job whose time is over is cancelled.
    const failed = [ended.canary, ended.integration].some((one) => one === "failure" || one === "cancelled");
    return [
      ...((ended.rollback !== "skipped") === failed
        ? []
        : ["rollback: not exactly where canary or integration fails"]),
      ...(ended.notify === "skipped" ? ["notify: says nothing of a deployment that was begun"] : []),
      ...(ended.canary !== "skipped" && ended.promote !== "success"
        ? ["canary: waits for no promotion"]
        : []),
      ...(ended.integration !== "skipped" && ended.canary !== "success"
        ? ["integration: asks a canary"]
        : []),
    ];
  });
  const refused = run({ approve: "failure" });
  const begun = ["promote", "canary", "integration", "rollback", "notify"].filter(
    (id) => refused[id] !== "skipped",
  );
  const { concurrency, on } = parse(workflow);
  return [
    ...new Set([
      ...all,
      ...(begun.length > 0 ? [`${begun.join(", ")}: nobody has approved it`] : []),
      ...(jobs.approve?.environment === "production" ? [] : ["approve: asks nobody"]),
      ...(concurrency["cancel-in-progress"] === false ? [] : ["a run is cancelled by the next one"]),
      ...(JSON.stringify(on) === '{"push":{"tags":["v*"]}}' ? [] : ["it starts otherwise than by a tag"]),
    ]),
  ];
}

test("production is asked for once, rolled back exactly where canary or tests fail, and told of in every way", () => {
  expect(faults(PROD)).toEqual([]);
});

test.each([
  ["needs.canary.result == 'cancelled'", "false", "rollback: not exactly where canary or integration fails"],
  ["needs.canary.result == 'failure' || ", "", "rollback: not exactly where canary or integration fails"],
  ["needs: [promote, canary]", "needs: [promote]", "integration: asks a canary"],
  ["needs.promote.result != 'skipped'", "success()", "notify: says nothing of a deployment that was begun"],
  [" && needs.promote.result != 'skipped'", "", "notify: nobody has approved it"],
  ["environment: production", "environment: prod", "approve: asks nobody"],
  ["cancel-in-progress: false", "cancel-in-progress: true", "a run is cancelled by the next one"],
  ["      - v*", "      - v*\n    branches:\n      - main", "it starts otherwise than by a tag"],
])("planted: %j changed to %j is found", (right, wrong, fault) => {
  expect(PROD).toContain(right);
  expect(faults(PROD.replace(right, wrong))).toContain(fault);
});

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The step of a job that runs a command. */
function stepOf(workflow: string, job: string, command: string): Step {
  const { steps = [] } = parse(workflow).jobs[job] as { steps?: readonly Step[] };
  const found = steps.find(({ run }) => run?.includes(`npx groundplan ${command}`));
  if (!found) throw new Error(`job ${job} runs no ${command}`);
  return found;
}

test("one digest goes from the build through the registry into Git, and the commit of it is waited for", () => {
  const built = "${{ needs.build.outputs.digest }}";
  expect(stepOf(DEV, "publish", "artifact publish").env?.DIGEST).toBe(built);
  expect(stepOf(DEV, "publish", "artifact publish").run).toContain('--expect "$DIGEST"');
  expect(stepOf(DEV, "deploy", "gitops set-image").env?.DIGEST).toBe(built);
  expect(stepOf(DEV, "deploy", "gitops wait").env?.REVISION).toBe("${{ steps.commit.outputs.revision }}");
  expect(stepOf(PROD, "canary", "gitops wait").env?.REVISION).toBe("${{ needs.promote.outputs.revision }}");
});

/** Steps that ask Git, which keeps no token in a checkout, without a token of their own. */
function withoutToken(workflow: string): readonly string[] {
  const jobs = Object.values(parse(workflow).jobs) as { readonly steps?: readonly Step[] }[];
  return jobs
    .flatMap(({ steps = [] }) => steps)
    .filter(({ run = "" }) => /groundplan (?:gitops (?:set-image|wait|rollback)|artifact promote) /.test(run))
    .filter(
      ({ env }) => env?.GIT_TOKEN !== "${{ github.token }}" || !env.GIT_ASKPASS?.endsWith("/askpass.sh"),
    )
    .map(({ name = "" }) => name);
}

test("every step that reads or writes Git has the token of its job", () => {
  expect([...withoutToken(DEV), ...withoutToken(PROD)]).toEqual([]);
});

test("planted: a step that waits for a commit of a private repository without a token is found", () => {
  const steps = PROD.split("      - name: ");
  const wrong = steps.map((step) => (step.includes("gitops wait") ? step.replace(/ +GIT_.*\n/g, "") : step));
  expect(withoutToken(wrong.join("      - name: "))).toEqual(["Wait until all callers get it"]);
});

test("what is pushed comes from develop alone, and CI pushes nothing", () => {
  expect(parse(DEV).on.push.branches).toEqual(["develop"]);
  expect(text("ci.yml")).not.toContain("artifact publish");
  // The branch is not the platform's default one, which derive would write.
  expect(deriveWorkflow("cd-dev.yml", DEV, platform)).toContain("    branches:\n      - develop\n");
});

test("jobs take the first and the last environment of the platform, with its cluster", () => {
  const other = { ...platform, name: "shop", promotion: ["try", "live"] };
  const environments = (workflow: string) => [
    ...new Set(Object.values(jobsOf(workflow)).flatMap(({ environment }) => environment ?? [])),
  ];
  const [dev, prod] = [deriveWorkflow("cd-dev.yml", DEV, other), deriveWorkflow("cd-prod.yml", PROD, other)];
  expect([environments(dev), parse(dev).env.ENVIRONMENT]).toEqual([["try"], "try"]);
  expect([environments(prod), parse(prod).env.ENVIRONMENT]).toEqual([["production", "live"], "live"]);
  expect(dev).toContain("cluster: shop-try #");
  expect(prod).toContain("cluster: shop-live #");
});

test("the night's issue is written where all was scanned, or where images are not to be, and nowhere else", () => {
  const jobs = jobsOf(NIGHT);
  const report = (images: Result, code: Result) =>
    simulate(jobs, { event: "workflow_dispatch", outputs: {}, results: { images, code } }).report;
  // Without its role, which the simulation does not know, the job of images is skipped.
  const named = { ...jobs, images: { ...jobs.images, if: "success()" } };
  const scanned = (images: Result, code: Result) =>
    simulate(named, { event: "workflow_dispatch", outputs: {}, results: { images, code } }).report;
  expect(report("success", "success")).toBe("success");
  expect(scanned("success", "success")).toBe("success");
  expect(scanned("failure", "success")).toBe("skipped");
  expect(scanned("success", "failure")).toBe("skipped");
  expect(scanned("cancelled", "success")).toBe("skipped");
  expect(parse(NIGHT).on.schedule).toEqual([{ cron: "0 2 * * *" }]);
});
