import { endInstance } from "./end-instance";
import { mayEnd } from "./guard";
import { ownerPage } from "./owner-page";
import { ownersOf } from "./owners";
import type { Context, Group, Instance, Member, OwnerContext, Runner } from "./ports";
import { standingName } from "./runner-name";
import type { Pool, StandingSettings } from "./settings";

/** Seconds after which an instance that has not registered gets another token; one is good for an hour. */
const TOKEN_SECONDS = 300;

/** What is known when a group is looked at. */
export interface StandingSituation {
  /** Instances of the fleet that live. */
  readonly instances: readonly Instance[];
  readonly runners: readonly Runner[];

  /** Jobs in GitHub's queue that are the pool's. */
  readonly waiting: number;
}

/** An instance of a group, with what is known of it. */
interface Known {
  readonly member: Member;
  readonly instance: Instance | undefined;
  readonly name: string | undefined;
  readonly runner: Runner | undefined;
}

/**
 * Looks after the instances of a pool that stay between jobs: has each register as a runner, keeps the group from ending
 * what is busy, lets those end that wait for it once their runner is taken off, and has the group grow with the queue.
 *
 * @throws AggregateError with what went wrong with some of them.
 */
export async function tendStanding(
  pool: Pool,
  standing: StandingSettings,
  { instances, runners, waiting }: StandingSituation,
  context: OwnerContext,
): Promise<void> {
  const { groups, log } = context;
  const group = await groups.group(standing.groupName);
  if (!group) {
    log({ level: "ERROR", message: `pool ${pool.name} has no autoscaling group ${standing.groupName}` });
    return;
  }
  const named = await namesOf(standing, group, instances, context);
  const byId = new Map(instances.map((instance) => [instance.id, instance]));
  const all = group.members.map((member): Known => {
    const instance = byId.get(member.id);
    const name = named.get(member.id);
    const isOwn = ({ id, name: its }: Runner) =>
      instance?.runnerId === undefined ? its === name : id === instance.runnerId;
    return { member, instance, name, runner: runners.find(isOwn) };
  });
  const errors: unknown[] = [];
  const registration = new Registration(pool, context);
  for (const known of all) {
    try {
      if (known.member.isAtHook) await end(known, standing, context);
      else if (known.member.isInService) await registration.of(known);
    } catch (error) {
      errors.push(error);
    }
  }
  await protect(all, standing, context);
  if (standing.namePrefix === undefined) await grow(pool, standing, { group, all, waiting }, context);
  if (errors.length > 0)
    throw new AggregateError(errors, `${errors.length} of pool ${pool.name} could not be looked at`);
}

/** The names of a group's instances by their ids. Where the number is fixed, each has the lowest that is not in use. */
async function namesOf(
  { namePrefix }: StandingSettings,
  { members, max }: Group,
  instances: readonly Instance[],
  { ledger, settings }: Context,
): Promise<ReadonlyMap<string, string>> {
  if (namePrefix === undefined)
    return new Map(members.map(({ id }) => [id, standingName(settings.fleet, id)]));
  const holders = new Map(await ledger.names());
  const alive = new Set([...members, ...instances].map(({ id }) => id));
  const named = new Map([...holders].map(([name, id]) => [id, name]));
  for (const { id, isInService } of members) {
    if (named.has(id) || !isInService) continue;
    for (let number = 1; number <= max; number++) {
      const name = `${namePrefix}-${String(number).padStart(2, "0")}`;
      const holder = holders.get(name);
      if (holder !== undefined && alive.has(holder)) continue;
      if (!(await ledger.claimName(name, id, holder))) continue;
      holders.set(name, id);
      named.set(id, name);
      break;
    }
  }
  return named;
}

