import { CLUSTER, Cluster } from "@groundplan/modules/cluster";
import { endpointWarning } from "@groundplan/modules/cluster/needed-endpoints";
import { lookup, publish } from "@groundplan/modules/core";
import { NETWORK, subnetsByZone } from "@groundplan/modules/network";
import { Annotations } from "cdktf";
import type { Construct } from "constructs";
import { cachePrefixes } from "../overlays/settings/registry";
import { EnvironmentStack, type EnvironmentStackProps } from "./environment-stack";

/** The Kubernetes cluster of an environment, in the private subnets of its network. */
export class ClusterStack extends EnvironmentStack {
  readonly cluster: Cluster;

  constructor(scope: Construct, props: EnvironmentStackProps) {
    super(scope, "cluster", props);
    const { platform, environment } = props;
    const { cluster: settings, name, account, region } = environment;
    const { availabilityZones } = environment.network;
    const network = lookup(this, this.place, NETWORK);
    const subnetsOf = (subnetIds: readonly string[]) =>
      subnetsByZone(availabilityZones, { availabilityZones: network.availabilityZones, subnetIds });
    this.cluster = new Cluster(this, "cluster", {
      name: `${platform.name}-${name}`,
      account,
      region,
      vpcId: network.vpcId,
      zones: settings.zones,
      subnets: subnetsOf(network.privateSubnetIds),
      ...(settings.controlPlaneTier === "isolated"
        ? { controlPlaneSubnets: subnetsOf(network.isolatedSubnetIds) }
        : {}),
      ...(environment.network.podCidr === undefined ? {} : { podSubnets: subnetsOf(network.podSubnetIds) }),
      kubernetesVersion: settings.kubernetesVersion,
      upgradePolicy: settings.upgradePolicy,
      publicEndpointCidrs: settings.publicEndpointCidrs,
      authenticationMode: settings.authenticationMode,
      access: settings.access,
      logTypes: settings.logTypes,
      logRetentionDays: settings.logRetentionDays,
      secretsEncryption: settings.secretsEncryption,
      keyDeletionDays: settings.keyDeletionDays,
      compute: settings.compute,
      fargateProfiles: settings.fargateProfiles,
      nodeGroups: settings.compute === "auto" ? {} : settings.nodeGroups,
      diskGb: settings.diskGb,
      cachePrefixes: [...cachePrefixes(platform, environment).values()],
      optionalAddons: settings.optionalAddons,
      addonVersions: settings.addonVersions,
      addonSettings: settings.addonSettings,
      prefixDelegation: settings.prefixDelegation,
      tags: this.commonTags,
    });
    const warning = endpointWarning(environment.network, environment.addons, settings.optionalAddons);
    if (warning !== undefined) Annotations.of(this.cluster).addWarning(warning);
    publish(this, this.place, CLUSTER, this.cluster.contract);
  }
}
