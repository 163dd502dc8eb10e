import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { answerOf, Refused } from "./ec2-actions";
import { RegionState } from "./ec2-state";

/** A fault at the requests of one action. */
export interface ServerFault {
  readonly action: string;

  /** @default - any */
  readonly region?: string;

  /** EC2's code; `cut` ends the connection, before or after the request was carried out. */
  readonly code: string;

  /** How many requests it meets. @default 1 */
  readonly times?: number;

  /** @default false */
  readonly carriedOut?: boolean;
}

/** One request that was answered. */
export interface ServerCall {
  readonly region: string;
  readonly action: string;
  readonly params: URLSearchParams;
}

/**
 * EC2, autoscaling (both the Query protocol), Systems Manager, Service Quotas (JSON) and STS over HTTP, as far as
 * `groundplan image` calls them, with the rules that the emulator does not keep: names of AMIs are unique in a Region, a
 * snapshot that an AMI has cannot be deleted, an encrypted AMI cannot be public, deregistration protection, the Recycle
 * Bin, block public access, and the quota.
 */
export class Ec2Server {
  readonly calls: ServerCall[] = [];

  /** Called before a request is carried out: e.g. ends the process that asks. */
  onCall: (call: ServerCall) => void | Promise<void> = () => undefined;
  private readonly regions = new Map<string, RegionState>();
  private readonly faults: { readonly fault: ServerFault; remaining: number }[] = [];
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      this.handle(request).then(
        (answer) => {
          if (answer === undefined) response.destroy();
          else response.writeHead(answer.status, { "content-type": answer.type }).end(answer.body);
        },
        (error) => response.writeHead(501).end(String(error)),
      );
    });
    this.server.keepAliveTimeout = 600_000;
  }

  static async start(): Promise<Ec2Server> {
    const one = new Ec2Server();
    await new Promise<void>((resolve) => one.server.listen(0, "127.0.0.1", resolve));
    return one;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Variables by which the SDK's clients find it. */
  environment(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.url,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_REGION: "us-east-1",
      AWS_EC2_METADATA_DISABLED: "true",
    };
  }

  region(name: string): RegionState {
    const known = this.regions.get(name) ?? new RegionState(name, (other) => this.region(other));
    this.regions.set(name, known);
    return known;
  }

  fail(fault: ServerFault): void {
    this.faults.push({ fault, remaining: fault.times ?? 1 });
  }

  /** Takes away the faults that were not met. */
  heal(): void {
    this.faults.length = 0;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private async handle(
    request: IncomingMessage,
  ): Promise<{ status: number; type: string; body: string } | undefined> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const [, region = "us-east-1", service = "sts"] =
      /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(request.headers.authorization ?? "") ?? [];
    const target = request.headers["x-amz-target"];
    const json = typeof target === "string";
    const params = json ? new URLSearchParams({ json: text }) : new URLSearchParams(text);
    const action = json ? (target.split(".")[1] ?? "") : (params.get("Action") ?? "");
    const call = { region, action, params };
    this.calls.push(call);
    await this.onCall(call);
    const played = this.faults.find(
      ({ fault, remaining }) =>
        remaining > 0 && fault.action === action && (fault.region ?? region) === region,
    );
    if (played) {
      played.remaining -= 1;
      if (played.fault.carriedOut) answerOf(this.region(region), service, action, params);
      if (played.fault.code === "cut") return undefined;
      return refusal(new Refused(played.fault.code, "a planted fault"), json);
    }
    try {
      const body = answerOf(this.region(region), service, action, params);
      return { status: 200, type: json ? "application/x-amz-json-1.1" : "text/xml", body };
    } catch (error) {
      if (error instanceof Refused) return refusal(error, json);
      throw error;
    }
  }
}

function refusal({ code, message }: Refused, json: boolean): { status: number; type: string; body: string } {
  const status = code === "RequestLimitExceeded" ? 503 : 400;
  if (json)
    return { status, type: "application/x-amz-json-1.1", body: JSON.stringify({ __type: code, message }) };
  const body = `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>r</RequestID></Response>`;
  return { status, type: "text/xml", body };
}
