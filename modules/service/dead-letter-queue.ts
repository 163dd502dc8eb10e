import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import type { Construct } from "constructs";

/** Seconds that a dead letter is kept: 14 days, the longest that SQS offers. */
const RETENTION_SECONDS = 1_209_600;

/**
 * An encrypted queue of what could not be delivered.
 *
 * @param name - 1 to 80 letters, digits, - and _.
 * @param kmsKeyArn - key that encrypts it; without one, SQS does.
 */
export function deadLetterQueue(scope: Construct, id: string, name: string, kmsKeyArn?: string): SqsQueue {
  return new SqsQueue(scope, id, {
    name,
    messageRetentionSeconds: RETENTION_SECONDS,
    ...(kmsKeyArn === undefined ? { sqsManagedSseEnabled: true } : { kmsMasterKeyId: kmsKeyArn }),
    ...(name.endsWith(".fifo") ? { fifoQueue: true } : {}),
    tags: { Name: name },
  });
}
