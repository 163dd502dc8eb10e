import { Token } from "cdktf";
import type { Fault } from "../core/errors";
import { wholeFaults } from "../core/whole";
import type { ArtifactFunction } from "./function";
import { type IQueue, queueArnFaults } from "./queue";

/** What every event source of a function has. */
interface EventSourceProps {
  /** The function that reads it: its alias is called, and its role gets what reading needs. */
  readonly function: ArtifactFunction;

  /**
   * Seconds for which a batch is gathered, 0 to 300.
   *
   * @default 0
   */
  readonly batchWindowSeconds?: number;

  /**
   * Patterns of the events that the function gets, 1 to 5; others are dropped unread.
   *
   * @default - all events
   * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
   */
  readonly filters?: readonly object[];

  /**
   * Whether the function says which records of a batch failed (`batchItemFailures`), so that the others are done. One that
   * says nothing has done them all.
   *
   * @default true
   */
  readonly partialFailures?: boolean;

  /**
   * Whether it reads.
   *
   * @default true
   */
  readonly enabled?: boolean;
}

/** Properties of `QueueSource`. */
export interface QueueSourceProps extends EventSourceProps {
  /** The queue. Its visibility timeout is at least six times the function's, and `batchWindowSeconds`. */
  readonly queue: IQueue;

  /**
   * Messages of a batch, 1 to 10000; 1 to 10 of a FIFO queue.
   *
   * @default 10
   */
  readonly batchSize?: number;

  /**
   * Calls at once that it makes, 2 to 1000: so a full queue takes no other caller's, and nothing is received only to be
   * throttled. Not more than `reservedConcurrency` of the function.
   *
   * @default - what the function has
   */
  readonly maxConcurrency?: number;
}

/** Properties of `StreamSource`. */
export interface StreamSourceProps extends EventSourceProps {
  /** Whose stream it is; the ARN of one that Terraform makes does not say it yet. */
  readonly service: "dynamodb" | "kinesis";

  /** ARN of the stream, or of a consumer of Kinesis's. */
  readonly streamArn: string;

  /**
   * Records of a batch, 1 to 10000.
   *
   * @default 100
   */
  readonly batchSize?: number;

  /**
   * Where it begins: with what comes from now on, or with the oldest record that the stream has.
   *
   * @default "latest"
   */
  readonly start?: "latest" | "oldest";

  /**
   * Times that a batch is tried again, 0 to 10000; then it goes to `failures`, and the shard goes on. Lambda's own default
   * tries until the record expires, and holds up its shard for that long.
   *
   * @default 5
   */
  readonly retries?: number;

  /**
   * Seconds after which a record is not tried any more, 60 to 604800.
   *
   * @default - none: as long as the stream has it
   */
  readonly maxAgeSeconds?: number;

  /**
   * Divides a batch that failed in two, so that the one bad record is found.
   *
   * @default true
   */
  readonly bisect?: boolean;

  /**
   * Batches of a shard that are worked on at once, 1 to 10; records of one key stay in order.
   *
   * @default 1
   */
  readonly parallelBatches?: number;

  /**
   * Where Lambda says which records were given up: a queue made here (`own`), a given queue or topic, or nowhere (`none`).
   *
   * @default "own"
   */
  readonly failures?: "own" | "none" | { readonly queueArn: string } | { readonly topicArn: string };

  /**
   * KMS key that encrypts the stream, if it is one of one's own.
   *
   * @default - none
   */
  readonly kmsKeyArn?: string;
}

/** Times of the function's timeout for which a message is hidden, at least. */
const VISIBILITY_TIMEOUTS = 6;

