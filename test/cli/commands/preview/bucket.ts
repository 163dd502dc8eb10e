import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** S3 with one bucket, `acme-dev-state`, as far as the list of previews and a page need it; no resource has a tag. */
export class Bucket {
  readonly objects = new Map<string, string>();

  /** Headers of the last write. */
  written: Readonly<Record<string, unknown>> = {};

  /** Method and path of each request, or its operation, in their order. */
  readonly asked: string[] = [];

  /** Most objects that were read at the same time. */
  most = 0;
  private reading = 0;
  private wanted = 0;
  private waiting: (() => void)[] = [];

  private constructor(private readonly server: Server) {}

  /** Lets every read wait until so many are there at the same time. */
  holdUntil(count: number): void {
    this.wanted = count;
  }

  /** A read begins: it waits for the others that a test wants to see beside it. */
  private async beside(): Promise<void> {
    this.reading += 1;
    this.most = Math.max(this.most, this.reading);
    if (this.reading < this.wanted) await new Promise<void>((resolve) => this.waiting.push(resolve));
    // They were seen: from here on nobody waits.
    this.wanted = 0;
    for (const go of this.waiting.splice(0)) go();
    this.reading -= 1;
  }

  static async start(): Promise<Bucket> {
    const server = createServer();
    const bucket = new Bucket(server);
    server.on("request", async (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
      const key = pathname.slice(1);
      const [, operation] = String(request.headers["x-amz-target"] ?? "").split(".");
      bucket.asked.push(operation ?? `${request.method} ${key}`);
      if (operation === "GetResources") {
        response.setHeader("content-type", "application/x-amz-json-1.1");
        return void response.end('{"ResourceTagMappingList":[]}');
      }
      if (request.method === "PUT") {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        bucket.objects.set(key, Buffer.concat(chunks).toString());
        bucket.written = request.headers;
        response.writeHead(200, { etag: '"1"' }).end();
      } else if (searchParams.get("list-type") === "2") {
        const prefixes = [...bucket.objects.keys()].flatMap(
          (one) => /^acme-dev-state\/(environments\/[^/]+\/)/.exec(one)?.[1] ?? [],
        );
        const list = [...new Set(prefixes)].map(
          (one) => `<CommonPrefixes><Prefix>${one}</Prefix></CommonPrefixes>`,
        );
        response.end(`<ListBucketResult><IsTruncated>false</IsTruncated>${list.join("")}</ListBucketResult>`);
      } else if (bucket.objects.has(key)) {
        await bucket.beside();
        response.writeHead(200, { etag: '"1"' }).end(bucket.objects.get(key));
      } else response.writeHead(404).end("<Error><Code>NoSuchKey</Code></Error>");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return bucket;
  }

  /** Variables by which a command finds it. */
  environment(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: "a",
      AWS_SECRET_ACCESS_KEY: "b",
      AWS_REGION: "us-east-1",
      STATE_BUCKET: "acme-dev-state",
      PREVIEW_PLATFORM: "acme",
    };
  }

  /** Stores the metadata of a preview. */
  store(name: string, metadata: unknown): void {
    this.objects.set(`acme-dev-state/environments/${name}/metadata.json`, JSON.stringify(metadata));
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
