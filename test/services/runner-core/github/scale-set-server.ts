import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

/** A request to the service. */
export interface AskedRequest {
  readonly method: string;
  readonly url: URL;
  readonly authorization: string;
  readonly body: unknown;
  readonly capacity: string | undefined;
}

export type ServedAnswer = readonly [status: number, body?: unknown];

/** A scale set as it is served. */
export interface ServedSet {
  readonly id: number;
  name: string;
  runnerGroupId: number;
  labels: readonly { readonly name: string; readonly type: string }[];
  RunnerSetting?: object;
}

interface ServedRequest {
  readonly setId: number;
  readonly id: number;
  readonly queuedAt: string;
  state: "available" | "assigned" | "running" | "completed";
}

interface ServedSession {
  readonly id: string;
  readonly setId: number;
  readonly ownerName: string;
  token: string;
}

interface ServedMessage {
  readonly messageId: number;
  readonly setId: number;
  readonly jobs: readonly object[];
}

const TENANT = "/tenant/";
const SETS = `${TENANT}_apis/runtime/runnerscalesets`;

/**
 * The service of GitHub's runner scale sets, over HTTP, as its public client asks it: the connection of an owner by a
 * registration token, scale sets, one session each, messages that come until they are deleted, and configurations.
 *
 * @see https://github.com/actions/scaleset
 */
export class ScaleSetServer {
  readonly sets = new Map<number, ServedSet>();
  readonly requests: ServedRequest[] = [];
  readonly messages: ServedMessage[] = [];

  /** Sessions by the ids of their scale sets. */
  readonly sessions = new Map<number, ServedSession>();

  /** Most runners that the last listener said it could have. */
  capacity: string | undefined;

  /** Milliseconds for which a message is waited for; GitHub waits about 50 seconds. */
  wait = 100;

  /** Seconds for which the token of an owner is good. */
  tokenSeconds = 3600;
  private readonly tokens = new Set<string>();
  private next = 1;

  constructor(
    private readonly base: () => string,
    private readonly register: (name: string, labels: readonly string[]) => { readonly id: number },
  ) {}

  /** Whether a request is for the service. */
  takes(path: string): boolean {
    return path.startsWith(TENANT) || path.startsWith("/queue/");
  }

  /** Says to an owner where its service is, and by which token it is asked. */
  connect(body: { readonly url?: unknown; readonly runner_event?: unknown }): ServedAnswer {
    if (typeof body.url !== "string" || body.runner_event !== "register")
      return [422, { message: "Invalid" }];
    const claims = { exp: Math.floor(Date.now() / 1000) + this.tokenSeconds, jti: randomUUID() };
    const part = (content: object) => Buffer.from(JSON.stringify(content)).toString("base64url");
    const token = `${part({ alg: "none" })}.${part(claims)}.x`;
    this.tokens.add(token);
    return [200, { url: `${this.base()}${TENANT}`, token, token_schema: "OAuthAccessToken" }];
  }

  /** A job is queued for the labels of a scale set. @returns its request */
  queue(setId: number, state: "available" | "assigned" = "assigned"): number {
    const request = { setId, id: this.next++, queuedAt: new Date().toISOString(), state };
    this.requests.push(request);
    this.say(request, state === "available" ? "JobAvailable" : "JobAssigned");
    return request.id;
  }

  /** A job begins, or ends. */
  become(id: number, state: "running" | "completed"): void {
    const request = this.requests.find((one) => one.id === id);
    if (!request) throw new Error(`there is no request ${id}`);
    request.state = state;
    this.say(request, state === "running" ? "JobStarted" : "JobCompleted");
  }

  /** All tokens end: those of owners, or those of the queues. */
  expire(which: "owners" | "queues"): void {
    if (which === "owners") this.tokens.clear();
    else for (const session of this.sessions.values()) session.token = randomUUID();
  }

  async answer(asked: AskedRequest): Promise<ServedAnswer> {
    const { method, url } = asked;
    const [, setId, messageId] = /^\/queue\/(\d+)(?:\/(\d+))?$/.exec(url.pathname) ?? [];
    if (setId !== undefined) return this.ofQueue(asked, Number(setId), messageId);
    if (url.searchParams.get("api-version") !== "6.0-preview")
      return [400, exception("VssVersion", "version")];
    const [, id, rest = ""] = /^\/(\d+)(?:\/(.*))?$/.exec(url.pathname.slice(SETS.length)) ?? [];
    if (rest === "acquirejobs") return this.acquire(asked, Number(id));
    if (!this.tokens.has(asked.authorization.replace(/^Bearer /, "")))
      return [401, exception("Vss", "Unauthorized")];
    if (id === undefined) return this.ofSets(method, url, asked.body);
    const set = this.sets.get(Number(id));
    if (!set) return [404, exception("RunnerScaleSetNotFoundException", `No scale set ${id}`)];
    if (rest === "") return this.ofSet(method, set, asked.body);
    if (rest === "generatejitconfig") return this.configuration(set, asked.body);
    if (rest.startsWith("sessions")) return this.ofSessions(method, set, rest.split("/")[1], asked.body);
    return [404, exception("NotFound", url.pathname)];
  }

