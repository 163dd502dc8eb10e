import { KYVERNO_NAMESPACE } from "@groundplan/modules/addons/charts/kyverno";
import { CLUSTER } from "@groundplan/modules/cluster/contract";
import { lookup } from "@groundplan/modules/core";
import {
  Addons,
  ArgoCd,
  canarySeconds,
  clusterProviders,
  defaultStorageClass,
  type GitOps,
  ManifestsRelease,
  SYNC_TIMEOUT,
  signaturePolicy,
} from "@groundplan/modules/gitops";
import { NETWORK } from "@groundplan/modules/network";
import { registryHost } from "@groundplan/modules/registry";
import type { Construct } from "constructs";
import { EnvironmentStack, type EnvironmentStackProps } from "./environment-stack";

/** Properties of {@link AddonsStack}. */
export interface AddonsStackProps extends EnvironmentStackProps {
  /** What is deployed from Git in all environments. */
  readonly gitops: GitOps;
}

/**
 * What runs in the cluster of an environment before any application does: Argo CD, the cluster's add-ons with
 * their roles, and the bridge over which Terraform tells Argo CD what it made. To add an add-on is a row of
 * `modules/addons/catalog.ts`.
 */
export class AddonsStack extends EnvironmentStack {
  constructor(scope: Construct, props: AddonsStackProps) {
    super(scope, "addons", props);
    const { platform, environment, gitops } = props;
    const { name, region, account } = environment;
    const cluster = lookup(this, this.place, CLUSTER);
    const network = lookup(this, this.place, NETWORK);
    // Known at synth: it stands in the keys of policies' conditions.
    const clusterName = gitops.destination(name).cluster;
    clusterProviders(this, { ...cluster, name: clusterName, region });
    const imageRepositories = environment.registry.repositories.map(
      (repository) => `${platform.name}/${name}/${repository}`,
    );
    const addons = new Addons(this, "addons", {
      platform: platform.name,
      settings: environment.addons,
      cluster: {
        clusterName,
        clusterArn: cluster.arn,
        kubernetesVersion: environment.cluster.kubernetesVersion,
        account,
        region,
        vpcId: network.vpcId,
        // The platform too: another one of the account may have a stack of the same name.
        subnetTags: { Platform: platform.name, Stack: `${name}-network`, Tier: "private" },
        nodeSecurityGroupId: cluster.nodeSecurityGroupId,
        nodeRoleArn: cluster.nodeRoleArn,
        nodeRoleName: cluster.nodeRoleName,
        nodePools: environment.cluster.nodePools,
        prefixDelegation: environment.cluster.prefixDelegation,
        imageRepositories,
      },
    });
    const { canary, signatures } = environment.delivery;
    if (signatures.enabled) {
      new ManifestsRelease(this, "signatures", {
        releaseName: "image-signatures",
        namespace: KYVERNO_NAMESPACE,
        manifests: [
          signaturePolicy({
            ...signatures,
            name: `${clusterName}-images`,
            namespace: gitops.destination(name).namespace,
            repositories: imageRepositories.map(
              (repository) => `${registryHost(account, region)}/${repository}`,
            ),
          }),
        ],
        dependsOn: [...addons.releases.values()],
      });
    }
    if (environment.cluster.defaultStorageClass) {
      new ManifestsRelease(this, "storage", {
        releaseName: "default-storage-class",
        namespace: "kube-system",
        manifests: [defaultStorageClass(environment.cluster.compute)],
        dependsOn: [],
      });
    }
    new ArgoCd(this, "argocd", {
      gitops,
      environment: name,
      domain: `argocd.${name}.${platform.domain}`,
      highAvailability: environment.gitops.highAvailability,
      syncTimeout: SYNC_TIMEOUT + (canary.enabled ? canarySeconds(canary) : 0),
      bridge: {
        cluster: clusterName,
        environment: name,
        account,
        region,
        vpcId: network.vpcId,
        addons: addons.facts,
      },
    });
  }
}
