import type { Delivery } from "@groundplan/modules/gitops/delivery";
import type { OverlayFaults } from "../overlay-faults";

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

  /** Two of each of Argo CD's servers, and three of its Redis. */
  readonly highAvailability: boolean;
}

/** Defaults of {@link GitOpsSettings}. */
export const gitopsDefaults: GitOpsSettings = { delivery: "manual", highAvailability: false };

/** Reports what is wrong with how an overlay is deployed from Git. */
export function checkGitOps(faults: OverlayFaults, { revision }: GitOpsSettings): void {
  if (revision === undefined || /^(?!-)[\w./-]{1,250}$/.test(revision)) return;
  faults.add("gitops.revision", revision, "not a branch, a tag or a commit", 'use e.g. "main"');
}
