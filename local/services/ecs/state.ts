import type { HostInterface } from "../../hosts/interface";
import type { Input } from "./input";

/** A tag as ECS writes it. */
export interface Tag {
  readonly key: string;
  readonly value?: string;
}

export interface Cluster {
  readonly clusterArn: string;
  readonly clusterName: string;
  status: "ACTIVE" | "INACTIVE";
  settings: readonly { readonly name: string; readonly value: string }[];
  configuration?: Input;
  serviceConnectDefaults?: Input;
  capacityProviders: readonly string[];
  defaultCapacityProviderStrategy: readonly Input[];
}

/** A revision of a task definition, as it is described. */
export interface TaskDefinition {
  readonly taskDefinitionArn: string;
  readonly family: string;
  readonly revision: number;
  status: "ACTIVE" | "INACTIVE";
  readonly containerDefinitions: readonly Input[];
  readonly [key: string]: unknown;
}

export type RolloutState = "IN_PROGRESS" | "COMPLETED" | "FAILED";

/** One roll-out of a service: what it runs, and how far that has come. */
export interface Deployment {
  readonly id: string;
  status: "PRIMARY" | "ACTIVE" | "INACTIVE";

  /** ARN of the task definition, and what else was asked for at that time. */
  readonly taskDefinition: string;
  readonly settings: Input;
  readonly createdAt: number;
  updatedAt: number;

  /** Tasks that have failed, until it has run. */
  failedTasks: number;
  rolloutState: RolloutState;
  rolloutStateReason: string;

  /** The deployment whose failure this one undoes. */
  readonly undoes?: string;
}

export interface ServiceEvent {
  readonly id: string;
  readonly createdAt: number;
  readonly message: string;
}

export interface EcsServiceState {
  readonly serviceArn: string;
  readonly serviceName: string;
  readonly clusterArn: string;
  status: "ACTIVE" | "DRAINING" | "INACTIVE";
  desiredCount: number;

  /** What was asked for last; a deployment keeps its own. */
  settings: Input;
  deployments: Deployment[];

  /** The task definition and settings of the last deployment that was completed. */
  completed?: { readonly taskDefinition: string; readonly settings: Input; readonly id: string };
  events: ServiceEvent[];
  readonly createdAt: number;
  readonly createdBy: string;
}

export type TaskStatus =
  | "PROVISIONING"
  | "PENDING"
  | "ACTIVATING"
  | "RUNNING"
  | "DEACTIVATING"
  | "STOPPING"
  | "DEPROVISIONING"
  | "STOPPED";

export type HealthStatus = "HEALTHY" | "UNHEALTHY" | "UNKNOWN";

/** A container of a task, as it is described. */
export interface ContainerState {
  readonly containerArn: string;
  readonly taskArn: string;
  readonly name: string;
  readonly image: string;
  imageDigest?: string;
  runtimeId?: string;
  lastStatus: "PENDING" | "RUNNING" | "STOPPED";
  exitCode?: number;
  reason?: string;
  healthStatus: HealthStatus;
}

export interface Task {
  readonly taskArn: string;
  readonly clusterArn: string;
  readonly taskDefinitionArn: string;

  /** Id of the deployment, or who has asked for it. */
  readonly startedBy: string | undefined;
  readonly group: string;

  /** What it was started with: network, overrides, platform. */
  readonly settings: Input;
  lastStatus: TaskStatus;
  desiredStatus: "RUNNING" | "STOPPED";
  containers: ContainerState[];
  network?: HostInterface;
  healthStatus: HealthStatus;
  version: number;
  readonly createdAt: number;
  pullStartedAt?: number;
  pullStoppedAt?: number;
  startedAt?: number;
  stoppingAt?: number;
  executionStoppedAt?: number;
  stoppedAt?: number;
  stopCode?: string;
  stoppedReason?: string;
}

/** Everything of one account and Region, by ARN; revisions are counted by family. */
export interface EcsDocument {
  clusters: Record<string, Cluster>;
  taskDefinitions: Record<string, TaskDefinition>;
  revisions: Record<string, number>;
  services: Record<string, EcsServiceState>;
  tasks: Record<string, Task>;
  tags: Record<string, readonly Tag[]>;
}

export function emptyDocument(): EcsDocument {
  return { clusters: {}, taskDefinitions: {}, revisions: {}, services: {}, tasks: {}, tags: {} };
}
