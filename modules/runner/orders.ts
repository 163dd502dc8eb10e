import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { Construct } from "constructs";
import { jsonText } from "../core";

/** Seconds for which a message that was received is hidden: six times what the function may take, as AWS advises. */
export const VISIBILITY_SECONDS = 180;

/** How often a message is received until it is a dead letter: more often than the function leaves it to `reconcile`. */
const MOST_RECEIPTS = 6;

/** Seconds that a dead letter is kept: 14 days, the longest that SQS offers. */
const RETENTION_SECONDS = 1_209_600;

/** The queue of orders, and the one of those that nobody can carry out. */
export class Orders extends Construct {
  /** The queue of orders. */
  readonly queue: SqsQueue;

  /** Where orders go that were received too often. */
  readonly deadLetters: SqsQueue;

  constructor(scope: Construct, id: string, { name }: { readonly name: string }) {
    super(scope, id);
    this.deadLetters = new SqsQueue(this, "dead-letters", {
      name: `${name}-runner-orders-dead-letters`,
      messageRetentionSeconds: RETENTION_SECONDS,
      sqsManagedSseEnabled: true,
      tags: { Name: `${name}-runner-orders-dead-letters` },
    });
    this.queue = new SqsQueue(this, "queue", {
      name: `${name}-runner-orders`,
      visibilityTimeoutSeconds: VISIBILITY_SECONDS,
      // Until then a job has run, or has been found by reconcile.
      messageRetentionSeconds: 86_400,
      sqsManagedSseEnabled: true,
      redrivePolicy: jsonText({ deadLetterTargetArn: this.deadLetters.arn, maxReceiveCount: MOST_RECEIPTS }),
      tags: { Name: `${name}-runner-orders` },
    });
  }
}
