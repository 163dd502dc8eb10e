import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { AwsCaller } from "../../gateway/caller";
import { pathOf, queryOf, readBody } from "../../gateway/exchange";
import type { InwardAgent } from "../../hosts/inward";
import type { TargetHealth } from "../../hosts/target-health";
import { type Action, chooseGroup, locationOf } from "./actions";
import { functionAnswer, functionEvent } from "./lambda-event";
import { type RuledRequest, ruleFor } from "./rules";
import type { Listener, LoadBalancer, Snapshot, TargetGroup } from "./snapshot";

/** Seconds for which a target may be silent. @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html */
const IDLE = 60;

/** Headers of one connection, which are not handed on. */
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** What leads requests to targets. */
export interface SiteProps {
  readonly balancer: LoadBalancer;
  readonly snapshot: Snapshot;

  /** Name by which rules know what was asked for, in lower case, without a port. */
  readonly host: string;

  /** Port of this machine at which every listener answers. */
  readonly port: number;
  readonly agent: InwardAgent;
  readonly health: TargetHealth;
  readonly caller: AwsCaller;

  /** A number for each request, to take targets in turn. */
  readonly turn: number;
}

/** Answers a request as a load balancer does. */
export async function answerAsBalancer(
  props: SiteProps,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const listener = listenerFor(props.balancer, isSecure(request));
  if (!listener) {
    end(response, 503, `no listener of this load balancer speaks ${isSecure(request) ? "HTTPS" : "HTTP"}`);
    return;
  }
  const action = actionFor(props, listener, request);
  if (!action) {
    end(response, 503, "this listener has no action that is supported here");
    return;
  }
  if (action.type === "fixed-response") {
    response.writeHead(action.status, { "content-type": action.contentType, server: "awselb/2.0" });
    response.end(action.body);
    return;
  }
  if (action.type === "redirect") {
    const { url = "/" } = request;
    const asked = {
      protocol: listener.protocol,
      host: hostOf(request),
      port: listener.port,
      path: pathOf(url),
      query: url.slice(pathOf(url).length + 1),
    };
    response.writeHead(action.redirect.status, {
      location: locationOf(action.redirect, asked, props.port),
      server: "awselb/2.0",
    });
    response.end();
    return;
  }
  const group = props.snapshot.groups.get(chooseGroup(action.groups, Math.random()) ?? "");
  if (group?.type === "lambda") await answerByFunction(props, group, listener, request, response);
  else if (group) await answerByTarget(props, group, listener, request, response);
  else end(response, 503, "Service Temporarily Unavailable");
}

/** Leads a connection that changes its protocol, e.g. a WebSocket, to a target. */
export function upgradeAsBalancer(
  props: SiteProps,
  request: IncomingMessage,
  client: Duplex,
  head: Buffer,
): void {
  const listener = listenerFor(props.balancer, isSecure(request));
  const action = listener && actionFor(props, listener, request);
  const arn = action?.type === "forward" ? chooseGroup(action.groups, Math.random()) : undefined;
  const group = props.snapshot.groups.get(arn ?? "");
  const target = group && targetOf(props, group);
  if (!listener || !target) {
    client.end("HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\n\r\n");
    return;
  }
  const headers = {
    ...handedOn(request, listener),
    connection: "upgrade",
    upgrade: request.headers.upgrade ?? "",
  };
  const { method = "GET", url = "/" } = request;
  const asked = httpRequest({
    agent: props.agent,
    host: target.id,
    port: target.port,
    method,
    path: url,
    headers,
  });
  asked.once("upgrade", (answer, connection, first) => {
    const lines = Object.entries(answer.headers).flatMap(([name, value]) =>
      [value ?? []].flat().map((one) => `${name}: ${one}`),
    );
    client.write([`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`, ...lines, "", ""].join("\r\n"));
    if (first.length > 0) client.write(first);
    if (head.length > 0) connection.write(head);
    pipeline(client, connection).catch(() => undefined);
    pipeline(connection, client).catch(() => undefined);
  });
  const refuse = () => client.end("HTTP/1.1 502 Bad Gateway\r\nconnection: close\r\n\r\n");
  asked.once("response", refuse);
  asked.once("error", refuse);
  asked.end();
}

/** Listeners have no ports of their own here: the first by port of each protocol answers. */
function listenerFor({ listeners }: LoadBalancer, secure: boolean): Listener | undefined {
  const fitting = listeners.filter(({ protocol }) => (protocol === "https") === secure);
  return [...fitting].sort((one, other) => one.port - other.port)[0];
}

function actionFor({ host }: SiteProps, listener: Listener, request: IncomingMessage): Action | undefined {
  const { url = "/", method = "GET", socket } = request;
  const headers = Object.entries(request.headers).map(
    ([name, value]) => [name, [value].flat().join(", ")] as const,
  );
  const asked: RuledRequest = {
    host,
    path: pathOf(url),
    method,
    query: [...queryOf(url)],
    headers: Object.fromEntries(headers),
    source: addressOf(socket.remoteAddress),
  };
  return ruleFor(asked, listener.rules)?.actions.at(-1);
}

