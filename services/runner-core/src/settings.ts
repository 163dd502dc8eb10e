import type { Hours } from "./hours";

/** An organization or a user whose jobs are run, and how the app reaches it. */
export interface Owner {
  /** Organization, or user. */
  readonly owner: string;

  /** Id of the installation of the GitHub App with the owner. */
  readonly installationId: number;

  /** Repositories of the owner in which queued jobs are looked for; none for all that the app is installed in. */
  readonly repositories: readonly string[];

  /** Where runners are registered: with the organization, or with the one repository that is named. */
  readonly scope: "organization" | "repository";
}

/** An owner beside the fleet's own. */
export interface FurtherOwner extends Owner {
  /** Id of the runner group that its runners join: groups are an organization's. */
  readonly groupId: number;
}

/** Runners that share labels, and what they run on. */
export interface Pool {
  /** Name of the pool, e.g. `linux-x64`; a tag of its instances. */
  readonly name: string;

  /** Labels of its runners, 1 to 100; a job goes here when all that it asks for are among them. */
  readonly labels: readonly string[];

  /** Id of the runner group that its runners join; GitHub has no default for it. */
  readonly groupId: number;

  /** Instances at once, 1 or more. Runs of `runner-scale-up` beside each other may go past it by what they start meanwhile. */
  readonly max: number;

  /** Other limits at some hours; none for the same at all times. Only for one with an instance for each job. */
  readonly hours?: readonly Hours[];

  /** Launch template of its instances. */
  readonly launchTemplateId: string;

  /** Instance types in the order of preference, e.g. `["m7i.large", "m6i.large"]`. */
  readonly instanceTypes: readonly string[];

  /** Subnets, one for each zone that may be used. */
  readonly subnetIds: readonly string[];

  /** Asks for spot capacity first, and for on-demand capacity where there is none. */
  readonly spot: boolean;

  /** Key of the one owner whose jobs it runs; none for all, and for the fleet's own where instances stay. */
  readonly owner?: string;

  /** The autoscaling group of a pool whose instances stay between jobs; none for one with an instance for each job. */
  readonly standing?: StandingSettings;
}

/** Instances that stay between jobs. */
export interface StandingSettings {
  /** Name of their autoscaling group, whose limits are those of the pool. */
  readonly groupName: string;

  /** Name of the group's hook by which an instance does not end before its job does. */
  readonly hookName: string;

  /** What the names of its runners begin with where the number is fixed, e.g. `runner` of `runner-01`. */
  readonly namePrefix?: string;
}

/** What the functions of the runners are told by their variable `RUNNER_SETTINGS`, as JSON. */
export interface Settings extends Owner {
  /** Name of the fleet, e.g. `groundplan-dev`: a tag of its instances, and what the names of its runners begin with. */
  readonly fleet: string;

  /** Whether GitHub says by its scale sets which jobs there are, and not by webhooks. */
  readonly scaleSets?: boolean;

  /** Owners whose jobs are run as well; none when they are missing. */
  readonly furtherOwners?: readonly FurtherOwner[];

  /** Where GitHub's API is, e.g. `https://api.github.com`. */
  readonly apiUrl: string;

  /** ARN of the secret: JSON with `appId`, `privateKey` and `webhookSecret`. */
  readonly secretArn: string;

  /** Bucket of the runner's program. */
  readonly programBucket: string;

  /** Version of the program that instances take for as long as the bucket has none. */
  readonly programVersion: string;

  /** Address of the queue of orders. */
  readonly queueUrl: string;

  /** Name of the table of what was begun. */
  readonly tableName: string;

  /** Path of the parameters by which an instance gets its configuration, e.g. `/groundplan/dev/runners/configurations`. */
  readonly parameterPath: string;

  /** What the ARNs of instances begin with, e.g. `arn:aws:ec2:us-east-1:123456789012:instance/`. */
  readonly instanceArns: string;

  readonly pools: readonly Pool[];

  /** Seconds that an instance may take until its runner is online. */
  readonly bootSeconds: number;

  /** Seconds for which a runner may wait for a job. */
  readonly idleSeconds: number;

  /** Seconds between the first and the second look at an orphan. */
  readonly orphanSeconds: number;

  /** Seconds after which an instance ends that runs no job. */
  readonly lifetimeSeconds: number;

  /** Seconds that a webhook has until a queued job counts as missed. */
  readonly webhookSeconds: number;
}

/** Whether a pool runs jobs of an owner: one whose instances stay is registered with one owner. */
export function serves({ owner, standing }: Pool, key: string): boolean {
  return owner === undefined ? !standing || key === "" : owner === key;
}

/** Key of the one owner with whom instances of a pool register that wait before there is a job. */
export function idleOwnerOf({ owner = "" }: Pool): string {
  return owner;
}

/**
 * The pool of a job: the first of its owner that has all labels which the job asks for. GitHub does not mind upper case.
 *
 * @param owner - the key of its owner.
 */
export function poolFor(
  labels: readonly string[],
  { pools }: Pick<Settings, "pools">,
  owner: string,
): Pool | undefined {
  if (labels.length === 0) return undefined;
  return pools.find((pool) => {
    if (!serves(pool, owner)) return false;
    const has = new Set(["self-hosted", ...pool.labels].map((label) => label.toLowerCase()));
    return labels.every((label) => has.has(label.toLowerCase()));
  });
}

/**
 * Reads the variable `RUNNER_SETTINGS`, which the stack writes; `RUNNER_SETTINGS_BASE64` where it is a part of other JSON.
 *
 * @throws Error when it is missing or is no JSON.
 */
export function readSettings({ RUNNER_SETTINGS, RUNNER_SETTINGS_BASE64 }: NodeJS.ProcessEnv): Settings {
  const text = RUNNER_SETTINGS ?? Buffer.from(RUNNER_SETTINGS_BASE64 ?? "", "base64").toString("utf8");
  if (!text) throw new Error("RUNNER_SETTINGS is not set");
  return JSON.parse(text) as Settings;
}
