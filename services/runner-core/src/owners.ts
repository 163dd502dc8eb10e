import type { Context, GitHub, OwnerContext, RunnerId } from "./ports";
import { type Owner, type Pool, poolFor, type Settings } from "./settings";

/** An owner with the key that its orders and runners carry. */
export interface KeyedOwner extends Owner {
  /** Empty for the fleet's own owner; `octo-org`, or `octo/repository`, for a further one. */
  readonly key: string;

  /** Runner group of its runners; undefined for the fleet's own owner, where each pool names one. */
  readonly groupId?: number;
}

/** The owners whose jobs a fleet runs, its own first. */
export function ownersOf(settings: Settings): readonly KeyedOwner[] {
  const { furtherOwners = [] } = settings;
  return [
    { ...settings, key: "" },
    ...furtherOwners.map((further) => ({ ...further, key: ownerKey(further) })),
  ];
}

/** The key of a further owner. GitHub does not mind upper case. */
export function ownerKey({ owner, scope, repositories }: Omit<Owner, "installationId">): string {
  return (scope === "repository" ? `${owner}/${repositories[0]}` : owner).toLowerCase();
}

/** The owners that a repository belongs to, the fleet's own first. GitHub does not mind upper case. */
export function ownersOfRepository(
  { owner, repository }: { readonly owner: string; readonly repository: string },
  settings: Settings,
): readonly KeyedOwner[] {
  const isSame = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
  return ownersOf(settings).filter(
    (one) =>
      isSame(one.owner, owner) &&
      (one.repositories.length === 0 || one.repositories.some((name) => isSame(name, repository))),
  );
}

/**
 * The pool of a job, and the key of the owner whose runner it gets: an organization and one of its repositories may both be
 * owners, and the first that has a pool for the job has it.
 *
 * @param owners - those that its repository belongs to.
 */
export function takerOf(
  labels: readonly string[],
  owners: readonly KeyedOwner[],
  settings: Settings,
): { readonly key: string; readonly pool: Pool } | undefined {
  for (const { key } of owners) {
    const pool = poolFor(labels, settings, key);
    if (pool) return { key, pool };
  }
  return undefined;
}

/** The key of the owner with whom a runner is registered. */
export function ownerOfRunner(id: RunnerId): string {
  return typeof id === "number" ? "" : id.slice(0, id.lastIndexOf("/"));
}

/** Whether the settings name an owner. */
export function isOwner(key: string, settings: Settings): boolean {
  return ownersOf(settings).some((owner) => owner.key === key);
}

/** Id of a runner in the fleet: GitHub's own, with the owner before it where that is a further one. */
export function runnerIdOf(owner: string, id: number): RunnerId {
  return owner === "" ? id : `${owner}/${id}`;
}

/** GitHub's id of a runner. */
export function gitHubIdOf(id: RunnerId): number {
  return typeof id === "number" ? id : Number(id.slice(id.lastIndexOf("/") + 1));
}

/** Reads the id of a runner from a tag; undefined for what is none. */
export function parseRunnerId(text: string | undefined): RunnerId | undefined {
  if (text === undefined || !/^(?:[\w.-]+\/){0,2}[1-9]\d{0,15}$/.test(text)) return undefined;
  return text.includes("/") ? text : Number(text);
}

/** What the functions work with for one owner. @throws Error for one that the settings do not name. */
export function contextOf(context: Context, owner: string): OwnerContext {
  return { ...context, owner, github: context.githubOf(owner) };
}

/**
 * Does something for each owner. One whose GitHub App was taken away, or that cannot be reached, does not keep the others
 * from it.
 *
 * @throws AggregateError with what went wrong with some of them; the error itself when there is one owner.
 */
export async function eachOwner<T>(
  context: Context,
  work: (context: OwnerContext) => Promise<T>,
): Promise<readonly T[]> {
  const owners = ownersOf(context.settings);
  const done: T[] = [];
  const errors: unknown[] = [];
  for (const { key } of owners) {
    try {
      done.push(await work(contextOf(context, key)));
    } catch (error) {
      errors.push(error);
      if (owners.length > 1)
        context.log({
          level: "ERROR",
          message: `owner ${key || owners[0]?.owner}: ${(error as Error).message}`,
        });
    }
  }
  if (errors.length === 0) return done;
  throw owners.length === 1
    ? errors[0]
    : new AggregateError(errors, `${errors.length} of ${owners.length} owners could not be looked after`);
}

/** GitHub for a further owner: its runners carry it in their ids, and join its group. */
export function furtherClient(owner: string, groupId: number, github: GitHub): GitHub {
  return {
    ...github,
    async createRunner(input) {
      const { id, configuration } = await github.createRunner({ ...input, groupId });
      return { id: runnerIdOf(owner, gitHubIdOf(id)), configuration };
    },
    async runners(page) {
      const { items, next } = await github.runners(page);
      return { items: items.map((one) => ({ ...one, id: runnerIdOf(owner, gitHubIdOf(one.id)) })), next };
    },
    async runner(id) {
      const found = await github.runner(gitHubIdOf(id));
      return found && { ...found, id };
    },
    removeRunner: (id) => github.removeRunner(gitHubIdOf(id)),
    groupName: () => github.groupName(groupId),
  };
}
