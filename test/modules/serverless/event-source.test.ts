import {
  type ArtifactFunctionProps,
  Queue,
  type QueueProps,
  QueueSource,
  type QueueSourceProps,
  StreamSource,
  type StreamSourceProps,
} from "@groundplan/modules/serverless";
import { type Synthesized, synthesized } from "../network/synthesized";
import { faultsOf, makeFunction } from "./fixtures";

const QUEUE_ARN = "arn:aws:sqs:us-east-1:123456789012:orders";
const KEY = "arn:aws:kms:us-east-1:123456789012:key/1";
const TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000";
const CLICKS = "arn:aws:kinesis:us-east-1:123456789012:stream/clicks";

const queue = (visibilityTimeoutSeconds = 60, queueArn = QUEUE_ARN) =>
  Queue.fromQueueAttributes({ queueArn, visibilityTimeoutSeconds });

type Scope = Parameters<typeof makeFunction>[0];

const addQueue = (
  scope: Scope,
  change: Partial<QueueSourceProps> = {},
  settings: Partial<ArtifactFunctionProps> = {},
) => new QueueSource(scope, "orders", { function: makeFunction(scope, settings), queue: queue(), ...change });
const addStream = (scope: Scope, change: Partial<StreamSourceProps> = {}) =>
  new StreamSource(scope, "table", {
    function: makeFunction(scope),
    service: "dynamodb",
    streamArn: TABLE,
    ...change,
  });

/** Statements of the function's role, by their ids, of those that a source added. */
const rights = (stack: Synthesized) =>
  Object.fromEntries(
    JSON.parse(String(stack.one("aws_iam_role_policy").policy))
      .Statement.filter(({ Sid }: { Sid: string }) => /Source/.test(Sid))
      .map(({ Sid, Action, Resource }: Record<string, string>) => [Sid, [Action, Resource]]),
  );

test("a queue is read by the alias, in batches of which the function says what failed", () => {
  const stack = synthesized(
    (scope) => void addQueue(scope, { maxConcurrency: 5, filters: [{ body: { kind: ["paid"] } }] }),
  );
  const alias = stack.address("aws_lambda_alias", "api/alias");
  expect(stack.one("aws_lambda_event_source_mapping", "orders/mapping")).toEqual({
    function_name: `\${${alias}.arn}`,
    event_source_arn: QUEUE_ARN,
    batch_size: 10,
    enabled: true,
    function_response_types: ["ReportBatchItemFailures"],
    scaling_config: { maximum_concurrency: 5 },
    filter_criteria: { filter: [{ pattern: '{"body":{"kind":["paid"]}}' }] },
    // Lambda asks at once whether the role may receive.
    depends_on: [stack.address("aws_iam_role_policy", "api/role/policy")],
  });
  expect(rights(stack)).toEqual({
    ReceiveSourceOrders: [expect.arrayContaining(["sqs:ReceiveMessage", "sqs:DeleteMessage"]), QUEUE_ARN],
  });
});

test("a queue that is made here is encrypted, has dead letters, and is read with its key", () => {
  const made = (change: Partial<QueueProps> = {}) =>
    synthesized((scope) => {
      const orders = new Queue(scope, "queue", { queueName: "groundplan-dev-orders", ...change });
      void addQueue(scope, { queue: orders, partialFailures: false, enabled: false });
    });
  const stack = made({ kmsKeyArn: KEY });
  const letters = stack.address("aws_sqs_queue", "queue/dead-letters");
  expect(stack.one("aws_sqs_queue", "queue/queue")).toMatchObject({
    name: "groundplan-dev-orders",
    visibility_timeout_seconds: 60,
    message_retention_seconds: 345_600,
    kms_master_key_id: KEY,
    redrive_policy: `\${jsonencode({"deadLetterTargetArn" = ${letters}.arn, "maxReceiveCount" = 5})}`,
  });
  expect(stack.one("aws_lambda_event_source_mapping")).toMatchObject({ enabled: false });
  expect(stack.one("aws_lambda_event_source_mapping")).not.toHaveProperty("function_response_types");
  expect(rights(stack)).toMatchObject({ DecryptSourceOrders: [["kms:Decrypt"], KEY] });
  expect(made().one("aws_sqs_queue", "queue/queue")).toMatchObject({ sqs_managed_sse_enabled: true });
});

test("a FIFO queue has dead letters in order too", () => {
  const stack = synthesized((scope) => void new Queue(scope, "queue", { queueName: "orders.fifo" }));
  expect(stack.one("aws_sqs_queue", "queue/dead-letters")).toMatchObject({
    name: "orders-dead-letters.fifo",
    fifo_queue: true,
  });
});

test("a stream's bad record is found, given up and said; its shard goes on", () => {
  const stack = synthesized((scope) => void addStream(scope));
  const failures = stack.address("aws_sqs_queue", "table/failures");
  expect(stack.one("aws_lambda_event_source_mapping")).toMatchObject({
    event_source_arn: TABLE,
    batch_size: 100,
    starting_position: "LATEST",
    maximum_retry_attempts: 5,
    bisect_batch_on_function_error: true,
    parallelization_factor: 1,
    function_response_types: ["ReportBatchItemFailures"],
    destination_config: { on_failure: { destination_arn: `\${${failures}.arn}` } },
  });
  expect(rights(stack)).toEqual({
    SourceTableRead: [["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"], TABLE],
    SourceTableList: ["dynamodb:ListStreams", "*"],
    SourceTableFailures: [["sqs:GetQueueAttributes", "sqs:SendMessage"], `\${${failures}.arn}`],
  });
});

