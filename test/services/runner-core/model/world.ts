import { createHmac } from "node:crypto";
import { Listener } from "../../../../services/runner-core/src/listener";
import { heedNotice } from "../../../../services/runner-core/src/notice";
import { type Checked, operate } from "../../../../services/runner-core/src/operate";
import type { Answers, Operation } from "../../../../services/runner-core/src/operation";
import { contextOf, furtherClient, ownersOf } from "../../../../services/runner-core/src/owners";
import type { Context, OwnerContext } from "../../../../services/runner-core/src/ports";
import { reconcile } from "../../../../services/runner-core/src/reconcile";
import { scaleDown } from "../../../../services/runner-core/src/scale-down";
import type { ScaleSets } from "../../../../services/runner-core/src/scale-set-ports";
import { scaleUp } from "../../../../services/runner-core/src/scale-up";
import type { Settings } from "../../../../services/runner-core/src/settings";
import { receive } from "../../../../services/runner-core/src/webhook";
import { ModelEc2 } from "./aws";
import { type Job, ModelGitHub } from "./github";
import { ModelGroups } from "./groups";
import { ModelScaleSets } from "./scale-sets";
import { ModelStore } from "./store";

/** What happens at a request of a function. */
export const HAPPENINGS = [
  "fails",
  "answer is lost",
  "function dies before",
  "function dies after",
  "job is assigned",
  "job is queued and assigned",
  "instances boot",
  "a minute passes",
  "another scale-up",
  "another scale-down",
  "another reconcile",
] as const;

/** At which request of a function what happens. */
export type Trouble = Readonly<Record<number, (typeof HAPPENINGS)[number]>>;

/** One run of a function: what goes wrong in it, and how late lists are. */
export interface Invocation {
  readonly trouble: Trouble;

  /** Snapshots that the lists are late, 0 to 3. */
  readonly lag: number;
}

/** A function's process is gone: nothing of it is done any more. */
class Died extends Error {}

const SECRET = "webhook secret";
const POOL = {
  groupId: 1,
  launchTemplateId: "lt-1",
  instanceTypes: ["m7i.large"],
  subnetIds: ["subnet-1"],
  spot: true,
};

export const SETTINGS: Settings = {
  fleet: "test",
  installationId: 5,
  apiUrl: "https://api.github.com",
  secretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:app",
  programBucket: "test-runner-program",
  programVersion: "2.340.0",
  queueUrl: "https://sqs.us-east-1.amazonaws.com/123456789012/orders",
  tableName: "table",
  parameterPath: "/test/configurations",
  instanceArns: "arn:aws:ec2:us-east-1:123456789012:instance/",
  owner: "octo",
  repositories: [],
  scope: "organization",
  pools: [
    { ...POOL, name: "small", labels: ["linux"], max: 4 },
    { ...POOL, name: "large", labels: ["linux", "large"], max: 4 },
  ],
  bootSeconds: 600,
  idleSeconds: 300,
  orphanSeconds: 120,
  lifetimeSeconds: 10_800,
  webhookSeconds: 60,
};

/** Everything: GitHub, AWS, the functions between them, and the time. */
export class World {
  time = 1_800_000_000;
  readonly github = new ModelGitHub(() => this.time);
  readonly ec2 = new ModelEc2(() => this.time, this.github);
  readonly store = new ModelStore(() => this.time);
  readonly groups = new ModelGroups(this.ec2, this.github);

  /** GitHub's scale sets, where jobs are known by them. */
  readonly scaleSets: ModelScaleSets | undefined;

  /** Two processes that listen, of which one has the sessions. */
  private readonly listeners = new Map<string, Listener>();
  private current: Context | undefined;

  constructor(private readonly settings: Settings = SETTINGS) {
    this.scaleSets = settings.scaleSets
      ? new ModelScaleSets(() => this.time, this.github, settings)
      : undefined;
    this.github.listener = this.scaleSets;
  }

  /** Webhooks that GitHub has not delivered yet. */
  readonly webhooks: Job[] = [];

  /** How many times each happening has come about. */
  readonly tally = new Map<string, number>();
  private unique = 0;

  /** Requests that the functions have made. */
  requests = 0;

  queue(large: boolean): void {
    const owners = ownersOf(this.settings);
    const owner = owners[this.github.jobs.length % owners.length]?.key;
    this.webhooks.push(this.github.queue(["self-hosted", "linux", ...(large ? ["large"] : [])], owner));
  }

  /** A webhook arrives; `keep` for one that arrives again later. */
  async deliver(index: number, keep: boolean, invocation: Invocation): Promise<void> {
    const job = this.webhooks[index % Math.max(1, this.webhooks.length)];
    if (!job) return;
    if (!keep) this.webhooks.splice(this.webhooks.indexOf(job), 1);
    const body = JSON.stringify({
      action: "queued",
      workflow_job: {
        id: job.id,
        labels: job.labels,
        created_at: new Date(job.queuedAt * 1000).toISOString(),
      },
      repository: { name: "one", owner: { login: job.owner.split("/")[0] || "octo" } },
    });
    const signature = `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`;
    const headers = { "x-github-event": "workflow_job", "x-hub-signature-256": signature };
    await this.run(invocation, (context) => receive({ headers, body }, SECRET, context));
  }

