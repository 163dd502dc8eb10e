import { randomBytes } from "node:crypto";
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer, type Server as NetServer, type Socket } from "node:net";
import type { AwsCaller } from "../../../gateway/caller";
import { objectAt, textAt as xmlText } from "../../../gateway/caller";
import type { ListedInstance } from "./listed";
import { identityDocument, metadataTree, type Notices, textAt } from "./metadata-tree";

/** Seconds that a session lasts at most. */
const LONGEST = 21_600;

/** What the metadata service has of an instance. */
export interface Known extends Notices {
  readonly instance: ListedInstance;
  readonly launchedAt: string;
  readonly caller: AwsCaller;
}

/**
 * The instance metadata service, versions 1 and 2: an instance is known by the address that it asks from.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
 */
export class InstanceMetadata {
  private readonly sessions = new Map<string, { readonly instance: string; readonly until: number }>();
  private readonly addresses = new WeakMap<Socket, string>();
  private readonly http: Server;
  private readonly server: NetServer;

  /** @param find - the instance with an address. */
  constructor(private readonly find: (address: string) => Known | undefined) {
    this.http = createHttpServer((request, response) => {
      this.answer(request, response).catch(() => reply(response, 500, ""));
    });
    this.server = createServer((socket) => this.accept(socket));
  }

  /** Listens on a Unix socket, on which each connection begins with a line that names who asks. */
  listen(path: string): void {
    this.server.listen(path);
  }

  close(): void {
    this.server.close();
    this.http.closeAllConnections();
  }

  private accept(socket: Socket): void {
    socket.on("error", () => socket.destroy());
    socket.once("readable", () => {
      const chunk: Buffer = socket.read() ?? Buffer.alloc(0);
      const end = chunk.indexOf("\n");
      if (end < 0) {
        socket.destroy();
        return;
      }
      this.addresses.set(socket, chunk.subarray(0, end).toString());
      if (end + 1 < chunk.length) socket.unshift(chunk.subarray(end + 1));
      this.http.emit("connection", socket);
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const known = this.find(this.addresses.get(request.socket) ?? "");
    if (!known?.instance.metadata.isEnabled) return reply(response, 403, "");
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    if (request.method === "PUT" && path === "/latest/api/token") return this.open(known, request, response);
    if (request.method !== "GET" && request.method !== "HEAD") return reply(response, 405, "");
    const refusal = this.refusal(known, request);
    if (refusal !== undefined) return reply(response, refusal, "");
    const text = await contentOf(known, path);
    return reply(response, text === undefined ? 404 : 200, text ?? "");
  }

  /** Opens a session. One that came through a proxy is refused, as on EC2. */
  private open({ instance }: Known, { headers }: IncomingMessage, response: ServerResponse): void {
    const seconds = Number(headers["x-aws-ec2-metadata-token-ttl-seconds"]);
    const isTime = Number.isInteger(seconds) && seconds >= 1 && seconds <= LONGEST;
    if (headers["x-forwarded-for"] !== undefined || !isTime) {
      reply(response, isTime ? 403 : 400, "");
      return;
    }
    const now = Date.now();
    for (const [token, { until }] of this.sessions) if (until <= now) this.sessions.delete(token);
    const token = randomBytes(42).toString("base64url");
    this.sessions.set(token, { instance: instance.id, until: now + seconds * 1000 });
    reply(response, 200, token, { "x-aws-ec2-metadata-token-ttl-seconds": String(seconds) });
  }

  private refusal({ instance }: Known, { headers }: IncomingMessage): number | undefined {
    const token = headers["x-aws-ec2-metadata-token"];
    if (token === undefined) return instance.metadata.requiresToken ? 401 : undefined;
    const session = typeof token === "string" ? this.sessions.get(token) : undefined;
    return session?.instance === instance.id && session.until > Date.now() ? undefined : 401;
  }
}

/** What lies at a path, under whatever version it is asked for. */
async function contentOf(
  { instance, launchedAt, interruption, rebalance, caller }: Known,
  path: string,
): Promise<string | Buffer | undefined> {
  if (path === "/" || path === "") return "latest";
  const [, version = "", rest = ""] = /^\/(latest|\d{4}-\d{2}-\d{2}|1\.0)(\/.*)?$/.exec(path) ?? [];
  if (version === "") return undefined;
  if (rest === "" || rest === "/") return "dynamic\nmeta-data\nuser-data";
  if (rest === "/user-data" || rest === "/user-data/") {
    return instance.userData === "" ? undefined : Buffer.from(instance.userData, "base64");
  }
  if (/^\/dynamic(\/instance-identity)?\/?$/.test(rest)) {
    return rest.includes("identity") ? "document" : "instance-identity/";
  }
  if (rest === "/dynamic/instance-identity/document") return identityDocument(instance, launchedAt);
  if (!rest.startsWith("/meta-data")) return undefined;
  const role = /^\/meta-data\/iam\/security-credentials\/([^/]+)$/.exec(rest)?.[1];
  if (role !== undefined) return credentialsOf(instance, role, caller);
  return textAt(
    metadataTree(instance, { interruption, rebalance }),
    rest.slice("/meta-data".length),
    instance.keyName,
  );
}

/** Credentials of the instance's role. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2.html */
async function credentialsOf(
  { id, profile }: ListedInstance,
  name: string,
  caller: AwsCaller,
): Promise<string | undefined> {
  if (!profile?.role.endsWith(`/${name}`)) return undefined;
  const answer = await caller.query("sts", "2011-06-15", "AssumeRole", {
    RoleArn: profile.role,
    RoleSessionName: id,
  });
  const made = objectAt(answer, "Credentials");
  return JSON.stringify(
    {
      Code: "Success",
      LastUpdated: new Date().toISOString(),
      Type: "AWS-HMAC",
      AccessKeyId: xmlText(made, "AccessKeyId"),
      SecretAccessKey: xmlText(made, "SecretAccessKey"),
      Token: xmlText(made, "SessionToken"),
      Expiration: xmlText(made, "Expiration"),
    },
    null,
    2,
  );
}

function reply(
  response: ServerResponse,
  status: number,
  content: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = typeof content === "string" ? Buffer.from(content) : content;
  response.writeHead(status, {
    server: "EC2ws",
    "content-type": "text/plain",
    "content-length": body.length,
    ...headers,
  });
  response.end(body);
}
