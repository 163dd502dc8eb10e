import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { LocalError } from "../../../local/options";
import { post } from "../../../local/process/post";

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

async function answering(listener: RequestListener): Promise<string> {
  const made = createServer(listener);
  server = made;
  await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}`;
}

test("gives the answer to what it is told", async () => {
  const endpoint = await answering(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    response.end(JSON.stringify({ path: request.url, told: JSON.parse(text) }));
  });
  expect(await post(endpoint, "snapshots/save", { content: "one" })).toEqual({
    path: "/_groundplan/snapshots/save",
    told: { content: "one" },
  });
});

test("an answer without a content is one", async () => {
  const endpoint = await answering((_, response) => response.writeHead(200).end());
  expect(await post(endpoint, "reset")).toEqual({});
});

test.each<[string, RequestListener, RegExp]>([
  [
    "ends meanwhile",
    (request) => request.socket.destroy(),
    /^the emulator at http:\S+ ended before it answered: (?!fetch failed)\S.*\n {2}start it, and run this again: groundplan local up$/,
  ],
  [
    "says why",
    (_, response) => response.writeHead(500).end('{"message":"there is no room"}'),
    /^there is no room$/,
  ],
  [
    "is no emulator",
    (_, response) => response.writeHead(502).end("<html>"),
    /^the emulator at http:\S+ answered 502: <html>$/,
  ],
])("planted fault: one that %s is told", async (_, listener, message) => {
  const failed = post(await answering(listener), "snapshots/load", { content: "one" });
  await expect(failed).rejects.toBeInstanceOf(LocalError);
  await expect(failed).rejects.toThrow(message);
});

test("planted fault: one that is gone is told, with its address", async () => {
  const endpoint = await answering(() => undefined);
  await new Promise((resolve) => server?.close(resolve));
  await expect(post(endpoint, "reset")).rejects.toThrow(
    new RegExp(`^the emulator at ${endpoint} ended before it answered: .*ECONNREFUSED`),
  );
});
