import { rmSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { ofOperations } from "../../../local/gateway/corrections";
import type { RequestHead } from "../../../local/gateway/exchange";
import { createGateway, type LogEntry } from "../../../local/gateway/gateway";
import { keptConnections } from "../../../local/gateway/proxy";
import type { Correction, Guard, ServedService } from "../../../local/gateway/service";
import { temporaryFolder } from "../../temporary-folder";

let folder: string;
let upstream: Server;
let gateway: Server;
let entries: LogEntry[];
let controlled: string[];

/** What the gateway serves; a test adds to it. */
let services: ServedService[];

/** How the server behind the gateway answers the next requests, one after the other. */
let answers: ("break" | "html" | "last" | "ok")[];
let received: { headers: RequestHead["headers"]; body: string }[];

/** Connections that the gateway has opened to it. */
let connections: number;

beforeEach(async () => {
  entries = [];
  controlled = [];
  services = [];
  answers = [];
  received = [];
  connections = 0;
  upstream = createServer(async (incoming, response) => {
    let body = "";
    for await (const chunk of incoming) body += chunk;
    received.push({ headers: incoming.headers, body });
    const answer = answers.shift() ?? "ok";
    if (answer === "break") incoming.socket.destroy();
    else if (answer === "html")
      response.writeHead(500, { "content-type": "text/html" }).end("<p>NotImplementedError: no X</p>");
    else
      response
        .writeHead(200, { "content-type": "text/xml", ...(answer === "last" ? { connection: "close" } : {}) })
        .end("<ok/>");
  });
  upstream.on("connection", () => {
    connections += 1;
  });
  folder = temporaryFolder("gateway");
  const behind = { socket: join(folder, "socket"), agent: keptConnections(4) };
  await new Promise<void>((resolve) => upstream.listen(behind.socket, resolve));
  gateway = createGateway({
    place: { account: "123456789012", region: "us-east-1" },
    upstreams: { moto: { name: "moto", ...behind }, ministack: { name: "ministack", ...behind } },
    services,
    secretOf: () => undefined,
    control: async ({ method, path }) => {
      controlled.push(`${method} ${path}`);
      return { status: 200, headers: {}, body: "" };
    },
    onAnswered: (entry) => entries.push(entry),
  });
  await new Promise<void>((resolve) => gateway.listen(0, "127.0.0.1", resolve));
});

afterEach(() => {
  for (const server of [gateway, upstream]) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true, force: true });
});

function ask(
  service: string | undefined,
  body: string,
  headers: Record<string, string> = {},
  path = "/",
  key = "x",
) {
  const { port } = gateway.address() as AddressInfo;
  const signed: Record<string, string> = service
    ? {
        authorization: `AWS4-HMAC-SHA256 Credential=${key}/20260101/us-east-1/${service}/aws4_request, Signature=0`,
      }
    : {};
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const asked = request({
      port,
      host: "127.0.0.1",
      path,
      method: "POST",
      headers: { ...signed, ...headers },
    });
    asked.once("error", reject).once("response", async (response) => {
      let text = "";
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode ?? 0, body: text });
    });
    asked.end(body);
  });
}

const FORM = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };

test("a query request is logged by its action, and moto is told the account", async () => {
  expect((await ask("ec2", "Action=DescribeVpcs&Version=2016-11-15", FORM)).status).toBe(200);
  expect(entries).toMatchObject([{ service: "ec2", operation: "DescribeVpcs", status: 200, by: "moto" }]);
  expect(received[0]).toMatchObject({
    body: "Action=DescribeVpcs&Version=2016-11-15",
    headers: { "x-moto-account-id": "123456789012" },
  });
  await ask("ec2", "Action=DescribeVpcs", FORM, "/", "210987654321");
  expect(received[1]?.headers["x-moto-account-id"]).toBe("210987654321");
});

test("requests one after another come by one connection, streamed or held, and none by one that an emulator ends", async () => {
  for (let count = 0; count < 3; count += 1) {
    expect((await ask("s3", "x".repeat(count * 50_000))).status).toBe(200);
    expect((await ask("ec2", "Action=DescribeVpcs", FORM)).status).toBe(200);
  }
  expect(connections).toBe(1);
  answers = ["last", "ok"];
  for (const _ of answers.slice()) expect((await ask("ec2", "Action=CreateVpc", FORM)).status).toBe(200);
  expect(connections).toBe(2);
});