  private ofSets(method: string, url: URL, body: unknown): ServedAnswer {
    if (method === "POST") {
      const { name, runnerGroupId } = body as ServedSet;
      const isThere = [...this.sets.values()].some(
        (one) => one.name === name && one.runnerGroupId === runnerGroupId,
      );
      if (isThere) return [409, exception("RunnerScaleSetExistsException", `${name} exists`)];
      const made = { ...(body as ServedSet), id: this.next++ };
      this.sets.set(made.id, made);
      return [200, this.shown(made)];
    }
    const [name, group] = ["name", "runnerGroupId"].map((key) => url.searchParams.get(key));
    const value = [...this.sets.values()]
      .filter((one) => one.name === name && String(one.runnerGroupId) === group)
      .map(({ id, name: its, runnerGroupId, labels }) => ({ id, name: its, runnerGroupId, labels }));
    return [200, { count: value.length, value }];
  }

  private ofSet(method: string, set: ServedSet, body: unknown): ServedAnswer {
    if (method === "DELETE") {
      this.sets.delete(set.id);
      return [204];
    }
    if (method === "PATCH") Object.assign(set, body);
    return [200, this.shown(set)];
  }

  private shown(set: ServedSet): object {
    return {
      ...set,
      runnerJitConfigUrl: `${this.base()}${SETS}/${set.id}/generatejitconfig`,
      statistics: this.statistics(set.id),
    };
  }

  private statistics(setId: number): object {
    const count = (...states: readonly ServedRequest["state"][]) =>
      this.requests.filter((one) => one.setId === setId && states.includes(one.state)).length;
    return {
      totalAvailableJobs: count("available"),
      totalAcquiredJobs: count("assigned"),
      totalAssignedJobs: count("assigned", "running"),
      totalRunningJobs: count("running"),
      totalRegisteredRunners: 0,
      totalBusyRunners: count("running"),
      totalIdleRunners: 0,
    };
  }

  private ofSessions(method: string, set: ServedSet, id: string | undefined, body: unknown): ServedAnswer {
    const session = this.sessions.get(set.id);
    if (method === "POST") {
      if (session)
        return [
          409,
          exception(
            "RunnerScaleSetSessionConflictException",
            `The session of ${session.ownerName} is active`,
          ),
        ];
      const { ownerName } = body as { readonly ownerName: string };
      const made = { id: randomUUID(), setId: set.id, ownerName, token: randomUUID() };
      this.sessions.set(set.id, made);
      return [200, this.opened(made)];
    }
    if (session?.id !== id || !session)
      return [404, exception("RunnerScaleSetSessionNotFoundException", "gone")];
    if (method === "DELETE") {
      this.sessions.delete(set.id);
      return [204];
    }
    session.token = randomUUID();
    return [200, this.opened(session)];
  }

  private opened({ id, setId, ownerName, token }: ServedSession): object {
    return {
      sessionId: id,
      ownerName,
      runnerScaleSet: this.shown(this.sets.get(setId) as ServedSet),
      messageQueueUrl: `${this.base()}/queue/${setId}?sessionId=${id}`,
      messageQueueAccessToken: token,
      statistics: this.statistics(setId),
    };
  }

  private isOfSession({ authorization, url }: AskedRequest, setId: number): boolean {
    const session = this.sessions.get(setId);
    const named = url.searchParams.get("sessionId");
    return (
      session !== undefined &&
      authorization === `Bearer ${session.token}` &&
      [null, session.id].includes(named)
    );
  }

  private async ofQueue(
    asked: AskedRequest,
    setId: number,
    messageId: string | undefined,
  ): Promise<ServedAnswer> {
    if (!this.isOfSession(asked, setId)) return [401, exception("Vss", "the token is over")];
    if (messageId !== undefined) {
      const index = this.messages.findIndex(
        (one) => one.setId === setId && one.messageId === Number(messageId),
      );
      if (index >= 0) this.messages.splice(index, 1);
      return [204];
    }
    this.capacity = asked.capacity;
    const last = Number(asked.url.searchParams.get("lastMessageId") ?? 0);
    const find = () => this.messages.find((one) => one.setId === setId && one.messageId > last);
    for (let waited = 0; waited < this.wait && !find(); waited += 20) await sleep(20);
    const found = find();
    if (!found) return [202];
    const { messageId: id, jobs } = found;
    const body = JSON.stringify(jobs);
    return [
      200,
      { messageId: id, messageType: "RunnerScaleSetJobMessages", body, statistics: this.statistics(setId) },
    ];
  }

  private acquire(asked: AskedRequest, setId: number): ServedAnswer {
    if (!this.isOfSession(asked, setId)) return [401, exception("Vss", "the token is over")];
    const ids = asked.body as readonly number[];
    const own = this.requests.filter(
      (one) => one.setId === setId && one.state === "available" && ids.includes(one.id),
    );
    for (const request of own) {
      request.state = "assigned";
      this.say(request, "JobAssigned");
    }
    const value = own.map(({ id }) => id);
    return [200, { count: value.length, value }];
  }

  private configuration(set: ServedSet, body: unknown): ServedAnswer {
    const { name } = body as { readonly name: string };
    const { id } = this.register(
      name,
      set.labels.map((label) => label.name),
    );
    const encodedJITConfig = Buffer.from(`runner ${id}`).toString("base64");
    return [200, { runner: { id, name, runnerScaleSetId: set.id }, encodedJITConfig }];
  }

  private say({ setId, id, queuedAt }: ServedRequest, messageType: string): void {
    const now = new Date().toISOString();
    const job = {
      messageType,
      runnerRequestId: id,
      queueTime: queuedAt,
      runnerAssignTime: now,
      finishTime: now,
    };
    this.messages.push({ messageId: this.next++, setId, jobs: [job] });
  }
}

function exception(name: string, message: string): object {
  return { typeName: `GitHub.Actions.Runtime.WebApi.${name}, GitHub.Actions.Runtime.WebApi`, message };
}
