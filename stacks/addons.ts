import { CLUSTER } from "@groundplan/modules/cluster/contract";
import { lookup } from "@groundplan/modules/core";
import { ArgoCd, clusterProviders, type GitOps } from "@groundplan/modules/gitops";
import { NETWORK } from "@groundplan/modules/network";
import type { Construct } from "constructs";
import { EnvironmentStack, type EnvironmentStackProps } from "./environment-stack";

/** Properties of {@link AddonsStack}. */
export interface AddonsStackProps extends EnvironmentStackProps {
  /** What is deployed from Git in all environments. */
  readonly gitops: GitOps;
}

/**
 * What runs in the cluster of an environment before any application does: Argo CD, the cluster's add-ons with
 * their roles, and the bridge over which Terraform tells Argo CD what it made.
 */
export class AddonsStack extends EnvironmentStack {
  constructor(scope: Construct, props: AddonsStackProps) {
    super(scope, "addons", props);
    const { platform, environment, gitops } = props;
    const { name, region, account } = environment;
    const cluster = lookup(this, name, CLUSTER);
    const network = lookup(this, name, NETWORK);
    clusterProviders(this, { ...cluster, region });
    new ArgoCd(this, "argocd", {
      gitops,
      environment: name,
      domain: `argocd.${name}.${platform.domain}`,
      highAvailability: environment.gitops.highAvailability,
      bridge: {
        cluster: gitops.destination(name).cluster,
        environment: name,
        account,
        region,
        vpcId: network.vpcId,
        addons: {},
      },
    });
  }
}
