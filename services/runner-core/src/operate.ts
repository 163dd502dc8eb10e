import { checkProgram, type ProgramSources } from "./check-program";
import { checkScaleSets } from "./check-scale-sets";
import { checkGitHub } from "./checks";
import { endInstance } from "./end-instance";
import { limitsAt } from "./hours";
import type { Answers, InstanceState, InstanceView, Operation, PoolView } from "./operation";
import { eachOwner } from "./owners";
import { allPages } from "./pages";
import type { Context, Instance, Runner, RunnerId } from "./ports";
import { poolOf, unacquiredJobs, waitingJobs } from "./queued-jobs";
import { jobIdOf } from "./requests";
import { attemptOf } from "./runner-name";
import { idleOwnerOf } from "./settings";

/** What `doctor` looks at beside the fleet. */
export type Checked = ProgramSources;

/**
 * Does what a person asks. It is done here and not on the person's machine: the app's key stays in the account, and an
 * instance ends by the one way that every other goes.
 */
export async function operate(asked: Operation, context: Context, around: Checked): Promise<Answers> {
  try {
    switch (asked.operation) {
      case "list":
        return await list(context);
      case "status":
        return { pools: await pools(context) };
      case "retire":
        return await retire(asked.instance, context);
      case "start":
        return await start(asked.pool, context);
      case "doctor": {
        const findings = [
          ...(await checkGitHub(context.settings, around.sessionOf, asked.webhookUrl)),
          ...(await checkScaleSets(context)),
          await checkProgram(context.settings, around, context.now()),
        ];
        return {
          findings,
          pools: context.settings.pools.map(({ name, max, spot, instanceTypes, launchTemplateId }) => ({
            name,
            max,
            spot,
            instanceTypes,
            launchTemplateId,
          })),
        };
      }
    }
  } catch (error) {
    // Thrown, it would count as a failure of the schedule's call, and its alarm would go on.
    return { refused: (error as Error).message };
  }
}

async function list(context: Context) {
  const { fleet, ledger, settings } = context;
  const instances = await allPages((page) => fleet.instances(page));
  const runners = (await eachOwner(context, ({ github }) => allPages((page) => github.runners(page)))).flat();
  const marks = await ledger.marks();
  const byId = new Map(runners.map((runner) => [runner.id, runner]));
  const used = new Set(instances.map(({ runnerId }) => runnerId));
  return {
    instances: instances.map((instance): InstanceView => {
      const runner = runnerOf(instance, byId);
      const mark = marks.get(`instance/${instance.id}`);
      return {
        id: instance.id,
        pool: instance.pool,
        state: stateOf(instance, runner, context),
        launchedAt: iso(instance.launchedAt),
        keep: instance.keep,
        ...(runner ? { runner } : {}),
        ...(mark ? { marked: { reason: mark.reason, since: iso(mark.since) } } : {}),
      };
    }),
    runners: runners.filter(({ id, name }) => !used.has(id) && attemptOf(settings.fleet, name) !== undefined),
  };
}

async function pools(context: Context): Promise<readonly PoolView[]> {
  const { instances } = await list(context);
  const waiting = (
    await eachOwner(context, async (own) => [
      ...(await waitingJobs(own)).map((job) => poolOf(job, own)?.name),
      ...(await unacquiredJobs(own)).map(({ name }) => name),
    ])
  ).flat();
  return context.settings.pools.map(({ name, labels, max }) => {
    const count = (state: InstanceState) =>
      instances.filter((one) => one.pool === name && one.state === state).length;
    return {
      name,
      labels,
      max,
      starting: count("starting"),
      idle: count("idle"),
      busy: count("busy"),
      silent: count("silent"),
      waiting: waiting.filter((one) => one === name).length,
    };
  });
}

/** One more in a pool, within its limit. What is ordered so is for no job: it has an id of its own in place of one. */
async function start(name: string, context: Context): Promise<Answers> {
  const { settings, fleet, groups, orders, now, log } = context;
  const pool = settings.pools.find((one) => one.name === name);
  if (!pool) return { pool: name, outcome: "unknown" };
  log({ message: `pool ${name}: one more by hand` });
  if (pool.standing) {
    const group = await groups.group(pool.standing.groupName);
    if (!group || group.desired >= group.max) return { pool: name, outcome: "full" };
    await groups.resize(pool.standing.groupName, group.desired + 1);
    return { pool: name, outcome: "grown" };
  }
  const instances = await allPages((page) => fleet.instances(page));
  if (instances.filter((one) => one.pool === name).length >= limitsAt(pool, now()).max)
    return { pool: name, outcome: "full" };
  const owner = idleOwnerOf(pool);
  const jobId = jobIdOf(owner, name, `by hand ${now()}`);
  await orders.send([{ jobId, pool: name, attempt: 1, ...(owner === "" ? {} : { owner }) }]);
  return { pool: name, outcome: "ordered" };
}

/** Only an instance of this fleet: its function may end no other, and an answer of EC2 would not say why. */
async function retire(id: string, context: Context): Promise<Answers> {
  const instances = await allPages((page) => context.fleet.instances(page));
  if (!instances.some((instance) => instance.id === id)) return { instance: id, outcome: "gone" };
  const outcome = await endInstance(id, context);
  context.log({ message: `instance ${id}: retired by hand, ${outcome}`, instanceId: id, outcome });
  return { instance: id, outcome };
}

function runnerOf({ runnerId }: Instance, byId: ReadonlyMap<RunnerId, Runner>): Runner | undefined {
  return runnerId === undefined ? undefined : byId.get(runnerId);
}

function stateOf(
  { launchedAt }: Instance,
  runner: Runner | undefined,
  { now, settings }: Pick<Context, "now" | "settings">,
): InstanceState {
  if (runner?.busy) return "busy";
  if (runner?.online) return "idle";
  return now() - launchedAt > settings.bootSeconds ? "silent" : "starting";
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