  async scaleUp(most: number, invocation: Invocation): Promise<void> {
    const records = this.store.receive(most);
    if (records.length === 0) return;
    const response = await this.run(invocation, (context) => scaleUp(records, context));
    if (!response) return;
    const failed = new Set(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    this.store.delete(records.map(({ messageId }) => messageId).filter((id) => !failed.has(id)));
  }

  async scaleDown(invocation: Invocation): Promise<void> {
    await this.run(invocation, scaleDown);
  }

  /** EC2 says of an instance that its capacity goes. */
  async notice(index: number, invocation: Invocation): Promise<void> {
    const instance = this.ec2.running[index % Math.max(1, this.ec2.running.length)];
    if (!instance) return;
    const notice = { instanceId: instance.id, kind: "interruption" } as const;
    await this.run(invocation, (context) => heedNotice(notice, context));
  }

  async reconcile(invocation: Invocation): Promise<void> {
    await this.run(invocation, reconcile);
  }

  /** A listener looks once at each pool of each owner. One that dies is another process the next time. */
  async listen(process: number, invocation: Invocation): Promise<boolean> {
    let isHandled = false;
    for (const { key } of ownersOf(this.settings)) {
      for (const pool of this.settings.pools) {
        const name = `${process}/${key}/${pool.name}`;
        let isOver = false;
        await this.run(invocation, async (context) => {
          this.current = context;
          const own =
            this.listeners.get(name) ?? new Listener(pool, this.setsNow(key), this.contextNow(key), name);
          this.listeners.set(name, own);
          isHandled = (await own.look()) === "handled" || isHandled;
          isOver = true;
        });
        // It may have failed only, and go on; or it is dead, and its session with it.
        if (!isOver && Object.values(invocation.trouble).some((what) => what.includes("dies")))
          this.listeners.delete(name);
      }
    }
    return isHandled;
  }

  /** What a listener works with, which lives longer than a run: that of the run which is under way. */
  private contextNow(owner: string): OwnerContext {
    return new Proxy({} as OwnerContext, {
      get: (_, key) =>
        (contextOf(this.current as Context, owner) as unknown as Record<string | symbol, unknown>)[key],
    });
  }

  private setsNow(owner: string): ScaleSets {
    return new Proxy({} as ScaleSets, {
      get: (_, key) =>
        (this.current?.scaleSetsOf?.(owner) as unknown as Record<string | symbol, unknown> | undefined)?.[
          key
        ],
    });
  }

  /** Does what a person asks. @param around - what `doctor` looks at. */
  async operate(asked: Operation, invocation: Invocation, around?: Checked): Promise<Answers | undefined> {
    return this.run(invocation, (context) => operate(asked, context, around as Checked));
  }

  /** What the lists show from now on. */
  remember(): void {
    this.github.remember();
    this.ec2.remember();
  }

  /** Runs a function; undefined when it failed or died. */
  private async run<T>(
    { trouble, lag }: Invocation,
    work: (context: Context) => Promise<T>,
  ): Promise<T | undefined> {
    let requests = 0;
    let dead = false;
    const call = async <R>(effect: () => R): Promise<R> => {
      if (dead) throw new Died();
      this.requests++;
      const happening = trouble[requests++];
      if (happening === undefined) return effect();
      this.tally.set(happening, (this.tally.get(happening) ?? 0) + 1);
      if (happening === "fails") throw new Error("503");
      if (happening === "function dies before") {
        dead = true;
        throw new Died();
      }
      await this.meanwhile(happening);
      const answer = effect();
      if (happening === "answer is lost") throw new Error("the connection was closed");
      if (happening === "function dies after") {
        dead = true;
        throw new Died();
      }
      return answer;
    };
    const store = this.store.client(call);
    const ec2 = this.ec2.client(call, lag);
    const { scaleSets } = this;
    try {
      const result = await work({
        settings: this.settings,
        githubOf: (owner) => {
          const client = this.github.client(call, lag, owner);
          return owner === "" ? client : furtherClient(owner, 7, client);
        },
        ...(scaleSets ? { scaleSetsOf: (owner: string) => scaleSets.client(call, owner) } : {}),
        fleet: ec2,
        groups: this.groups.client(call),
        configurations: ec2,
        ledger: store,
        orders: store,
        now: () => this.time,
        unique: () => String(this.unique++),
        count: () => undefined,
        log: () => undefined,
      });
      return dead ? undefined : result;
    } catch (error) {
      if (error instanceof TypeError) throw error;
      return undefined;
    }
  }

  private async meanwhile(happening: (typeof HAPPENINGS)[number]): Promise<void> {
    const calm = { trouble: {}, lag: 0 };
    if (happening === "job is assigned") this.github.assign(1);
    if (happening === "job is queued and assigned") {
      this.queue(false);
      this.github.assign(Number.POSITIVE_INFINITY);
    }
    if (happening === "instances boot") {
      this.ec2.boot();
      this.groups.boot();
    }
    if (happening === "a minute passes") this.time += 60;
    if (happening === "another scale-up") await this.scaleUp(10, calm);
    if (happening === "another scale-down") await this.scaleDown(calm);
    if (happening === "another reconcile") await this.reconcile(calm);
  }
}
