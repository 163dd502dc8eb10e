import type { ITerraformDependable } from "cdktf";
import type { Tags } from "../core";
import { type Fault, NAME_RULES, nameFaults } from "../core";
import { isLogRetention, LOG_RETENTION_DAYS } from "../observability/retention";
import { accessEntryFaults } from "./access-faults";
import type { AccessOptions } from "./access-options";
import { type AddonName, addonNameFaults, type OptionalAddonName } from "./addon-versions";
import { autoModeFaults, type Compute } from "./auto-mode";
import { clusterZoneFaults, groupZoneFaults } from "./cluster-zones";
import { endpointFaults } from "./endpoint";
import { type FargateProfileOptions, fargateFaults } from "./fargate-options";
import { type ClusterLogType, LOG_TYPES } from "./log-types";
import { nodeGroupsFaults } from "./node-group-faults";
import type { NodeGroupOptions } from "./node-group-options";
import { clusterPrincipals } from "./role-names";
import { versionFaults } from "./versions";

/** Properties of {@link Cluster}. */
export interface ClusterProps {
  /** Name of the cluster, e.g. `groundplan-dev`: unique in its account and Region; 1 to 100 characters. */
  readonly name: string;

  /** AWS account, 12 digits. */
  readonly account: string;

  /** AWS Region, e.g. `us-east-1`. */
  readonly region: string;

  /** Id of the VPC of its subnets. */
  readonly vpcId: string;

  /** A private subnet for each zone of the network, e.g. `{ "us-east-1a": "subnet-1" }`: where nodes start. */
  readonly subnets: Readonly<Record<string, string>>;

  /**
   * Zones of the control plane, and of every group that does not name its own; two at least, of {@link subnets}.
   *
   * For good: EKS takes subnets of the zones that the cluster was made with and of no others, and other subnets
   * replace a group. A zone that comes later is for a group that names it.
   */
  readonly zones: readonly string[];

  /**
   * Subnets of the control plane's network interfaces by zone, where they have their own.
   *
   * @default - those of the nodes
   */
  readonly controlPlaneSubnets?: Readonly<Record<string, string>>;

  /**
   * Subnets for pods alone by zone, one for each that nodes start in: the VPC CNI gives pods addresses of them, and not of
   * the nodes' subnets. Asks for `prefixDelegation`.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/eks/latest/userguide/cni-custom-network.html
   */
  readonly podSubnets?: Readonly<Record<string, string>>;

  /**
   * Kubernetes version. Raising it by one minor upgrades in place: control plane, add-ons, then the nodes.
   *
   * Not among those of `KUBERNETES_VERSIONS`: the synth fails. In extended support: it warns.
   */
  readonly kubernetesVersion: string;

  /**
   * What happens at the end of standard support: AWS upgrades the cluster (`STANDARD`), or bills extended support.
   *
   * @default "STANDARD"
   */
  readonly upgradePolicy?: "STANDARD" | "EXTENDED";

  /**
   * IPv4 ranges that may reach the API from outside the VPC; everybody is `["0.0.0.0/0"]`. The API is always
   * reachable from within.
   *
   * @default [] - the public endpoint is closed
   */
  readonly publicEndpointCidrs?: readonly string[];

  /**
   * Who gets in: by access entries (`API`), or by the `aws-auth` ConfigMap too, for a cluster that comes from there.
   * There is no way back from `API`.
   *
   * @default "API"
   */
  readonly authenticationMode?: "API" | "API_AND_CONFIG_MAP";

  /**
   * Principals beside the cluster's own admin role, by name: removing one touches no other.
   *
   * @default {}
   */
  readonly access?: Readonly<Record<string, AccessOptions>>;

  /**
   * Logs of the control plane.
   *
   * @default - all five
   */
  readonly logTypes?: readonly ClusterLogType[];

  /**
   * Days for which the logs are kept, one of `LOG_RETENTION_DAYS`.
   *
   * @default 30
   */
  readonly logRetentionDays?: number;

  /**
   * Keys that encrypt Kubernetes secrets: AWS's (`aws`), or a KMS key made here (`own`). From `own` there is no way back.
   *
   * @default "own"
   */
  readonly secretsEncryption?: "aws" | "own";

  /**
   * Days between a request to delete the own key and its deletion, 7 to 30.
   *
   * @default 30
   */
  readonly keyDeletionDays?: number;

  /**
   * Who starts the nodes: the groups (`groups`), or EKS Auto Mode (`auto`), which brings the network of pods, DNS, volumes, load
   * balancers and the Pod Identity agent as well, and costs a share of the instances' price. With it there are no groups, and
   * none of the add-ons of every cluster is installed.
   *
   * @default "groups"
   * @see https://docs.aws.amazon.com/eks/latest/userguide/automode.html
   */
  readonly compute?: Compute;

  /**
   * Pods that run on Fargate, by the names of the profiles.
   *
   * @default {}
   */
  readonly fargateProfiles?: Readonly<Record<string, FargateProfileOptions>>;

  /** Groups of nodes, by name: a group that goes, comes or moves touches no other. */
  readonly nodeGroups: Readonly<Record<string, NodeGroupOptions>>;

  /**
   * Size of the nodes' root volume in GiB, 20 to 16384, where a group does not say its own.
   *
   * @default 50
   */
  readonly diskGb?: number;

  /**
   * Prefixes of the registry's pull-through caches, e.g. `groundplan/dev/ecr-public`: the nodes may make the repositories
   * below them, which the first pull of an image does.
   *
   * @default [] - nodes pull what is cached already
   */
  readonly cachePrefixes?: readonly string[];

