import { createHash } from "node:crypto";
import { cut, EVENTS, type Event, headline } from "./messages";

/** Severities that PagerDuty knows, the worst first. */
export const SEVERITIES = ["critical", "error", "warning", "info"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** An event for PagerDuty's Events API v2, without the key. @see https://developer.pagerduty.com/docs/send-alert-event */
export interface PagerDutyEvent {
  readonly event_action: "trigger" | "resolve";
  readonly dedup_key: string;
  readonly client?: string;
  readonly client_url?: string;
  readonly payload?: object;
  readonly links?: readonly object[];
}

/** Properties of {@link pagerDutyEvent}. */
export interface PagerDutyProps {
  readonly severity: Severity;

  /** @default - ends what is open for an event that went well, else begins it */
  readonly resolve?: boolean;

  /** @default - {@link dedupKey} */
  readonly dedupKey?: string;
}

/** The event, as PagerDuty takes it. */
export function pagerDutyEvent(event: Event, props: PagerDutyProps): PagerDutyEvent {
  const { name, environment, service, version, revision, reason, by, runUrl, details } = event;
  const resolve = props.resolve ?? EVENTS[name].mood === "good";
  const dedup_key = props.dedupKey ?? dedupKey(event);
  if (resolve) return { event_action: "resolve", dedup_key };
  return {
    event_action: "trigger",
    dedup_key,
    client: "groundplan",
    ...(runUrl === undefined ? {} : { client_url: runUrl, links: [{ href: runUrl, text: "Run" }] }),
    payload: {
      summary: cut(headline(event), 1024),
      source: cut(`${environment}/${service}`, 255),
      severity: props.severity,
      component: service,
      group: environment,
      class: name,
      custom_details: {
        ...Object.fromEntries(details),
        ...some("version", version),
        ...some("commit", revision),
        ...some("reason", reason === undefined ? undefined : cut(reason, 4000)),
        ...some("by", by),
      },
    },
  };
}

/** Longest key that PagerDuty takes, in characters. */
const LONGEST = 255;

/**
 * The key of an incident: one for whatever goes wrong with the delivery of a service to an environment, however often it is
 * told, and one for what scans find. A deploy that succeeds resolves it.
 */
export function dedupKey({ name, environment, service }: Event): string {
  const key = `groundplan/${environment}/${service}/${name === "scan-found" ? "scan" : "delivery"}`;
  if (key.length <= LONGEST) return key;
  return `${key.slice(0, LONGEST - 17)}-${createHash("sha256").update(key).digest("hex").slice(0, 16)}`;
}

function some(key: string, value: string | undefined): Readonly<Record<string, string>> {
  return value === undefined ? {} : { [key]: value };
}
