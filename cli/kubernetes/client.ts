import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { CliError, Interrupted } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { InputError } from "../input/file";
import { at, type Json, parseJson } from "../input/json";
import { within } from "../process/deadline";
import { interrupted } from "../process/interrupts";
import { type Credential, Credentials } from "./credential";
import { type AccessProps, type ClusterAccess, clusterAccess } from "./kubeconfig";

/** The API did not do what was asked. */
export class KubernetesFault extends CliError {
  constructor(
    /** HTTP status; undefined when there was no answer. */
    readonly status: number | undefined,
    ...lines: readonly string[]
  ) {
    super(status === undefined || status >= 500 ? EXIT.MISSING : EXIT.FAILED, ...lines);
  }

  /** Whether another try may help. */
  get passing(): boolean {
    return this.status === undefined || this.status >= 500 || this.status === 429 || this.status === 409;
  }
}

/** Milliseconds that one request may take. */
const TIMEOUT = 15_000;

/** Largest answer that is read, in bytes. */
const LARGEST = 64_000_000;

/** A request with all that it needs. */
interface Question {
  readonly method: string;
  readonly path: string;
  readonly body: string | undefined;
  readonly credential: Credential;
  readonly signal: AbortSignal;
}

/** The API of one cluster, as far as a few objects are read and patched. */
export class KubernetesClient {
  private readonly credentials: Credentials;

  constructor(private readonly access: ClusterAccess) {
    this.credentials = new Credentials(access);
  }

  /** The cluster of a kubeconfig. @throws CliError when there is none. */
  static of(props: AccessProps): KubernetesClient {
    return new KubernetesClient(clusterAccess(props));
  }

  /** Name of the context, and address of the API, for messages. */
  get where(): string {
    return `${this.access.server} (context ${this.access.context})`;
  }

  /** Reads an object or a list. @throws KubernetesFault, with status 404 when it is not there. */
  get(path: string): Promise<Json> {
    return this.send("GET", path);
  }

  /** As {@link get}; undefined when the object, or its kind, is not there. */
  async find(path: string): Promise<Json | undefined> {
    try {
      return await this.get(path);
    } catch (error) {
      if (error instanceof KubernetesFault && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Merges a patch into an object (RFC 7386). */
  merge(path: string, patch: object): Promise<Json> {
    return this.send("PATCH", path, JSON.stringify(patch));
  }

  private async send(method: string, path: string, body?: string): Promise<Json> {
    let answer = await this.once(method, path, body);
    if (answer.status === 401) {
      // A token may have ended before its time.
      this.credentials.forget();
      answer = await this.once(method, path, body);
    }
    const { status } = answer;
    const json = this.parse(answer.body, status);
    if (status < 300) return json;
    const message = at(json, "message");
    throw new KubernetesFault(
      status,
      `the Kubernetes API refuses ${method} ${path.split("?")[0]}: ${status}`,
      `at ${this.where}`,
      typeof message === "string" ? message : "it says no more",
      ...advice(status),
    );
  }

  private parse(body: Buffer, status: number): Json {
    try {
      return parseJson(body) as Json;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      // A proxy's page says nothing of an object.
      if (status >= 300) return {};
      throw new KubernetesFault(
        502,
        `the Kubernetes API answers what is no JSON: ${error.message}`,
        `at ${this.where}`,
      );
    }
  }

  private async once(method: string, path: string, body?: string) {
    if (interrupted.aborted) throw new Interrupted();
    // A program that logs in may take longer than an answer.
    const credential = await this.credentials.current();
    return within(TIMEOUT, (signal) => this.ask({ method, path, body, credential, signal }));
  }

  private ask({ method, path, body, credential, signal }: Question) {
    const { token, certificate, key } = credential;
    const { server, ca, insecure, serverName } = this.access;
    const url = new URL(`${server.replace(/\/$/, "")}${path}`);
    const options = {
      method,
      signal,
      headers: {
        accept: "application/json",
        "user-agent": "groundplan",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/merge-patch+json" }),
      },
    };
    const tls = {
      ...(ca ? { ca } : {}),
      ...(certificate ? { cert: certificate } : {}),
      ...(key ? { key } : {}),
      ...(serverName === undefined ? {} : { servername: serverName }),
      rejectUnauthorized: !insecure,
    };
    return new Promise<{ status: number; body: Buffer }>((resolve, reject) => {
      const fail = (error: Error) => reject(this.unreachable(error));
      const sent =
        url.protocol === "http:" ? requestHttp(url, options) : requestHttps(url, { ...options, ...tls });
      sent.on("error", fail);
      sent.on("response", (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on("data", (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > LARGEST) response.destroy(new Error(`the answer has more than ${LARGEST} bytes`));
          else chunks.push(chunk);
        });
        response.on("error", fail);
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 500, body: Buffer.concat(chunks) }),
        );
      });
      sent.end(body);
    });
  }

  private unreachable(error: Error): CliError {
    if (interrupted.aborted) return new Interrupted();
    const { cause } = error as { readonly cause?: { readonly name?: string; readonly message?: string } };
    const reason = cause?.name === "TimeoutError" ? cause.message : error.message;
    return new KubernetesFault(
      undefined,
      `the Kubernetes API cannot be reached: ${reason || (error as NodeJS.ErrnoException).code}`,
      `at ${this.where}`,
      "look at the network, and at the addresses that the cluster lets in (cluster.publicEndpointCidrs)",
    );
  }
}

function advice(status: number): readonly string[] {
  if (status === 401) return ["the credentials are wrong or have ended: log in again"];
  if (status === 403) return ["the user of the context lacks this right: ask who administers the cluster"];
  return [];
}
