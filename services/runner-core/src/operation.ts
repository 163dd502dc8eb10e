import type { Finding } from "./checks";

/** What a person asks of the fleet: the event of `runner-scale-down` then has it, and the schedule's has not. */
export type Operation =
  | { readonly operation: "list" }
  | { readonly operation: "status" }
  | { readonly operation: "retire"; readonly instance: string }
  /** Starts an instance more in a pool before a job is there. */
  | { readonly operation: "start"; readonly pool: string }
  /** `webhookUrl` is where GitHub should send webhooks, which the function itself does not know. */
  | { readonly operation: "doctor"; readonly webhookUrl?: string };

/** A runner of the fleet, as it is shown. */
export interface RunnerView {
  /** GitHub's id; with the owner before it, where that is a further one. */
  readonly id: number | string;
  readonly name: string;
  readonly online: boolean;
  readonly busy: boolean;
}

/** How an instance stands: `silent` is one whose runner should be online by now. */
export type InstanceState = "starting" | "idle" | "busy" | "silent";

/** An instance of the fleet, as it is shown. */
export interface InstanceView {
  readonly id: string;
  readonly pool: string;
  readonly state: InstanceState;

  /** ISO 8601 in UTC. */
  readonly launchedAt: string;

  /** Whether its tag `keep` holds it. */
  readonly keep: boolean;
  readonly runner?: RunnerView;

  /** Why it ends when it is seen so again, and since when. */
  readonly marked?: { readonly reason: string; readonly since: string };
}

/** A pool, and what is in it. */
export interface PoolView {
  readonly name: string;
  readonly labels: readonly string[];
  readonly max: number;
  readonly starting: number;
  readonly idle: number;
  readonly busy: number;
  readonly silent: number;

  /** Jobs in GitHub's queue that are the pool's. */
  readonly waiting: number;
}

/** What a pool runs on: `groundplan runner doctor` compares it with the account. */
export interface PoolNeeds {
  readonly name: string;
  readonly max: number;
  readonly spot: boolean;
  readonly instanceTypes: readonly string[];
  readonly launchTemplateId: string;
}

/** What the function answers; `refused` says why an operation could not be done. */
export type Answers =
  | { readonly instances: readonly InstanceView[]; readonly runners: readonly RunnerView[] }
  | { readonly pools: readonly PoolView[] }
  | { readonly instance: string; readonly outcome: "ended" | "gone" | "kept" | "busy" }
  | { readonly pool: string; readonly outcome: "ordered" | "grown" | "full" | "unknown" }
  | { readonly findings: readonly Finding[]; readonly pools: readonly PoolNeeds[] }
  | { readonly refused: string };

const INSTANCE = /^i-[0-9a-f]{8,17}$/;

/** The operation of an event; undefined for that of the schedule. @throws Error for one that is not known. */
export function operationOf(event: unknown): Operation | undefined {
  const { operation, instance, pool, webhookUrl } = (event ?? {}) as Partial<Record<string, unknown>>;
  switch (operation) {
    case undefined:
      return undefined;
    case "list":
    case "status":
      return { operation };
    case "retire":
      if (typeof instance === "string" && INSTANCE.test(instance)) return { operation, instance };
      throw new Error("retire names no instance, e.g. i-0123456789abcdef0");
    case "start":
      if (typeof pool === "string" && pool !== "") return { operation, pool };
      throw new Error("start names no pool, e.g. linux-x64");
    case "doctor":
      return { operation, ...(typeof webhookUrl === "string" ? { webhookUrl } : {}) };
    default:
      throw new Error("this version of the function does not know the operation: deploy runner-scale-down");
  }
}
