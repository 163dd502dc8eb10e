import type { Construct } from "constructs";
import { deadLetterQueue } from "../service/dead-letter-queue";
import type { ArtifactFunctionProps } from "./function-props";

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
  return deadLetterQueue(scope, "dead-letters", `${functionName}-dead-letters`, kmsKeyArn).arn;
}
