import type { Delivery } from "@groundplan/modules/gitops/delivery";
import type { OverlayFaults } from "../overlay-faults";
import type { RegistrySettings } from "./registry";

/** How the environment is deployed from Git. */
export interface GitOpsSettings {
  /**
   * How a change in Git reaches the cluster: by itself (`continuous`), by a hand that syncs (`manual`), or by a hand,
   * with autoscalers left alone, patient retries and PagerDuty (`guarded`).
   */
  readonly delivery: Delivery;

  /**
   * Branch, tag or commit that is deployed.
   *
   * @default - `develop` for `continuous`, else `main`
   */
  readonly revision?: string;

  /**
   * Services whose image a commit pins: each has a folder in `services/`, a repository, and an entry in `images:` of the
   * Kustomize overlay, all of one name.
   *
   * @default - `app`, where the registry has a repository of that name
   */
  readonly services?: readonly string[];

  /** Two of each of Argo CD's servers, and three of its Redis. */
  readonly highAvailability: boolean;
}

/** Defaults of {@link GitOpsSettings}. */
export const gitopsDefaults: GitOpsSettings = { delivery: "manual", highAvailability: false };

/** Service of which Groundplan has the source and the manifests. */
const OWN_SERVICE = "app";

/** What {@link deliveredServices} needs of an environment. */
interface Delivered {
  readonly gitops: GitOpsSettings;
  readonly registry: RegistrySettings;
}

/** The services whose image a commit pins in an environment. */
export function deliveredServices({ gitops, registry }: Delivered): readonly string[] {
  return gitops.services ?? registry.repositories.filter((name) => name === OWN_SERVICE);
}

/** Reports what is wrong with how an overlay is deployed from Git. */
export function checkGitOps(faults: OverlayFaults, { gitops, registry }: Delivered): void {
  const { revision, services = [] } = gitops;
  faults.distinct("gitops.services", services);
  for (const service of services.filter((name) => !registry.repositories.includes(name))) {
    const known = registry.repositories.map((name) => JSON.stringify(name)).join(", ");
    faults.add(
      "gitops.services",
      service,
      "the registry has no repository of that name",
      `add it to registry.repositories${known === "" ? "" : `, or use one of ${known}`}`,
    );
  }
  if (revision === undefined || /^(?!-)[\w./-]{1,250}$/.test(revision)) return;
  faults.add("gitops.revision", revision, "not a branch, a tag or a commit", 'use e.g. "main"');
}
