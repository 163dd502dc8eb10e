import { readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, request as plainRequest } from "node:http";
import { request } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { join } from "node:path";
import { LocalAuthority } from "../../../local/credentials/authority";
import { listenForBoth } from "../../../local/gateway/listener";
import { temporaryFolder } from "../../temporary-folder";

let folder: string;
let server: Server;
let port: number;
let ca: Buffer;

const http = createServer(({ socket, url }, response) =>
  response.end(`${"encrypted" in socket ? "tls" : "plain"} ${url}`),
);

beforeAll(async () => {
  folder = temporaryFolder("listener");
  server = listenForBoth(http, new LocalAuthority(folder));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ({ port } = server.address() as AddressInfo);
  ca = readFileSync(join(folder, "authority.pem"));
});

afterAll(() => {
  server.close();
  http.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});

async function textOf(
  asked: (answered: (answer: IncomingMessage) => void) => ReturnType<typeof request>,
): Promise<string> {
  const answer = await new Promise<IncomingMessage>(
    (resolve, reject) => void asked(resolve).once("error", reject).end(),
  );
  let text = "";
  for await (const chunk of answer) text += chunk;
  return text;
}

const over = (servername: string) =>
  textOf((answered) =>
    request({ host: "127.0.0.1", port, path: "/a", servername, ca, agent: false }, answered),
  );

test("one port answers HTTP and HTTPS", async () => {
  const plain = textOf((answered) =>
    plainRequest({ host: "127.0.0.1", port, path: "/a", agent: false }, answered),
  );
  expect(await plain).toBe("plain /a");
  expect(await over("app.preview.localhost")).toBe("tls /a");
});

test("who asks for the name of another is not answered", async () => {
  await expect(over("example.com")).rejects.toThrow();
});
