import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Request } from "./role-policies";

/** Operations of S3 whose action in IAM is called otherwise. */
const S3_ACTIONS: Readonly<Record<string, string>> = {
  GetBucketAccelerateConfiguration: "GetAccelerateConfiguration",
  GetBucketEncryption: "GetEncryptionConfiguration",
  GetBucketLifecycleConfiguration: "GetLifecycleConfiguration",
  GetBucketReplication: "GetReplicationConfiguration",
  GetObjectLockConfiguration: "GetBucketObjectLockConfiguration",
  GetPublicAccessBlock: "GetBucketPublicAccessBlock",
  HeadBucket: "ListBucket",
  HeadObject: "GetObject",
  ListObjectsV2: "ListBucket",
};

/** Services whose signatures name them otherwise than IAM does. */
const IAM_PREFIXES: Readonly<Record<string, string>> = { monitoring: "cloudwatch" };

/**
 * What Terraform and the AWS provider ask AWS in plans of this platform's stacks: `record-plan-calls.mjs` wrote it from
 * the logs of real ones.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagementv2.html
 */
export function planCalls(): readonly Request[] {
  const lines = readFileSync(join(__dirname, "plan-calls.txt"), "utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const [call = "", ...about] = line.split(" ");
    const [service = "", operation = ""] = call.split(":");
    const resource = about.find((part) => part.startsWith("arn:"));
    const key = about.find((part) => part.includes("="))?.split("=");
    return {
      action: actionOf(service, operation),
      ...(resource === undefined ? {} : { resource }),
      ...(key === undefined ? {} : { keys: { [key[0] ?? ""]: key[1] ?? "" } }),
    };
  });
}

function actionOf(service: string, operation: string): string {
  // All that reads an API is one action.
  if (service === "apigateway") return "apigateway:GET";
  const name = service === "s3" ? (S3_ACTIONS[operation] ?? operation) : operation;
  return `${IAM_PREFIXES[service] ?? service}:${name}`;
}
