import type { AppSecret } from "./github/app-token";
import { ownersOfRepository, takerOf } from "./owners";
import type { Context } from "./ports";
import { isSigned } from "./signature";

/** Largest body that is read, in bytes. Those of `workflow_job` have about 20 KB. */
export const MOST_BYTES = 256 * 1024;

/** Seconds after which a job cannot be queued any more at GitHub: a webhook as old is a replay. */
const OLDEST_SECONDS = 24 * 3600;

/** What is read of an event of an HTTP API. @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
export interface HttpEvent {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

/** An answer to GitHub, which shows it in the list of deliveries. */
export interface HttpResponse {
  readonly statusCode: number;
  readonly body: string;
}

/**
 * Takes a webhook, and orders an instance for a job that was queued. What will never succeed is answered 2xx or 4xx,
 * and not 500; a queue that cannot be reached is answered 503, and `reconcile` finds the job.
 *
 * Sent again, the order is the same, and one old enough that nobody remembers it is refused: a replay starts nothing.
 */
export async function receive(
  { headers, body = "", isBase64Encoded = false }: HttpEvent,
  secret: string,
  context: Pick<Context, "orders" | "settings" | "now" | "count" | "log">,
): Promise<HttpResponse> {
  const bytes = Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
  if (bytes.length > MOST_BYTES) {
    context.count("WebhooksRefused", 1);
    return answer(413, `more than ${MOST_BYTES} bytes`);
  }
  if (!isSigned(bytes, headers["x-hub-signature-256"], secret)) {
    context.count("WebhooksRefused", 1);
    return answer(
      401,
      "the signature is missing or wrong: compare the app's webhook secret with the platform's",
    );
  }
  const event = headers["x-github-event"];
  if (event !== "workflow_job")
    return answer(
      event === "ping" ? 200 : 202,
      `${event === "ping" ? "pong" : "not a workflow_job: ignored"}`,
    );
  const job = parseJob(bytes.toString("utf8"));
  if (!job) return answer(400, "not a workflow_job of GitHub");
  return takeJob(job, context);
}

/**
 * Takes a webhook by a secret that has to be read first. One that cannot be is answered 503 and said in the log: it is no
 * fault of the webhook, and `reconcile` finds the job.
 */
export async function receiveBy(
  event: HttpEvent,
  secret: () => Promise<Pick<AppSecret, "webhookSecret">>,
  context: Parameters<typeof receive>[2],
): Promise<HttpResponse> {
  let text: string;
  try {
    text = (await secret()).webhookSecret;
  } catch (error) {
    context.count("WebhooksRefused", 1);
    context.log({ level: "ERROR", message: `the app's secret cannot be read: ${(error as Error).message}` });
    return answer(503, "the app's secret cannot be read: the job is looked for within minutes");
  }
  return receive(event, text, context);
}

/** What is read of a `workflow_job`. @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#workflow_job */
interface WorkflowJob {
  readonly action: string;
  readonly owner: string;
  readonly repository: string;
  readonly id: number;
  readonly labels: readonly string[];

  /** Seconds since 1970. */
  readonly createdAt: number;
  readonly startedAt: number;
  readonly completedAt: number;
}

async function takeJob(
  job: WorkflowJob,
  { orders, settings, now, count, log }: Pick<Context, "orders" | "settings" | "now" | "count" | "log">,
): Promise<HttpResponse> {
  const owners = ownersOfRepository(job, settings);
  if (owners.length === 0) return answer(202, "a job of another owner or repository: ignored");
  const found = takerOf(job.labels, owners, settings);
  if (!found) return answer(202, "no pool has these labels: ignored");
  const { pool, key } = found;
  const isCounted = !settings.scaleSets || pool.standing !== undefined;
  if (job.action === "in_progress" && isCounted) {
    count("JobSecondsToStart", Math.max(0, job.startedAt - job.createdAt), pool.name);
  }
  if (job.action === "completed" && isCounted)
    count("JobSeconds", Math.max(0, job.completedAt - job.startedAt), pool.name);
  if (job.action !== "queued") return answer(202, "not queued: ignored");
  if (now() - job.createdAt > OLDEST_SECONDS) return answer(202, "older than a day: ignored");
  if (settings.scaleSets && !pool.standing)
    return answer(202, `the scale set of pool ${pool.name} says which jobs there are: ignored`);
  count("JobsQueued", 1, pool.name);
  if (pool.standing)
    return answer(202, `pool ${pool.name} has instances that stay: it grows when none is idle`);
  try {
    await orders.send([
      { jobId: job.id, pool: pool.name, attempt: 1, ...(key === "" ? {} : { owner: key }) },
    ]);
  } catch (error) {
    log({ level: "ERROR", message: `job ${job.id} could not be ordered: ${(error as Error).message}` });
    return answer(503, "the queue cannot be reached: the job is looked for within minutes");
  }
  return answer(202, `ordered from pool ${pool.name}`);
}

function parseJob(text: string): WorkflowJob | undefined {
  let content: Partial<Record<string, unknown>>;
  try {
    content = JSON.parse(text) as typeof content;
  } catch {
    return undefined;
  }
  const {
    action,
    workflow_job: job,
    repository,
  } = (content ?? {}) as {
    readonly action?: unknown;
    readonly workflow_job?: Partial<Record<string, unknown>>;
    readonly repository?: { readonly name?: unknown; readonly owner?: { readonly login?: unknown } };
  };
  const labels = job?.labels;
  const id = job?.id;
  const owner = repository?.owner?.login;
  const name = repository?.name;
  const createdAt = seconds(job?.created_at);
  const valid =
    typeof action === "string" &&
    typeof owner === "string" &&
    typeof name === "string" &&
    Number.isSafeInteger(id) &&
    (id as number) >= 1 &&
    Number.isFinite(createdAt) &&
    Array.isArray(labels) &&
    labels.length <= 100 &&
    labels.every((label) => typeof label === "string");
  if (!valid) return undefined;
  const started = seconds(job?.started_at);
  const startedAt = Number.isFinite(started) ? started : createdAt;
  const completed = seconds(job?.completed_at);
  return {
    action,
    owner,
    repository: name,
    id: id as number,
    labels: labels as string[],
    createdAt,
    startedAt,
    completedAt: Number.isFinite(completed) ? completed : startedAt,
  };
}

function seconds(time: unknown): number {
  return typeof time === "string" ? Date.parse(time) / 1000 : Number.NaN;
}

function answer(statusCode: number, message: string): HttpResponse {
  return { statusCode, body: JSON.stringify({ message }) };
}
