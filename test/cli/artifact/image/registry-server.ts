import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a registry of a test does wrong, or refuses. */
export interface RegistryFaults {
  /** Requests that are answered before it breaks off each connection. @default - all */
  requests?: number;

  /** Requests that it answers with 503 from now on. */
  busy?: number;

  /** Requests that it never answers, from now on. */
  silent?: number;

  /** Whether it keeps a list of referrers. @default true */
  referrers?: boolean;

  /** Repositories whose tags do not move. */
  immutable?: readonly string[];

  /** Digest whose content is another's. */
  altered?: string;
}

interface Kept {
  readonly type: string;
  readonly content: Buffer;
}

const digestOf = (content: Buffer) => `sha256:${createHash("sha256").update(content).digest("hex")}`;

/** A registry in memory, which speaks the distribution protocol over HTTP, and fails as it is told. */
export class RegistryServer {
  readonly blobs = new Map<string, Buffer>();
  readonly manifests = new Map<string, Kept>();

  /** Requests that it got, e.g. `PUT /v2/a/manifests/b`. */
  readonly requests: string[] = [];
  private readonly server: Server;

  private constructor(readonly faults: RegistryFaults) {
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  static async start(faults: RegistryFaults = {}): Promise<RegistryServer> {
    const started = new RegistryServer(faults);
    await new Promise<void>((resolve) => started.server.listen(0, "127.0.0.1", resolve));
    return started;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const { method = "GET", url = "/" } = request;
    const { pathname, searchParams } = new URL(url, "http://registry");
    this.requests.push(`${method} ${pathname}`);
    if (this.faults.requests !== undefined && this.requests.length > this.faults.requests) {
      return request.socket.destroy();
    }
    if ((this.faults.silent ?? 0) > 0) {
      this.faults.silent = (this.faults.silent ?? 0) - 1;
      return;
    }
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    if ((this.faults.busy ?? 0) > 0) {
      this.faults.busy = (this.faults.busy ?? 0) - 1;
      return this.fault(response, 503, "TOOMANYREQUESTS");
    }
    // By this clients find out which protocol it speaks.
    if (pathname === "/v2/") return response.writeHead(200).end();
    const [, name = "", kind = "", reference = ""] =
      /^\/v2\/(.+)\/(manifests|blobs\/uploads|blobs|referrers)\/(.*)$/.exec(pathname) ?? [];
    const body = Buffer.concat(parts);
    switch (`${method} ${kind}`) {
      case "HEAD blobs":
      case "GET blobs":
        return this.send(response, method, this.blobs.get(`${name} ${reference}`), reference);
      case "POST blobs/uploads":
        return response.writeHead(202, { location: `/v2/${name}/blobs/uploads/1` }).end();
      case "PUT blobs/uploads":
        return this.putBlob(response, name, searchParams.get("digest") ?? "", body);
      case "HEAD manifests":
      case "GET manifests":
        return this.sendManifest(response, method, name, reference);
      case "PUT manifests":
        return this.putManifest(response, name, reference, body, request.headers["content-type"] ?? "");
      case "GET referrers":
        return this.sendReferrers(response, name, reference);
      default:
        return this.fault(response, 404, "NAME_UNKNOWN");
    }
  }

  private send(
    response: ServerResponse,
    method: string,
    content: Buffer | undefined,
    digest: string,
  ): ServerResponse {
    if (content === undefined) return this.fault(response, 404, "BLOB_UNKNOWN");
    const sent = this.faults.altered === digest ? Buffer.from("altered") : content;
    return response
      .writeHead(200, { "content-length": sent.length })
      .end(method === "HEAD" ? undefined : sent);
  }

  private putBlob(response: ServerResponse, name: string, digest: string, body: Buffer): ServerResponse {
    if (digestOf(body) !== digest) return this.fault(response, 400, "DIGEST_INVALID");
    this.blobs.set(`${name} ${digest}`, body);
    return response.writeHead(201).end();
  }

  private sendManifest(
    response: ServerResponse,
    method: string,
    name: string,
    reference: string,
  ): ServerResponse {
    const found = this.manifests.get(`${name} ${reference}`);
    if (found === undefined) return this.fault(response, 404, "MANIFEST_UNKNOWN");
    return response
      .writeHead(200, {
        "content-type": found.type,
        "content-length": found.content.length,
        "docker-content-digest": digestOf(found.content),
      })
      .end(method === "HEAD" ? undefined : found.content);
  }

  private putManifest(
    response: ServerResponse,
    name: string,
    reference: string,
    content: Buffer,
    type: string,
  ): ServerResponse {
    const digest = digestOf(content);
    const { config, layers = [], subject } = JSON.parse(content.toString());
    for (const { digest: blob } of [...(config ? [config] : []), ...layers]) {
      if (!this.blobs.has(`${name} ${blob}`)) return this.fault(response, 400, "MANIFEST_BLOB_UNKNOWN");
    }
    const there = this.manifests.get(`${name} ${reference}`);
    if (there && digestOf(there.content) !== digest && this.faults.immutable?.includes(name)) {
      return this.fault(response, 400, "TAG_INVALID", `The image tag '${reference}' is immutable`);
    }
    for (const key of [digest, reference]) this.manifests.set(`${name} ${key}`, { type, content });
    const listed = subject && this.faults.referrers !== false;
    return response
      .writeHead(201, {
        "docker-content-digest": digest,
        ...(listed ? { "oci-subject": subject.digest } : {}),
      })
      .end();
  }

  private sendReferrers(response: ServerResponse, name: string, subject: string): ServerResponse {
    if (this.faults.referrers === false) return this.fault(response, 404, "UNSUPPORTED");
    const manifests = [...this.manifests]
      .filter(([key]) => key.startsWith(`${name} sha256:`))
      .flatMap(([, { content, type }]) => {
        const { subject: of, artifactType } = JSON.parse(content.toString());
        if (of?.digest !== subject) return [];
        return [{ mediaType: type, digest: digestOf(content), size: content.length, artifactType }];
      });
    const mediaType = "application/vnd.oci.image.index.v1+json";
    response.writeHead(200, { "content-type": mediaType });
    return response.end(JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
  }

  private fault(response: ServerResponse, status: number, code: string, message = "planted"): ServerResponse {
    response.writeHead(status, { "content-type": "application/json" });
    return response.end(JSON.stringify({ errors: [{ code, message }] }));
  }
}
