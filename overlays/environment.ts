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

/** What an overlay must say itself; everything else has a default in `overlays/base`. */
type Required = Pick<Environment, "name" | "account"> & { readonly network: Pick<NetworkSettings, "cidr"> };

/** What an overlay says: what it must, and whatever differs from the defaults. An unknown key does not compile. */
export type EnvironmentOverlay = Required & DeepPartial<Environment>;

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
