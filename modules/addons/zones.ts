import type { Fault } from "../core/errors";
import type { ChartAddon } from "./chart-addon";
import type { ChartRow } from "./settings";

/** Hosted zones of Route 53: domain → id. */
export type HostedZones = Readonly<Record<string, string>>;

/** An add-on that works on hosted zones, and is installed where there are any. */
export function hostedZones(addon: ChartAddon<HostedZones>): ChartRow<HostedZones> {
  return {
    addons: [addon],
    enabled: (zones) =>
      Object.keys(zones).length === 0 ? [] : [{ addon, install: (cluster) => addon.install(cluster, zones) }],
    faults: (key, zones) => Object.entries(zones).flatMap(([domain, id]) => zoneFaults(key, domain, id)),
  };
}

/** An add-on that works on hosted zones, and is of use without any: `true`. */
export function optionalZones(addon: ChartAddon<boolean | HostedZones>): ChartRow<boolean | HostedZones> {
  return {
    addons: [addon],
    enabled: (value) =>
      value === false ? [] : [{ addon, install: (cluster) => addon.install(cluster, value) }],
    faults: (key, value) => {
      if (typeof value === "boolean") return [];
      if (typeof value === "object" && value !== null && Object.keys(value).length > 0)
        return Object.entries(value).flatMap(([domain, id]) => zoneFaults(key, domain, id));
      return [
        {
          what: `${key} is ${JSON.stringify(value)}`,
          instead:
            'use true, false, or the zones that it writes into, e.g. { "dev.example.com": "Z0123456789ABCDEFGHIJ" }',
        },
      ];
    },
  };
}

function zoneFaults(key: string, domain: string, id: string): readonly Fault[] {
  const faults: Fault[] = [];
  if (!/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/.test(domain)) {
    faults.push({
      what: `${key} has ${JSON.stringify(domain)}: not a DNS domain in lower case`,
      instead: 'use e.g. { "dev.example.com": "Z0123456789ABCDEFGHIJ" }',
    });
  }
  if (!/^Z[A-Z0-9]{4,31}$/.test(id)) {
    faults.push({
      what: `${key}.${domain} is ${JSON.stringify(id)}: not the id of a hosted zone`,
      instead: 'use e.g. "Z0123456789ABCDEFGHIJ", without "/hostedzone/"',
    });
  }
  return faults;
}
