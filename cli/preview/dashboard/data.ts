import { withEscapes } from "../../console/visible";
import type { DashboardData, ShownPreview } from "./browser/dashboard-data";
import { linksOf } from "./links";

/** What is read of a preview's metadata: nothing of its variables, secrets or settings. */
export interface PreviewRecord {
  readonly name: string;
  readonly status: string;
  readonly template: string;
  readonly owner: string;
  readonly repository?: string | undefined;
  readonly branch?: string | undefined;
  readonly pullRequest?: number | undefined;
  readonly commit?: string | undefined;

  /** ISO 8601 in UTC. */
  readonly createdAt: string;

  /** ISO 8601 in UTC. */
  readonly expiresAt: string;
  readonly endpoint?: string | undefined;
  readonly logGroup?: string | undefined;

  /** USD a month. */
  readonly cost?: { readonly monthly: number } | undefined;
  readonly run?: { readonly url?: string | undefined } | undefined;
  readonly failure?: string | undefined;

  /** Changes of status, the oldest first. */
  readonly history: readonly {
    readonly at: string;
    readonly from?: string | null | undefined;
    readonly to: string;
    readonly by: string;
    readonly reason?: string | undefined;
  }[];
}

/** Of what the dashboard is made. */
export interface DashboardSource {
  /** Name of the platform. */
  readonly platform?: string | undefined;

  /** Region of the previews, for the links to their logs. */
  readonly region?: string | undefined;
  readonly previews: readonly PreviewRecord[];

  /** When it is made. */
  readonly now: Date;
}

/** Most changes of status that are shown of one preview, and most characters of a text. */
const MOST_TRANSITIONS = 50;
const MOST_CHARACTERS = 500;

/** What the dashboard shows. Invisible characters of names and owners are written as `\u….`. */
export function dashboardData({ platform = "", region, previews, now }: DashboardSource): DashboardData {
  return {
    madeAt: now.toISOString(),
    platform: shown(platform),
    previews: previews
      // One that is gone has metadata for a moment more.
      .filter(({ status }) => status !== "gone")
      .map((preview) => shownOf(preview, region)),
  };
}

function shownOf(preview: PreviewRecord, region: string | undefined): ShownPreview {
  const { name, status, template, owner, branch, commit, createdAt, expiresAt, failure } = preview;
  const { endpoint, logGroup, repository, pullRequest, run, cost, history } = preview;
  const links = linksOf({
    ...some("endpoint", endpoint),
    ...some("logGroup", logGroup),
    ...some("repository", repository),
    ...some("pullRequest", pullRequest),
    ...some("runUrl", run?.url),
    ...some("region", region),
  });
  return {
    name: shown(name),
    status: shown(status),
    template: shown(template),
    owner: shown(owner),
    source: shown([repository, branch, commit?.slice(0, 12)].filter(Boolean).join(" · ")),
    createdAt: shown(createdAt),
    expiresAt: shown(expiresAt),
    links,
    ...(cost && Number.isFinite(cost.monthly) ? { monthly: cost.monthly } : {}),
    ...(failure ? { failure: shown(failure) } : {}),
    history: history
      .slice(-MOST_TRANSITIONS)
      .reverse()
      .map(({ at, from, to, by, reason }) => ({
        at: shown(at),
        from: shown(from ?? ""),
        to: shown(to),
        by: shown(by),
        ...(reason ? { reason: shown(reason) } : {}),
      })),
  };
}

function shown(text: string): string {
  const whole = text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
  return withEscapes(whole);
}

function some<K extends string, T>(key: K, value: T | undefined): { readonly [key in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]?: T });
}
