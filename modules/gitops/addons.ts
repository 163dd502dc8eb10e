import type { Release } from "@cdktf/provider-helm/lib/release";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { CHART_ADDONS } from "../addons/catalog";
import type { AddonCluster } from "../addons/chart-addon";
import { kubePrometheusStack } from "../addons/charts/kube-prometheus-stack";
import {
  type Addon,
  type AddonSettings,
  addonRoleName,
  addonSettingsFaults,
  enabledAddons,
} from "../addons/enabled";
import type { ChartRows } from "../addons/settings";
import { SynthError } from "../core";
import { merged } from "../core/merge";
import { PodIdentityRole } from "../identity";
import type { BridgeAddonFacts } from "./bridge-props";
import { restrictedNamespace } from "./namespace";
import { chartRelease, ManifestsRelease } from "./release";

/** Properties of {@link Addons}. */
export interface AddonsProps {
  /** Name of the platform. */
  readonly platform: string;

  /** The cluster that they are installed in. */
  readonly cluster: AddonCluster;

  /** What the environment says of its add-ons: `SettingsOf` its rows. */
  readonly settings: AddonSettings;

  /**
   * The add-ons that can be turned on.
   *
   * @default - those of the registry
   */
  readonly rows?: ChartRows;
}

/** The add-ons of a cluster that are Helm charts: each a release, with a role of its own where it uses AWS. */
export class Addons extends Construct {
  /** What the bridge tells of those that are enabled, by their names there. */
  readonly facts: Readonly<Record<string, BridgeAddonFacts>>;

  /** Their releases, by the same names: custom resources of theirs wait for them. */
  readonly releases: ReadonlyMap<string, Release>;

  /** @throws SynthError with every fault of the settings. */
  constructor(scope: Construct, id: string, props: AddonsProps) {
    super(scope, id);
    const { cluster, settings, rows = CHART_ADDONS } = props;
    const faults = addonSettingsFaults(settings, rows);
    if (faults.length > 0) throw new SynthError(this, faults);
    // Its definitions come before the monitors of the others.
    const all = enabledAddons(cluster, settings, rows);
    const monitoring = all.find(({ chart }) => chart.name === kubePrometheusStack.chart.name);
    const first = monitoring === undefined ? undefined : this.install(monitoring, props);
    const enabled = all.map((addon) => ({
      name: addon.name,
      ...(addon === monitoring && first ? first : this.install(addon, props, first?.release)),
    }));
    this.facts = Object.fromEntries(enabled.map(({ name, facts }) => [name, facts]));
    this.releases = new Map(enabled.map(({ name, release }) => [name, release]));
  }

  private install(
    addon: Addon,
    { platform, cluster }: AddonsProps,
    monitoring?: Release,
  ): { readonly facts: BridgeAddonFacts; readonly release: Release } {
    const { namespace, serviceAccount, chart, customResources } = addon;
    const scope = new Construct(this, chart.name);
    const needed: ITerraformDependable[] = [];
    if (addon.ownNamespace) {
      needed.push(
        restrictedNamespace(scope, "namespace", {
          name: namespace,
          platform,
          podSecurity: addon.podSecurity ?? "restricted",
        }),
      );
    }
    const role = this.role(scope, addon, cluster);
    // Pods get credentials when they start: the association comes first.
    if (role) needed.push(...role.policies, ...(role.association ? [role.association] : []));
    needed.push(...(addon.makeBefore?.(scope) ?? []));
    const measured = monitoring === undefined ? undefined : addon.whenMonitored;
    if (monitoring && measured) needed.push(monitoring);
    const release = chartRelease(scope, "release", {
      chart,
      namespace,
      values: measured ? merged({ ...addon.values }, { ...measured }) : addon.values,
      dependsOn: needed,
    });
    if (customResources) {
      const { id, ...resources } = customResources;
      new ManifestsRelease(scope, id, { ...resources, namespace, dependsOn: [release] });
    }
    return { facts: { namespace, serviceAccount, ...(role ? { roleArn: role.arn } : {}) }, release };
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
