import type {
  Configurations,
  Fleet,
  Instance,
  Launch,
  RunnerId,
} from "../../../../services/runner-core/src/ports";
import { type ModelGitHub, paged } from "./github";

/** How an instance comes up: in a minute, too late, or never. */
export type Boot = "well" | "late" | "never";

interface ModelInstance extends Instance {
  readonly boot: Boot;
  runnerId: RunnerId | undefined;
  keep: boolean;
  running: boolean;
  booted: boolean;
}

/** Seconds after which one is up that comes up late: later than the functions wait. */
const LATE = 700;

/** EC2 in memory, with what its instances do: they read a configuration, run one job and end themselves. */
export class ModelEc2 {
  readonly all: ModelInstance[] = [];
  readonly configurations = new Map<number | string, string>();

  /** What instances that stay were given, though it may be gone by now. */
  private readonly given = new Map<string, string>();

  /** Which instance may read the configuration of a runner. */
  private readonly readers = new Map<number | string, string>();

  /** What must never happen. */
  readonly violations: string[] = [];
  capacity = { spot: true, "on-demand": true };

  /** Instances of a page of the list; few, so that it has several. EC2 lists a thousand. */
  pageSize = 2;

  /** How the next instances come up. */
  nextBoot: Boot = "well";
  private readonly answers = new Map<string, { readonly input: string; readonly answer: object }>();
  private lists: { readonly at: number; readonly instances: readonly Instance[] }[] = [];

  constructor(
    private readonly now: () => number,
    private readonly github: ModelGitHub,
  ) {}

  get running(): readonly ModelInstance[] {
    return this.all.filter(({ running }) => running);
  }

  /** Brings instances up whose time has come: their runners go online. */
  boot(): void {
    for (const instance of this.running) {
      const { boot, booted, runnerId, launchedAt } = instance;
      if (booted || runnerId === undefined || boot === "never") continue;
      if (boot === "late" && this.now() - launchedAt < LATE) continue;
      if (!this.configurations.has(runnerId) || this.readers.get(runnerId) !== instance.id) continue;
      this.configurations.delete(runnerId);
      const runner = this.github.runners.get(runnerId);
      instance.booted = true;
      // A configuration whose runner was taken off: the program ends, and the instance with it.
      if (runner) runner.online = true;
      else instance.running = false;
    }
  }

  /** Ends the oldest job that runs, and its instance, unless that hangs. */
  finish(hangs: boolean): void {
    const job = this.github.jobs.find(({ status }) => status === "in_progress");
    if (!job) return;
    this.github.complete(job);
    const instance = this.running.find(({ runnerId }) => runnerId === job.runnerId);
    if (instance && !hangs) instance.running = false;
  }

  /** Takes an instance away, as EC2 does with spot capacity; its job fails at GitHub. */
  interrupt(index: number): void {
    const instance = this.running[index % Math.max(1, this.running.length)];
    if (!instance) return;
    instance.running = false;
    const job = this.github.jobOf(instance.runnerId);
    if (job) this.github.complete(job);
    const runner = this.github.runners.get(instance.runnerId ?? 0);
    if (runner) Object.assign(runner, { online: false, busy: false });
  }

  remember(): void {
    this.lists.push({ at: this.now(), instances: this.running.map((one) => ({ ...one })) });
    while (this.lists.length > 5) this.lists.shift();
  }

  client(call: <T>(effect: () => T) => Promise<T>, lag: number): Fleet & Configurations {
    return {
      launch: (launch) => call(() => this.launch(launch)),
      instances: (page) =>
        call(() => {
          if (lag === 0) this.remember();
          const lists = this.lists.filter(({ at }) => this.now() - at <= 60);
          return paged((lists.at(-1 - lag) ?? lists[0])?.instances ?? this.running, page, this.pageSize);
        }),
      instance: (id) => call(() => this.running.find((one) => one.id === id)),
      terminate: (id) => call(() => this.terminateOne(id)),
      adopt: (id, runner) =>
        call(() => {
          const instance = this.running.find((one) => one.id === id);
          if (instance) instance.runnerId = runner.id;
        }),
      put: (key, configuration) =>
        call(() => {
          this.configurations.set(key, configuration);
          if (typeof key === "string") this.given.set(key, configuration);
        }),
      assign: (runnerId, instanceId) => call(() => void this.readers.set(runnerId, instanceId)),
      remove: (runnerId) => call(() => void this.configurations.delete(runnerId)),
    };
  }

  private launch({ token, pool, purchase, runnerId, jobId }: Launch) {
    const input = JSON.stringify([pool.name, purchase, runnerId, jobId]);
    const known = this.answers.get(token);
    if (known && known.input !== input) throw new Error("IdempotentParameterMismatch");
    const answer = known?.answer ?? this.start(pool.name, runnerId, this.capacity[purchase]);
    this.answers.set(token, { input, answer });
    return answer as { readonly instanceId: string };
  }

  private start(pool: string, runnerId: RunnerId | undefined, hasCapacity: boolean): object {
    if (!hasCapacity) return { refused: ["us-east-1a m7i.large InsufficientInstanceCapacity"] };
    const id = `i-${String(this.all.length + 1).padStart(8, "0")}`;
    this.all.push({
      id,
      pool,
      runnerId,
      launchedAt: this.now(),
      boot: this.nextBoot,
      keep: false,
      running: true,
      booted: false,
    });
    return { instanceId: id };
  }

  /** An instance of a group starts: what its runner is, its tags do not say yet. */
  startStanding(pool: string): string {
    const { instanceId } = this.start(pool, undefined, true) as { readonly instanceId: string };
    return instanceId;
  }

  /** What an instance that stays finds when it asks for its own configuration. */
  readOwn(id: string): string | undefined {
    return this.readers.get(id) === id ? this.configurations.get(id) : undefined;
  }

  /** Name that an instance has registered by, whatever its tags say. */
  private nameOfOwn(id: string): string | undefined {
    const text = this.given.get(id);
    return text === undefined ? undefined : (JSON.parse(text) as { readonly name: string }).name;
  }

  terminateOne(id: string): void {
    const instance = this.running.find((one) => one.id === id);
    if (!instance) return;
    const job = this.github.jobOf(instance.runnerId ?? this.github.idOf(this.nameOfOwn(id)));
    if (job) {
      this.violations.push(`instance ${id} was ended while it ran job ${job.id}`);
      this.github.complete(job);
    }
    if (instance.keep) this.violations.push(`instance ${id} was ended, and is to be kept`);
    instance.running = false;
    const runner = this.github.runners.get(instance.runnerId ?? 0);
    if (runner) Object.assign(runner, { online: false, busy: false });
  }
}
