import { EksAddon } from "@cdktf/provider-aws/lib/eks-addon";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { fitName, NAME_RULES, partitionOf } from "../core";
import { PodIdentityRole } from "../identity";
import { ADDON_VERSIONS, type AddonName } from "./addon-versions";
import type { KubernetesVersion } from "./versions";

/** Properties of {@link Addons}. */
export interface AddonsProps {
  readonly clusterName: string;
  readonly clusterArn: string;
  readonly account: string;
  readonly region: string;
  readonly kubernetesVersion: KubernetesVersion;

  /** Builds of a team's own choice, instead of those of the table. */
  readonly versions: Readonly<Partial<Record<AddonName, string>>>;

  /** The cluster: its name is known before it stands. */
  readonly cluster: ITerraformDependable;
}

/** What an add-on's pods may do in AWS: the service account that they run as, and AWS's policy for them. */
const RIGHTS: Readonly<
  Partial<Record<AddonName, { readonly serviceAccount: string; readonly policy: string }>>
> = {
  "vpc-cni": { serviceAccount: "aws-node", policy: "AmazonEKS_CNI_Policy" },
  "aws-ebs-csi-driver": {
    serviceAccount: "ebs-csi-controller-sa",
    policy: "service-role/AmazonEBSCSIDriverPolicy",
  },
};

/**
 * What an add-on is told beside its version. Without it the VPC CNI accepts every NetworkPolicy, and enforces none.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy-configure.html
 */
const SETTINGS: Readonly<Partial<Record<AddonName, object>>> = { "vpc-cni": { enableNetworkPolicy: "true" } };

/** Add-ons without which a node never becomes ready: they stand before the first one. */
const BEFORE_NODES: readonly AddonName[] = ["vpc-cni", "eks-pod-identity-agent", "kube-proxy"];

/** Add-ons whose pods need a node: before there is one they would count as degraded. */
const AFTER_NODES: readonly AddonName[] = ["coredns", "aws-ebs-csi-driver"];

/**
 * The EKS add-ons of a cluster, each of a pinned version, with a role by Pod Identity where it calls AWS.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/eks-add-ons.html
 */
export class Addons extends Construct {
  /** What stands before the first node. */
  readonly beforeNodes: readonly EksAddon[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: AddonsProps,
  ) {
    super(scope, id);
    this.beforeNodes = BEFORE_NODES.map((name) => this.addon(name, [props.cluster]));
  }

  /** Adds what needs nodes. @param nodes - the groups that stand before it. */
  addAfterNodes(nodes: readonly ITerraformDependable[]): void {
    for (const name of AFTER_NODES) this.addon(name, [this.props.cluster, ...nodes]);
  }

  private addon(name: AddonName, dependsOn: readonly ITerraformDependable[]): EksAddon {
    const { clusterName, kubernetesVersion, versions } = this.props;
    const scope = new Construct(this, name);
    const role = this.role(scope, name);
    return new EksAddon(scope, "addon", {
      clusterName,
      addonName: name,
      addonVersion: versions[name] ?? ADDON_VERSIONS[kubernetesVersion][name],
      ...(SETTINGS[name] ? { configurationValues: JSON.stringify(SETTINGS[name]) } : {}),
      // What is written here holds, whatever somebody changed in the cluster.
      resolveConflictsOnCreate: "OVERWRITE",
      resolveConflictsOnUpdate: "OVERWRITE",
      ...(role
        ? { podIdentityAssociation: [{ roleArn: role.role.arn, serviceAccount: role.serviceAccount }] }
        : {}),
      tags: { Name: `${clusterName}-${name}` },
      dependsOn: [...dependsOn, ...(role?.role.policies ?? [])],
    });
  }

  private role(scope: Construct, name: AddonName) {
    const rights = RIGHTS[name];
    if (!rights) return undefined;
    const { clusterName, clusterArn, account, region } = this.props;
    const role = new PodIdentityRole(scope, "role", {
      roleName: fitName(`${clusterName}-${name}-${region}`, NAME_RULES.role.maxLength),
      description: `EKS add-on ${name} of ${clusterName}`,
      clusterName,
      clusterArn,
      account,
      serviceAccount: { namespace: "kube-system", name: rights.serviceAccount },
      // EKS makes the association with the add-on, and keeps it as long.
      associate: false,
    });
    role.attach("policy", `arn:${partitionOf(region)}:iam::aws:policy/${rights.policy}`);
    return { role, serviceAccount: rights.serviceAccount };
  }
}
