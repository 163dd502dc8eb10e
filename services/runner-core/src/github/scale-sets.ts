import { ownerPage } from "../owner-page";
import type { KeyedOwner } from "../owners";
import {
  type JobMessage,
  type ScaleSet,
  type ScaleSetMessage,
  type ScaleSetSession,
  type ScaleSets,
  SessionExpired,
  type Statistics,
} from "../scale-set-ports";
import type { Pool, Settings } from "../settings";

/** Version of the API, as the public client names it. */
const API_VERSION = "6.0-preview";

/** Time for one request, in milliseconds; a message is waited for by GitHub for about 50 seconds. */
const REQUEST_TIMEOUT = 10_000;
const MESSAGE_TIMEOUT = 90_000;

/** Seconds before its end at which the service's token is not used any more. */
const TOKEN_MARGIN = 60;

const SETS = "_apis/runtime/runnerscalesets";

/** Where the service of an owner is, and by what it is asked. */
interface Connection {
  readonly url: string;
  readonly token: string;
  readonly until: number;
}

/** What a client of the scale sets needs. */
export interface ScaleSetProps {
  readonly settings: Pick<Settings, "apiUrl" | "fleet">;
  readonly owner: KeyedOwner;

  /** A token by which runners register, of the owner. */
  readonly registrationToken: () => Promise<string>;

  /** Seconds since 1970. */
  readonly now: () => number;
}

/**
 * GitHub's runner scale sets of an owner. There is no documentation of the protocol but its public client, and that is in
 * Go; so it is spoken here.
 *
 * @see https://github.com/actions/scaleset
 */
