/**
 * How a change in Git reaches a cluster.
 *
 * `continuous`: by itself, within minutes, and nobody can change the cluster past Git;
 * `manual`: somebody presses Sync, and Slack hears of it;
 * `guarded`: like `manual`, and a failed sync is tried again, patiently, and PagerDuty hears when the
 * application is unwell.
 *
 * In all of them the number of pods is the autoscaler's, and what Git no longer has goes last.
 */
export type Delivery = "continuous" | "manual" | "guarded";

/** What an application's sync policy consists of. */
export interface SyncRules {
  /** Branch, tag or commit that is deployed. */
  readonly revision: string;

  /** Syncs by itself, removes what Git no longer has, and puts back what was changed by hand. */
  readonly automated: boolean;

  /** Options of every sync, in Argo CD's words. */
  readonly syncOptions: readonly string[];

  /** What is done when a sync fails; `none` leaves it failed. */
  readonly retry: Retry | "none";

  /** Tells Slack of each sync that succeeded or failed. */
  readonly slack: boolean;

  /** Tells PagerDuty when the application's health is degraded. */
  readonly pagerDuty: boolean;

  /**
   * Wave in which the Application itself is applied, when another application manages it.
   *
   * @default - none, which is wave 0
   */
  readonly wave?: number;
}

/** How often and how soon a failed sync is tried again. */
export interface Retry {
  /** Number of tries after the first. */
  readonly limit: number;

  /** Time before the first retry, e.g. `5s`; each later one waits `factor` times as long, up to `maxDuration`. */
  readonly duration: string;

  /** By how much each wait is longer than the one before. */
  readonly factor: number;

  /** Longest wait, e.g. `3m`. */
  readonly maxDuration: string;
}

/**
 * What holds for every sync: the autoscaler's number of pods is not put back (`RespectIgnoreDifferences`), and a
 * ConfigMap whose name has changed is removed when no pod reads it any more (`PruneLast`).
 */
const ALWAYS = ["PruneLast=true", "RespectIgnoreDifferences=true"];

/**
 * The rules of each kind of delivery.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/
 */
export const SYNC_RULES: Readonly<Record<Delivery, SyncRules>> = {
  continuous: {
    revision: "develop",
    automated: true,
    syncOptions: ["ApplyOutOfSyncOnly=true", ...ALWAYS],
    retry: { limit: 5, duration: "5s", factor: 2, maxDuration: "3m" },
    slack: false,
    pagerDuty: false,
  },
  manual: {
    revision: "main",
    automated: false,
    syncOptions: ALWAYS,
    retry: "none",
    slack: true,
    pagerDuty: false,
  },
  guarded: {
    revision: "main",
    automated: false,
    syncOptions: ALWAYS,
    retry: { limit: 5, duration: "30s", factor: 2, maxDuration: "10m" },
    slack: true,
    pagerDuty: true,
    wave: 10,
  },
};
