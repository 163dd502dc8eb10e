import type { Place } from "../../gateway/exchange";
import { EksError } from "./error";
import type { Input } from "./input";
import type { ServiceClients } from "./service-clients";
import { type Cluster, type ClusterRecord, type Clusters, held } from "./state";

/** What one request asks, and what there is. */
export interface Asked {
  /** What the path names, e.g. `name` of `/clusters/{name}`. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly input: Input;
  readonly place: Place;
  readonly clusters: Clusters;
  readonly clients: ServiceClients;

  /** Endpoint and certificate of a cluster: those of the local one when it runs. */
  readonly access: (record: ClusterRecord) => { endpoint: string; certificateAuthorityData: string };
}

/** Answers a request; throws `EksError`. Changes of `clusters` are kept when it has answered. */
export type Operation = (asked: Asked) => object | Promise<object>;

/** The cluster that a path names. @throws EksError `ResourceNotFoundException` */
export function clusterOf({ path, clusters }: Asked): ClusterRecord {
  const name = path.name ?? "";
  const record = held(clusters, name);
  if (record) return record;
  throw new EksError("ResourceNotFoundException", `No cluster found for name: ${name}.`, {
    clusterName: name,
  });
}

/** The cluster that a path names, when nothing is under way with it. */
export function activeClusterOf(asked: Asked): ClusterRecord {
  const record = clusterOf(asked);
  if (record.cluster.status === "ACTIVE") return record;
  const clusterName = record.cluster.name;
  throw new EksError("InvalidRequestException", `Cluster '${clusterName}' is not in ACTIVE status`, {
    clusterName,
  });
}

/** An ARN of EKS in a place. */
export function arnOf({ account, region }: Place, resource: string): string {
  return `arn:${partitionOf(region)}:eks:${region}:${account}:${resource}`;
}

/** The partition that a Region belongs to. */
export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** A page of a list: up to `maxResults`, from where `nextToken` says. */
export function page<T>(
  items: readonly T[],
  query: URLSearchParams,
): { items: readonly T[]; nextToken?: string } {
  const most = Number(query.get("maxResults") ?? 100);
  if (!Number.isInteger(most) || most < 1 || most > 100) {
    throw new EksError("InvalidParameterException", `maxResults ${query.get("maxResults")} is not 1 to 100`);
  }
  const token = query.get("nextToken");
  const from = token === null ? 0 : Number(Buffer.from(token, "base64url").toString());
  if (!Number.isInteger(from) || from < 0) {
    throw new EksError("InvalidParameterException", "nextToken is invalid");
  }
  const end = from + most;
  const next = end < items.length ? { nextToken: Buffer.from(String(end)).toString("base64url") } : {};
  return { items: items.slice(from, end), ...next };
}

/** What an error about a cluster names. */
export function about({ name }: Pick<Cluster, "name">): { clusterName: string } {
  return { clusterName: name };
}