async function answerByTarget(
  props: SiteProps,
  group: TargetGroup,
  listener: Listener,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const target = targetOf(props, group);
  if (!target) {
    end(response, 503, "Service Temporarily Unavailable");
    return;
  }
  const send = group.protocol === "https" ? httpsRequest : httpRequest;
  const outgoing = send({
    agent: props.agent,
    host: target.id,
    port: target.port,
    method: request.method ?? "GET",
    path: request.url ?? "/",
    headers: handedOn(request, listener),
    timeout: IDLE * 1000,
    // A load balancer does not verify the certificates of its targets.
    rejectUnauthorized: false,
  });
  response.once("close", () => {
    if (!response.writableFinished) outgoing.destroy();
  });
  let isLate = false;
  outgoing.once("timeout", () => {
    isLate = true;
    outgoing.destroy();
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) =>
    outgoing.once("response", resolve).once("error", reject),
  );
  pipeline(request, outgoing).catch(() => outgoing.destroy());
  try {
    const incoming = await answered;
    const headers = { ...incoming.headers };
    for (const name of HOP_BY_HOP) delete headers[name];
    response.writeHead(incoming.statusCode ?? 502, headers);
    await pipeline(incoming, response);
  } catch {
    if (response.headersSent) response.destroy();
    else if (isLate) end(response, 504, "Gateway Time-out");
    else end(response, 502, "Bad Gateway");
  }
}

/** Healthy targets in turn; where none is healthy, all of them, as a load balancer fails open. */
function targetOf({ health, turn }: SiteProps, { arn, targets }: TargetGroup) {
  const healthy = targets.filter(({ id, port }) => health.get({ group: arn, id, port }) === "healthy");
  const usable = healthy.length > 0 ? healthy : targets;
  return usable[turn % usable.length];
}

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html */
function handedOn(request: IncomingMessage, listener: Listener): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !HOP_BY_HOP.includes(name)) headers[name] = value;
  }
  const before = request.headers["x-forwarded-for"];
  const client = addressOf(request.socket.remoteAddress);
  const length = request.headers["content-length"];
  return {
    ...headers,
    ...(length === undefined && request.headers["transfer-encoding"] !== undefined
      ? { "transfer-encoding": "chunked" }
      : {}),
    "x-forwarded-for": before === undefined ? client : `${before}, ${client}`,
    "x-forwarded-proto": listener.protocol,
    "x-forwarded-port": String(listener.port),
    "x-amzn-trace-id": String(request.headers["x-amzn-trace-id"] ?? `Root=${traceId()}`),
  };
}

async function answerByFunction(
  { caller }: SiteProps,
  group: TargetGroup,
  listener: Listener,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [target] = group.targets;
  if (!target) {
    end(response, 503, "Service Temporarily Unavailable");
    return;
  }
  const { url = "/", method = "GET" } = request;
  const query = url.slice(pathOf(url).length + 1);
  const pairs =
    query === ""
      ? []
      : query
          .split("&")
          .map(
            (pair) =>
              [
                pair.split("=", 1)[0] ?? "",
                pair.includes("=") ? pair.slice(pair.indexOf("=") + 1) : "",
              ] as const,
          );
  const headers = Object.entries(handedOn(request, listener)).flatMap(([name, value]) =>
    [value].flat().map((one) => [name, one] as const),
  );
  const body = await readBody(request);
  const event = functionEvent(
    { method, path: pathOf(url), query: pairs, headers, body },
    group.arn,
    group.multiValueHeaders,
  );
  const invoke = `/2015-03-31/functions/${encodeURIComponent(target.id)}/invocations`;
  const result = await caller.rest("lambda", "POST", invoke, JSON.stringify(event)).catch(() => undefined);
  const failed = result === undefined || result.headers["x-amz-function-error"] !== undefined;
  const answer = failed ? undefined : functionAnswer(parse(result.body.toString()), group.multiValueHeaders);
  if (!answer) {
    end(response, 502, "Bad Gateway");
    return;
  }
  response.writeHead(answer.status, { ...answer.headers, "content-length": answer.body.length } as Record<
    string,
    string | string[] | number
  >);
  response.end(method === "HEAD" ? undefined : answer.body);
}

/** The page of a load balancer that has no answer. */
function end(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, { "content-type": "text/html", server: "awselb/2.0" });
  response.end(
    `<html>\r\n<head><title>${status} ${reason}</title></head>\r\n<body>\r\n<center><h1>${status} ${reason}</h1></center>\r\n</body>\r\n</html>\r\n`,
  );
}

function isSecure({ socket }: IncomingMessage): boolean {
  return "encrypted" in socket && socket.encrypted === true;
}

function hostOf({ headers }: IncomingMessage): string {
  return (headers.host ?? "").replace(/:\d+$/, "");
}

/** A connection over a Unix socket comes from the tasks' network. */
function addressOf(address: string | undefined): string {
  return address?.replace(/^::ffff:/, "") ?? "127.0.0.1";
}

function traceId(): string {
  const random = Array.from({ length: 24 }, () => Math.floor(Math.random() * 16).toString(16)).join("");
  return `1-${Math.floor(Date.now() / 1000).toString(16)}-${random}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
