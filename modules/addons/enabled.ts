import type { Fault } from "../core/errors";
import { fitName, NAME_RULES } from "../core/names";
import { CHART_ADDONS } from "./catalog";
import { type AddonCluster, bridgeName, type Chart, type ChartInstallation } from "./chart-addon";
import type { ChartRow, ChartRows, SettingsOf } from "./settings";

/** What an environment says of its add-ons, in the words of the registry. */
export type AddonSettings = SettingsOf<typeof CHART_ADDONS>;

/** An add-on of an environment, as it is installed. */
export interface Addon extends ChartInstallation {
  /** Its name in the bridge's labels and annotations. */
  readonly name: string;

  /** The chart that is installed. */
  readonly chart: Chart;
}

/**
 * The add-ons that an environment has, in the order in which they are installed.
 *
 * @param rows - the registry.
 */
export function enabledAddons(
  cluster: AddonCluster,
  settings: AddonSettings,
  rows: ChartRows = CHART_ADDONS,
): readonly Addon[] {
  return saidRows(rows, settings).flatMap(({ row, value }) =>
    row.enabled(value).map(({ addon, install }) => ({
      name: bridgeName(addon),
      chart: addon.chart,
      ...install(cluster),
    })),
  );
}

/** The faults of what an environment says of its add-ons. @param rows - the registry. */
export function addonSettingsFaults(
  settings: AddonSettings,
  rows: ChartRows = CHART_ADDONS,
): readonly Fault[] {
  return saidRows(rows, settings).flatMap(({ key, row, value }) => row.faults(key, value));
}

/** Names of all add-ons of the registry, as the bridge's labels and annotations write them, sorted. */
export function addonNames(rows: ChartRows = CHART_ADDONS): readonly string[] {
  return Object.values(rows)
    .flatMap(({ addons }) => addons.map(bridgeName))
    .sort();
}

/** Name of the role of an add-on: `<cluster>-<add-on>-<Region>`, as roles belong to the account; cut to fit. */
export function addonRoleName({ clusterName, region }: AddonCluster, addon: string): string {
  return fitName(`${clusterName}-${addon.replaceAll("_", "-")}-${region}`, NAME_RULES.role.maxLength);
}

/** The rows of which an environment says something, with what it says. */
function saidRows(rows: ChartRows, settings: Readonly<Record<string, unknown>>) {
  return Object.entries(rows).flatMap(([key, row]) => {
    const value = settings[key];
    // Each value is of its own row's type: `SettingsOf` says so.
    return value === undefined ? [] : [{ key, row: row as ChartRow<unknown>, value }];
  });
}
