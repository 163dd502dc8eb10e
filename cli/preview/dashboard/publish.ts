import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { unreachable } from "../../aws/errors";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";

/** Seconds for which CloudFront and a browser keep the page: a new one is seen within a minute, and nothing is invalidated. */
const KEPT_SECONDS = 60;

/** Puts the page into the bucket of the dashboard. @throws CliError when it cannot be written. */
export async function publishPage(page: string, bucket: string, region: string): Promise<void> {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
    throw new CliError(
      EXIT.USAGE,
      `invalid bucket ${JSON.stringify(bucket.slice(0, 100))}`,
      "use the output bucket of the dashboard's stack, e.g. acme-dev-previews",
    );
  }
  const endpoint = process.env.AWS_ENDPOINT_URL;
  const s3 = new S3Client({ region, ...(endpoint ? { forcePathStyle: true } : {}) });
  try {
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: "index.html",
        Body: page,
        ContentType: "text/html; charset=utf-8",
        CacheControl: `public, max-age=${KEPT_SECONDS}`,
      }),
    );
  } catch (error) {
    throw unreachable(error);
  }
}
