import { S3Client } from "@aws-sdk/client-s3";
import { programBucket } from "../../runner-core/src/aws/program-bucket";
import { fleetContext } from "../../runner-core/src/fleet-context";
import { heedNotice, noticeOf } from "../../runner-core/src/notice";
import { operate } from "../../runner-core/src/operate";
import { type Answers, operationOf } from "../../runner-core/src/operation";
import { scaleDown } from "../../runner-core/src/scale-down";

const { sessionOf, ...context } = fleetContext(process.env);
const programs = programBucket(new S3Client({}), context.settings.programBucket);

/**
 * Ends instances that are of no use, when a schedule calls it, and one whose spot capacity goes, when EventBridge does; does what
 * `groundplan runner` asks, when that does.
 */
export async function handler(event: unknown): Promise<Answers | undefined> {
  const asked = operationOf(event);
  if (asked) return operate(asked, context, { sessionOf, programs });
  const notice = noticeOf(event);
  await (notice ? heedNotice(notice, context) : scaleDown(context));
  return undefined;
}
