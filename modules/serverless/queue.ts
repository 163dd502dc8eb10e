import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { Construct } from "constructs";
import { encodedJson, type Fault, type NameRule, nameFaults, SynthError } from "../core";
import { wholeFaults } from "../core/whole";
import { deadLetterQueue } from "../service/dead-letter-queue";

/** A queue of SQS that a function reads: one made by {@link Queue}, or one that is there already. */
export interface IQueue {
  /** ARN of the queue; that of a FIFO queue ends with `.fifo`. */
  readonly queueArn: string;

  /** Seconds for which a message that somebody has received is hidden from others. */
  readonly visibilityTimeoutSeconds: number;

  /** KMS key that encrypts its messages; undefined where SQS does. */
  readonly kmsKeyArn?: string | undefined;
}

/** Properties of {@link Queue}. */
export interface QueueProps {
  /** Name of the queue, 1 to 80 characters, e.g. `groundplan-dev-orders`; `.fifo` at the end makes it a FIFO queue. */
  readonly queueName: string;

  /**
   * Seconds for which a message that was received is hidden, 0 to 43200: six times the timeout of the function that reads
   * it, and the window in which a batch is gathered.
   *
   * @default 60
   * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
   */
  readonly visibilityTimeoutSeconds?: number;

  /**
   * Seconds for which a message is kept, 60 to 1209600.
   *
   * @default 345600 - four days
   */
  readonly retentionSeconds?: number;

  /**
   * Times that a message is received before it goes to the dead letters, 1 to 1000. Below 5 a throttled function loses
   * messages that nothing is wrong with.
   *
   * @default 5
   */
  readonly maxReceives?: number;

  /**
   * KMS key that encrypts the messages.
   *
   * @default - SQS's own
   */
  readonly kmsKeyArn?: string;
}

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html */
const QUEUE_NAME: NameRule = {
  kind: "queue name",
  minLength: 1,
  // `-dead-letters` has room behind it.
  maxLength: 67,
  pattern: /^[A-Za-z0-9_-]+(?:\.fifo)?$/,
  allowed: 'letters, digits, - and _, and ".fifo" at the end',
  example: "groundplan-dev-orders",
};

/**
 * An encrypted queue of SQS, with a queue of dead letters for what was received too often.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
 */
export class Queue extends Construct implements IQueue {
  /** ARN of the queue. */
  readonly queueArn: string;

  /** Seconds for which a message that somebody has received is hidden from others. */
  readonly visibilityTimeoutSeconds: number;

  /** KMS key that encrypts its messages; undefined where SQS does. */
  readonly kmsKeyArn: string | undefined;

  /** Where messages are sent to. */
  readonly queueUrl: string;

  /** Name of the queue. */
  readonly queueName: string;

  /** ARN of the queue of what was received too often. */
  readonly deadLetterQueueArn: string;

  /** A queue that is there already. @throws SynthError when the ARN is not that of a queue. */
  static fromQueueAttributes(attributes: IQueue): IQueue {
    const faults = queueArnFaults("queueArn", attributes.queueArn);
    if (faults.length > 0) throw new SynthError("fromQueueAttributes", faults);
    return attributes;
  }

  /** @throws SynthError with every fault of the properties. */
  constructor(scope: Construct, id: string, props: QueueProps) {
    super(scope, id);
    const faults = queueFaults(props);
    if (faults.length > 0) throw new SynthError(this, faults);
    const { queueName, kmsKeyArn, maxReceives = 5 } = props;
    const fifo = queueName.endsWith(".fifo");
    const deadLetters = deadLetterQueue(
      this,
      "dead-letters",
      fifo ? queueName.replace(/\.fifo$/, "-dead-letters.fifo") : `${queueName}-dead-letters`,
      kmsKeyArn,
    );
    this.visibilityTimeoutSeconds = props.visibilityTimeoutSeconds ?? 60;
    const queue = new SqsQueue(this, "queue", {
      name: queueName,
      visibilityTimeoutSeconds: this.visibilityTimeoutSeconds,
      messageRetentionSeconds: props.retentionSeconds ?? 345_600,
      redrivePolicy: encodedJson({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: maxReceives }),
      ...(kmsKeyArn === undefined ? { sqsManagedSseEnabled: true } : { kmsMasterKeyId: kmsKeyArn }),
      ...(fifo ? { fifoQueue: true } : {}),
      tags: { Name: queueName },
    });
    this.queueArn = queue.arn;
    this.queueUrl = queue.url;
    this.queueName = queueName;
    this.kmsKeyArn = kmsKeyArn;
    this.deadLetterQueueArn = deadLetters.arn;
  }
}

function queueFaults(props: QueueProps): readonly Fault[] {
  const { visibilityTimeoutSeconds = 60, retentionSeconds = 345_600, maxReceives = 5 } = props;
  return [
    ...nameFaults(QUEUE_NAME, props.queueName),
    ...wholeFaults("visibilityTimeoutSeconds", visibilityTimeoutSeconds, 0, 43_200, 60),
    ...wholeFaults("retentionSeconds", retentionSeconds, 60, 1_209_600, 345_600),
    ...wholeFaults("maxReceives", maxReceives, 1, 1000, 5),
  ];
}

/** The faults of the ARN of a queue; a token is not judged. */
export function queueArnFaults(name: string, arn: string): readonly Fault[] {
  if (arn.includes("${") || /^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]+(?:\.fifo)?$/.test(arn))
    return [];
  return [
    {
      what: `${name} ${JSON.stringify(arn)} is not the ARN of a queue`,
      instead: 'use e.g. "arn:aws:sqs:us-east-1:123456789012:orders"',
    },
  ];
}
