import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { within } from "../../../cli/process/deadline";

test("who takes a request and never answers is given up, whatever the garbage collector takes", async () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const collecting = setInterval(collect, 20);
  const asked = within(
    300,
    (signal) =>
      new Promise<void>((_, reject) => {
        request({ port, host: "127.0.0.1", signal }).on("error", reject).end();
      }),
  );
  await expect(asked).rejects.toMatchObject({
    name: "AbortError",
    cause: expect.objectContaining({ name: "TimeoutError", message: "no answer within 0.3 s" }),
  });
  clearInterval(collecting);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
