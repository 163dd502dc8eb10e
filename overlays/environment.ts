import type {
  AccessOptions,
  ClusterLogType,
  KubernetesVersion,
  NodeGroupOptions,
} from "@groundplan/modules/cluster";
import { base } from "./base/environment";
import { type DeepPartial, mergeDeep } from "./merge";

/** Everything in which one environment may differ from another. */
export interface Environment {
  /** Name of the environment, e.g. `dev`: begins the ids of its stacks and the names of its resources. 2 to 16 characters. */
  readonly name: string;

  /** AWS account, 12 digits. */
  readonly account: string;

  /** AWS Region, e.g. `us-east-1`. */
  readonly region: string;

  /** Tags of every resource of the environment, beside those that Groundplan writes itself. */
  readonly tags: Readonly<Record<string, string>>;

  readonly network: NetworkSettings;
  readonly registry: RegistrySettings;
  readonly cluster: ClusterSettings;
  readonly gitops: GitOpsSettings;
  readonly addons: AddonSettings;
  readonly api: ApiSettings;
}

/** The environment's VPC. */
export interface NetworkSettings {
  /** IPv4 range, /16 to /24; overlaps with no other environment's, so that they can be peered. */
  readonly cidr: string;

  /** Availability zones, by name: an account's zones of the same name stay the same. 1 to 8. */
  readonly availabilityZones: readonly string[];

  /** NAT gateways: `none`, one for all zones (`single`) or one for each (`per-az`). */
  readonly nat: "none" | "single" | "per-az";

  /**
   * Zone of the one NAT gateway of `single`. Name it before adding a zone whose letter comes earlier, or the gateway moves there.
   *
   * @default - the zone whose letter comes first
   */
  readonly natZone?: string;

  /** Adds a tier of subnets without any route to the internet. */
  readonly isolatedSubnets: boolean;

  /** Adds IPv6 (dual stack). */
  readonly ipv6: boolean;

  /** Services reached through an interface endpoint in the VPC, e.g. `ecr.api`; each costs by the hour and zone. */
  readonly interfaceEndpoints: readonly string[];

  readonly flowLogs: FlowLogSettings;
}

/** The VPC's flow logs. */
export interface FlowLogSettings {
  /** Where they go; `none` turns them off. */
  readonly destination: "cloudwatch" | "s3" | "none";

  /** Days after which they are deleted; for CloudWatch one of the values that it offers. */
  readonly retentionDays: number;

  /** Encrypts them with a KMS key of their own. */
  readonly encrypted: boolean;
}

/** The environment's container registry. */
export interface RegistrySettings {
  /** Names of the repositories; each is made as `<platform>/<environment>/<name>`. */
  readonly repositories: readonly string[];

  /** Whether a tag may be moved to another image. */
  readonly tagMutability: "MUTABLE" | "IMMUTABLE";

  /** Encryption at rest: by S3 (`AES256`) or by a KMS key of the environment. */
  readonly encryption: "AES256" | "KMS";

  /** Days between a request to delete the KMS key and its deletion, 7 to 30. */
  readonly keyDeletionDays: number;

  /** Whether a repository that still holds images can be destroyed. */
  readonly forceDelete: boolean;

  /** Tagged images kept in each repository, 1 or more. */
  readonly maxImages: number;

  /** Days after which an untagged image expires, 1 or more. */
  readonly untaggedDays: number;

  /** Public registries that are cached in this one, e.g. `ecr-public`. */
  readonly pullThrough: readonly ("ecr-public" | "kubernetes" | "quay")[];
}

/** The environment's Kubernetes cluster, `<platform>-<environment>`. */
export interface ClusterSettings {
  /** Minor version; raise it by one at a time. */
  readonly kubernetesVersion: KubernetesVersion;

  /** What happens at the end of standard support: AWS upgrades the cluster (`STANDARD`), or bills extended support. */
  readonly upgradePolicy: "STANDARD" | "EXTENDED";

  /** IPv4 ranges that reach the API from outside the VPC; none closes the public endpoint, everybody is `["0.0.0.0/0"]`. */
  readonly publicEndpointCidrs: readonly string[];

  /** Who gets in: by access entries (`API`), or by the `aws-auth` ConfigMap too. There is no way back from `API`. */
  readonly authenticationMode: "API" | "API_AND_CONFIG_MAP";

  /** Principals beside the cluster's own admin role, by name. */
  readonly access: Readonly<Record<string, AccessOptions>>;

  /** Logs of the control plane. */
  readonly logTypes: readonly ClusterLogType[];

  /** Days for which they are kept, one of the values that CloudWatch offers. */
  readonly logRetentionDays: number;

  /** Keys that encrypt Kubernetes secrets: AWS's (`aws`) or a KMS key of the cluster (`own`). There is no way back from `own`. */
  readonly secretsEncryption: "aws" | "own";

