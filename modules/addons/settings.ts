import type { Fault } from "../core/errors";
import type { AddonCluster, ChartAddon, ChartInstallation } from "./chart-addon";

/** An add-on that an environment has, and how it is installed there. */
export interface EnabledChart {
  /** The add-on. */
  readonly addon: Pick<ChartAddon<never>, "chart">;

  /** How it is installed in a cluster. */
  readonly install: (cluster: AddonCluster) => ChartInstallation;
}

/**
 * A row of the registry: one setting of an environment, and the add-ons that it turns on.
 *
 * @typeParam Value - what an overlay may write.
 */
export interface ChartRow<Value> {
  /** Every add-on that the setting can turn on. */
  readonly addons: readonly Pick<ChartAddon<never>, "chart">[];

  /** The add-ons that a value turns on. */
  readonly enabled: (value: Value) => readonly EnabledChart[];

  /** The faults of a value. @param key - of the setting, for messages. */
  readonly faults: (key: string, value: Value) => readonly Fault[];
}

/** Rows by their settings. */
export type ChartRows = Readonly<Record<string, ChartRow<never>>>;

/** What an environment may say of the add-ons of these rows; one that is left out is not installed. */
export type SettingsOf<Rows extends ChartRows> = {
  readonly [Key in keyof Rows]?: Rows[Key] extends ChartRow<infer Value> ? Value : never;
};

/** An add-on that is on or off. */
export function onOff(addon: ChartAddon): ChartRow<boolean> {
  return {
    addons: [addon],
    enabled: (on) => (on ? [{ addon, install: (cluster) => addon.install(cluster, true) }] : []),
    faults: (key, on) =>
      typeof on === "boolean"
        ? []
        : [{ what: `${key} is ${JSON.stringify(on)}`, instead: "use true or false" }],
  };
}

/** Add-ons of which a cluster has one, or `none`. */
export function oneOf<const Name extends string>(
  addons: Readonly<Record<Name, ChartAddon>>,
): ChartRow<Name | "none"> {
  const names = [...(Object.keys(addons) as Name[]), "none"] as const;
  return {
    addons: Object.values<ChartAddon>(addons),
    enabled: (name) => {
      if (name === "none") return [];
      const addon = addons[name as Name];
      return [{ addon, install: (cluster) => addon.install(cluster, true) }];
    },
    faults: (key, name) => {
      if (names.includes(name)) return [];
      const quoted = names.map((one) => JSON.stringify(one));
      return [
        {
          what: `${key} is ${JSON.stringify(name)}`,
          instead: `use one of ${quoted.slice(0, -1).join(", ")} and ${quoted.at(-1)}`,
        },
      ];
    },
  };
}
