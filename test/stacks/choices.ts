import { OPTIONAL_ADDONS } from "@groundplan/modules/cluster";
import type { Environment } from "../../overlays/environment";

/** Images of one's own, for Graviton. */
export interface OwnImages {
  readonly al2023: string;
  readonly bottlerocket: string;
}

const group = { instanceTypes: ["m7g.large"], architecture: "arm64" as const, min: 0, max: 2 };

/** An environment's network with what is off, or left to others, by default. */
export function networkChoices(network: Environment["network"]): Environment["network"] {
  return {
    ...network,
    isolatedSubnets: true,
    podCidr: "100.64.0.0/16",
    ipamPoolId: "ipam-pool-0123456789abcdef0",
  };
}

/** The same of its cluster: Fargate, pods' subnets, a pinned release, and groups of images of one's own. */
export function clusterChoices(
  { cluster, region }: Pick<Environment, "cluster" | "region">,
  images: OwnImages,
): Environment["cluster"] {
  return {
    ...cluster,
    controlPlaneTier: "isolated",
    prefixDelegation: true,
    optionalAddons: OPTIONAL_ADDONS,
    fargateProfiles: { jobs: { selectors: [{ namespace: "jobs", labels: { on: "fargate" } }] } },
    nodeGroups: {
      pinned: { instanceTypes: ["m5.large"], min: 1, max: 2, releaseVersion: "1.35.2-20261110" },
      own: { ...group, amiId: images.al2023, labels: { on: "own" }, nodeConfig: { featureGates: {} } },
      rocket: {
        ...group,
        amiId: images.bottlerocket,
        image: "bottlerocket",
        bottlerocketSettings: { kernel: { lockdown: "integrity" } },
        subnets: { [`${region}a`]: "subnet-0123456789abcdef0" },
      },
    },
  };
}