/** Has instances register, each by its own token. */
class Registration {
  private token: Promise<string> | undefined;
  private marks: ReturnType<Context["ledger"]["marks"]> | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly context: OwnerContext,
  ) {}

  /**
   * Has one register, unless it has. It is written down first: a runner of its name that is online then is its own, and
   * one that was there before is another's.
   */
  async of({ member: { id }, instance, name, runner }: Known): Promise<void> {
    const { github, fleet, ledger, configurations, count, log, now } = this.context;
    if (!instance || instance.runnerId !== undefined || name === undefined) return;
    this.marks ??= ledger.marks();
    const key = registrationKey(id);
    const since = (await this.marks).get(key)?.since;
    if (runner?.online) {
      if (since === undefined) {
        count("NamesTaken", 1, this.pool.name);
        log({ level: "ERROR", message: `${id} cannot be runner ${name}: another is online by that name` });
        return;
      }
      // The list may show one that was taken off.
      if (!(await github.runner(runner.id))?.online) return;
      await fleet.adopt(id, runner);
      await configurations.remove(id);
      await ledger.unmark(key);
      log({ message: `${id} is runner ${name}`, instanceId: id, runnerId: runner.id });
      return;
    }
    if (since !== undefined && now() - since < TOKEN_SECONDS) return;
    if (runner && (await github.removeRunner(runner.id)) === "busy") return;
    await ledger.mark(key, { reason: "registers", since: now() });
    await configurations.put(id, await this.configuration(name));
    await configurations.assign(id, id);
  }

  private async configuration(name: string): Promise<string> {
    const { github, settings, owner } = this.context;
    const { labels, groupId } = this.pool;
    const own = ownersOf(settings).find(({ key }) => key === owner) ?? settings;
    this.token ??= github.registrationToken();
    return JSON.stringify({
      token: await this.token,
      url: ownerPage(settings.apiUrl, own),
      name,
      labels: labels.join(","),
      group: await github.groupName(groupId),
    });
  }
}

/** Lets an instance at the hook end, once its runner is taken off; one that is busy waits there. */
async function end(
  { member: { id }, instance, runner }: Known,
  standing: StandingSettings,
  context: Context,
) {
  const { ledger, groups, settings, fleet, log, now } = context;
  if (instance && instance.runnerId === undefined) {
    // It may have registered since the list was made: then only its name leads to its runner.
    if (runner) await fleet.adopt(id, runner);
    const since = (await ledger.marks()).get(registrationKey(id))?.since;
    if (runner || (since !== undefined && now() - since <= settings.bootSeconds))
      return groups.wait(standing, id);
  }
  const outcome = await endInstance(id, context, (one) => groups.letGo(standing, one));
  if (outcome === "gone") await groups.letGo(standing, id);
  if (outcome === "busy" || outcome === "kept") await groups.wait(standing, id);
  log({ message: `${id} at the hook: ${outcome}`, instanceId: id, outcome });
}

/** A group that becomes smaller, by whatever, spares what is busy, is to stay, or is not known yet. */
async function protect(
  all: readonly Known[],
  standing: StandingSettings,
  { groups }: Context,
): Promise<void> {
  for (const isProtected of [true, false]) {
    const ids = all
      .filter(({ member, instance, runner }) => {
        const isWanted = !instance || !runner || runner.busy || !mayEnd(instance);
        return member.isInService && isWanted === isProtected && member.isProtected !== isProtected;
      })
      .map(({ member: { id } }) => id);
    if (ids.length > 0) await groups.protect(standing.groupName, ids, isProtected);
  }
}

/** As many more as there are jobs that wait, less the instances that can take one, or are about to. */
async function grow(
  { name }: Pool,
  { groupName }: StandingSettings,
  {
    group,
    all,
    waiting,
  }: { readonly group: Group; readonly all: readonly Known[]; readonly waiting: number },
  { groups, count, log, now, settings }: Context,
): Promise<void> {
  const staying = all.filter(({ member }) => !member.isEnding);
  const able = staying.filter(({ instance, runner }) =>
    runner?.online ? !runner.busy : !instance || now() - instance.launchedAt <= settings.bootSeconds,
  ).length;
  const coming = Math.max(0, group.desired - staying.length);
  const size = Math.min(group.max, group.desired + Math.max(0, waiting - able - coming));
  if (size <= group.desired) return;
  await groups.resize(groupName, size);
  count("GroupsGrown", size - group.desired, name);
  log({ message: `pool ${name} grows from ${group.desired} to ${size}`, waiting, able, coming });
}

function registrationKey(instanceId: string): string {
  return `registration/${instanceId}`;
}
