import { type Static, Type } from "@sinclair/typebox";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { InputError, readInputFile } from "../input/file";
import { parseJson } from "../input/json";
import { schemaCheck } from "../input/schema";
import { run } from "../process/run";
import type { ClusterAccess, CredentialProgram } from "./kubeconfig";

/** What lets a request in. */
export interface Credential {
  readonly token?: string;
  readonly certificate?: Buffer;
  readonly key?: Buffer;
}

const ANSWER = Type.Object({
  kind: Type.Literal("ExecCredential"),
  status: Type.Object({
    token: Type.Optional(Type.String()),
    clientCertificateData: Type.Optional(Type.String()),
    clientKeyData: Type.Optional(Type.String()),
    expirationTimestamp: Type.Optional(Type.String()),
  }),
});

const asAnswer = schemaCheck<Static<typeof ANSWER>>(ANSWER);

/** Milliseconds before its end at which a credential is asked for anew. */
const EARLY = 60_000;

/** Largest token that is read from a file, in bytes. */
const LARGEST = 100_000;

/** The credentials of a context. What a program gives is kept until it ends; a token's file is read each time. */
export class Credentials {
  private given: { readonly credential: Credential; readonly until: number } | undefined;

  constructor(private readonly access: ClusterAccess) {}

  /** @throws CliError when the program of the kubeconfig fails. */
  async current(): Promise<Credential> {
    const { token, tokenFile, certificate, key, program } = this.access;
    const own = { ...(certificate ? { certificate } : {}), ...(key ? { key } : {}) };
    if (tokenFile !== undefined) {
      const read = readInputFile(tokenFile, { bytes: LARGEST }, "mend the kubeconfig, which names it");
      return { ...own, token: read.toString().trim() };
    }
    if (token !== undefined) return { ...own, token };
    if (!program) return own;
    if (!this.given || Date.now() > this.given.until - EARLY) this.given = await this.ask(program);
    return { ...own, ...this.given.credential };
  }

  /** Forgets what a program gave, e.g. when the API no longer takes it. */
  forget(): void {
    this.given = undefined;
  }

  private async ask({ command, args, env, apiVersion }: CredentialProgram) {
    const request = { kind: "ExecCredential", apiVersion, spec: { interactive: false } };
    const { server } = this.access;
    const ended = await run(command, args ?? [], {
      cwd: process.cwd(),
      env: {
        ...Object.fromEntries((env ?? []).map(({ name, value }) => [name, value])),
        KUBERNETES_EXEC_INFO: JSON.stringify({ ...request, spec: { ...request.spec, cluster: { server } } }),
      },
    });
    const failed = (why: string) =>
      new CliError(
        EXIT.MISSING,
        `${command} of context ${this.access.context} gives no credentials: ${why}`,
        "log in to AWS, e.g. aws sso login, and try: kubectl get namespaces",
      );
    // What it prints on success is a token.
    if (ended.exitCode !== 0)
      throw failed(ended.all.trim().split("\n").at(-1) ?? `exit code ${ended.exitCode}`);
    try {
      const { token, clientCertificateData, clientKeyData, expirationTimestamp } = asAnswer(
        parseJson(ended.stdout),
      ).status;
      const until =
        expirationTimestamp === undefined ? Number.POSITIVE_INFINITY : Date.parse(expirationTimestamp);
      return {
        credential: {
          ...(token === undefined ? {} : { token }),
          ...(clientCertificateData === undefined ? {} : { certificate: Buffer.from(clientCertificateData) }),
          ...(clientKeyData === undefined ? {} : { key: Buffer.from(clientKeyData) }),
        },
        until: Number.isNaN(until) ? 0 : until,
      };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw failed("its answer is no ExecCredential");
    }
  }
}
