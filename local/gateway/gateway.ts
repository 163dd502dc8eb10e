import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { EngineName } from "../engines/engine";
import { admit, isControl, isRefusal, type Question } from "./admission";
import { chain } from "./corrections";
import { errorResponse } from "./errors";
import {
  headOf,
  isForm,
  jsonResponse,
  type Place,
  type RequestHead,
  readBody,
  type WholeRequest,
  type WholeResponse,
  wholeOf,
} from "./exchange";
import { forExecuteApi } from "./execute-api";
import type { Gate } from "./gate";
import { siteName } from "./hosts";
import { exchange, send, stream, type Upstream } from "./proxy";
import { emulatorOf } from "./routes";
import type { ControlRequest, Forward, ServedService, Site } from "./service";
import type { SecretOf } from "./signature";
import { refuseUnsignedAction } from "./unsigned";

/** Properties of {@link createGateway}. */
export interface GatewayProps {
  /** Account and Region of requests that name none. */
  readonly place: Place;
  readonly upstreams: Readonly<Record<EngineName, Upstream>>;
  readonly services: readonly ServedService[];

  /** Why a call is not emulated, of those that are known to be missing; undefined for one that goes on. @default - none */
  readonly missing?: (head: RequestHead) => string | undefined;

  /** What the signatures of web pages are checked with. */
  readonly secretOf: SecretOf;

  /** Holds calls of AWS while the state is saved or replaced. @default - nothing does */
  readonly gate?: Gate;

  /** Answers `/_groundplan/…`; undefined for a path that it does not know. */
  readonly control: (request: ControlRequest) => Promise<WholeResponse | undefined>;

  /** Called when a request was answered. */
  readonly onAnswered: (entry: LogEntry) => void;
}

/** One line of the gateway's log. */
export interface LogEntry {
  readonly time: string;
  readonly service: string;
  readonly operation: string;
  readonly status: number;
  readonly ms: number;

  /** Who answered: an emulator, or the gateway itself. */
  readonly by: EngineName | "gateway";
}

/**
 * Answers AWS's protocols on one address: each request goes to the emulator that does its service
 * right, and comes back as it is but for the corrections.
 */
export function createGateway(props: GatewayProps): Server {
  const server = createServer((request, response) => {
    // Whatever a request is, it does not end the gateway.
    serve(props, request, response).catch(() => refuseBroken(response));
  });
  // SDKs keep connections open and use them again after up to 90 seconds. A server that closes one just
  // then loses a request, so it keeps them longer than any client does.
  server.keepAliveTimeout = 600_000;
  server.requestTimeout = 0;
  server.on("upgrade", (request, socket, head) => {
    findSite(props, headOf(request))
      .then((site) => (site ? site.upgrade(request, socket, head) : socket.destroy()))
      .catch(() => socket.destroy());
  });
  return server;
}

/** Sends requests to the services that their scopes name, at any time. */
export function askGateway(props: Pick<GatewayProps, "place" | "services" | "upstreams">): Forward {
  return (asked) => forwardWhole(props, asked);
}

async function serve(props: GatewayProps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const asked = forExecuteApi(headOf(request));
  const started = performance.now();
  let head = asked;
  let answered: Answered = { by: "gateway", operation: asked.operation };
  try {
    const site = await findSite(props, asked);
    if (site) {
      await site.serve(request, response);
      return;
    }
    const admitted = await admit(
      asked,
      props.place.region,
      questionTo(props.upstreams.ministack),
      props.secretOf,
    );
    if (isRefusal(admitted)) {
      refuse(response, admitted);
    } else if (isControl(admitted) && admitted.target === undefined) {
      await control(props, admitted, request, response);
      return;
    } else {
      head = admitted;
      const leave = await props.gate?.enter();
      try {
        answered = await answer(props, head, request, response);
      } finally {
        leave?.();
      }
    }
  } catch (error) {
    fail(head, response, error);
  }
  props.onAnswered({
    time: new Date().toISOString(),
    service: head.scope?.service ?? "-",
    operation: answered.operation,
    status: response.statusCode,
    ms: Math.round(performance.now() - started),
    by: answered.by,
  });
}

/** What answers under the name that a request is for; what AWS has signed, and what is for the gateway itself, is nobody's. */
async function findSite({ services }: GatewayProps, head: RequestHead): Promise<Site | undefined> {
  const host = siteName(head.headers.host ?? "");
  if (host === undefined || head.scope || isControl(head)) return undefined;
  for (const { own } of services) {
    const site = await own?.findSite?.(host);
    if (site) return site;
  }
  return undefined;
}

/** What is asked of MiniStack before a request is let in. */
function questionTo(ministack: Upstream): Question {
  return (target, method, head) =>
    exchange({ ...head, method, target, body: Buffer.alloc(0), operation: target }, ministack);
}

/** The rest of the body is not wanted; the connection ends so that nobody takes it for a next request. */
function refuse(response: ServerResponse, refusal: WholeResponse): void {
  send(response, { ...refusal, headers: { ...refusal.headers, connection: "close" } });
}

/** Answers a request that could not even be read. */
function refuseBroken(response: ServerResponse): void {
  if (response.headersSent || response.destroyed) response.destroy();
  else refuse(response, jsonResponse(400, { message: "the request cannot be read" }));
}

