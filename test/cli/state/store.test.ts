import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Stack } from "../../../cli/project/project";
import type { LockInfo } from "../../../cli/state/lock-info";
import { StateStore } from "../../../cli/state/store";

const LOCK: LockInfo = {
  ID: "2f4c1a3e-0000-4000-8000-000000000000",
  Operation: "groundplan state restore",
  Info: "",
  Who: "ada@laptop",
  Version: "groundplan",
  Created: "2026-11-21T20:00:00Z",
  Path: "states/dev.tfstate",
};

const STACK: Stack = {
  name: "dev-app",
  folder: "/nowhere",
  dependencies: [],
  json: {
    terraform: {
      backend: {
        s3: {
          bucket: "states",
          key: "dev.tfstate",
          region: "us-east-1",
          dynamodb_table: "locks",
          use_lockfile: true,
        },
      },
    },
  },
};

let server: Server;
let files: Set<string>;

/** What the lock table answers to a PutItem, beside a bucket that takes everything. */
let table: { readonly status: number; readonly body: object };

const environment = { ...process.env };
beforeEach(async () => {
  files = new Set();
  server = createServer((request, response) => {
    const path = request.url?.split("?")[0] ?? "";
    request.resume().on("end", () => {
      if (request.method === "POST") {
        const asked = String(request.headers["x-amz-target"]).endsWith("PutItem");
        response.writeHead(asked ? table.status : 200, { "content-type": "application/x-amz-json-1.0" });
        response.end(JSON.stringify(asked ? table.body : {}));
        return;
      }
      if (request.method === "PUT") files.add(path);
      if (request.method === "DELETE") files.delete(path);
      response.writeHead(request.method === "GET" ? 404 : 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${port}`;
  process.env.AWS_ACCESS_KEY_ID = "test";
  process.env.AWS_SECRET_ACCESS_KEY = "test";
});
afterEach(async () => {
  process.env = { ...environment };
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test("a lock is held in both places", async () => {
  table = { status: 200, body: {} };
  await StateStore.of(STACK).takeLock(LOCK);
  expect([...files]).toEqual(["/states/dev.tfstate.tflock"]);
});

test.each(["ConditionalCheckFailedException", "ResourceNotFoundException", "AccessDeniedException"])(
  "no lock file stays when the table does not take the lock: %s",
  async (name) => {
    table = { status: 400, body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: "no" } };
    await expect(StateStore.of(STACK).takeLock(LOCK)).rejects.toThrow();
    expect([...files]).toEqual([]);
  },
);
