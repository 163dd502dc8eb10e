import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Testing } from "cdktf";
import { parse } from "yaml";
import { MOST_GRADUAL_MINUTES } from "../../overlays/settings/api";
import { platform as deployed } from "../../platform";
import { IdentityStack } from "../../stacks/identity";
import { Synthesized } from "../modules/network/synthesized";
import { environments, platform } from "../platform";

/** The environments that the workflows have jobs for. */
const { promotion } = deployed;

interface Job {
  readonly "timeout-minutes": number;
  readonly steps: readonly { readonly uses?: string; readonly with?: Readonly<Record<string, unknown>> }[];
}

interface Workflow {
  readonly jobs: Readonly<Record<string, Job>>;
}

function workflow(name: string): Workflow {
  return parse(readFileSync(join(__dirname, "../../.github/workflows", name), "utf8"));
}

/** Minutes for what a deploy does beside watching: set-up, plans and applies. */
const REST = 20;

/** Minutes of a job that takes an environment's role, and of the credentials that it asks for; undefined for others. */
function limits({ steps, "timeout-minutes": job }: Job) {
  const setup = steps.find(({ uses }) => uses === "./.github/actions/setup")?.with;
  if (!String(setup?.role).includes("GROUNDPLAN_APPLY_ROLE")) return undefined;
  return { job, credentials: Number(setup?.["role-duration-seconds"] ?? 3600) / 60 };
}

/** The jobs that take an environment's role and cannot come to their end, with why. */
function faults({ jobs }: Workflow, work: number, session: number): readonly string[] {
  return Object.entries(jobs).flatMap(([id, job]) => {
    const limit = limits(job);
    if (!limit) return [];
    return [
      ...(work > limit.job ? [`${id}: ends before its work`] : []),
      ...(limit.job > limit.credentials ? [`${id}: its credentials end before it`] : []),
      ...(limit.credentials > session ? [`${id}: its role allows no session so long`] : []),
    ];
  });
}

/** Minutes that a session of each environment's role lasts at most. */
function sessions(): readonly number[] {
  const stack = new IdentityStack(Testing.app(), "identity", {
    platform,
    account: platform.artifactAccount,
    environments,
  });
  const roles = Object.values(new Synthesized(stack).all("aws_iam_role"));
  return roles
    .filter(({ name }) => String(name).includes("-apply-"))
    .map(({ max_session_duration: seconds }) => Number(seconds) / 60);
}

test("the longest deploy step by step, its job, its credentials and its role's session: none ends before the one inside", () => {
  const [session = 0, ...others] = sessions();
  expect(others).toEqual([session, session]);
  for (const [name, minutes, count] of [
    ["api.yml", MOST_GRADUAL_MINUTES + REST, promotion.length + 1],
    ["infrastructure.yml", REST, promotion.length],
  ] as const) {
    const one = workflow(name);
    expect(Object.values(one.jobs).flatMap((job) => limits(job) ?? [])).toHaveLength(count);
    expect(faults(one, minutes, session)).toEqual([]);
  }
});

test("planted faults: a job too short, credentials of AWS's default, and a role of an hour are found", () => {
  const { jobs } = workflow("api.yml");
  const prod = jobs[promotion.at(-1) ?? ""];
  if (!prod) throw new Error(`api.yml deploys no ${promotion.at(-1)}`);
  const change = (job: Partial<Job>): Workflow => ({ jobs: { prod: { ...prod, ...job } } });
  expect(faults(change({ "timeout-minutes": 60 }), 80, 120)).toEqual(["prod: ends before its work"]);
  const steps = prod.steps.map(({ with: given, ...step }) => {
    const { "role-duration-seconds": _, ...rest } = given ?? {};
    return { ...step, with: rest };
  });
  expect(faults(change({ steps }), 80, 120)).toEqual(["prod: its credentials end before it"]);
  expect(faults(change({}), 80, 60)).toEqual(["prod: its role allows no session so long"]);
});
