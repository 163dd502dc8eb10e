import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { StateStack } from "../project/backend";
import type { Stack } from "../project/project";

/** Something that exists and is to be taken over: Terraform address and import id. */
export interface Import {
  readonly to: string;
  readonly id: string;
}

/** Asks for one setting of a bucket; `false` or an answer of 404 means that it was never set. */
type Question = (s3: S3Client, Bucket: string) => Promise<unknown>;

/** How each of a bucket's settings is asked for, by the Terraform resource that holds it. */
const SETTINGS: Readonly<Record<string, Question>> = {
  // A bucket that never had versioning answers without a status.
  aws_s3_bucket_versioning: async (s3, Bucket) =>
    (await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status !== undefined,
  aws_s3_bucket_server_side_encryption_configuration: (s3, Bucket) =>
    s3.send(new GetBucketEncryptionCommand({ Bucket })),
  aws_s3_bucket_public_access_block: (s3, Bucket) => s3.send(new GetPublicAccessBlockCommand({ Bucket })),
  aws_s3_bucket_policy: (s3, Bucket) => s3.send(new GetBucketPolicyCommand({ Bucket })),
  aws_s3_bucket_lifecycle_configuration: (s3, Bucket) =>
    s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })),
  aws_s3_bucket_ownership_controls: (s3, Bucket) =>
    s3.send(new GetBucketOwnershipControlsCommand({ Bucket })),
};

/** A bucket that a stack makes. */
export interface StackBucket {
  readonly name: string;

  /** Its Terraform address. */
  readonly address: string;
}

/** The buckets of a state stack beside that of the state, e.g. that of the artifacts. */
export function otherBuckets({ stack, bucketAddress }: StateStack): readonly StackBucket[] {
  return Object.entries(stack.json.resource?.aws_s3_bucket ?? {}).flatMap(([id, { bucket }]) => {
    const address = `aws_s3_bucket.${id}`;
    const isKnown = typeof bucket === "string" && !bucket.includes("${");
    return isKnown && address !== bucketAddress ? [{ name: bucket, address }] : [];
  });
}

/** The settings of an existing bucket that the stack describes and that are set already. */
export async function existingSettings(
  s3: S3Client,
  stack: Stack,
  { name: ours, address }: StackBucket,
): Promise<readonly Import[]> {
  const found: Import[] = [];
  for (const [type, question] of Object.entries(SETTINGS)) {
    for (const [name, { bucket }] of Object.entries(stack.json.resource?.[type] ?? {})) {
      const itsOwn = bucket === ours || (typeof bucket === "string" && bucket.startsWith(`\${${address}.`));
      if (itsOwn && (await isSet(question(s3, ours)))) found.push({ to: `${type}.${name}`, id: ours });
    }
  }
  return found;
}

async function isSet(answer: Promise<unknown>): Promise<boolean> {
  try {
    return (await answer) !== false;
  } catch (error) {
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    if (status === 404) return false;
    throw error;
  }
}