test("a consumer of Kinesis reads its stream, from the oldest record, and says to a topic what it gave up", () => {
  const topicArn = "arn:aws:sns:us-east-1:123456789012:failures";
  const streamArn = `${CLICKS}/consumer/api:1`;
  const stack = synthesized(
    (scope) =>
      void addStream(scope, {
        service: "kinesis",
        streamArn,
        start: "oldest",
        failures: { topicArn },
        maxAgeSeconds: 3600,
        kmsKeyArn: KEY,
      }),
  );
  expect(stack.one("aws_lambda_event_source_mapping")).toMatchObject({
    starting_position: "TRIM_HORIZON",
    maximum_record_age_in_seconds: 3600,
  });
  expect(rights(stack)).toMatchObject({
    SourceTableRead: [expect.arrayContaining(["kinesis:GetRecords"]), [CLICKS, streamArn]],
    SourceTableFailures: ["sns:Publish", topicArn],
    DecryptSourceTable: [["kms:Decrypt"], KEY],
  });
  const silent = synthesized((scope) => void addStream(scope, { failures: "none" }));
  expect(silent.one("aws_lambda_event_source_mapping")).not.toHaveProperty("destination_config");
});

test("messages are hidden for six times the function's timeout, to the second", () => {
  const said = (seconds: number, change: Partial<QueueSourceProps> = {}) =>
    faultsOf((scope) => void addQueue(scope, { queue: queue(seconds), ...change }, { timeoutSeconds: 30 }));
  expect(said(180)).toBe("");
  expect(said(179)).toMatch(/hides a message for 179 s, and the function may take 30 s[\s\S]*to 180 or more/);
  expect(said(189, { batchWindowSeconds: 10 })).toMatch(/to 190 or more/);
  expect(said(190, { batchWindowSeconds: 10 })).toBe("");
});

test.each<[string, Partial<QueueSourceProps>, RegExp]>([
  [
    "no queue",
    { queue: { queueArn: "orders", visibilityTimeoutSeconds: 60 } },
    /queueArn "orders" is not the ARN of a queue/,
  ],
  ["no message", { batchSize: 0 }, /batchSize is 0/],
  ["many without a window", { batchSize: 11 }, /batchSize is 11 without a window/],
  [
    "many of a FIFO queue",
    { queue: queue(60, `${QUEUE_ARN}.fifo`), batchSize: 11, batchWindowSeconds: 1 },
    /batchSize is 11\n/,
  ],
  [
    "a window of a FIFO queue",
    { queue: queue(90, `${QUEUE_ARN}.fifo`), batchWindowSeconds: 1 },
    /a FIFO queue has no window/,
  ],
  ["a long window", { batchWindowSeconds: 301 }, /batchWindowSeconds is 301/],
  ["one call at once", { maxConcurrency: 1 }, /maxConcurrency is 1/],
  ["no filter", { filters: [] }, /filters has 0 patterns/],
  ["six filters", { filters: [{}, {}, {}, {}, {}, {}] }, /filters has 6 patterns/],
])("%s: a queue as source is refused", (_, change, message) => {
  expect(faultsOf((scope) => void addQueue(scope))).toBe("");
  expect(faultsOf((scope) => void addQueue(scope, change))).toMatch(message);
});

test("a queue gets no more calls at once than the function has", () => {
  const said = (maxConcurrency: number, reservedConcurrency: number) =>
    faultsOf((scope) => void addQueue(scope, { maxConcurrency }, { reservedConcurrency }));
  expect([said(10, 10), said(10, -1)]).toEqual(["", ""]);
  expect(said(11, 10)).toMatch(/maxConcurrency is 11, and the function has 10 calls at once/);
});

test.each<[string, Partial<StreamSourceProps>, RegExp]>([
  [
    "a table",
    { streamArn: "arn:aws:dynamodb:us-east-1:123456789012:table/orders" },
    /is not a stream of DynamoDB/,
  ],
  ["another service's stream", { service: "kinesis" }, /is not a stream of Kinesis/],
  ["records", { batchSize: 10_001 }, /batchSize is 10001/],
  ["endless retries", { retries: -1 }, /retries is -1/],
  ["a minute less a second", { maxAgeSeconds: 59 }, /maxAgeSeconds is 59/],
  ["batches at once", { parallelBatches: 11 }, /parallelBatches is 11/],
  ["failures in order", { failures: { queueArn: `${QUEUE_ARN}.fifo` } }, /is not a queue or a topic/],
])("%s: a stream as source is refused", (_, change, message) => {
  expect(faultsOf((scope) => void addStream(scope))).toBe("");
  expect(faultsOf((scope) => void addStream(scope, change))).toMatch(message);
});

test.each<[string, Partial<QueueProps>, RegExp]>([
  ["a name", { queueName: "a b" }, /queue name "a b" may hold only/],
  ["a long name", { queueName: "a".repeat(68) }, /has 68 characters/],
  ["visibility", { visibilityTimeoutSeconds: 43_201 }, /visibilityTimeoutSeconds is 43201/],
  ["retention", { retentionSeconds: 59 }, /retentionSeconds is 59/],
  ["receives", { maxReceives: 0 }, /maxReceives is 0/],
])("%s that SQS refuses fails the synth", (_, change, message) => {
  const said = (props: Partial<QueueProps>) =>
    faultsOf((scope) => void new Queue(scope, "queue", { queueName: "orders", ...props }));
  expect(said({})).toBe("");
  expect(said(change)).toMatch(message);
});

test("planted fault: a queue that is there is named by its URL", () => {
  expect(() => queue(60, "https://sqs.us-east-1.amazonaws.com/123456789012/orders")).toThrow(
    /is not the ARN of a queue\n {2}at fromQueueAttributes/,
  );
});
