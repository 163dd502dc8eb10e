import type { DeepPartial } from "./merge";
import type { AddonSettings } from "./settings/addons";
import type { ApiSettings } from "./settings/api";
import type { ClusterSettings } from "./settings/cluster";
import type { DeliverySettings } from "./settings/delivery";
import type { GitOpsSettings } from "./settings/gitops";
import type { ImagesSettings } from "./settings/images";
import type { NetworkSettings } from "./settings/network";
import type { PreviewSettings } from "./settings/previews";
import type { RegistrySettings } from "./settings/registry";
import type { RunnersSettings } from "./settings/runners";
import type { TagSettings } from "./settings/tags";

/** Everything in which one environment may differ from another. */
export interface Environment {
  /** Name of the environment, e.g. `dev`: begins the ids of its stacks and the names of its resources. 2 to 16 characters. */
  readonly name: string;

  /** AWS account, 12 digits. */
  readonly account: string;

  /** AWS Region, e.g. `us-east-1`. */
  readonly region: string;

  /** Tags of every resource of the environment, beside those that Groundplan writes itself. */
  readonly tags: TagSettings;

  readonly network: NetworkSettings;
  readonly registry: RegistrySettings;
  readonly cluster: ClusterSettings;
  readonly gitops: GitOpsSettings;
  readonly addons: AddonSettings;
  readonly delivery: DeliverySettings;
  readonly api: ApiSettings;
  readonly previews: PreviewSettings;
  readonly runners: RunnersSettings;
  readonly images: ImagesSettings;
}

/** What an overlay must say itself; everything else has a default in `overlays/base`. */
interface Required {
  readonly name: string;

  /** Its account in `platform.ts`; one that is missing there is found at synth. */
  readonly account: string | undefined;
  readonly network: Pick<NetworkSettings, "cidr">;
}

/** What is kept by a name of its own: an overlay gives each of them whole. */
interface Keyed {
  readonly cluster?: DeepPartial<Omit<ClusterSettings, "access" | "addonSettings" | "nodeGroups">> &
    Partial<Pick<ClusterSettings, "access" | "addonSettings" | "nodeGroups">>;
  readonly runners?: DeepPartial<Omit<RunnersSettings, "pools">> & Partial<Pick<RunnersSettings, "pools">>;
}

/** What an overlay says: what it must, and whatever differs from the defaults. An unknown key does not compile. */
export type EnvironmentOverlay = Required &
  DeepPartial<Omit<Environment, "account" | "cluster" | "runners">> &
  Keyed;

/** The part of an environment that has defaults. */
export type EnvironmentDefaults = Omit<Environment, "name" | "account" | "network"> & {
  readonly network: Omit<NetworkSettings, "cidr">;
};
