import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import type { Construct } from "constructs";

/** Seconds that a dead letter is kept: 14 days, the longest that SQS offers. */
const RETENTION_SECONDS = 1_209_600;

/** A queue, encrypted by SQS, of what a schedule could not deliver. @param name - 1 to 80 letters, digits, - and _. */
export function deadLetterQueue(scope: Construct, id: string, name: string): SqsQueue {
  return new SqsQueue(scope, id, {
    name,
    messageRetentionSeconds: RETENTION_SECONDS,
    sqsManagedSseEnabled: true,
    tags: { Name: name },
  });
}
