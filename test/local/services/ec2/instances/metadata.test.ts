import { rmSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { AwsCaller } from "../../../../../local/gateway/caller";
import type { ListedInstance } from "../../../../../local/services/ec2/instances/listed";
import { InstanceMetadata } from "../../../../../local/services/ec2/instances/metadata";
import { temporaryFolder } from "../../../../temporary-folder";
import { listed } from "./instance";

let folder: string;
let metadata: InstanceMetadata;
let instances: ListedInstance[];

beforeEach(() => {
  folder = temporaryFolder("imds");
  instances = [listed(), listed({ id: "i-2", address: "10.0.1.6" })];
  metadata = new InstanceMetadata((address) => {
    const instance = instances.find((one) => one.address === address);
    const caller = new AwsCaller(() => Promise.reject(new Error("nobody is asked")), {
      account: "123456789012",
      region: "us-east-1",
    });
    return instance && { instance, launchedAt: "2026-01-01T00:00:00Z", caller };
  });
  metadata.listen(join(folder, "imds"));
});

afterEach(() => {
  metadata.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Asks as an instance does: the bridge writes its address first. */
function ask(
  path: string,
  {
    method = "GET",
    headers = {},
    from = "10.0.1.5",
  }: { method?: string; headers?: object; from?: string } = {},
): Promise<{ status: number; text: string }> {
  const lines = Object.entries({ host: "169.254.169.254", connection: "close", ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return new Promise((resolve, reject) => {
    const socket = connect(join(folder, "imds"));
    let said = "";
    socket.on("data", (chunk) => {
      said += chunk;
    });
    socket.once("error", reject);
    socket.once("close", () => {
      const [top = "", ...rest] = said.split("\r\n\r\n");
      resolve({ status: Number(top.split(" ")[1]), text: rest.join("\r\n\r\n") });
    });
    socket.write(`${from}\n${method} ${path} HTTP/1.1\r\n${head}\r\n`);
  });
}

const TTL = "x-aws-ec2-metadata-token-ttl-seconds";

async function session(from = "10.0.1.5"): Promise<Record<string, string>> {
  const { text } = await ask("/latest/api/token", { method: "PUT", headers: { [TTL]: "60" }, from });
  return { "x-aws-ec2-metadata-token": text };
}

test("a session reads what the instance is told, under every version", async () => {
  const headers = await session();
  expect(await ask("/latest/meta-data/instance-id", { headers })).toEqual({
    status: 200,
    text: "i-0123456789abcdef0",
  });
  expect(await ask("/2021-03-23/meta-data/ami-id", { headers })).toEqual({ status: 200, text: "ami-1" });
  expect(await ask("/latest/user-data", { headers })).toEqual({ status: 200, text: "#!/bin/sh\n" });
  expect(await ask("/latest/meta-data/no-such", { headers })).toMatchObject({ status: 404 });
});

test("planted fault: without a session nothing is told where sessions are required", async () => {
  expect(await ask("/latest/meta-data/instance-id")).toMatchObject({ status: 401 });
  instances = [listed({ metadata: { ...listed().metadata, requiresToken: false } })];
  expect(await ask("/latest/meta-data/instance-id")).toMatchObject({ status: 200 });
});

test("planted fault: another instance's session, or a made-up one, counts for nothing", async () => {
  const headers = await session("10.0.1.6");
  expect(await ask("/latest/meta-data/instance-id", { headers })).toMatchObject({ status: 401 });
  expect(
    await ask("/latest/meta-data/instance-id", { headers: { "x-aws-ec2-metadata-token": "made-up" } }),
  ).toMatchObject({ status: 401 });
});

test.each([
  ["no time", {}, 400],
  ["a time that is too long", { [TTL]: "21601" }, 400],
  ["a proxy", { [TTL]: "60", "x-forwarded-for": "10.0.1.5" }, 403],
])("planted fault: a session with %s is refused", async (_, headers, status) => {
  expect(await ask("/latest/api/token", { method: "PUT", headers })).toMatchObject({ status });
});

test("planted fault: an address of no instance, and an instance whose service is off, are refused", async () => {
  expect(await ask("/latest/meta-data/", { from: "10.9.9.9" })).toMatchObject({ status: 403 });
  instances = [listed({ metadata: { ...listed().metadata, isEnabled: false } })];
  expect(await ask("/latest/meta-data/")).toMatchObject({ status: 403 });
});
