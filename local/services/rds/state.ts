import type { HostInterface } from "../../hosts/interface";

export type InstanceStatus =
  | "creating"
  | "available"
  | "modifying"
  | "stopping"
  | "stopped"
  | "starting"
  | "rebooting"
  | "deleting"
  | "failed";

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** An instance: what was asked for, as text by the names of the API, and what has become of it. */
export interface Instance {
  readonly identifier: string;
  readonly resourceId: string;
  readonly arn: string;
  status: InstanceStatus;

  /** Why nothing listens at its address; undefined where it does. */
  obstacle?: string;

  /** Settings with one value, by the names of the request. */
  settings: Record<string, string>;
  securityGroups: readonly string[];
  logExports: readonly string[];
  tags: readonly Tag[];
  readonly createdAt: string;
  network?: HostInterface;

  /** Port of this machine that leads to it; the same one after a restart, where it is free. */
  localPort?: number;

  /** Secret that RDS keeps of the administrator. */
  secretArn?: string;

  /** Snapshot whose data it begins with. */
  readonly from?: string;
}

export interface Snapshot {
  readonly identifier: string;
  readonly arn: string;
  readonly instance: string;
  readonly createdAt: string;

  /** Settings of the instance when it was made. */
  readonly settings: Readonly<Record<string, string>>;
  tags: readonly Tag[];
}

/** Of one account and Region. */
export interface RdsDocument {
  instances: Record<string, Instance>;
  snapshots: Record<string, Snapshot>;
}

export function emptyDocument(): RdsDocument {
  return { instances: {}, snapshots: {} };
}
