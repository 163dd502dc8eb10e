import { lookup, type Place } from "@groundplan/modules/core";
import type { LoadBalancerAttributes } from "@groundplan/modules/service";
import { Fn, Token } from "cdktf";
import type { Construct } from "constructs";
import { PREVIEW_SHARED } from "../stacks/contracts/preview-shared";

/** What all previews of an environment share, as tokens. */
export type Shared = ReturnType<typeof readShared>;

/** Reads what the stack `preview-shared` has published. */
export function readShared(scope: Construct, place: Place) {
  const contract = lookup(scope, place, PREVIEW_SHARED);
  const part = (map: Readonly<Record<string, string>>, key: string) =>
    Token.asString(Fn.lookupNested(map, [key]));
  const loadBalancer: LoadBalancerAttributes = {
    securityGroupId: part(contract.loadBalancer, "securityGroupId"),
    httpsListenerArn: part(contract.loadBalancer, "httpsListenerArn"),
  };
  const { database } = contract;
  return {
    ...contract,
    cluster: { arn: contract.clusterArn, name: contract.clusterName },
    loadBalancer,
    /** The database server; a preview with a database of its own does not ask for it. */
    database: (key: "host" | "port" | "secretArn" | "securityGroupId" | "instance") => part(database, key),
  };
}
