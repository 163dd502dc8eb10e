import { once } from "node:events";
import { rmSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { isOwnAddress, Outward } from "../../../local/hosts/outward";
import { temporaryFolder } from "../../temporary-folder";

let folder: string;
let server: Server;
let outward: Outward;

beforeEach(async () => {
  folder = temporaryFolder("outward");
  server = createServer((socket) => socket.on("error", () => undefined).pipe(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  outward = new Outward({ "github.com:443": `127.0.0.1:${port}` });
  outward.listen(join(folder, "outward"));
});

afterEach(() => {
  outward.close();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What comes back of a connection that begins so, until it ends or has said as much as was sent. */
async function send(text: string): Promise<string> {
  const client = connect(join(folder, "outward"));
  client.on("error", () => undefined);
  client.write(text);
  let said = "";
  client.on("data", (chunk) => {
    said += chunk;
    client.end();
  });
  await once(client, "close");
  return said;
}

test("a stand-in is reached under the name and port that it stands in for", async () => {
  expect(await send("github.com 443\nhello")).toBe("hello");
});

test("planted fault: what is this machine's alone is not reached, by whatever name, and no line is no connection", async () => {
  const { port } = server.address() as AddressInfo;
  for (const name of ["localhost", "127.0.0.1", "::1", "169.254.169.254", "github.com"])
    expect(await send(`${name} ${port}\nhello`)).toBe("");
  for (const line of ["\nhello", "github.com\nhello", "github.com 443", `${"a".repeat(400)} 443\nhello`])
    expect(await send(line)).toBe("");
});

test.each([
  ["127.8.0.1", true],
  ["::1", true],
  ["::ffff:127.0.0.1", true],
  ["169.254.169.254", true],
  ["fe80::1", true],
  ["0.0.0.0", true],
  ["10.0.0.1", false],
  ["151.101.2.132", false],
  ["2001:db8::1", false],
])("%s is this machine's alone: %p", (address, isOwn) => {
  expect(isOwnAddress(address)).toBe(isOwn);
});

test("it keeps no process alive that has nothing else to do", async () => {
  const alive = () => process.getActiveResourcesInfo().filter((name) => name === "PipeWrap").length;
  const before = alive();
  const outward = new Outward();
  outward.listen(join(temporaryFolder("outward"), "socket"));
  await new Promise((resolve) => setImmediate(resolve));
  const after = alive();
  outward.close();
  expect(after).toBe(before);
});
