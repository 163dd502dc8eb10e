import { join } from "node:path";
import { writeWhole } from "../files/private";
import { readSmallFile } from "../files/read-file";
import type { Nodes } from "./control-plane";
import type { ClusterSource } from "./options";

/** What the cluster's folder says of it. */
export interface ClusterFile {
  readonly source: ClusterSource;
  readonly port: number;
  readonly kubeconfig: string;
  readonly gitops: boolean;
  readonly awsEndpoint: string;

  /** What runs its pods. */
  readonly nodes: Nodes;

  /** Why its nodes are simulated, where nobody has asked for that. */
  readonly obstacle?: string;
}

/** Undefined where there is none, or it is damaged. */
export function readClusterFile(folder: string): ClusterFile | undefined {
  try {
    const found = JSON.parse(readSmallFile(pathIn(folder))) as ClusterFile & { readonly nodes: unknown };
    // Written before there were real nodes.
    if (typeof found.nodes === "number") return { ...found, nodes: { kind: "kwok", count: found.nodes } };
    return found;
  } catch {
    return undefined;
  }
}

export function writeClusterFile(folder: string, file: ClusterFile): void {
  writeWhole(pathIn(folder), JSON.stringify(file));
}

function pathIn(folder: string): string {
  return join(folder, "cluster.json");
}
