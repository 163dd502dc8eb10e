import { errorResponse } from "../../gateway/errors";
import type { RequestHead, WholeRequest } from "../../gateway/exchange";
import type { Forward, Guard } from "../../gateway/service";

/** Headers that name the owner that a bucket must have, and where the bucket stands. */
const OWNERS: readonly (readonly [string, (head: RequestHead) => string | undefined])[] = [
  ["x-amz-expected-bucket-owner", (head) => bucketOf(head.url)],
  ["x-amz-source-expected-bucket-owner", (head) => bucketOf(String(head.headers["x-amz-copy-source"] ?? ""))],
];

/**
 * Refuses with 403 a request whose `ExpectedBucketOwner` is not the bucket's owner; MiniStack ignores it.
 * A bucket that does not exist is left to S3, which answers 404.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
 */
export const expectedBucketOwner: Guard = {
  applies: (head) => OWNERS.some(([header]) => head.headers[header] !== undefined),

  async refusal(head, ask) {
    for (const [header, bucket] of OWNERS) {
      const owner = head.headers[header];
      const name = bucket(head);
      if (typeof owner !== "string" || name === undefined) continue;
      if ((await owns(head, owner, name, ask)) || !(await exists(head, name, ask))) continue;
      return errorResponse(head, { status: 403, code: "AccessDenied", message: "Access Denied" });
    }
    return undefined;
  },
};

/** Whether a bucket is in an account's own list. */
async function owns(head: RequestHead, account: string, bucket: string, ask: Forward): Promise<boolean> {
  if (!/^\d{12}$/.test(account)) return false;
  const { body } = await ask(asAccount(head, account, "GET", "/"));
  return body.toString().includes(`<Name>${bucket}</Name>`);
}

async function exists(head: RequestHead, bucket: string, ask: Forward): Promise<boolean> {
  const { status } = await ask(asAccount(head, head.scope?.accessKey ?? "", "HEAD", `/${bucket}`));
  return status !== 404;
}

/** A small request of its own, signed in an account's name: the emulator takes 12 digits for the account. */
function asAccount(head: RequestHead, account: string, method: string, url: string): WholeRequest {
  const region = head.scope?.region ?? "us-east-1";
  const authorization = `AWS4-HMAC-SHA256 Credential=${account}/20260101/${region}/s3/aws4_request, SignedHeaders=host, Signature=0`;
  return { ...head, method, url, headers: { host: head.headers.host, authorization }, body: Buffer.alloc(0) };
}

/** The bucket of a path-style address, e.g. `/bucket/key` or a copy source `bucket/key`. */
function bucketOf(path: string): string | undefined {
  const [bucket] = (path.replace(/^\//, "").split("?", 1)[0] ?? "").split("/", 1);
  return bucket === "" ? undefined : bucket;
}
