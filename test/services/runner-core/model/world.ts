import { createHmac } from "node:crypto";
import type { GitHubSession } from "../../../../services/runner-core/src/github/session";
import { operate } from "../../../../services/runner-core/src/operate";
import type { Answers, Operation } from "../../../../services/runner-core/src/operation";
import type { Context } from "../../../../services/runner-core/src/ports";
import { reconcile } from "../../../../services/runner-core/src/reconcile";
import { scaleDown } from "../../../../services/runner-core/src/scale-down";
import { scaleUp } from "../../../../services/runner-core/src/scale-up";
import type { Settings } from "../../../../services/runner-core/src/settings";
import { receive } from "../../../../services/runner-core/src/webhook";
import { ModelEc2 } from "./aws";
import { type Job, ModelGitHub } from "./github";
import { ModelGroups } from "./groups";
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

  constructor(private readonly settings: Settings = SETTINGS) {}

  /** Webhooks that GitHub has not delivered yet. */
  readonly webhooks: Job[] = [];

  /** How many times each happening has come about. */
  readonly tally = new Map<string, number>();
  private unique = 0;

  queue(large: boolean): void {
    this.webhooks.push(this.github.queue(["self-hosted", "linux", ...(large ? ["large"] : [])]));
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
      repository: { name: "one", owner: { login: "octo" } },
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

  async reconcile(invocation: Invocation): Promise<void> {
    await this.run(invocation, reconcile);
  }

  /** Does what a person asks. @param session - by which `doctor` asks GitHub. */
  async operate(
    asked: Operation,
    invocation: Invocation,
    session?: GitHubSession,
  ): Promise<Answers | undefined> {
    return this.run(invocation, (context) => operate(asked, context, session as GitHubSession));
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
    try {
      const result = await work({
        settings: this.settings,
        github: this.github.client(call, lag),
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
