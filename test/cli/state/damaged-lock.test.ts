import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { refuseLocked } from "../../../cli/bootstrap/refusals";
import { s3State } from "../../../cli/project/backend";
import type { Stack } from "../../../cli/project/project";
import { type LockInfo, parseLockInfo, releaseCommand } from "../../../cli/state/lock-info";
import { locksOf } from "../../../cli/state/locks";
import { StateStore } from "../../../cli/state/store";

const LOCK: LockInfo = {
  ID: "2f4c1a3e-0000-4000-8000-000000000000",
  Operation: "OperationTypeApply",
  Info: "",
  Who: "ada@laptop",
  Version: "1.11.4",
  Created: "2026-11-21T20:00:00Z",
  Path: "states/dev.tfstate",
};

type Item = Readonly<Record<string, Readonly<Record<string, string>>>>;

let server: Server;

/** The lock table by DynamoDB's protocol: items by their ids, and the conditions that locks use. */
let table: Map<string, Item>;

const environment = { ...process.env };
beforeEach(async () => {
  table = new Map();
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request
      .on("data", (chunk: Buffer) => chunks.push(chunk))
      .on("end", () => {
        const asked = JSON.parse(Buffer.concat(chunks).toString());
        const operation = String(request.headers["x-amz-target"]).split(".")[1];
        const id = (asked.Key ?? asked.Item).LockID.S;
        const there = table.get(id);
        const reply = (status: number, body: object) =>
          response
            .writeHead(status, { "content-type": "application/x-amz-json-1.0" })
            .end(JSON.stringify(body));
        const same =
          asked.ConditionExpression === "Info = :info"
            ? JSON.stringify(there?.Info) === JSON.stringify(asked.ExpressionAttributeValues[":info"])
            : there !== undefined && there.Info === undefined;
        if (operation === "GetItem") reply(200, there ? { Item: there } : {});
        else if (operation === "PutItem" ? there : !same)
          reply(400, {
            __type: "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
            message: "no",
          });
        else {
          if (operation === "PutItem") table.set(id, asked.Item);
          else table.delete(id);
          reply(200, {});
        }
      });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.AWS_ACCESS_KEY_ID = "test";
  process.env.AWS_SECRET_ACCESS_KEY = "test";
});
afterEach(async () => {
  process.env = { ...environment };
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function stackOf(name: string): Stack {
  const s3 = { bucket: "states", key: `${name}.tfstate`, region: "us-east-1", dynamodb_table: "locks" };
  return { name, folder: "/nowhere", dependencies: [], json: { terraform: { backend: { s3 } } } };
}

function lock(name: string, info?: Readonly<Record<string, string>>): void {
  const id = `states/${name}.tfstate`;
  table.set(id, { LockID: { S: id }, ...(info ? { Info: info } : {}) });
}

/** What may stand in a lock, and what is wrong with it. */
const DAMAGED: readonly (readonly [string, Readonly<Record<string, string>> | undefined, string])[] = [
  ["no Info", undefined, "it does not say whose it is"],
  ["Info that is no text", { N: "7" }, "it does not say whose it is"],
  ["an empty text", { S: "" }, "it is empty"],
  ["no JSON", { S: "not json" }, "it is not JSON"],
  ["null", { S: "null" }, "must be object"],
  ["a number", { S: "7" }, "must be object"],
  ["a list", { S: "[]" }, "must be object"],
  ["no id", { S: "{}" }, "must have required property 'ID'"],
  ["an id that is a command", { S: JSON.stringify({ ...LOCK, ID: "$(id)" }) }, "/ID must match pattern"],
  ["an id that is an option", { S: JSON.stringify({ ...LOCK, ID: "--yes" }) }, "/ID must match pattern"],
  ["a time that is none", { S: JSON.stringify({ ...LOCK, Created: "x" }) }, "/Created must match pattern"],
  ["a holder that is no text", { S: JSON.stringify({ ...LOCK, Who: {} }) }, "/Who must be string"],
  ["100 KB", { S: JSON.stringify({ ...LOCK, Info: "a".repeat(100_000) }) }, "more than 65536 bytes"],
];

test.each(DAMAGED)("a lock with %s is held, hides no other, and is released alone", async (_, info, why) => {
  // GIVEN
  lock("dev-damaged", info);
  lock("dev-held", { S: JSON.stringify(LOCK) });
  const stacks = ["dev-damaged", "dev-held", "dev-free"].map(stackOf);
  const [damaged] = stacks as [Stack];
  // THEN
  const locks = await locksOf(stacks);
  expect(locks.held).toEqual([{ stack: "dev-held", ...LOCK }]);
  expect(locks.damaged).toEqual([
    {
      stack: "dev-damaged",
      damaged: expect.stringContaining(why),
      at: "item states/dev-damaged.tfstate of table locks",
    },
  ]);
  expect(locks).toMatchObject({ looked: 3, unseen: [] });
  await expect(StateStore.of(damaged).refuseLocks()).rejects.toThrow(
    /its lock is damaged: [\s\S]*npx groundplan state unlock dev-damaged --damaged$/,
  );
  const state = s3State(damaged);
  if (!state) throw new Error("it is in S3");
  const target = { stack: damaged, state, bucketAddress: "", tableAddress: undefined };
  await expect(refuseLocked(target)).rejects.toThrow(/npx groundplan state unlock dev-damaged --damaged$/);
  // WHEN
  const store = StateStore.of(damaged);
  expect(await store.releaseLocks(({ info: found }) => found?.ID === LOCK.ID)).toBe(false);
  expect(await store.releaseLocks(({ damage }) => damage !== undefined)).toBe(true);
  // THEN
  expect([...table.keys()]).toEqual(["states/dev-held.tfstate"]);
});

test("a lock that has taken the place of a damaged one meanwhile stays", async () => {
  lock("dev-net", { S: "not json" });
  const [found] = await StateStore.of(stackOf("dev-net")).locks();
  lock("dev-net", { S: JSON.stringify(LOCK) });

  expect(await found?.release()).toBe(false);
  expect(table.size).toBe(1);
});

test("a held lock is named with the command that releases it, which is one word for each argument", async () => {
  lock("dev-net", { S: JSON.stringify(LOCK) });

  await expect(StateStore.of(stackOf("dev-net")).refuseLocks()).rejects.toThrow(
    `locked by ada@laptop since ${LOCK.Created} (OperationTypeApply)\n  at states/dev-net.tfstate\n  wait until that run has ended; if it has died, release its lock:\n  npx groundplan state unlock dev-net ${LOCK.ID}`,
  );
  expect(releaseCommand("it's $(here)", { info: LOCK })).toBe(
    `npx groundplan state unlock 'it'\\''s $(here)' ${LOCK.ID}`,
  );
});

test("a byte that is no UTF-8 makes no other lock of it: Terraform reads it too", () => {
  const text = Buffer.from(JSON.stringify({ ...LOCK, Who: "ada@?" }));
  text[text.indexOf("?")] = 0xff;

  expect(parseLockInfo(text).info).toEqual({ ...LOCK, Who: "ada@\ufffd" });
  expect(parseLockInfo(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), text])).damage).toContain(
    "byte order mark",
  );
});
