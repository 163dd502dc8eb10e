import { Postgres } from "@groundplan/modules/service";
import type { Construct } from "constructs";
import type { PreviewSources } from "../../overlays/settings/preview-sources";
import type { EnvironmentStackProps } from "../environment-stack";

/** The database server of all previews that have none of their own; empty without one. */
export function previewDatabase(
  scope: Construct,
  { environment: { previews } }: EnvironmentStackProps,
  {
    prefix,
    network,
  }: {
    readonly prefix: string;
    readonly network: { readonly vpcId: string; readonly privateSubnetIds: readonly string[] };
  },
): Readonly<Record<string, string>> {
  if (!previews.database.enabled) return {};
  const { instanceClass, storageGb, backupDays } = previews.database;
  const server = new Postgres(scope, "database", {
    name: prefix,
    vpcId: network.vpcId,
    subnetIds: network.privateSubnetIds,
    instanceClass,
    storageGb,
    backupDays,
    deletionProtection: previews.deletionProtection,
    finalSnapshot: previews.deletionProtection,
    // The code of a preview is anybody's, with a client as it comes.
    requireTls: false,
  });
  return {
    host: server.host,
    port: `${server.port}`,
    name: server.databaseName,
    secretArn: server.secretArn,
    securityGroupId: server.securityGroupId,
    instance: server.instanceId,
  };
}

/** The databases of which previews get a copy. A contract's texts are strings: each is a JSON document. */
export function sourcesOf(sources: PreviewSources): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(sources).map(([name, { port = 5432, masked = true, keep = [], mask = [], ...rest }]) => [
      name,
      JSON.stringify({ ...rest, port, masked, keep, mask }),
    ]),
  );
}
