import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Does what Lambda is asked to do; what it throws is the function's failure. */
export type Handler = (event: unknown) => Promise<unknown>;

/** Processors and architecture of the instance types that there are. */
const TYPES: Readonly<Record<string, readonly [vcpus: number, architecture: string]>> = {
  "m7i.large": [2, "x86_64"],
};

/** What of an AWS account `groundplan runner` asks, by its own protocols: Lambda, SSM, STS, EC2, CloudWatch Logs and Service Quotas. */
export class Account {
  account = "123456789012";

  /** The operator's function; undefined while it is not deployed. */
  handler: Handler | undefined;
  webhookUrl = "https://hooks.example.com/webhook";
  imageArchitecture = "x86_64";
  quota = 256;

  /** What every log group has, and what of which was asked for. */
  logs: readonly string[] = [];
  readonly logsRead: Record<string, unknown>[] = [];

  /** Name and qualifier of each function that was called. */
  readonly invoked: string[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Account> {
    const server = createServer();
    const account = new Account(server);
    server.on("request", (request, response) => void account.answer(request, response));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return account;
  }

  /** Variables by which a command finds it. */
  environment(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: "a",
      AWS_SECRET_ACCESS_KEY: "b",
      AWS_REGION: "us-east-1",
    };
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString("utf8");
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const [, name] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(pathname) ?? [];
    if (name !== undefined) {
      this.invoked.push(`${name}:${searchParams.get("Qualifier")}`);
      return this.invoke(body, response);
    }
    const target = request.headers["x-amz-target"];
    if (target !== undefined) {
      response.writeHead(200, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify(this.json(String(target), body)));
      return;
    }
    response.writeHead(200, { "content-type": "text/xml" });
    response.end(this.xml(new URLSearchParams(body)));
  }

  private async invoke(body: string, response: ServerResponse): Promise<void> {
    if (!this.handler) {
      response.writeHead(404, { "x-amzn-errortype": "ResourceNotFoundException" });
      response.end(JSON.stringify({ Type: "User", Message: "Function not found" }));
      return;
    }
    try {
      const answer = await this.handler(JSON.parse(body));
      response.writeHead(200).end(JSON.stringify(answer ?? null));
    } catch (error) {
      response.writeHead(200, { "x-amz-function-error": "Unhandled" });
      response.end(JSON.stringify({ errorType: "Error", errorMessage: (error as Error).message }));
    }
  }

  private json(target: string, body: string): object {
    if (target.endsWith("FilterLogEvents")) {
      this.logsRead.push(JSON.parse(body));
      return {
        events: this.logs.map((message, at) => ({
          eventId: String(at),
          timestamp: 0,
          logStreamName: "i-1",
          message,
        })),
      };
    }
    if (target.endsWith("GetServiceQuota")) return { Quota: { Value: this.quota } };
    return { Parameter: { Value: JSON.stringify({ url: this.webhookUrl }) } };
  }

  private xml(query: URLSearchParams): string {
    switch (query.get("Action")) {
      case "GetCallerIdentity":
        return `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>${this.account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;
      case "DescribeInstanceTypes": {
        const names = [...query].flatMap(([key, value]) => (key.startsWith("InstanceType.") ? [value] : []));
        const items = names.map((name) => {
          const [vcpus, architecture] = TYPES[name] ?? [0, ""];
          return `<item><instanceType>${name}</instanceType><vCpuInfo><defaultVCpus>${vcpus}</defaultVCpus></vCpuInfo><processorInfo><supportedArchitectures><item>${architecture}</item></supportedArchitectures></processorInfo></item>`;
        });
        return `<R><instanceTypeSet>${items.join("")}</instanceTypeSet></R>`;
      }
      case "DescribeLaunchTemplateVersions":
        return "<R><launchTemplateVersionSet><item><launchTemplateData><imageId>ami-1</imageId></launchTemplateData></item></launchTemplateVersionSet></R>";
      case "DescribeImages":
        return `<R><imagesSet><item><imageId>ami-1</imageId><imageState>available</imageState><architecture>${this.imageArchitecture}</architecture></item></imagesSet></R>`;
      default:
        return "<R/>";
    }
  }
}
