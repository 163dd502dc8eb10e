import type { Order } from "../../../../services/runner-core/src/order";
import type { Entry, Ledger, Mark, Orders } from "../../../../services/runner-core/src/ports";
import type { QueueRecord } from "../../../../services/runner-core/src/scale-up";

interface Message {
  readonly id: string;
  readonly body: string;
  receipts: number;
  visibleAt: number;
}

/** Seconds for which a message that was received is hidden. */
const HIDDEN = 180;

/** How often a message is received until it is a dead letter. */
const MOST_RECEIPTS = 6;

/** DynamoDB and SQS in memory. */
export class ModelStore {
  readonly entries = new Map<number, Entry>();
  readonly marks = new Map<string, Mark>();
  readonly names = new Map<string, string>();
  readonly dead: Message[] = [];
  messages: Message[] = [];
  private nextMessage = 1;

  constructor(private readonly now: () => number) {}

  push(body: string): void {
    this.messages.push({ id: `m-${this.nextMessage++}`, body, receipts: 0, visibleAt: this.now() });
  }

  /** Receives messages; those that come too often are put aside. */
  receive(most: number): readonly QueueRecord[] {
    const visible = this.messages.filter(({ visibleAt }) => visibleAt <= this.now());
    const dead = visible.filter(({ receipts }) => receipts >= MOST_RECEIPTS);
    this.dead.push(...dead);
    this.delete(dead.map(({ id }) => id));
    return visible
      .filter((message) => !dead.includes(message))
      .slice(0, most)
      .map((message) => {
        message.receipts++;
        message.visibleAt = this.now() + HIDDEN;
        const attributes = { ApproximateReceiveCount: String(message.receipts) };
        return { messageId: message.id, body: message.body, attributes };
      });
  }

  delete(ids: readonly string[]): void {
    this.messages = this.messages.filter(({ id }) => !ids.includes(id));
  }

  client(call: <T>(effect: () => T) => Promise<T>): Ledger & Orders {
    return {
      claim: (order, now, leaseUntil) => call(() => this.claim(order, now, leaseUntil)),
      note: ({ jobId, attempt }, known) =>
        call(() => {
          const entry = this.entries.get(jobId);
          if (entry?.attempt !== attempt) throw new Error("ConditionalCheckFailed");
          this.entries.set(jobId, { ...entry, ...known });
        }),
      entries: (ids) => call(() => new Map(ids.flatMap((id) => pair(id, this.entries.get(id))))),
      marks: () => call(() => new Map(this.marks)),
      mark: (key, mark) => call(() => void this.marks.set(key, mark)),
      unmark: (key) => call(() => void this.marks.delete(key)),
      names: () => call(() => new Map(this.names)),
      claimName: (name, instanceId, former) =>
        call(() => {
          if (this.names.get(name) !== former) return false;
          this.names.set(name, instanceId);
          return true;
        }),
      send: (orders) =>
        call(() => {
          for (const order of orders) this.push(JSON.stringify(order));
        }),
    };
  }

  private claim({ jobId, attempt }: Order, at: number, leaseUntil: number): Entry | "leased" | "superseded" {
    const known = this.entries.get(jobId);
    if (known && known.attempt > attempt) return "superseded";
    if (known && known.attempt === attempt) {
      if (known.instanceId === undefined && known.leaseUntil > at) return "leased";
      const entry = { ...known, leaseUntil };
      this.entries.set(jobId, entry);
      return entry;
    }
    const entry: Entry = { attempt, at, leaseUntil, refusals: 0 };
    this.entries.set(jobId, entry);
    return entry;
  }
}

function pair<T>(id: number, value: T | undefined): readonly [number, T][] {
  return value === undefined ? [] : [[id, value]];
}
