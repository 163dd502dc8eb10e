import { EksAddon as AwsEksAddon } from "@cdktf/provider-aws/lib/eks-addon";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { EKS_ADDONS } from "../addons/catalog";
import { buildOf, type EksAddon } from "../addons/eks-addon";
import { fitName, NAME_RULES, partitionOf } from "../core";
import { PodIdentityRole } from "../identity";
import type { KubernetesVersion } from "./versions";

/** Properties of {@link Addons}. */
export interface AddonsProps {
  /** Name of the cluster. */
  readonly clusterName: string;

  /** ARN of the cluster. */
  readonly clusterArn: string;

  /** AWS account, 12 digits. */
  readonly account: string;

  /** AWS Region, e.g. `us-east-1`. */
  readonly region: string;

  /** Kubernetes version of the cluster, which decides the builds. */
  readonly kubernetesVersion: KubernetesVersion;

  /** Builds of a team's own choice by the add-ons' names, instead of those of the registry. */
  readonly versions: Readonly<Record<string, string>>;

  /**
   * Settings of a team's own by the add-ons' names, merged key by key with those of the registry.
   *
   * @default {}
   */
  readonly settings?: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

  /**
   * The add-ons.
   *
   * @default - those of the registry
   */
  readonly rows?: readonly EksAddon[];

  /** The cluster: its name is known before it stands. */
  readonly cluster: ITerraformDependable;
}

/**
 * The EKS add-ons of a cluster, each of a pinned version, with a role by Pod Identity where it calls AWS.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/eks-add-ons.html
 */
export class Addons extends Construct {
  /** What stands before the first node. */
  readonly beforeNodes: readonly AwsEksAddon[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: AddonsProps,
  ) {
    super(scope, id);
    this.beforeNodes = this.rows("before-nodes").map((row) => this.addon(row, [props.cluster]));
  }

  /** Adds what needs nodes. @param nodes - the groups that stand before it. */
  addAfterNodes(nodes: readonly ITerraformDependable[]): void {
    for (const row of this.rows("after-nodes")) this.addon(row, [this.props.cluster, ...nodes]);
  }

  private rows(stands: EksAddon["stands"]): readonly EksAddon[] {
    return (this.props.rows ?? EKS_ADDONS).filter((row) => row.stands === stands);
  }

  private addon(row: EksAddon, dependsOn: readonly ITerraformDependable[]): AwsEksAddon {
    const { clusterName, kubernetesVersion, versions, settings = {} } = this.props;
    const { name } = row;
    const configuration = merged({ ...row.configuration }, settings[name] ?? {});
    const scope = new Construct(this, name);
    const role = this.role(scope, row);
    return new AwsEksAddon(scope, "addon", {
      clusterName,
      addonName: name,
      addonVersion: versions[name] ?? buildOf(row, kubernetesVersion),
      ...(Object.keys(configuration).length > 0
        ? { configurationValues: JSON.stringify(configuration) }
        : {}),
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

  private role(scope: Construct, { name, rights }: EksAddon) {
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

/** Two objects as one: what the second says wins, and objects within them are merged alike. */
function merged(base: Readonly<Record<string, unknown>>, change: Readonly<Record<string, unknown>>) {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(change)) {
    const before = result[key];
    result[key] = isObject(before) && isObject(value) ? merged(before, value) : value;
  }
  return result;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