export function scaleSetClient({ settings, owner, registrationToken, now }: ScaleSetProps): ScaleSets {
  let connection: Connection | undefined;

  const connect = async (): Promise<Connection> => {
    if (connection && now() < connection.until) return connection;
    const { url, token } = await answerOf<{ readonly url?: string; readonly token?: string }>(
      await request(`${settings.apiUrl}/actions/runner-registration`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          authorization: `RemoteAuth ${await registrationToken()}`,
        },
        body: JSON.stringify({ url: ownerPage(settings.apiUrl, owner), runner_event: "register" }),
      }),
    );
    if (!url || !token) throw new Error("GitHub names no service of the scale sets");
    connection = { url, token, until: expiryOf(token) - TOKEN_MARGIN };
    return connection;
  };

  /** Asks the service. @param token - of a session; the owner's when it is missing */
  const ask = async (method: string, path: string, body?: unknown, token?: string): Promise<Response> => {
    const response = await askOnce(method, path, body, token);
    if (response.status !== 401 || token !== undefined) return response;
    // Ended before its time: once more by a new one.
    connection = undefined;
    return askOnce(method, path, body, token);
  };
  const askOnce = async (method: string, path: string, body: unknown, token?: string): Promise<Response> => {
    const { url, token: own } = await connect();
    const target = new URL(`${url.replace(/\/$/, "")}/${path}`);
    target.searchParams.set("api-version", API_VERSION);
    return request(target.href, {
      method,
      headers: { "content-type": "application/json", authorization: `Bearer ${token ?? own}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  };

  const find = async ({ groupId, name }: Wanted): Promise<ScaleSet | undefined> => {
    const { value = [] } = await answerOf<{ readonly value?: readonly ListedSet[] }>(
      await ask("GET", `${SETS}?runnerGroupId=${groupId}&name=${encodeURIComponent(name)}`),
    );
    const [listed] = value;
    if (!listed) return undefined;
    // The list has no statistics.
    return setOf(await answerOf<ListedSet>(await ask("GET", `${SETS}/${listed.id}`)));
  };
  const wanted = (pool: Pool): Wanted => ({
    name: `${settings.fleet}-${pool.name}`,
    groupId: owner.groupId ?? pool.groupId,
  });

  const known = new Map<string, number>();

  return {
    find: (pool) => find(wanted(pool)),
    async idOf(pool) {
      const { name } = wanted(pool);
      const id = known.get(name) ?? (await find(wanted(pool)))?.id;
      if (id !== undefined) known.set(name, id);
      return id;
    },
    async ensure(pool) {
      const { name, groupId } = wanted(pool);
      const labels = ["self-hosted", ...pool.labels];
      const found = await find({ name, groupId });
      if (found && sameLabels(found.labels, labels)) return found;
      const set = {
        name,
        runnerGroupId: groupId,
        labels: labels.map((label) => ({ name: label, type: "System" })),
        // An instance has the newest program anyway, and one job.
        RunnerSetting: { disableUpdate: true },
      };
      return setOf(
        await answerOf<ListedSet>(
          found ? await ask("PATCH", `${SETS}/${found.id}`, set) : await ask("POST", SETS, set),
        ),
      );
    },
    async openSession(id, name) {
      const response = await ask("POST", `${SETS}/${id}/sessions`, { ownerName: name });
      if (response.status === 409) return "taken";
      return sessionOf(id, await answerOf<OpenedSession>(response));
    },
    async refreshSession({ setId, id }) {
      const response = await ask("PATCH", `${SETS}/${setId}/sessions/${id}`);
      if (response.status === 404 || response.status === 409) throw new SessionExpired("the session is over");
      return sessionOf(setId, await answerOf<OpenedSession>(response));
    },
    async closeSession({ setId, id }) {
      const response = await ask("DELETE", `${SETS}/${setId}/sessions/${id}`);
      if (response.status !== 404) await answerOf(response);
    },
    async message({ queueUrl, token }, last, capacity, signal) {
      const url = new URL(queueUrl);
      if (last > 0) url.searchParams.set("lastMessageId", String(last));
      const timeout = AbortSignal.timeout(MESSAGE_TIMEOUT);
      const response = await request(url.href, {
        headers: {
          accept: `application/json; api-version=${API_VERSION}`,
          authorization: `Bearer ${token}`,
          "x-scalesetmaxcapacity": String(capacity),
        },
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      if (response.status === 202) return undefined;
      if (response.status === 401) throw new SessionExpired("the token of the message queue is over");
      return messageOf(await answerOf<ListedMessage>(response));
    },
    async deleteMessage({ queueUrl, token }, id) {
      const url = new URL(queueUrl);
      url.pathname = `${url.pathname}/${id}`;
      const response = await request(url.href, {
        method: "DELETE",
        headers: { authorization: `Bearer ${token}` },
      });
      if (response.status === 401) throw new SessionExpired("the token of the message queue is over");
      if (response.status !== 404) await answerOf(response);
    },
    async acquire({ setId, token }, requests) {
      const response = await ask("POST", `${SETS}/${setId}/acquirejobs`, requests, token);
      if (response.status === 401) throw new SessionExpired("the token of the message queue is over");
      return (await answerOf<{ readonly value: readonly number[] }>(response)).value;
    },
    async remove(id) {
      const response = await ask("GET", `${SETS}/${id}`);
      if (response.status === 404) return true;
      const { statistics } = await answerOf<ListedSet>(response);
      if ((statistics?.totalRunningJobs ?? 0) > 0) return false;
      const removed = await ask("DELETE", `${SETS}/${id}`);
      if (removed.status !== 404) await answerOf(removed);
      return true;
    },
    async createRunner(id, name) {
      const { runner, encodedJITConfig } = await answerOf<{
        readonly runner: { readonly id: number };
        readonly encodedJITConfig: string;
      }>(await ask("POST", `${SETS}/${id}/generatejitconfig`, { name, workFolder: "_work" })).catch(
        (error: unknown) => {
          // Made anew, it has another id.
          known.clear();
          throw error;
        },
      );
      return { id: runner.id, configuration: encodedJITConfig };
    },
  };
}

interface Wanted {
  readonly name: string;
  readonly groupId: number;
}

interface ListedSet {
  readonly id: number;
  readonly labels?: readonly { readonly name: string }[];
  readonly statistics?: Statistics | null;
}

interface OpenedSession {
  readonly sessionId: string;
  readonly messageQueueUrl: string;
  readonly messageQueueAccessToken: string;
}

interface ListedMessage {
  readonly messageId: number;
  readonly messageType: string;

  /** JSON in JSON: the messages of jobs. */
  readonly body?: string;
  readonly statistics?: Statistics | null;
}

function setOf({ id, labels = [], statistics }: ListedSet): ScaleSet {
  return { id, labels: labels.map(({ name }) => name), statistics: statistics ?? undefined };
}

function sessionOf(setId: number, opened: OpenedSession): ScaleSetSession {
  const { sessionId: id, messageQueueUrl: queueUrl, messageQueueAccessToken: token } = opened;
  return { setId, id, queueUrl, token };
}

function messageOf({ messageId: id, messageType, body, statistics }: ListedMessage): ScaleSetMessage {
  if (messageType !== "RunnerScaleSetJobMessages")
    throw new Error(`GitHub sends messages of a kind that is not known: ${messageType}`);
  const jobs = body ? (JSON.parse(body) as readonly JobMessage[]) : [];
  return { id, jobs, statistics: statistics ?? undefined };
}

function sameLabels(some: readonly string[], others: readonly string[]): boolean {
  const sorted = (labels: readonly string[]) =>
    labels
      .map((label) => label.toLowerCase())
      .sort()
      .join("\n");
  return sorted(some) === sorted(others);
}

/** When a token ends, in seconds since 1970. */
function expiryOf(token: string): number {
  try {
    const [, claims = ""] = token.split(".");
    const { exp } = JSON.parse(Buffer.from(claims, "base64url").toString()) as { readonly exp?: number };
    if (typeof exp === "number") return exp;
  } catch {
    // Said below.
  }
  throw new Error("the token of GitHub's scale sets does not say when it ends");
}

function request(url: string, init: RequestInit): Promise<Response> {
  const headers = { ...(init.headers as Record<string, string>), "user-agent": USER_AGENT };
  return fetch(url, { signal: AbortSignal.timeout(REQUEST_TIMEOUT), ...init, headers });
}

/** The public client says in JSON who asks, and GitHub's support reads it. */
const USER_AGENT = JSON.stringify({ system: "groundplan-runners", kind: "scaleset" });

/** What an answer holds. @throws with the status as property `status`, and with what the service says. */
async function answerOf<T>(response: Response): Promise<T> {
  // The service begins some answers with a byte order mark.
  const text = (await response.text()).replace(/^\uFEFF/, "");
  if (response.ok) return (text === "" ? undefined : JSON.parse(text)) as T;
  const { typeName, message } = parsed(text);
  const said = [typeName, message].filter((one) => one !== undefined).join(": ");
  const path = new URL(response.url).pathname;
  throw Object.assign(
    new Error(`GitHub's scale sets answer ${response.status} to ${path}: ${said || text.slice(0, 200)}`),
    {
      status: response.status,
    },
  );
}

function parsed(text: string): { readonly typeName?: string; readonly message?: string } {
  try {
    return (JSON.parse(text) ?? {}) as { typeName?: string; message?: string };
  } catch {
    return {};
  }
}
