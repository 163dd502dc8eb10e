import type { Order } from "./order";
import type { ScaleSets } from "./scale-set-ports";
import type { Pool, Settings, StandingSettings } from "./settings";

/** One page of a list, and where the next one begins; undefined for the last. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

/** Id of a runner in the fleet: GitHub's own, or `<owner>/<GitHub's own>` for a further owner, since each counts anew. */
export type RunnerId = number | string;

/** A runner as GitHub lists it. */
export interface Runner {
  readonly id: RunnerId;
  readonly name: string;
  readonly online: boolean;
  readonly busy: boolean;
}

/** A job that waits for a runner. */
export interface QueuedJob {
  readonly id: number;
  readonly labels: readonly string[];

  /** When it was queued, in seconds since 1970. */
  readonly queuedAt: number;

  /** Name of its pool, where GitHub says it: the pool's scale set has the job. */
  readonly pool?: string;
}

/** A workflow run in which jobs may wait. */
export interface Run {
  readonly repository: string;
  readonly id: number;
}

/** States of a workflow run in which some of its jobs may be queued. */
export const RUN_STATES = ["queued", "in_progress", "waiting"] as const;

/** GitHub for one owner, one request a method. Lists may lag behind what has happened; a single runner does not. */
export interface GitHub {
  /** Makes a just-in-time configuration: the runner is registered, offline, and takes one job at most. */
  createRunner(input: {
    readonly name: string;
    readonly labels: readonly string[];
    readonly groupId: number;
  }): Promise<{ readonly id: RunnerId; readonly configuration: string }>;
  runners(page: string | undefined): Promise<Page<Runner>>;
  runner(id: RunnerId): Promise<Runner | undefined>;

  /** Takes a runner off; `busy` when GitHub refuses since it runs a job. One that is gone counts as removed. */
  removeRunner(id: RunnerId): Promise<"removed" | "busy">;

  /** A token by which runners register themselves, for an hour. */
  registrationToken(): Promise<string>;

  /** Name of a runner group. */
  groupName(id: number): Promise<string>;
  repositories(page: string | undefined): Promise<Page<string>>;
  runs(repository: string, state: (typeof RUN_STATES)[number], page: string | undefined): Promise<Page<Run>>;

  /** Jobs of a run that are queued; a page may hold none and still have a next. */
  queuedJobs(run: Run, page: string | undefined): Promise<Page<QueuedJob>>;
}

/** An instance of the fleet, pending or running. */
export interface Instance {
  readonly id: string;
  readonly pool: string;

  /** The one runner whose configuration it may read, by its tag; undefined for an instance that has none. */
  readonly runnerId: RunnerId | undefined;

  /** When it was started, in seconds since 1970. */
  readonly launchedAt: number;

  /** Whether somebody has set the tag by which it stays. */
  readonly keep: boolean;
}

/** What an instance is started with. */
export interface Launch {
  /** The same token is the same instance, however often it is sent; at most 64 characters. */
  readonly token: string;
  readonly pool: Pool;
  readonly purchase: "spot" | "on-demand";
  readonly runnerId: RunnerId;
  readonly jobId: number;
}

/** EC2, one request a method. */
export interface Fleet {
  /** Starts an instance; `refused` has what each zone and type answered, e.g. `us-east-1a m7i.large InsufficientInstanceCapacity`. */
  launch(launch: Launch): Promise<{ readonly instanceId: string } | { readonly refused: readonly string[] }>;
  instances(page: string | undefined): Promise<Page<Instance>>;
  instance(id: string): Promise<Instance | undefined>;
  terminate(id: string): Promise<void>;

  /** Tells an instance that stays which runner is its own, and its name. */
  adopt(id: string, runner: Pick<Runner, "id" | "name">): Promise<void>;
}

/** An instance of an autoscaling group. */
export interface Member {
  readonly id: string;

  /** Waits at the hook for its job to end. */
  readonly isAtHook: boolean;

  /** Is on its way out, at the hook or past it: it takes no more jobs, and is none of those that the group keeps. */
  readonly isEnding: boolean;
  readonly isInService: boolean;

  /** Whether the group may not end it to become smaller. */
  readonly isProtected: boolean;
}

/** An autoscaling group as it is. */
export interface Group {
  readonly min: number;
  readonly max: number;
  readonly desired: number;
  readonly members: readonly Member[];
}

