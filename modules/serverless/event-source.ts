import {
  LambdaEventSourceMapping,
  type LambdaEventSourceMappingConfig,
} from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import { Construct } from "constructs";
import { fitName, jsonText, type PolicyStatement, SynthError } from "../core";
import { namedStatements } from "../identity/grantable";
import { deadLetterQueue } from "../service/dead-letter-queue";
import {
  type QueueSourceProps,
  queueSourceFaults,
  type StreamSourceProps,
  streamSourceFaults,
} from "./event-source-props";

/**
 * A queue whose messages a function works on, in batches. What a batch did not do is received again, until the queue takes
 * it to its dead letters.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export class QueueSource extends Construct {
  /** The mapping itself. */
  readonly resource: LambdaEventSourceMapping;

  /** @throws SynthError with every fault of the properties. */
  constructor(scope: Construct, id: string, props: QueueSourceProps) {
    super(scope, id);
    const faults = queueSourceFaults(props);
    if (faults.length > 0) throw new SynthError(this, faults);
    const { queue, function: target, maxConcurrency } = props;
    target.grantReceive(grantName(this), queue.queueArn);
    if (queue.kmsKeyArn !== undefined) target.grantDecrypt(grantName(this), queue.kmsKeyArn);
    this.resource = new LambdaEventSourceMapping(this, "mapping", {
      ...common(props),
      eventSourceArn: queue.queueArn,
      batchSize: props.batchSize ?? 10,
      ...(maxConcurrency === undefined ? {} : { scalingConfig: { maximumConcurrency: maxConcurrency } }),
    });
  }
}

/**
 * A stream of DynamoDB or Kinesis whose records a function works on, in order. A batch that fails is divided and tried
 * again; what is given up is said in a queue, and no record holds up its shard for long.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
 */
export class StreamSource extends Construct {
  /** The mapping itself. */
  readonly resource: LambdaEventSourceMapping;

  /** ARN of the queue or topic that is told of records which were given up; undefined for `none`. */
  readonly failuresArn: string | undefined;

  /** @throws SynthError with every fault of the properties. */
  constructor(scope: Construct, id: string, props: StreamSourceProps) {
    super(scope, id);
    const faults = streamSourceFaults(props);
    if (faults.length > 0) throw new SynthError(this, faults);
    const { streamArn, function: target, kmsKeyArn, maxAgeSeconds } = props;
    const name = statementName(this);
    this.failuresArn = this.failures(props);
    for (const statement of readStatements(props))
      target.allow({ ...statement, Sid: `${name}${statement.Sid}` });
    if (kmsKeyArn !== undefined) target.grantDecrypt(grantName(this), kmsKeyArn);
    this.resource = new LambdaEventSourceMapping(this, "mapping", {
      ...common(props),
      eventSourceArn: streamArn,
      batchSize: props.batchSize ?? 100,
      startingPosition: props.start === "oldest" ? "TRIM_HORIZON" : "LATEST",
      maximumRetryAttempts: props.retries ?? 5,
      ...(maxAgeSeconds === undefined ? {} : { maximumRecordAgeInSeconds: maxAgeSeconds }),
      bisectBatchOnFunctionError: props.bisect ?? true,
      parallelizationFactor: props.parallelBatches ?? 1,
      ...(this.failuresArn === undefined
        ? {}
        : { destinationConfig: { onFailure: { destinationArn: this.failuresArn } } }),
    });
  }

  /** Where it is said which records were given up, and the right to say it. */
  private failures({ failures = "own", function: target }: StreamSourceProps): string | undefined {
    if (failures === "none") return undefined;
    const Sid = `${statementName(this)}Failures`;
    if (failures !== "own" && "topicArn" in failures) {
      target.allow({ Sid, Effect: "Allow", Action: "sns:Publish", Resource: failures.topicArn });
      return failures.topicArn;
    }
    const name = fitName(`${target.functionName}-${this.node.id}-failures`, 80);
    const queueArn = failures === "own" ? deadLetterQueue(this, "failures", name).arn : failures.queueArn;
    target.allow({
      Sid,
      Effect: "Allow",
      Action: ["sqs:GetQueueAttributes", "sqs:SendMessage"],
      Resource: queueArn,
    });
    return queueArn;
  }
}

/** What mappings of both kinds have. */
function common(
  props: QueueSourceProps | StreamSourceProps,
): Omit<LambdaEventSourceMappingConfig, "eventSourceArn"> {
  const { function: target, filters, batchWindowSeconds = 0 } = props;
  return {
    functionName: target.aliasArn,
    enabled: props.enabled ?? true,
    ...(batchWindowSeconds > 0 ? { maximumBatchingWindowInSeconds: batchWindowSeconds } : {}),
    ...((props.partialFailures ?? true) ? { functionResponseTypes: ["ReportBatchItemFailures"] } : {}),
    ...(filters === undefined
      ? {}
      : { filterCriteria: { filter: filters.map((pattern) => ({ pattern: jsonText(pattern) })) } }),
    // Lambda asks at once whether the role may read.
    dependsOn: [target.rights],
  };
}

/** What Lambda needs on a stream. @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html */
const READ_ACTIONS = {
  dynamodb: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
  kinesis: [
    "kinesis:DescribeStream",
    "kinesis:DescribeStreamConsumer",
    "kinesis:DescribeStreamSummary",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
    "kinesis:SubscribeToShard",
  ],
} as const;

function readStatements({ service, streamArn }: StreamSourceProps): readonly PolicyStatement[] {
  // A consumer's rights are asked of its stream as well.
  const stream = streamArn.replace(/\/consumer\/.*$/, "");
  const Resource = stream === streamArn ? streamArn : [stream, streamArn];
  return [
    { Sid: "Read", Effect: "Allow", Action: READ_ACTIONS[service], Resource },
    // A list has no resource.
    { Sid: "List", Effect: "Allow", Action: `${service}:ListStreams`, Resource: "*" },
  ];
}

/** What a grant is called after: the construct's own id. */
function grantName(source: Construct): string {
  return `source-${source.node.id}`;
}

/** The same as the beginning of a statement's id: `SourceOrders`. */
function statementName(source: Construct): string {
  const [{ Sid = "" } = {}] = namedStatements(grantName(source), [{ Effect: "Allow" }]);
  return Sid;
}
