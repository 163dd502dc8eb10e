import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import type { Construct } from "constructs";

/** Days for which logs are kept when nobody says otherwise. */
export const DEFAULT_RETENTION_DAYS = 30;

/** Properties of {@link logGroup}. */
export interface LogGroupProps {
  /** Name of the group, unique in its account and Region, e.g. `/aws/lambda/groundplan-dev-api`. */
  readonly name: string;

  /**
   * Days for which its logs are kept, one of `LOG_RETENTION_DAYS`.
   *
   * @default 30
   */
  readonly retentionDays?: number | undefined;

  /**
   * KMS key that encrypts the logs; its policy lets CloudWatch Logs of the Region use it.
   *
   * @default - the service's own
   */
  readonly kmsKeyArn?: string | undefined;
}

/**
 * A log group whose logs expire. It stands before what writes to it: a service that finds no group makes one that
 * keeps everything for ever.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html
 */
export function logGroup(
  scope: Construct,
  id: string,
  { name, retentionDays = DEFAULT_RETENTION_DAYS, kmsKeyArn }: LogGroupProps,
): CloudwatchLogGroup {
  return new CloudwatchLogGroup(scope, id, {
    name,
    retentionInDays: retentionDays,
    ...(kmsKeyArn === undefined ? {} : { kmsKeyId: kmsKeyArn }),
    tags: { Name: name },
  });
}
