import { setTimeout as sleep } from "node:timers/promises";
import {
  CloudWatchLogsClient,
  type FilteredLogEvent,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  type FilterLogEventsCommandOutput,
} from "@aws-sdk/client-cloudwatch-logs";
import { interrupted } from "../process/interrupts";
import { nameOf, unreachable } from "./errors";

/** Time between two looks at logs that are followed, in milliseconds: AWS takes few a second. */
const LOOK = 2_000;

/** Events that are remembered, so that none is shown twice: those of the same millisecond come again. */
const REMEMBERED = 10_000;

/** Which events are read. */
export interface LogEvents {
  readonly region: string;
  readonly logGroupName: string;

  /** What the names of the streams begin with. @default - all streams */
  readonly logStreamNamePrefix?: string;

  /** How far back, in milliseconds. */
  readonly since: number;

  /** Whether to go on until Ctrl-C. */
  readonly follow: boolean;

  /**
   * Time between two looks, in milliseconds.
   *
   * @default 2000
   */
  readonly look?: number;
}

/** Reads the events of a log group in the order of CloudWatch Logs; a group that is not there has none. */
export async function* logEvents(input: LogEvents): AsyncGenerator<FilteredLogEvent> {
  const { region, logGroupName, logStreamNamePrefix, since, follow, look = LOOK } = input;
  const logs = new CloudWatchLogsClient({ region });
  const seen = new Set<string>();
  let from = Date.now() - since;
  do {
    let token: string | undefined;
    do {
      const page = await events(logs, {
        logGroupName,
        startTime: from,
        ...(logStreamNamePrefix === undefined ? {} : { logStreamNamePrefix }),
        ...(token === undefined ? {} : { nextToken: token }),
      });
      for (const event of page.events ?? []) {
        const { eventId = "", timestamp = 0 } = event;
        if (seen.has(eventId)) continue;
        seen.add(eventId);
        from = Math.max(from, timestamp);
        yield event;
      }
      token = page.nextToken;
    } while (token !== undefined && !interrupted.aborted);
    if (seen.size > REMEMBERED)
      for (const old of [...seen].slice(0, seen.size - REMEMBERED)) seen.delete(old);
    if (follow) await sleep(look, undefined, { signal: interrupted }).catch(() => undefined);
  } while (follow && !interrupted.aborted);
}

async function events(
  logs: CloudWatchLogsClient,
  input: FilterLogEventsCommandInput,
): Promise<FilterLogEventsCommandOutput> {
  try {
    return await logs.send(new FilterLogEventsCommand(input));
  } catch (error) {
    if (nameOf(error) === "ResourceNotFoundException") return { $metadata: {}, events: [] };
    throw unreachable(error);
  }
}
