import type { IncomingMessage } from "node:http";
import type { RequestHandler, RequestVerdict } from "./request-proxy";

/**
 * What happens at one request of a command, counted from 1: it is refused, or the connection ends before or after
 * it was carried out (the SDK then asks again), or from it on the credentials have expired.
 */
export interface RequestFault {
  readonly at: number;
  readonly how: "refused" | "cut before" | "cut after" | "expired";
}

/** Decides at a proxy what becomes of each request. */
export class FaultInjector {
  /** Told of each request before it is passed on, with its number. */
  onRequest: (number: number) => Promise<void> = async () => undefined;

  /** Decides in which order requests that wait at the same time are passed on; undefined passes each at once. */
  scheduler: RequestScheduler | undefined;
  private fault: RequestFault | undefined;
  private count = 0;

  /** Counts anew. */
  begin(fault?: RequestFault): void {
    this.count = 0;
    this.fault = fault;
  }

  readonly handle: RequestHandler = async (head, body) => {
    this.count += 1;
    const { count: number, fault } = this;
    await this.scheduler?.wait();
    await this.onRequest(number);
    if (fault?.how === "expired" && number >= fault.at) return refusal(head, "ExpiredToken", 400);
    if (fault?.at !== number) return { body };
    if (fault.how === "refused") return refusal(head, "AccessDenied", 403);
    return { body, cut: fault.how === "cut before" ? "before" : "after" };
  };
}

/** Milliseconds after which those that wait get their turn though a command asks for nothing: it waits for a lock. */
const QUIET = 20;

/**
 * Passes on one of the requests that wait at a time: which one is in a list of numbers. The turn comes when every
 * command has asked for something, so that it does not depend on which of them is quicker.
 */
export class RequestScheduler {
  private readonly waiting: (() => void)[] = [];
  private timer: NodeJS.Timeout | undefined;
  private turn = 0;

  /** @param commands - how many are under way. */
  constructor(
    private readonly order: readonly number[],
    private commands: number,
  ) {}

  /** A command has ended. */
  leave(): void {
    this.commands -= 1;
    this.restart();
  }

  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.restart();
    });
  }

  private restart(): void {
    clearTimeout(this.timer);
    if (this.waiting.length === 0) return;
    if (this.waiting.length >= this.commands) this.next();
    else this.timer = setTimeout(() => this.next(), QUIET);
  }

  private next(): void {
    const pick = this.order[this.turn % this.order.length] ?? 0;
    this.turn += 1;
    const [next] = this.waiting.splice(pick % this.waiting.length, 1);
    next?.();
    this.restart();
  }
}

function refusal({ headers }: IncomingMessage, code: string, status: number): RequestVerdict {
  const isS3 = /\/s3\/aws4_request/.test(String(headers.authorization));
  if (isS3) return { status, answer: `<?xml version="1.0"?><Error><Code>${code}</Code></Error>` };
  const type = code === "AccessDenied" ? "AccessDeniedException" : "ExpiredTokenException";
  return { status, answer: JSON.stringify({ __type: type, message: code }), type: "application/json" };
}
