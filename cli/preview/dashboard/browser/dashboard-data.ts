/**
 * What the dashboard shows. It stands in the page as JSON: every text of it is without invisible characters by then, and
 * every address begins with `https://`.
 */
export interface DashboardData {
  /** When it was made; ISO 8601 in UTC. */
  readonly madeAt: string;

  /** Name of the platform; empty when nobody said it. */
  readonly platform: string;
  readonly previews: readonly ShownPreview[];
}

/** One preview environment. */
export interface ShownPreview {
  readonly name: string;
  readonly status: string;
  readonly template: string;
  readonly owner: string;

  /** Repository, branch and commit, as far as they are known, e.g. `org/app · feature/pay · 0123456789ab`. */
  readonly source: string;

  /** ISO 8601 in UTC. */
  readonly createdAt: string;

  /** ISO 8601 in UTC: when it goes, unless somebody extends it. */
  readonly expiresAt: string;

  /** What it answers, its logs, its pull request, its run. */
  readonly links: readonly ShownLink[];

  /** USD a month, as it runs now; absent where no price is known. */
  readonly monthly?: number;

  /** Why it failed. */
  readonly failure?: string;

  /** Its changes of status, the newest first. */
  readonly history: readonly ShownTransition[];
}

/** A link with our own words. */
export interface ShownLink {
  readonly words: string;
  readonly url: string;
}

/** A change of status. */
export interface ShownTransition {
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly from: string;
  readonly to: string;
  readonly by: string;
  readonly reason?: string;
}
