import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import type { Construct } from "constructs";
import type { ArtifactFunctionProps } from "./function-props";

/** Seconds that a dead letter is kept: 14 days, the longest that SQS offers. */
const RETENTION_SECONDS = 1_209_600;

/**
 * ARN of the queue that takes the asynchronous events which failed: made here, given, or none.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function deadLetterQueueArn(
  scope: Construct,
  { deadLetters = "own", functionName, kmsKeyArn }: ArtifactFunctionProps,
): string | undefined {
  if (deadLetters === "none") return undefined;
  if (deadLetters !== "own") return deadLetters.queueArn;
  const name = `${functionName}-dead-letters`;
  return new SqsQueue(scope, "dead-letters", {
    name,
    messageRetentionSeconds: RETENTION_SECONDS,
    ...(kmsKeyArn === undefined ? { sqsManagedSseEnabled: true } : { kmsMasterKeyId: kmsKeyArn }),
    tags: { Name: name },
  }).arn;
}
