import { setTimeout as sleep } from "node:timers/promises";
import {
  checkInterval,
  type Judgement,
  judge,
  judgeTraffic,
  type Rule,
  type Sample,
  type Traffic,
  type Verdict,
  worst,
} from "./analysis";
import { type Counters, countersIn, trafficOf } from "./counters";

/** What is analysed, and how. */
export interface AnalysisProps {
  /** URL that is asked: only an answer with a status of the 200s is no error. */
  readonly url: string;

  readonly rule: Rule;

  /** URL of the service's metrics. @default - they are not read */
  readonly metrics?: string | undefined;

  /** Called after each check. */
  readonly onCheck?: (check: Check, soFar: Judgement) => void;

  /** Ends it before its time; what was found until then is judged. */
  readonly signal?: AbortSignal;

  /** Milliseconds that an answer may take. @default 3000 */
  readonly timeout?: number;
}

/** One check. */
export interface Check {
  readonly sample: Sample;

  /** Why it is an error: the status, or what went wrong. */
  readonly reason?: string;
}

/** What was found of one URL. */
export interface Analysis extends Judgement {
  readonly url: string;

  /** What the service counted itself in that time; undefined when it was not asked, or nothing can be said. */
  readonly traffic?: Traffic;

  /** What went wrong, most often first. */
  readonly reasons: readonly { readonly reason: string; readonly count: number }[];
}

/** Most of an answer that is read, in bytes. */
const MOST = 4_000_000;

/**
 * Asks a service as the rule says, and judges it. It ends as soon as it is clear that the service has failed.
 *
 * A check does not wait for the one before: a service that is slow is asked as often as one that is not.
 */
export async function analyze(props: AnalysisProps): Promise<Analysis> {
  const { url, rule, metrics, signal, timeout = 3000 } = props;
  const over = new AbortController();
  const ending = over.signal;
  const stop = () => over.abort();
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop);
  const samples: Sample[] = [];
  const reasons = new Map<string, number>();
  const looks: Counters[] = [];
  const look = async () => {
    const counters = metrics === undefined ? undefined : await countersAt(metrics, timeout);
    if (counters) looks.push(counters);
  };
  const make = async () => {
    const check = await checkOf(url, timeout, ending);
    if (ending.aborted) return;
    samples.push(check.sample);
    if (check.reason !== undefined) reasons.set(check.reason, (reasons.get(check.reason) ?? 0) + 1);
    const soFar = judge(rule, samples);
    props.onCheck?.(check, soFar);
    if (soFar.verdict === "fail") over.abort();
  };

  await look();
  const begun = Date.now();
  const running: Promise<void>[] = [];
  for (let number = 0; number < rule.checks && !ending.aborted; number++) {
    await sleep(begun + number * checkInterval(rule) - Date.now(), undefined, { signal: ending }).catch(
      () => {},
    );
    if (ending.aborted) break;
    running.push(make(), ...(number === 0 ? [] : [look()]));
  }
  await Promise.all(running);
  await look();
  signal?.removeEventListener("abort", stop);

  const found = judge(rule, samples, true);
  const traffic = trafficOf(looks);
  const verdicts: Verdict[] = [
    found.verdict,
    ...(metrics === undefined ? [] : [judgeTraffic(rule, traffic)]),
  ];
  return {
    url,
    ...found,
    verdict: worst(verdicts),
    ...(traffic && metrics !== undefined ? { traffic } : {}),
    reasons: [...reasons].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count),
  };
}

async function checkOf(url: string, timeout: number, ending: AbortSignal): Promise<Check> {
  try {
    const { ok, status } = await ask(url, timeout, ending);
    return ok ? { sample: "ok" } : { sample: "error", reason: `status ${status}` };
  } catch (error) {
    return { sample: "error", reason: reasonOf(error) };
  }
}

async function countersAt(url: string, timeout: number): Promise<Counters | undefined> {
  try {
    const { ok, text } = await ask(url, timeout);
    return ok ? countersIn(text) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Asks once, and reads all of the answer.
 *
 * Its own timer ends it: in Node 20 the garbage collector may take a signal of AbortSignal.timeout() that only
 * AbortSignal.any() refers to, and a service that is silent would be waited for without end.
 */
async function ask(url: string, timeout: number, ending?: AbortSignal) {
  const own = new AbortController();
  const end = () => own.abort();
  const timer = setTimeout(() => own.abort(new Error("no answer in time")), timeout);
  ending?.addEventListener("abort", end);
  try {
    // A connection of its own: behind a Service each may lead to another pod.
    const answer = await fetch(url, {
      redirect: "manual",
      signal: own.signal,
      headers: { connection: "close" },
    });
    return { ok: answer.ok, status: answer.status, text: await drained(answer) };
  } finally {
    clearTimeout(timer);
    ending?.removeEventListener("abort", end);
  }
}

/** The text of an answer. @throws Error when there is no end of it. */
async function drained({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body ?? []) {
    size += part.length;
    if (size > MOST) throw new Error(`an answer of more than ${MOST} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // The reason of fetch's own "fetch failed".
  const { cause } = error as { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? error.message;
}
