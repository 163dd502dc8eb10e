import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { Program } from "../cluster";
import { runProgram } from "../program";

/** What a client has seen that never stopped asking. */
export interface Polled {
  readonly answers: number;

  /** Answers with a status that is not 200. */
  readonly failed: number;

  /** Why there was none, for each request without an answer. */
  readonly unreachable: readonly string[];

  /** Versions that answered. */
  readonly versions: readonly string[];
}

/** Asks one URL, each time by a new connection, until its input ends; then prints what it has seen. */
const CLIENT = `
const { get } = require("node:http");
const seen = { answers: 0, failed: 0, unreachable: [], versions: [] };
const ask = () => new Promise((resolve) => {
  const request = get(process.argv[1], { agent: false, timeout: 300_000 }, (answer) => {
    let body = "";
    answer.on("data", (chunk) => { body += chunk; });
    answer.on("end", () => {
      seen.answers += 1;
      if (answer.statusCode !== 200) seen.failed += 1;
      else {
        const { version } = JSON.parse(body);
        if (!seen.versions.includes(version)) seen.versions.push(version);
      }
      resolve();
    });
  });
  request.on("timeout", () => request.destroy(new Error("no answer within five minutes")));
  request.on("error", (error) => { seen.unreachable.push(error.message); resolve(); });
});
let ended = false;
process.stdin.on("data", () => {}).on("end", () => { ended = true; });
(async () => {
  while (!ended) {
    await ask();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  console.log(JSON.stringify(seen));
})();
`;

/** The network of a real node, as a program in it sees it. */
export class NodeNetwork {
  private readonly namespace: string;

  /** @param programs - those of the cluster; the API server is in the node's network. */
  constructor(programs: readonly Program[]) {
    const server = programs.find(({ name }) => name === "kube-apiserver");
    if (!server) throw new Error("the cluster has no kube-apiserver");
    this.namespace = `--net=/proc/${server.pid}/ns/net`;
  }

  /** The body of an answer. @throws when there is none. */
  async fetch(url: string): Promise<string> {
    const script = `fetch(${JSON.stringify(url)}).then((answer) => answer.text()).then(console.log)`;
    const { code, output, stdout } = await runProgram("nsenter", [
      this.namespace,
      process.execPath,
      "--eval",
      script,
    ]);
    if (code !== 0) throw new Error(`${url} does not answer\n${output}`);
    return stdout;
  }

  /** Starts a client that never stops asking. */
  poll(url: string): { stop(): Promise<Polled> } {
    const client: ChildProcess = spawn(
      "nsenter",
      [this.namespace, process.execPath, "--eval", CLIENT, "--", url],
      { stdio: ["pipe", "pipe", "inherit"] },
    );
    const ended = once(client, "close");
    const printed = client.stdout ? text(client.stdout) : Promise.resolve("");
    return {
      async stop() {
        client.stdin?.end();
        await ended;
        return JSON.parse(await printed);
      },
    };
  }
}
