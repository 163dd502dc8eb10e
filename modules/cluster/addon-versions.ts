import { EKS_ADDONS } from "../addons/catalog";
import { buildOf } from "../addons/eks-addon";
import { KUBERNETES_VERSIONS, type KubernetesVersion } from "./versions";

/** An add-on of every cluster. */
export type AddonName = (typeof EKS_ADDONS)[number]["name"];

/** The add-ons of every cluster. */
export const ADDONS: readonly AddonName[] = EKS_ADDONS.map(({ name }) => name);

/** Day on which the builds were last compared with AWS's. */
export const ADDON_VERSIONS_CHECKED = "2026-08-20";

/** The build of each add-on for each Kubernetes version, from the rows of the registry. */
export const ADDON_VERSIONS = Object.fromEntries(
  (Object.keys(KUBERNETES_VERSIONS) as KubernetesVersion[]).map((version) => [
    version,
    Object.fromEntries(EKS_ADDONS.map((addon) => [addon.name, buildOf(addon, version)])),
  ]),
) as Readonly<Record<KubernetesVersion, Readonly<Record<AddonName, string>>>>;
