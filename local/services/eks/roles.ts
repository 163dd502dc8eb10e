import { invalid } from "./error";
import type { Neighbours } from "./neighbours";

/** The name of a role, without its path. */
export function roleNameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}

/** @throws EksError for a role that does not exist, or that a service cannot take on. */
export async function requireTrust(neighbours: Neighbours, roleArn: string, service: string): Promise<void> {
  const trust = await neighbours.trustOf(roleNameOf(roleArn));
  if (trust?.includes(service)) return;
  throw invalid(
    `Role with arn: ${roleArn}, could not be assumed because it does not exist or the trusted entity is not correct (${service})`,
  );
}

/** @throws EksError for a role that does not exist. */
export async function requireRole(neighbours: Neighbours, roleArn: string): Promise<void> {
  const name = roleNameOf(roleArn);
  if ((await neighbours.trustOf(name)) !== undefined) return;
  throw invalid(
    `The role with name ${name} cannot be found. (Service: AmazonIdentityManagement; NoSuchEntity)`,
  );
}
