import { stringify } from "yaml";
import type { AddonCluster } from "../addons/chart-addon";
import { type AddonSettings, addonRoleName, enabledAddons } from "../addons/enabled";
import { partitionOf } from "../core/partition";
import { application } from "./application";
import { bridgeSecret } from "./bridge";
import type { BridgeProps } from "./bridge-props";
import type { GitOps } from "./gitops";
import { appProject } from "./project";

/** One environment, with what its bridge tells. */
export interface RenderedEnvironment {
  /** Name of the environment. */
  readonly name: string;

  /** AWS account, 12 digits. */
  readonly account: string;

  /** AWS Region, e.g. `us-east-1`. */
  readonly region: string;

  /** Kubernetes version of its cluster, e.g. `1.35`. */
  readonly kubernetesVersion: string;

  /** Its add-ons. */
  readonly addons: AddonSettings;

  /** Names of its repositories, without platform and environment. */
  readonly registry: { readonly repositories: readonly string[] };
}

const HEADER =
  "# Rendered by `npm run derive` from platform.ts and overlays/. Terraform applies the same; change it there.\n";

/**
 * The manifests of `argocd/` as YAML, by their paths there: the project, the application of each environment, and the
 * bridge Secret of each as an example, with an id of a VPC that is made up.
 */
export function renderManifests(
  gitops: GitOps,
  environments: readonly RenderedEnvironment[],
): ReadonlyMap<string, string> {
  const files = new Map<string, object>([
    [`projects/${gitops.project.platform}.yaml`, appProject(gitops.project)],
  ]);
  for (const environment of environments) {
    const { name } = environment;
    files.set(`applications/${name}.yaml`, application(gitops.application(name)));
    files.set(`clusters/${name}.example.yaml`, bridgeSecret(exampleBridge(gitops, environment)));
  }
  return new Map(
    [...files].map(([path, manifest]) => [path, HEADER + stringify(manifest, { lineWidth: 0 })]),
  );
}

/** What the bridge of an environment tells, with what Terraform learns only at apply made up or worked out. */
function exampleBridge(gitops: GitOps, environment: RenderedEnvironment): BridgeProps {
  const { name, account, region, registry } = environment;
  const clusterName = gitops.destination(name).cluster;
  const partition = partitionOf(region);
  const cluster: AddonCluster = {
    clusterName,
    clusterArn: `arn:${partition}:eks:${region}:${account}:cluster/${clusterName}`,
    kubernetesVersion: environment.kubernetesVersion,
    account,
    region,
    vpcId: "vpc-0123456789abcdef0",
    subnetTags: {},
    nodeSecurityGroupId: "sg-0123456789abcdef0",
    nodeRoleArn: `arn:${partition}:iam::${account}:role/${clusterName}-nodes`,
    nodeRoleName: `${clusterName}-nodes`,
    imageRepositories: registry.repositories.map(
      (repository) => `${gitops.project.platform}/${name}/${repository}`,
    ),
  };
  const facts = enabledAddons(cluster, environment.addons).map((addon) => {
    const { namespace, serviceAccount } = addon;
    const roleArn = `arn:${partition}:iam::${account}:role/${addonRoleName(cluster, addon.name)}`;
    const used = Object.keys(addon.policies).length > 0 ? { roleArn } : {};
    return [addon.name, { namespace, serviceAccount, ...used }] as const;
  });
  return { ...cluster, cluster: clusterName, environment: name, addons: Object.fromEntries(facts) };
}
