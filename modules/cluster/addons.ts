import { EksAddon as AwsEksAddon } from "@cdktf/provider-aws/lib/eks-addon";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { EKS_ADDONS, OPTIONAL_EKS_ADDONS } from "../addons/catalog";
import { buildOf, type EksAddon } from "../addons/eks-addon";
import { fitName, NAME_RULES, partitionOf } from "../core";
import { merged } from "../core/merge";
import { PodIdentityRole } from "../identity";
import type { OptionalAddonName } from "./addon-versions";
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
   * Whether those of every cluster are installed.
   *
   * @default true
   */
  readonly every?: boolean;

  /**
   * Add-ons beside those of every cluster.
   *
   * @default []
   */
  readonly optional?: readonly OptionalAddonName[];

  /**
   * The add-ons.
   *
   * @default - those of the registry: of every cluster, and `optional`
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

  private readonly rows: readonly EksAddon[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: AddonsProps,
  ) {
    super(scope, id);
    const optional: readonly string[] = props.optional ?? [];
    this.rows = props.rows ?? [
      ...((props.every ?? true) ? EKS_ADDONS : []),
      ...OPTIONAL_EKS_ADDONS.filter(({ name }) => optional.includes(name)),
    ];
    this.beforeNodes = this.add("before-nodes", [props.cluster]);
  }

  /** Adds what needs nodes. @param nodes - the groups that stand before it. */
  addAfterNodes(nodes: readonly ITerraformDependable[]): void {
    this.add("after-nodes", [this.props.cluster, ...nodes]);
  }

  /** Adds what stands so, each after the add-ons that it names. */
  private add(
    stands: EksAddon["stands"],
    dependsOn: readonly ITerraformDependable[],
  ): readonly AwsEksAddon[] {
    const rows = this.rows.filter((row) => row.stands === stands);
    const made = new Map<string, AwsEksAddon>();
    const make = (row: EksAddon): AwsEksAddon => {
      const there = made.get(row.name);
      if (there) return there;
      const first = rows.filter(({ name }) => row.after?.includes(name)).map(make);
      const addon = this.addon(row, [...dependsOn, ...first]);
      made.set(row.name, addon);
      return addon;
    };
    return rows.map(make);
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
      serviceAccount: { namespace: rights.namespace ?? "kube-system", name: rights.serviceAccount },
      // EKS makes the association with the add-on, and keeps it as long.
      associate: false,
    });
    role.attach("policy", `arn:${partitionOf(region)}:iam::aws:policy/${rights.policy}`);
    return { role, serviceAccount: rights.serviceAccount };
  }
}
