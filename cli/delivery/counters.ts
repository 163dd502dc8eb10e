import type { Traffic } from "./analysis";

/** What one process of a service has counted since it started. */
export interface Counters extends Traffic {
  /** Tells it from the others behind the same address: `process_start_time_seconds`. */
  readonly process: string;
}

/** Counter of requests by the status of their answer. */
const REQUESTS = "http_requests_total";

/** When the process started. */
const STARTED = "process_start_time_seconds";

/** Names under which the status of an answer stands. */
const STATUS = /(?:^|,)\s*(?:code|status|status_code)="(\d{3})"/;

/** Routes that are asked whether a process is well: with them counted, few requests of users would vanish among them. */
const PROBED = /(?:^|,)\s*(?:route|path|handler)="\/(?:health|healthz|ready|readyz|live|livez|metrics)"/;

/** A sample: name, labels, value; a comment, an exemplar or a time behind it is no part of it. */
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?\s+(\S+)/;

/**
 * The counters in Prometheus' text format, without those of probes; undefined when there is no counter of requests.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function countersIn(text: string): Counters | undefined {
  let process = "";
  let requests: number | undefined;
  let errors = 0;
  for (const line of text.split("\n")) {
    const [, name, labels = "", written = ""] = SAMPLE.exec(line) ?? [];
    const value = Number(written);
    if (name === STARTED) process = written;
    if (name !== REQUESTS || !Number.isFinite(value) || PROBED.test(labels)) continue;
    requests = (requests ?? 0) + value;
    if (STATUS.exec(labels)?.[1]?.startsWith("5")) errors += value;
  }
  return requests === undefined ? undefined : { process, requests, errors };
}

/**
 * What happened between looks at the counters; undefined when nothing can be said, for no process was seen twice.
 *
 * Behind one address answer several pods in turn: each process's counters are compared with its own.
 *
 * @param looks - in the order of time.
 */
export function trafficOf(looks: readonly Counters[]): Traffic | undefined {
  const processes = new Map<string, Counters[]>();
  for (const each of looks) processes.set(each.process, [...(processes.get(each.process) ?? []), each]);
  const seenTwice = [...processes.values()].filter((own) => own.length > 1);
  if (seenTwice.length === 0) return undefined;
  return seenTwice.reduce<Traffic>(
    (sum, own) => {
      const [first, last] = [own[0], own.at(-1)];
      return {
        requests: sum.requests + (last?.requests ?? 0) - (first?.requests ?? 0),
        errors: sum.errors + (last?.errors ?? 0) - (first?.errors ?? 0),
      };
    },
    { requests: 0, errors: 0 },
  );
}
