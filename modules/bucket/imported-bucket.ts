import { NAME_RULES, partitionOf } from "../core";
import { assertAttributes, regionRule } from "../core/attributes";

/** A bucket of S3: one made by `SecureBucket`, or one that is there already. It is what `grantReadObjects` takes. */
export interface IBucket {
  /** Name of the bucket. */
  readonly bucketName: string;

  /** ARN of the bucket. */
  readonly bucketArn: string;
}

/** A bucket by its name. @throws SynthError when S3 would refuse it. */
export function importedBucket(bucketName: string, region: string): IBucket {
  const { pattern, example } = NAME_RULES.bucket;
  assertAttributes("SecureBucket.fromBucketName", [
    { name: "bucketName", value: bucketName, pattern, example },
    regionRule(region),
  ]);
  return { bucketName, bucketArn: `arn:${partitionOf(region)}:s3:::${bucketName}` };
}