/** Answers what is for the gateway itself. */
async function control(
  props: GatewayProps,
  head: RequestHead,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // Kubernetes tells its webhooks how long it waits: ?timeout=30s
  const [path = ""] = head.url.slice("/_groundplan/".length).split("?", 1);
  const { method } = head;
  const body = () => readBody(request);
  const ask = (asked: WholeRequest) => forwardWhole(props, asked);
  const answer = await props.control({ method, path, host: head.headers.host ?? "", body, ask });
  send(response, answer ?? jsonResponse(404, { message: `no ${path}` }));
}

type Answered = Pick<LogEntry, "by" | "operation">;

async function answer(
  props: GatewayProps,
  head: RequestHead,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Answered> {
  const server = props.services.find(({ own }) => own?.serves?.(head));
  if (server?.own?.serve) {
    await server.own.serve(head, request, response, (asked) => forwardWhole(props, asked));
    return { by: "gateway", operation: head.operation };
  }
  const name = emulatorOf(props.services, head.scope?.service);
  const upstream = props.upstreams[name];
  const service = findService(props, head);
  const lacked = refuseMissing(props, head);
  if (lacked) {
    refuse(response, lacked);
    return { by: "gateway", operation: head.operation };
  }

  for (const guard of service?.guards ?? []) {
    const refusal = guard.applies(head)
      ? await guard.refusal(head, (asked) => exchange(asked, upstream))
      : undefined;
    if (refusal) {
      refuse(response, refusal);
      return { by: "gateway", operation: head.operation };
    }
  }

  const own = service?.own?.answers(head.operation) ? service.own : undefined;
  const isCorrected = service?.corrections.some((one) => one.applies(head)) ?? false;
  // moto's requests are small, and one that arrives in one piece cannot be cut off by an early answer.
  if (!own && !isCorrected && name !== "moto" && !isForm(head)) {
    await stream(head, request, response, upstream);
    return { by: name, operation: head.operation };
  }

  const whole = await wholeOf(head, request);
  const unsigned = refuseUnsignedAction(whole) ?? refuseMissing(props, whole);
  if (unsigned) {
    send(response, unsigned);
    return { by: "gateway", operation: whole.operation };
  }
  if (own) {
    send(response, await forwardWhole(props, whole));
    return { by: "gateway", operation: whole.operation };
  }
  send(response, await forwardWhole(props, whole));
  return { by: name, operation: whole.operation };
}

/** The answer to a call that is known to be missing. */
function refuseMissing({ missing }: GatewayProps, head: RequestHead): WholeResponse | undefined {
  const reason = missing?.(head);
  if (reason === undefined) return undefined;
  const message = `the local emulator does not have ${head.scope?.service ?? ""} ${head.operation}: ${reason}`;
  return errorResponse(head, { status: 400, code: "UnsupportedOperation", message });
}

/** Answers a request that is held whole, or hands it to its emulator, and mends what has to be mended. */
function forwardWhole(
  props: Pick<GatewayProps, "place" | "services" | "upstreams">,
  whole: WholeRequest,
): Promise<WholeResponse> {
  const own = findService(props, whole)?.own;
  const emulator: Forward = (asked) => toEmulator(props, asked);
  if (!own?.answers(whole.operation)) return emulator(whole);
  const ask = refuseItself(whole, askGateway(props));
  return Promise.resolve(own.answer(whole, placeOf(props.place, whole), ask, emulator));
}

/** A service that asks for what it answers itself would be asked without end. */
function refuseItself({ scope, operation }: WholeRequest, ask: Forward): Forward {
  return async (asked) => {
    if (asked.scope?.service === scope?.service && asked.operation === operation)
      throw new Error(
        `${scope?.service} asks the gateway for ${operation}, which it answers: ask the emulator`,
      );
    return ask(asked);
  };
}

function toEmulator(
  props: Pick<GatewayProps, "place" | "services" | "upstreams">,
  whole: WholeRequest,
): Promise<WholeResponse> {
  const name = emulatorOf(props.services, whole.scope?.service);
  const addressed = name === "moto" ? inAccount(whole, placeOf(props.place, whole).account) : whole;
  const emulator: Forward = (request) => exchange(request, props.upstreams[name]);
  return chain(findService(props, whole)?.corrections ?? [], emulator)(addressed);
}

function findService(
  { services }: Pick<GatewayProps, "services">,
  { scope }: RequestHead,
): ServedService | undefined {
  return services.find(({ name }) => name === scope?.service);
}

/** moto is told the account by a header of its own; MiniStack reads it from the access key. */
function inAccount(request: WholeRequest, account: string): WholeRequest {
  return { ...request, headers: { ...request.headers, "x-moto-account-id": account } };
}

const ACCOUNT = /^\d{12}$/;

/** An access key of 12 digits is the account itself. */
function placeOf(defaults: Place, { scope }: RequestHead): Place {
  const account = scope && ACCOUNT.test(scope.accessKey) ? scope.accessKey : defaults.account;
  return { account, region: scope?.region ?? defaults.region };
}

/** An emulator that is gone, or a client that is: the one is told, the other cannot be. */
function fail(head: RequestHead, response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  // A socket that is not there yet, that nobody listens on any more, or that more wait at than it holds.
  const refused = ["ECONNREFUSED", "ENOENT", "EAGAIN"].includes((error as { code?: string }).code ?? "");
  const message = error instanceof Error ? error.message : String(error);
  send(
    response,
    errorResponse(head, {
      // Refused: nothing was carried out, and the SDK may safely try again.
      status: refused ? 503 : 500,
      code: refused ? "ServiceUnavailable" : "InternalFailure",
      message: `the local emulator did not answer: ${message}`,
    }),
  );
}
