/**
 * Host of the registry of an account in a Region, e.g. `123456789012.dkr.ecr.us-east-1.amazonaws.com`.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/ecr.html
 */
export function registryHost(account: string, region: string): string {
  return `${account}.dkr.ecr.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}
