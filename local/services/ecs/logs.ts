import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { type AwsCaller, CallError } from "../../gateway/caller";
import type { Input } from "./input";

/** Events that are sent at once, at most. @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const MOST = 1000;

/** Bytes of a line that are kept, at most: CloudWatch Logs refuses longer ones. */
const LONGEST = 256 * 1024 - 26;

/** Where the lines of a container go. */
export interface LogStream {
  readonly group: string;
  readonly name: string;
  readonly createsGroup: boolean;
}

/**
 * Where the awslogs driver writes.
 *
 * @param task - id of the task.
 * @returns undefined for a container without that driver.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
 */
export function logStreamOf(container: Input, task: string): LogStream | undefined {
  const { logDriver, options = {} } = (container.logConfiguration ?? {}) as {
    readonly logDriver?: string;
    readonly options?: Readonly<Record<string, string>>;
  };
  const group = options["awslogs-group"];
  if (logDriver !== "awslogs" || group === undefined) return undefined;
  const prefix = options["awslogs-stream-prefix"];
  const name = prefix === undefined ? task : `${prefix}/${String(container.name)}/${task}`;
  return { group, name, createsGroup: options["awslogs-create-group"] === "true" };
}

/** Makes the stream. @throws as the agent says it, where the group is missing. */
export async function openLogStream(
  { group, name, createsGroup }: LogStream,
  caller: AwsCaller,
): Promise<void> {
  const call = (operation: string, input: object) => caller.json("logs", `Logs_20140328.${operation}`, input);
  const unlessThere = (error: unknown) => {
    if (!(error instanceof CallError) || error.code !== "ResourceAlreadyExistsException") throw error;
  };
  try {
    if (createsGroup) await call("CreateLogGroup", { logGroupName: group }).catch(unlessThere);
    await call("CreateLogStream", { logGroupName: group, logStreamName: name }).catch(unlessThere);
  } catch (error) {
    throw new Error(
      `ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ${error instanceof Error ? error.message : error}`,
    );
  }
}

/**
 * Sends the lines of a container to its stream, a batch at a time.
 *
 * @returns when all of them have been sent.
 */
export async function sendLines(
  sources: readonly Readable[],
  stream: LogStream | undefined,
  caller: AwsCaller,
  onError: (error: unknown) => void,
): Promise<void> {
  let waiting: { timestamp: number; message: string }[] = [];
  let sending: Promise<void> | undefined;
  const send = async () => {
    while (waiting.length > 0 && stream) {
      const logEvents = waiting.slice(0, MOST);
      waiting = waiting.slice(MOST);
      const input = { logGroupName: stream.group, logStreamName: stream.name, logEvents };
      await caller.json("logs", "Logs_20140328.PutLogEvents", input).catch(onError);
    }
    sending = undefined;
  };
  const lines = sources.map(
    (source) =>
      new Promise<void>((resolve) => {
        const reader = createInterface({ input: source, crlfDelay: Number.POSITIVE_INFINITY });
        reader.on("line", (line) => {
          if (line === "" || !stream) return;
          waiting.push({ timestamp: Date.now(), message: line.slice(0, LONGEST) });
          sending ??= send();
        });
        reader.once("close", resolve);
      }),
  );
  await Promise.all(lines);
  await (sending ?? send());
}