/** Every fault of a queue as an event source. */
export function queueSourceFaults(props: QueueSourceProps): readonly Fault[] {
  const { queue, function: target, batchSize = 10, batchWindowSeconds = 0, maxConcurrency } = props;
  const fifo = queue.queueArn.endsWith(".fifo");
  const faults: Fault[] = [
    ...sourceFaults(props),
    ...queueArnFaults("queueArn", queue.queueArn),
    ...wholeFaults("batchSize", batchSize, 1, fifo ? 10 : 10_000, 10),
  ];
  if (fifo && batchWindowSeconds > 0) {
    faults.push({
      what: `batchWindowSeconds is ${batchWindowSeconds}, and a FIFO queue has no window`,
      instead: "leave it out",
    });
  }
  if (batchSize > 10 && batchWindowSeconds === 0) {
    faults.push({
      what: `batchSize is ${batchSize} without a window, and Lambda gathers more than 10 only in one`,
      instead: "set batchWindowSeconds, e.g. to 5",
    });
  }
  const least = VISIBILITY_TIMEOUTS * target.timeoutSeconds + batchWindowSeconds;
  const hidden = queue.visibilityTimeoutSeconds;
  if (!Token.isUnresolved(hidden) && hidden < least) {
    faults.push({
      what: `the queue hides a message for ${hidden} s, and the function may take ${target.timeoutSeconds} s: others would receive it while it is worked on`,
      instead: `set the queue's visibilityTimeoutSeconds to ${least} or more: ${VISIBILITY_TIMEOUTS} times the function's timeout${batchWindowSeconds > 0 ? ", and the window" : ""}`,
    });
  }
  if (maxConcurrency !== undefined) {
    faults.push(...wholeFaults("maxConcurrency", maxConcurrency, 2, 1000, 10));
    const reserved = target.reservedConcurrency;
    if (reserved >= 0 && maxConcurrency > reserved) {
      faults.push({
        what: `maxConcurrency is ${maxConcurrency}, and the function has ${reserved} calls at once: messages would be received and throttled until they are dead letters`,
        instead: `use ${reserved} or less, or raise reservedConcurrency`,
      });
    }
  }
  return faults;
}

/** Every fault of a stream as an event source. */
export function streamSourceFaults(props: StreamSourceProps): readonly Fault[] {
  const {
    service,
    streamArn,
    batchSize = 100,
    retries = 5,
    maxAgeSeconds,
    parallelBatches = 1,
    failures,
  } = props;
  const faults: Fault[] = [
    ...sourceFaults(props),
    ...wholeFaults("batchSize", batchSize, 1, 10_000, 100),
    ...wholeFaults("retries", retries, 0, 10_000, 5),
    ...(maxAgeSeconds === undefined ? [] : wholeFaults("maxAgeSeconds", maxAgeSeconds, 60, 604_800, 86_400)),
    ...wholeFaults("parallelBatches", parallelBatches, 1, 10, 1),
  ];
  if (!streamArn.includes("${") && !STREAM_ARNS[service].test(streamArn)) {
    faults.push({
      what: `streamArn ${JSON.stringify(streamArn)} is not a stream of ${service === "kinesis" ? "Kinesis" : "DynamoDB"}`,
      instead:
        service === "kinesis"
          ? 'use e.g. "arn:aws:kinesis:us-east-1:123456789012:stream/clicks"'
          : 'use e.g. "arn:aws:dynamodb:us-east-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000", the stream and not the table',
    });
  }
  if (typeof failures === "object")
    faults.push(...destinationFaults("queueArn" in failures ? failures.queueArn : failures.topicArn));
  return faults;
}

const STREAM_ARNS = {
  dynamodb: /^arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\d{12}:table\/[\w.-]+\/stream\/[^*\s]+$/,
  kinesis: /^arn:aws[a-z-]*:kinesis:[a-z0-9-]+:\d{12}:stream\/[\w.-]+(?:\/consumer\/[\w.:-]+)?$/,
} as const;

function destinationFaults(arn: string): readonly Fault[] {
  if (arn.includes("${") || /^arn:aws[a-z-]*:(?:sqs|sns):[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]+$/.test(arn))
    return [];
  return [
    {
      what: `failures ${JSON.stringify(arn)} is not a queue or a topic, or keeps an order, which Lambda does not serve`,
      instead: 'use e.g. "arn:aws:sqs:us-east-1:123456789012:orders-failures"',
    },
  ];
}

function sourceFaults({ batchWindowSeconds = 0, filters }: EventSourceProps): readonly Fault[] {
  const faults: Fault[] = [...wholeFaults("batchWindowSeconds", batchWindowSeconds, 0, 300, 5)];
  if (filters !== undefined && (filters.length === 0 || filters.length > 5)) {
    faults.push({
      what: `filters has ${filters.length} patterns`,
      instead: "use 1 to 5, or leave it out",
    });
  }
  return faults;
}
