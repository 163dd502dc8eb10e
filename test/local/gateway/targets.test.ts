import { rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import fc from "fast-check";
import { createGateway, type GatewayProps } from "../../../local/gateway/gateway";
import { keptConnections } from "../../../local/gateway/proxy";
import { temporaryFolder } from "../../temporary-folder";

let folder: string;
let upstream: Server;
let gateway: Server;

/** Set by a test for which answering a request fails. */
let onAnswered: GatewayProps["onAnswered"];

beforeAll(async () => {
  folder = temporaryFolder("targets");
  const behind = { socket: join(folder, "socket"), agent: keptConnections(4) };
  upstream = createServer((request, response) => {
    request.resume().once("end", () => response.end());
  });
  await new Promise<void>((resolve) => upstream.listen(behind.socket, resolve));
  gateway = createGateway({
    place: { account: "123456789012", region: "us-east-1" },
    upstreams: { moto: { name: "moto", ...behind }, ministack: { name: "ministack", ...behind } },
    services: [],
    secretOf: () => "secret",
    control: async () => undefined,
    onAnswered: (entry) => onAnswered(entry),
  });
  await new Promise<void>((resolve) => gateway.listen(0, "127.0.0.1", resolve));
});

beforeEach(() => {
  onAnswered = () => {};
});

afterAll(() => {
  for (const server of [gateway, upstream]) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true, force: true });
});

/** Sends a request as it stands, as no client of HTTP would. @returns the first line of the answer. */
function send(target: string, headers: readonly string[] = [], method = "GET"): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect((gateway.address() as AddressInfo).port, "127.0.0.1");
    socket.on("data", (bytes) => {
      answer += bytes.toString("latin1");
    });
    socket.on("error", () => {}).on("close", () => resolve(answer.split("\r\n", 1)[0] ?? ""));
    const lines = [`${method} ${target} HTTP/1.1`, "Host: 127.0.0.1", "Connection: close", ...headers];
    socket.write(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  });
}

/** Pieces of which parsers of addresses, queries and signatures think something. */
const piece = fc.oneof(
  fc.constantFrom(
    "/",
    "//",
    "[",
    "]",
    "?",
    "&",
    "=",
    "%",
    "%ff",
    "%0",
    "@",
    ":",
    "\\",
    "#",
    ";",
    "*",
    "http://",
  ),
  fc.constantFrom("X-Amz-Credential=", "X-Amz-Signature=", "x/20260101/us-east-1/s3/aws4_request", "\xff"),
  fc.constantFrom("X-Amz-Algorithm=AWS4-HMAC-SHA256", "X-Amz-Expires=1", "X-Amz-Date=99999999T999999Z"),
  fc.constantFrom(
    "_groundplan",
    "x-amz-copy-source=",
    ".execute-api.localhost",
    "AWSAccessKeyId=",
    "Action=",
  ),
  fc.string({ maxLength: 6 }).map((text) => text.replaceAll(/[^\x21-\xff]|\x7f/g, "")),
);
const target = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
const page = fc.constantFrom(
  [],
  ["Origin: null"],
  ["Sec-Fetch-Site: same-origin"],
  ["Sec-Fetch-Site: cross-site"],
);
const header = fc
  .tuple(fc.constantFrom("Authorization", "x-amz-copy-source", "x-amz-date"), target)
  .map(([name, value]) => `${name}: ${value}`);

test("whatever a target is, it is answered, and the gateway goes on", async () => {
  await fc.assert(
    fc.asyncProperty(target, page, fc.array(header, { maxLength: 2 }), async (url, from, headers) => {
      expect(await send(`/${url}`, [...from, ...headers])).toMatch(/^HTTP\/1\.1 [2-5]\d\d /);
      expect(await send(url || "*", [...from, ...headers])).toMatch(/^HTTP\/1\.1 [2-5]\d\d /);
    }),
    { numRuns: 300 },
  );
  expect(await send("/bucket/key")).toBe("HTTP/1.1 200 OK");
});

test("what an image asks for that ended the gateway is refused", async () => {
  expect(await send("//[/?X-Amz-Credential=a", ["Sec-Fetch-Site: cross-site"])).toBe(
    "HTTP/1.1 403 Forbidden",
  );
  expect(await send("//[/?X-Amz-Credential=a")).toBe("HTTP/1.1 200 OK");
});

test("planted fault: a request whose answering fails ends itself alone", async () => {
  onAnswered = () => {
    throw new Error("planted");
  };
  await send("/bucket/key");
  onAnswered = () => {};
  expect(await send("/bucket/key")).toBe("HTTP/1.1 200 OK");
});