  /** Days between a request to delete that key and its deletion, 7 to 30. */
  readonly keyDeletionDays: number;

  /** Size of the nodes' root volume in GiB, 20 to 16384. */
  readonly diskGb: number;

  /** Groups of nodes, by name; an overlay says at least `general`. */
  readonly nodeGroups: Readonly<Record<string, NodeGroupOptions>>;
}

/** How the environment is deployed from Git. */
export interface GitOpsSettings {
  /**
   * How a change in Git reaches the cluster: by itself (`continuous`), by a hand that syncs (`manual`), or by a hand,
   * with autoscalers left alone, patient retries and PagerDuty (`guarded`).
   */
  readonly delivery: "continuous" | "manual" | "guarded";

  /**
   * Branch, tag or commit that is deployed.
   *
   * @default - `develop` for `continuous`, else `main`
   */
  readonly revision?: string;

  /** Two of each of Argo CD's servers, and three of its Redis. */
  readonly highAvailability: boolean;
}

/** What runs in the environment's cluster beside Argo CD. */
export interface AddonSettings {
  /** AWS Load Balancer Controller: makes load balancers for Ingresses and Services. */
  readonly loadBalancerController: boolean;

  /** What adds and removes nodes; one at most, since two would fight over them. */
  readonly nodeAutoscaler: "cluster-autoscaler" | "karpenter" | "none";

  /** Measures CPU and memory of pods, which autoscalers of pods need. */
  readonly metricsServer: boolean;

  /** external-dns writes DNS names of Ingresses and Services: domain → id of its Route 53 zone; without any it is not installed. */
  readonly externalDns: Readonly<Record<string, string>>;

  /** Argo Rollouts: canary and blue-green roll-outs. */
  readonly argoRollouts: boolean;
}

/** The environment's service `api`. */
export interface ApiSettings {
  /** Memory of the function in MB, 128 to 10240; the processor grows with it. */
  readonly memoryMb: number;

  /** Seconds after which a call is ended, 1 to 29: an HTTP API gives up after 30. */
  readonly timeoutSeconds: number;

  /** Calls at once that are kept for this function, and that it is held to; -1 shares what the account has left. */
  readonly reservedConcurrency: number;

  /** Days for which its logs and those of its API are kept; one of the values that CloudWatch offers. */
  readonly logRetentionDays: number;

  /** Calls a second, and at once, beyond which the API answers 429. */
  readonly throttling: { readonly ratePerSecond: number; readonly burst: number };

  /** Origins whose web pages may call it, e.g. `https://app.example.com`; with none, no page of another origin can. */
  readonly corsOrigins: readonly string[];

  /** Calls of a hundred that may fail before the alarm goes on, 0 to 100. */
  readonly errorPercent: number;

  /** Milliseconds that 99 of 100 calls stay below, in the function and as callers see it, 1 to the timeout. */
  readonly latencyMs: number;

  /** SNS topics that the alarms tell. */
  readonly alarmTopicArns: readonly string[];

  /**
   * How callers get a new artifact: first so many percent of the calls for so many minutes, at most 60, and all of
   * them when no alarm went on meanwhile. 100 percent is at once.
   */
  readonly gradual: { readonly percent: number; readonly minutes: number };

  /**
   * A name of one's own; the one that AWS gives is then turned off.
   *
   * @default - the name that AWS gives
   */
  readonly domain?: {
    readonly name: string;
    readonly certificateArn: string;
    readonly hostedZoneId?: string;
  };
}

/** What an overlay must say itself; everything else has a default in `overlays/base`. */
type Required = Pick<Environment, "name" | "account"> & { readonly network: Pick<NetworkSettings, "cidr"> };

/** What is kept by a name of its own: an overlay gives each of them whole. */
interface Keyed {
  readonly cluster?: DeepPartial<Omit<ClusterSettings, "access" | "nodeGroups">> &
    Partial<Pick<ClusterSettings, "access" | "nodeGroups">>;
}

/** What an overlay says: what it must, and whatever differs from the defaults. An unknown key does not compile. */
export type EnvironmentOverlay = Required & DeepPartial<Omit<Environment, "cluster">> & Keyed;

/** The part of an environment that has defaults. */
export type EnvironmentDefaults = Omit<Environment, "name" | "account" | "network"> & {
  readonly network: Omit<NetworkSettings, "cidr">;
};

/**
 * An environment: the defaults of `overlays/base` with what the overlay changes.
 *
 * Objects are merged key by key; a list replaces the default list as a whole.
 * `checkEnvironments` judges the values, so that the faults of all overlays are told at once.
 */
export function defineEnvironment(overlay: EnvironmentOverlay): Environment {
  return mergeDeep(base, overlay);
}
