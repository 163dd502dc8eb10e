import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { TrustedRoot } from "@sigstore/protobuf-specs";

/** A Sigstore of a test, in a process of its own. */
export class SigstoreServer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly port: number,

    /** What has to be trusted to verify what it gives. */
    readonly trustedRoot: TrustedRoot,
  ) {}

  /** @param subject - of the tokens: the identity that signs. */
  static async start(subject: string): Promise<SigstoreServer> {
    const script = join(__dirname, "sigstore-server.mjs");
    const child = spawn(process.execPath, [script, subject], { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    const ended = once(child, "exit").then(() => {
      throw new Error("Sigstore's stand-in ended before it listened");
    });
    while (!text.includes("\n")) await Promise.race([once(child.stdout, "data"), ended]);
    ended.catch(() => undefined);
    const { port, trustedRoot } = JSON.parse(text);
    return new SigstoreServer(child, port, TrustedRoot.fromJSON(trustedRoot));
  }

  /** Variables of a workflow's run whose identity this Sigstore knows. */
  get environment(): Readonly<Record<string, string>> {
    const url = `http://127.0.0.1:${this.port}`;
    return {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/token?run=1`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "token",
      SIGSTORE_FULCIO_URL: url,
      SIGSTORE_REKOR_URL: url,
    };
  }

  async stop(): Promise<void> {
    const ended = once(this.child, "exit");
    this.child.kill();
    await ended;
  }
}
