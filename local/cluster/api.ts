import { request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { LocalError } from "../options";
import type { ClusterAccess } from "./kubeconfig";

/** An answer of the Kubernetes API. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
}

/** The Kubernetes API of a cluster, over HTTPS, by a bearer token. */
export class KubernetesApi {
  readonly #access: Omit<ClusterAccess, "context">;
  readonly #token: string;

  constructor(access: Omit<ClusterAccess, "context">, token: string) {
    this.#access = access;
    this.#token = token;
  }

  /**
   * Applies an object on the server's side, as its owner `groundplan`.
   *
   * @param path - of the object, e.g. `/api/v1/nodes/node-1`.
   * @param manifest - YAML or JSON.
   * @throws LocalError when the API refuses it.
   */
  async apply(path: string, manifest: string): Promise<void> {
    const query = "?fieldManager=groundplan&force=true";
    const { status, body } = await this.send("PATCH", `${path}${query}`, manifest);
    if (status >= 300)
      throw new LocalError("failed", `the Kubernetes API refused ${path}: ${messageOf(body)}`);
  }

  /** Version that the server tells, e.g. `1.34.4`. */
  async version(): Promise<string> {
    const { body } = await this.send("GET", "/version");
    return String(JSON.parse(body).gitVersion).replace(/^v/, "");
  }

  /** Whether the server says that it is ready. */
  async isReady(): Promise<boolean> {
    try {
      return (await this.send("GET", "/readyz")).status === 200;
    } catch {
      return false;
    }
  }

  /**
   * Waits until the server is ready.
   *
   * @param limit - milliseconds.
   * @returns whether it became so.
   */
  async ready(limit: number, goOn: () => boolean, signal?: AbortSignal): Promise<boolean> {
    for (const begun = Date.now(); Date.now() - begun < limit && goOn(); await sleep(100)) {
      signal?.throwIfAborted();
      if (await this.isReady()) return true;
    }
    return false;
  }

  /** Sends one request; an answer of any status is an answer. */
  send(method: string, path: string, body?: string): Promise<ApiAnswer> {
    const { endpoint, certificateAuthorityData } = this.#access;
    return new Promise((resolve, reject) => {
      const sent = request(
        new URL(path, endpoint),
        {
          method,
          ca: Buffer.from(certificateAuthorityData, "base64"),
          headers: {
            authorization: `Bearer ${this.#token}`,
            accept: "application/json",
            ...(body === undefined ? {} : { "content-type": "application/apply-patch+yaml" }),
          },
          timeout: 30_000,
        },
        (answer) => {
          const parts: Buffer[] = [];
          answer.on("data", (part: Buffer) => parts.push(part));
          answer.on("end", () =>
            resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(parts).toString("utf8") }),
          );
          answer.on("error", reject);
        },
      );
      sent.on("timeout", () => sent.destroy(new Error("no answer within 30 seconds")));
      sent.on("error", reject);
      sent.end(body);
    });
  }
}

function messageOf(body: string): string {
  try {
    return JSON.parse(body).message ?? body;
  } catch {
    return body;
  }
}