/** EC2 Auto Scaling, one request a method. */
export interface Groups {
  /** The group; undefined where there is none. */
  group(name: string): Promise<Group | undefined>;
  resize(name: string, desired: number): Promise<void>;
  protect(name: string, ids: readonly string[], isProtected: boolean): Promise<void>;

  /** Has an instance at the hook wait on. */
  wait(standing: StandingSettings, id: string): Promise<void>;

  /** Lets an instance at the hook end. */
  letGo(standing: StandingSettings, id: string): Promise<void>;

  /** Ends an instance, and has its group be smaller by one. */
  shrink(id: string): Promise<void>;
}

/** What is known of the start of an instance for a job. */
export interface Entry {
  readonly attempt: number;

  /** When the attempt began, in seconds since 1970. */
  readonly at: number;

  /** Until when nobody else works on it, in seconds since 1970. */
  readonly leaseUntil: number;

  /** Launches that were refused for lack of capacity. */
  readonly refusals: number;
  readonly runnerId?: RunnerId;
  readonly instanceId?: string;
}

/** Something that was seen once, and ends when it is seen again later. */
export interface Mark {
  readonly reason: string;

  /** When it was first seen, in seconds since 1970. */
  readonly since: number;
}

/** The table of what was begun; what it answers is the newest. */
export interface Ledger {
  /** Begins an attempt, or goes on with one whose lease is over: each attempt has one worker at a time. */
  claim(order: Order, now: number, leaseUntil: number): Promise<Entry | "leased" | "superseded">;

  /** Adds to the entry of an attempt. @throws when a later attempt has begun. */
  note(order: Order, known: Partial<Pick<Entry, "refusals" | "runnerId" | "instanceId">>): Promise<void>;
  entries(jobIds: readonly number[]): Promise<ReadonlyMap<number, Entry>>;
  marks(): Promise<ReadonlyMap<string, Mark>>;
  mark(key: string, mark: Mark): Promise<void>;
  unmark(key: string): Promise<void>;

  /** Which instance has which name. */
  names(): Promise<ReadonlyMap<string, string>>;

  /** Gives a name to an instance; false when it is not that of `former` any more, or of nobody. */
  claimName(name: string, instanceId: string, former: string | undefined): Promise<boolean>;
}

/** Where an instance reads the configuration of its runner. The key is the runner's id, or that of an instance that stays. */
export interface Configurations {
  put(key: number | string, configuration: string): Promise<void>;

  /** Lets one instance read it, and no other; one that was read already, and is gone, is no fault. */
  assign(key: number | string, instanceId: string): Promise<void>;
  remove(key: number | string): Promise<void>;
}

/** The queue of orders. */
export interface Orders {
  send(orders: readonly Order[]): Promise<void>;
}

/** What is counted; its names are the metrics of the dashboard. */
export type Metric =
  | "JobsQueued"
  | "JobSecondsToStart"
  | "JobSeconds"
  | "WebhooksRefused"
  | "InstancesStarted"
  | "CapacityRefused"
  | "JobsDeferred"
  | "LostWebhooks"
  | "JobsStartedAgain"
  | "QueueLength"
  | "JobsAvailable"
  | "ListenerFailures"
  | "InstancesEnded"
  | "BootFailures"
  | "Orphans"
  | "Overdue"
  | "Kept"
  | "NamesTaken"
  | "GroupsGrown";

/** All that the functions work with. */
export interface Context {
  readonly settings: Settings;

  /** GitHub for an owner, by its key. @throws Error for one that the settings do not name. */
  readonly githubOf: (owner: string) => GitHub;

  /** GitHub's scale sets of an owner; undefined where jobs are known by webhooks. */
  readonly scaleSetsOf?: (owner: string) => ScaleSets;

  /** The same, where scale sets may be there that were made before jobs were known by webhooks. */
  readonly formerScaleSetsOf?: (owner: string) => ScaleSets;
  readonly fleet: Fleet;
  readonly groups: Groups;
  readonly ledger: Ledger;
  readonly configurations: Configurations;
  readonly orders: Orders;

  /** Seconds since 1970. */
  readonly now: () => number;

  /** Some letters and digits that nobody has had before. */
  readonly unique: () => string;
  readonly count: (metric: Metric, value: number, pool?: string) => void;

  /** Writes a line of the log. */
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
}

/** What they work with for one owner. */
export interface OwnerContext extends Context {
  /** Its key; empty for the fleet's own. */
  readonly owner: string;
  readonly github: GitHub;
}
