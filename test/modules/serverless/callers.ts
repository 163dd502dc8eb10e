import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { DynamodbTableItem } from "@cdktf/provider-aws/lib/dynamodb-table-item";
import { KinesisStream } from "@cdktf/provider-aws/lib/kinesis-stream";
import { LambdaLayerVersion } from "@cdktf/provider-aws/lib/lambda-layer-version";
import { awsProvider } from "@groundplan/modules/core";
import {
  FunctionSchedule,
  FunctionUrl,
  Queue,
  QueueSource,
  StreamSource,
  type VpcLinkSettings,
} from "@groundplan/modules/serverless";
import { TerraformOutput, TerraformStack, Testing } from "cdktf";
import { makeApi, makeFunction } from "./fixtures";

const PLACE = { account: "123456789012", region: "us-east-1" };

/** What {@link callersCode} is greeted with by its layer. */
export const GREETING = "Good morning";

/** The layer of the function: a package that it does not bring itself. */
export const LAYER = {
  "nodejs/node_modules/greeting/index.js": Buffer.from(`module.exports = ${JSON.stringify(GREETING)};`),
};

/** Says what it was called with, fails the one message that is `bad`, and lets in who knows the word. */
export const CALLERS_CODE = `const greeting = require("greeting");
exports.handler = async (event) => {
  if (event.type === "REQUEST") {
    return { isAuthorized: event.headers.authorization === "sesame", context: { who: "somebody" } };
  }
  for (const record of event.Records ?? []) {
    const data = record.body ?? record.dynamodb?.Keys.id.S ?? Buffer.from(record.kinesis.data, "base64").toString();
    console.log(["seen", record.eventSource ?? "", data].join(" "));
  }
  if (event.Records) {
    const failed = event.Records.filter(({ body }) => body === "bad");
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  }
  if (event.scheduled) console.log("seen schedule " + event.scheduled);
  const who = event.requestContext?.authorizer?.lambda?.who ?? "anybody";
  return { statusCode: 200, body: JSON.stringify([greeting, who]) };
};`;

/** What stands before {@link callersStack} does. */
export interface CallersPlace {
  /** Bucket in which the layer is, as `layer.zip`. */
  readonly bucket: string;
  /** The VPC of a load balancer. */
  readonly vpcLink: VpcLinkSettings;
  /** Its listener. */
  readonly listenerArn: string;
}

/** What of {@link callersStack} changes. */
export interface CallersChange {
  /** Most messages of one batch. */
  readonly batchSize?: number;
  /** Instances that wait. */
  readonly warm?: number;
  /** How the schedule says when. */
  readonly every?: string;
}

/**
 * A function with a layer and warm instances, and everything that calls it: a queue, two streams, a schedule, an address
 * of its own, and an API that asks it who may call and leads into a VPC too.
 */
export function callersStack(place: CallersPlace, change: CallersChange = {}): TerraformStack {
  const { bucket, vpcLink, listenerArn } = place;
  const { batchSize = 5, warm = 1, every = "rate(1 minute)" } = change;
  const stack = new TerraformStack(Testing.app(), "callers");
  awsProvider(stack, PLACE).maxRetries = 2;
  const layer = new LambdaLayerVersion(stack, "layer", {
    layerName: "greeting",
    s3Bucket: bucket,
    s3Key: "layer.zip",
    compatibleRuntimes: ["nodejs22.x"],
  });
  const target = makeFunction(
    stack,
    {
      functionName: "groundplan-dev-callers",
      layers: [layer.arn],
      provisionedConcurrency: { min: warm, max: warm + 1 },
    },
    "callers",
  );
  const queue = new Queue(stack, "queue", { queueName: "groundplan-dev-orders" });
  new QueueSource(stack, "orders", { function: target, queue, batchSize, maxConcurrency: 2 });
  const table = new DynamodbTable(stack, "table", {
    name: "groundplan-dev-orders",
    billingMode: "PAY_PER_REQUEST",
    hashKey: "id",
    attribute: [{ name: "id", type: "S" }],
    streamEnabled: true,
    streamViewType: "KEYS_ONLY",
  });
  const changes = new StreamSource(stack, "changes", {
    function: target,
    service: "dynamodb",
    streamArn: table.streamArn,
    start: "oldest",
  });
  const item = { id: { S: "an-order" } };
  new DynamodbTableItem(stack, "item", {
    tableName: table.name,
    hashKey: table.hashKey,
    item: JSON.stringify(item),
    dependsOn: [changes.resource],
  });
  const clicks = new KinesisStream(stack, "stream", { name: "groundplan-dev-clicks", shardCount: 1 });
  new StreamSource(stack, "clicks", {
    function: target,
    service: "kinesis",
    streamArn: clicks.arn,
    start: "oldest",
    failures: { queueArn: queue.deadLetterQueueArn },
    filters: [{ partitionKey: ["wanted"] }],
    maxAgeSeconds: 3600,
  });
  new FunctionSchedule(stack, "nightly", {
    ...PLACE,
    name: "groundplan-dev-nightly",
    function: target,
    schedule: { expression: every, timezone: "Europe/Berlin" },
    input: { scheduled: "nightly" },
  });
  const address = new FunctionUrl(stack, "address", {
    function: target,
    cors: { origins: ["https://app.example.com"] },
    invokerArns: ["arn:aws:iam::210987654321:role/caller"],
  });
  const api = makeApi(
    stack,
    {
      name: "groundplan-dev-callers",
      vpcLink,
      authorizer: { function: target, cacheSeconds: 60 },
      routes: [
        { route: "GET /mine", function: target, access: "function" },
        { route: "GET /shop", service: { name: "shop", listenerArn }, access: "public" },
      ],
    },
    "http",
  );
  const outputs = { "api-url": api.url, "queue-url": queue.queueUrl, "function-url": address.url };
  for (const [name, value] of Object.entries(outputs))
    new TerraformOutput(stack, name, { value, staticId: true });
  return stack;
}
