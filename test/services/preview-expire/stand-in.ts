import { createPublicKey, verify } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { StandInServer } from "../stand-in-server";

/** A dispatch that GitHub took. */
export interface Dispatch {
  readonly path: string;
  readonly authorization: string;
  readonly body: unknown;
}

/** Stands in for S3, Secrets Manager and GitHub at one address: their own protocols, for their own clients. */
export class StandIn extends StandInServer {
  /** Objects of the bucket, by their key. */
  readonly objects = new Map<string, string>();
  readonly dispatches: Dispatch[] = [];
  secret = "ghs_0123456789abcdef0123456789abcdef0123";

  /** Status with which GitHub answers a dispatch. */
  dispatchStatus = 204;

  /** PEM of the public key of a GitHub App. */
  appKey: string | undefined;

  static start(): Promise<StandIn> {
    return new StandIn().listen();
  }

  protected answer(request: IncomingMessage, response: ServerResponse, body: string): void {
    const path = (request.url ?? "").replace(/\?.*$/, "");
    const { authorization = "" } = request.headers;
    const json = (status: number, value: unknown) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    if (request.headers["x-amz-target"] === "secretsmanager.GetSecretValue") {
      json(200, { ARN: "arn", Name: "github", SecretString: this.secret });
    } else if (path.startsWith("/groundplan-state/")) {
      const object = this.objects.get(path.slice("/groundplan-state/".length));
      if (object === undefined) {
        response
          .writeHead(404, { "content-type": "application/xml" })
          .end('<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>none</Message></Error>');
      } else response.writeHead(200, { etag: '"1"' }).end(object);
    } else if (path === "/app/installations/42/access_tokens" && this.isSignedByApp(authorization)) {
      json(201, { token: "ghs_of_the_app", expires_at: "2999-01-01T00:00:00Z", permissions: {} });
    } else if (path.endsWith("/dispatches")) {
      if (this.dispatchStatus === 204) {
        this.dispatches.push({ path, authorization, body: JSON.parse(body) });
        response.writeHead(204).end();
      } else json(this.dispatchStatus, { message: "no" });
    } else json(404, { message: `nothing at ${path}` });
  }

  private isSignedByApp(authorization: string): boolean {
    const [head = "", payload = "", signature = ""] = authorization.replace(/^bearer /i, "").split(".");
    if (this.appKey === undefined) return false;
    const isSigned = verify(
      "RSA-SHA256",
      Buffer.from(`${head}.${payload}`),
      createPublicKey(this.appKey),
      Buffer.from(signature, "base64url"),
    );
    return isSigned && JSON.parse(Buffer.from(payload, "base64url").toString()).iss === 7;
  }
}
