import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { SynthError } from "../../core";
import { PodIdentityRole } from "../../identity";
import type { BridgeAddon, BridgeAddonFacts } from "../bridge";
import { restrictedNamespace } from "../namespace";
import { chartRelease, ManifestsRelease } from "../release";
import { type AddonSettings, addonSettingsFaults } from "../settings";
import type { Addon, AddonCluster } from "./addon";
import { addonRoleName, enabledAddons } from "./enabled";
import { Interruptions } from "./interruptions";
import { nodePool } from "./karpenter";

/** Properties of {@link Addons}. */
export interface AddonsProps {
  /** Name of the platform. */
  readonly platform: string;
  readonly cluster: AddonCluster;
  readonly settings: AddonSettings;
}

/** The add-ons of a cluster: each a Helm release, with a role of its own where it uses AWS. */
export class Addons extends Construct {
  /** What the bridge tells of those that are enabled. */
  readonly facts: Readonly<Partial<Record<BridgeAddon, BridgeAddonFacts>>>;

  /** @throws SynthError with every fault of the settings. */
  constructor(scope: Construct, id: string, props: AddonsProps) {
    super(scope, id);
    const { cluster, settings } = props;
    const faults = addonSettingsFaults(settings);
    if (faults.length > 0) throw new SynthError(this, faults);
    this.facts = Object.fromEntries(
      enabledAddons(cluster, settings).map((addon) => [addon.name, this.install(addon, props)]),
    );
  }

  private install(addon: Addon, { platform, cluster }: AddonsProps): BridgeAddonFacts {
    const { namespace, serviceAccount, chart } = addon;
    const scope = new Construct(this, chart.name);
    const needed: ITerraformDependable[] = [];
    if (addon.ownNamespace) {
      needed.push(restrictedNamespace(scope, "namespace", { name: namespace, platform }));
    }
    const role = this.role(scope, addon, cluster);
    // Pods get credentials when they start: the association comes first.
    if (role) needed.push(...role.policies, ...(role.association ? [role.association] : []));
    if (addon.name === "karpenter") needed.push(...new Interruptions(scope, "interruptions", cluster).ready);
    const release = chartRelease(scope, "release", {
      chart,
      namespace,
      values: addon.values,
      dependsOn: needed,
    });
    if (addon.name === "karpenter") {
      new ManifestsRelease(scope, "nodes", {
        releaseName: "karpenter-nodes",
        namespace,
        manifests: nodePool(cluster),
        dependsOn: [release],
      });
    }
    return { namespace, serviceAccount, ...(role ? { roleArn: role.arn } : {}) };
  }

  private role(scope: Construct, addon: Addon, cluster: AddonCluster) {
    const policies = Object.entries(addon.policies);
    if (policies.length === 0) return undefined;
    const role = new PodIdentityRole(scope, "role", {
      roleName: addonRoleName(cluster, addon.name),
      clusterName: cluster.clusterName,
      clusterArn: cluster.clusterArn,
      account: cluster.account,
      serviceAccount: { namespace: addon.namespace, name: addon.serviceAccount },
    });
    for (const [name, statements] of policies) role.allow(name, statements);
    return role;
  }
}
