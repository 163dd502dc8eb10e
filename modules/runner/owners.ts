import type { Fault } from "../core/errors";

/** An organization or a user whose jobs are run, and how the app reaches it. */
export interface RunnerOwner {
  /** Organization or user. */
  readonly owner: string;

  /** Repositories whose jobs are run, by their names; none for all that the app is installed in. */
  readonly repositories: readonly string[];

  /** Where runners are registered: with the organization, or with the one repository. */
  readonly scope: "organization" | "repository";

  /** Id of the app's installation with the owner. */
  readonly installationId: number;
}

/** An owner beside the fleet's own. */
export interface FurtherOwner extends RunnerOwner {
  /**
   * Id of the runner group of its runners, 1 or more: groups are an organization's, so that of a pool is none of it.
   *
   * @default 1
   */
  readonly groupId?: number;
}

/** The key of a further owner, by which a pool names it: `octo-org`, or `octo/repository`. */
export function ownerKey({ owner, scope, repositories }: Omit<RunnerOwner, "installationId">): string {
  return (scope === "repository" ? `${owner}/${repositories[0]}` : owner).toLowerCase();
}

/** The faults of an owner. */
export function ownerFaults({ owner, repositories, scope, installationId }: RunnerOwner): readonly Fault[] {
  const faults: Fault[] = [];
  const check = (isRight: boolean, what: string, instead: string) => {
    if (!isRight) faults.push({ what, instead });
  };
  check(
    /^[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}$/.test(owner),
    `owner ${JSON.stringify(owner)} is not the name of an organization or a user`,
    'use e.g. "octo-org"',
  );
  for (const repository of repositories) {
    check(
      /^[\w.-]{1,100}$/.test(repository),
      `repository ${JSON.stringify(repository)} is not a name without its owner`,
      'use e.g. "shop"',
    );
  }
  check(
    scope === "organization" || repositories.length === 1,
    `runners of a repository are for one, and ${repositories.length} are named`,
    'name one, or say scope: "organization"',
  );
  check(
    Number.isInteger(installationId) && installationId >= 1,
    `installationId is ${installationId}`,
    `use a whole number of 1 to ${Number.MAX_SAFE_INTEGER}, e.g. 12345678`,
  );
  return faults;
}

/** The faults of further owners, and of the pools that name one. */
export function furtherOwnerFaults(
  own: RunnerOwner,
  further: readonly FurtherOwner[],
  pools: Readonly<Record<string, { readonly owner?: string }>>,
): readonly Fault[] {
  const faults: Fault[] = [];
  const keys = further.map(ownerKey);
  for (const [index, one] of further.entries()) {
    const at = `furtherOwners[${index}]`;
    faults.push(...ownerFaults(one).map(({ what, instead }) => ({ what: `${at}: ${what}`, instead })));
    const { groupId = 1 } = one;
    if (!Number.isInteger(groupId) || groupId < 1)
      faults.push({
        what: `${at}: groupId is ${groupId}`,
        instead: "use the id of a runner group of this owner, 1 for the default one",
      });
    if ([ownerKey(own), ...keys.slice(0, index)].includes(keys[index] ?? ""))
      faults.push({ what: `${at}: ${keys[index]} is an owner already`, instead: "name each owner once" });
  }
  for (const [name, { owner }] of Object.entries(pools)) {
    if (owner === undefined || keys.includes(owner.toLowerCase())) continue;
    faults.push({
      what: `pool ${JSON.stringify(name)}: owner ${JSON.stringify(owner)} is none of furtherOwners`,
      instead:
        keys.length > 0 ? `use one of ${keys.join(", ")}` : "name it in furtherOwners, or leave it out",
    });
  }
  return faults;
}
