import { invalid } from "./error";
import type { ServiceClients } from "./service-clients";

/** The name of a role, without its path. */
export function roleNameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}

/** @throws EksError for a role that does not exist, or that a service cannot take on. */
export async function requireTrust(clients: ServiceClients, roleArn: string, service: string): Promise<void> {
  const trust = await clients.trustOf(roleNameOf(roleArn));
  if (trust?.includes(service)) return;
  throw invalid(
    `Role with arn: ${roleArn}, could not be assumed because it does not exist or the trusted entity is not correct (${service})`,
  );
}

/** @throws EksError for a role that does not exist. */
export async function requireRole(clients: ServiceClients, roleArn: string): Promise<void> {
  const name = roleNameOf(roleArn);
  if ((await clients.trustOf(name)) !== undefined) return;
  throw invalid(
    `The role with name ${name} cannot be found. (Service: AmazonIdentityManagement; NoSuchEntity)`,
  );
}