test("a read whose connection breaks is answered all the same", async () => {
  answers = ["break", "break"];
  expect((await ask("ec2", "Action=DescribeVpcs", FORM)).status).toBe(200);
  expect(received).toHaveLength(3);
});

test("planted fault: a write whose connection breaks is sent once, and the client is told", async () => {
  answers = ["break"];
  const { status, body } = await ask("ec2", "Action=CreateVpc", FORM);
  expect([status, received.length]).toEqual([500, 1]);
  expect(body).toContain("InternalFailure");
});

test("planted fault: what the emulator lacks is no 500, and is named", async () => {
  answers = ["html"];
  const { status, body } = await ask("ec2", "Action=CreateX", FORM);
  expect(status).toBe(400);
  expect(body).toContain("the local emulator (moto) cannot answer ec2 CreateX: NotImplementedError: no X");
});

test("the control of the gateway is not for web pages", async () => {
  expect((await ask(undefined, "", {}, "/_groundplan/reset")).status).toBe(200);
  for (const headers of [{ origin: "https://example.com" }, { host: "rebound.example.com" }] as Record<
    string,
    string
  >[]) {
    expect((await ask(undefined, "", headers, "/_groundplan/reset")).status).toBe(403);
  }
  expect(controlled).toEqual(["POST reset"]);
});

test("an emulator that is gone is said to be", async () => {
  upstream.close();
  upstream.closeAllConnections();
  const { status, body } = await ask("s3", "");
  expect(status).toBe(503);
  expect(body).toContain("ServiceUnavailable");
});

test("corrections of one operation are applied one after the other, of other services none", async () => {
  const append = (text: string): Correction =>
    ofOperations(["DescribeVpcs"], async (asked, forward) => {
      const answer = await forward(asked);
      return { ...answer, body: `${answer.body}${text}` };
    });
  const corrections = [append("<first/>"), append("<second/>")];
  services.push({ name: "ec2", engine: "moto", corrections, guards: [] });
  services.push({ name: "iam", engine: "moto", corrections: [append("<other/>")], guards: [] });
  expect((await ask("ec2", "Action=DescribeVpcs", FORM)).body).toBe("<ok/><first/><second/>");
  expect((await ask("ec2", "Action=DescribeSubnets", FORM)).body).toBe("<ok/>");
});

test("of several guards each is asked, and one that refuses ends the request", async () => {
  const guard = (status: number | undefined): Guard => ({
    applies: () => true,
    refusal: async () => (status === undefined ? undefined : { status, headers: {}, body: "refused" }),
  });
  services.push({ name: "s3", engine: "ministack", corrections: [], guards: [guard(undefined), guard(403)] });
  expect(await ask("s3", "")).toEqual({ status: 403, body: "refused" });
  expect(received).toEqual([]);
});

describe("an operation that a service answers itself", () => {
  const deleting = (asks: "gateway" | "emulator"): ServedService => ({
    name: "ecr",
    engine: "moto",
    corrections: [],
    guards: [],
    own: {
      answers: (operation) => operation === "DeleteRepository",
      answer: (whole, _place, gatewayItself, emulator) =>
        (asks === "gateway" ? gatewayItself : emulator)(whole),
      reset: () => undefined,
    },
  });
  const JSON_CALL = { "x-amz-target": "AmazonEC2ContainerRegistry_V20150921.DeleteRepository" };

  test("is finished by the emulator, which is asked once", async () => {
    services.push(deleting("emulator"));
    expect((await ask("ecr", "{}", JSON_CALL)).status).toBe(200);
    expect(received).toHaveLength(1);
  });

  test("planted fault: one that asks the gateway for itself is told so, and not asked without end", async () => {
    services.push(deleting("gateway"));
    const { status, body } = await ask("ecr", "{}", JSON_CALL);
    expect([status, received.length]).toEqual([500, 0]);
    expect(body).toContain("ecr asks the gateway for DeleteRepository");
  });
});