  /**
   * Add-ons of EKS beside those of every cluster: `aws-efs-csi-driver`, `snapshot-controller`,
   * `amazon-cloudwatch-observability` (costs by use), `eks-node-monitoring-agent`.
   *
   * @default []
   */
  readonly optionalAddons?: readonly OptionalAddonName[];

  /**
   * Builds of add-ons instead of those that are pinned for the Kubernetes version.
   *
   * @default {} - those of `ADDON_VERSIONS`
   */
  readonly addonVersions?: Readonly<Partial<Record<AddonName, string>>>;

  /**
   * Settings of add-ons in the words of their configuration schemas, by the add-ons' names: merged, key by key, with
   * what Groundplan says itself. `aws eks describe-addon-configuration` shows a schema.
   *
   * @default {}
   */
  readonly addonSettings?: Readonly<Partial<Record<AddonName, Readonly<Record<string, unknown>>>>>;

  /**
   * Lets the VPC CNI hand out prefixes of 16 addresses, so that a node takes 110 pods, or 250 with 30 virtual processors
   * and more. Asks for instance types of the Nitro system and for free ranges of /28 in the subnets. Changing it renews
   * the nodes.
   *
   * @default false
   */
  readonly prefixDelegation?: boolean;

  /**
   * Tags of what AWS makes for the nodes: instances, volumes, network interfaces.
   *
   * @default {}
   */
  readonly tags?: Tags;

  /**
   * Day on which the support of the Kubernetes version is judged. It decides on warnings only, which cdktf shows
   * after the synth: what is synthesized never depends on it.
   *
   * @default - now
   */
  readonly today?: Date;

  /** What stands before the cluster, e.g. the routes of its subnets. */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** Every fault of the properties of a cluster. */
export function clusterFaults(props: ClusterProps): readonly Fault[] {
  const { account, logTypes = LOG_TYPES, logRetentionDays = 30, keyDeletionDays = 30, diskGb = 50 } = props;
  const faults: Fault[] = [...nameFaults(NAME_RULES.cluster, props.name)];
  const add = (what: string, instead: string) => faults.push({ what, instead });
  if (!account.includes("${") && !/^\d{12}$/.test(account)) {
    add(`account ${JSON.stringify(account)} has not 12 digits`, 'use e.g. "123456789012"');
  }
  faults.push(...versionFaults(props.kubernetesVersion));
  faults.push(...endpointFaults(props.publicEndpointCidrs ?? []));
  for (const type of logTypes) {
    if (logTypes.indexOf(type) === logTypes.lastIndexOf(type) && LOG_TYPES.includes(type)) continue;
    add(
      `log type ${JSON.stringify(type)} is unknown, or listed twice`,
      `use each of ${LOG_TYPES.join(", ")} once`,
    );
  }
  if (!isLogRetention(logRetentionDays)) {
    add(`logRetentionDays is ${logRetentionDays}`, `use one of ${LOG_RETENTION_DAYS.join(", ")}`);
  }
  if (!Number.isInteger(keyDeletionDays) || keyDeletionDays < 7 || keyDeletionDays > 30) {
    add(`keyDeletionDays is ${keyDeletionDays}`, "use a whole number of 7 to 30, e.g. 30");
  }
  faults.push(
    ...clusterZoneFaults(props.zones, props.nodeGroups, Object.keys(props.subnets)),
    ...groupZoneFaults(props.fargateProfiles ?? {}, Object.keys(props.subnets)),
  );
  const { controlPlaneSubnets = props.subnets } = props;
  for (const zone of props.zones.filter((one) => controlPlaneSubnets[one] === undefined)) {
    if (props.subnets[zone] === undefined) continue;
    add(`controlPlaneSubnets has none in ${zone}, which is one of zones`, "give a subnet for each of zones");
  }
  faults.push(
    ...addonNameFaults(props.optionalAddons ?? []).map(({ what, instead }) => ({
      what: `optionalAddons: ${what}`,
      instead,
    })),
  );
  faults.push(...podSubnetFaults(props));
  faults.push(...autoModeFaults(props), ...fargateFaults(props.fargateProfiles ?? {}));
  if (props.compute !== "auto") faults.push(...nodeGroupsFaults(props.nodeGroups, diskGb));
  faults.push(...accessEntryFaults(props.access ?? {}, clusterPrincipals(props)));
  return faults;
}

/** The faults of subnets for pods: a zone of nodes without one, and nodes that would take more pods than they have addresses. */
function podSubnetFaults(props: ClusterProps): readonly Fault[] {
  const { podSubnets, zones, nodeGroups, prefixDelegation = false } = props;
  if (podSubnets === undefined) return [];
  const faults: Fault[] = [];
  const used = new Set([
    ...zones,
    ...Object.values(nodeGroups).flatMap((group) => group.zones ?? Object.keys(group.subnets ?? {})),
  ]);
  for (const zone of [...used].filter((one) => podSubnets[one] === undefined)) {
    const what = `podSubnets has none in ${zone}, where nodes start: their pods would get no address`;
    faults.push({ what, instead: "give a subnet for each zone of nodes" });
  }
  if (!prefixDelegation) {
    faults.push({
      what: "podSubnets without prefixDelegation: a node's first interface serves no pods, and it would take more than it has addresses for",
      instead: "set prefixDelegation true",
    });
  }
  if (props.compute === "auto") {
    faults.push({
      what: 'podSubnets is for the VPC CNI, which compute "auto" does not have',
      instead: "name the subnets in a NodeClass of Auto Mode, and leave podSubnets out",
    });
  }
  return faults;
}
