import { spawn } from "node:child_process";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Interrupted } from "../../console/errors";
import { hear, interrupted } from "../../process/interrupts";
import { endGroup } from "../../process/run";

/** What a function said to one event. */
export interface Answer {
  readonly ok: boolean;
  readonly value?: unknown;
  readonly error?: {
    readonly errorType?: string;
    readonly errorMessage?: string;
    readonly trace?: readonly string[];
  };
}

/** Largest answer of a function, in bytes. @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LARGEST = 6 * 2 ** 20;

/** Milliseconds after its end within which its output ends, where what it started does not hold it open. */
const OUTPUT_LIMIT = 1000;

/**
 * Starts a custom runtime, and gives it one event by the Runtime API, which it asks over HTTP as it does on Lambda.
 *
 * @param print - gets what it prints.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export async function callCustomRuntime(
  program: string,
  props: {
    readonly folder: string;
    readonly event: string;
    readonly seconds: number;
    readonly env: Readonly<Record<string, string>>;
    readonly print: (text: string) => void;
  },
): Promise<Answer> {
  const { folder, event, seconds, print } = props;
  const id = "00000000-0000-4000-8000-000000000000";
  let settle: (answer: Answer) => void = () => undefined;
  const answered = new Promise<Answer>((resolve) => {
    settle = resolve;
  });
  let isGiven = false;
  const server = createServer(async (request, response) => {
    const path = request.url?.replace("/2018-06-01/runtime/", "");
    if (request.method === "GET" && path === "invocation/next") {
      // A second event never comes: it waits, as a function does that nobody calls.
      if (isGiven) return;
      isGiven = true;
      response.writeHead(200, {
        "content-type": "application/json",
        "lambda-runtime-aws-request-id": id,
        "lambda-runtime-deadline-ms": String(Date.now() + seconds * 1000),
        "lambda-runtime-invoked-function-arn": "arn:aws:lambda:us-east-1:123456789012:function:check",
      });
      response.end(event);
      return;
    }
    const body = await bodyOf(request);
    const isResponse = path === `invocation/${id}/response`;
    const isError = path === `invocation/${id}/error` || path === "init/error";
    response.writeHead(isResponse || isError ? 202 : 404).end();
    if (isResponse) settle({ ok: true, value: parsed(body) });
    if (isError) settle({ ok: false, error: parsed(body) as NonNullable<Answer["error"]> });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const api = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = { ...process.env, ...props.env, AWS_LAMBDA_RUNTIME_API: api };
  const child = spawn(program, [], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  hear(child);
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => print(chunk.toString()));
  // What it printed before it answered may still be on its way when the answer is there.
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const failed = (errorType: string, errorMessage: string): Answer => ({
    ok: false,
    error: { errorType, errorMessage },
  });
  child.once("error", (error) => settle(failed("Runtime.InvalidEntrypoint", error.message)));
  child.once("exit", (code, signal) =>
    settle(failed("Runtime.ExitError", `the program ended with ${code ?? signal} before it answered`)),
  );
  const end = new AbortController();
  const timeout = sleep(seconds * 1000, undefined, { signal: end.signal }).then(
    () => failed("Sandbox.Timedout", `Task timed out after ${seconds.toFixed(2)} seconds`),
    () => failed("Sandbox.Timedout", "it was ended"),
  );
  try {
    const answer = await Promise.race([answered, timeout]);
    if (interrupted.aborted) throw new Interrupted();
    return answer;
  } finally {
    end.abort();
    endGroup(child);
    await Promise.race([closed, sleep(OUTPUT_LIMIT, undefined, { ref: false })]);
    server.closeAllConnections();
    server.close();
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= LARGEST) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** An answer as JSON, or as the text that it is. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
