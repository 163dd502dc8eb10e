import { type Fault, SynthError } from "../core/errors";
import { NAME_RULES, type NameRule, nameFaults } from "../core/names";

/** Where the artifacts of a platform lie: one bucket, from which every environment of its Region deploys. */
export interface ArtifactLocation {
  /** Name of the platform, 2 to 20 characters, lower case. */
  readonly platform: string;

  /** AWS account of the bucket, 12 digits. */
  readonly account: string;

  /** AWS Region of the bucket. Lambda takes code from its own Region only. */
  readonly region: string;
}

/** What Groundplan allows in the name of a service: it becomes a part of parameter, key and function names. */
export const SERVICE_NAME: NameRule = {
  kind: "service name",
  minLength: 1,
  maxLength: 26,
  pattern: /^[a-z](?:-?[a-z0-9])*$/,
  allowed: "lower-case letters, digits and single hyphens, a letter first",
  example: "api",
};

/**
 * Name of the artifact bucket: `<platform>-artifacts-<account>-<region>`.
 *
 * @throws SynthError when S3 would refuse the name.
 */
export function artifactBucketName({ platform, account, region }: ArtifactLocation): string {
  const name = `${platform}-artifacts-${account}-${region}`;
  const faults = nameFaults(NAME_RULES.bucket, name);
  if (faults.length > 0) throw new SynthError("the artifact bucket", faults);
  return name;
}

/** The faults of a service's name. */
export function serviceNameFaults(service: string): readonly Fault[] {
  return nameFaults(SERVICE_NAME, service);
}
