import { EKS_ADDONS, OPTIONAL_EKS_ADDONS } from "../addons/catalog";
import { buildOf } from "../addons/eks-addon";
import type { Fault } from "../core/errors";
import { KUBERNETES_VERSIONS, type KubernetesVersion } from "./versions";

/** An add-on of clusters that name it. */
export type OptionalAddonName = (typeof OPTIONAL_EKS_ADDONS)[number]["name"];

/** An add-on of EKS that a cluster has, or may have. */
export type AddonName = (typeof EKS_ADDONS)[number]["name"] | OptionalAddonName;

const ROWS = [...EKS_ADDONS, ...OPTIONAL_EKS_ADDONS] as const;

/** The add-ons of EKS: those of every cluster, then those of clusters that name them. */
export const ADDONS: readonly AddonName[] = ROWS.map(({ name }) => name);

/** The add-ons that a cluster may name. */
export const OPTIONAL_ADDONS: readonly OptionalAddonName[] = OPTIONAL_EKS_ADDONS.map(({ name }) => name);

/** The faults of the names of add-ons: one that EKS does not have for us, or twice. */
export function addonNameFaults(names: readonly string[]): readonly Fault[] {
  const known: readonly string[] = OPTIONAL_ADDONS;
  return names.flatMap((name, index) => {
    const quoted = JSON.stringify(name);
    if (names.indexOf(name) !== index) return [{ what: `it lists ${quoted} twice`, instead: "list it once" }];
    if (known.includes(name)) return [];
    const own = EKS_ADDONS.some((row) => row.name === name);
    return [
      own
        ? {
            what: `it lists ${quoted}, which every cluster has`,
            instead: `use some of ${known.join(", ")}, or leave it out`,
          }
        : {
            what: `it lists ${quoted}, which is not an add-on of the registry`,
            instead: `use some of ${known.join(", ")}`,
          },
    ];
  });
}

/** Day on which the builds were last compared with AWS's. */
export const ADDON_VERSIONS_CHECKED = "2026-08-20";

/** The build of each add-on for each Kubernetes version, from the rows of the registry. */
export const ADDON_VERSIONS = Object.fromEntries(
  (Object.keys(KUBERNETES_VERSIONS) as KubernetesVersion[]).map((version) => [
    version,
    Object.fromEntries(ROWS.map((addon) => [addon.name, buildOf(addon, version)])),
  ]),
) as Readonly<Record<KubernetesVersion, Readonly<Record<AddonName, string>>>>;
