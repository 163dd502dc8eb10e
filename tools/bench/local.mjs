// What the local AWS costs: its start, its memory, its gateway, and a snapshot.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const require = createRequire(join(ROOT, "cli", "package.json"));

/** Requests of one measurement, and how many are under way at once. */
const [REQUESTS, AT_ONCE] = [400, 4];

/** Requests before those that are measured: a gateway that has run for a moment is compiled. */
const WARM_UP = 2000;

/** Requests that each emulator answers from what it holds, as Terraform's refresh does. */
const ASKED = {
  moto: {
    service: "ssm",
    headers: { "x-amz-target": "AmazonSSM.GetParameter", "content-type": "application/x-amz-json-1.1" },
    body: JSON.stringify({ Name: "/bench" }),
  },
  ministack: {
    service: "dynamodb",
    headers: { "x-amz-target": "DynamoDB_20120810.GetItem", "content-type": "application/x-amz-json-1.0" },
    body: JSON.stringify({ TableName: "bench", Key: { id: { S: "one" } } }),
  },
};

/** @typedef {{ figure: string; measured: string; target: string; met: boolean }} Row */
/** @typedef {keyof typeof ASKED} Name */

/**
 * @param {Row[]} rows
 * @param {number} runs
 * @param {string} work - folder for all that it writes.
 */
export async function localAws(rows, runs, work) {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
  const { down, up } = require("@groundplan/local");
  const stateDirectory = join(work, "local-aws");
  /** @type {number[]} */
  const starts = [];
  for (let run = 0; run < runs; run += 1) {
    process.stderr.write(`\rstart of the local AWS, run ${run + 1} of ${runs}`.padEnd(70));
    const begun = performance.now();
    await up({ port: 0, stateDirectory });
    starts.push((performance.now() - begun) / 1000);
    if (run < runs - 1) await down({ stateDirectory });
  }
  try {
    const seconds = median(starts);
    rows.push({
      figure: "start of groundplan local up",
      measured: `${seconds.toFixed(2)} s`,
      target: "< 3 s",
      met: seconds < 3,
    });
    const running = await up({ port: 0, stateDirectory });
    const pids = [running.pid, ...running.emulators.map((/** @type {{ pid: number }} */ { pid }) => pid)];
    const megabytes = pids.map(residentMegabytes);
    const sum = megabytes.reduce((all, one) => all + one, 0);
    rows.push({
      figure: "memory of the local AWS, idle: gateway, moto, MiniStack",
      measured: `${sum.toFixed(0)} MB (${megabytes.map((one) => one.toFixed(0)).join(", ")})`,
      target: "< 600 MB",
      met: sum < 600,
    });
    rows.push(...(await gateway(running, stateDirectory, runs)));
    rows.push(await snapshot(stateDirectory, runs));
  } finally {
    await down({ stateDirectory });
  }
  process.stderr.write(`${"\r".padEnd(71)}\r`);
}

/**
 * Requests a second through the gateway against the emulator alone, in turns.
 *
 * @param {{ port: number }} running
 * @param {string} stateDirectory
 * @param {number} runs
 * @returns {Promise<Row[]>}
 */
async function gateway({ port }, stateDirectory, runs) {
  const folder =
    readdirSync(stateDirectory).filter(
      (name) => readdirOr(join(stateDirectory, name)).includes("moto") && name.startsWith("sockets-"),
    )[0] ?? "";
  const create = (/** @type {string} */ service, /** @type {string} */ target, /** @type {object} */ input) =>
    send(
      { port },
      service,
      { "x-amz-target": target, "content-type": "application/x-amz-json-1.0" },
      JSON.stringify(input),
    );
  await create("ssm", "AmazonSSM.PutParameter", { Name: "/bench", Type: "String", Value: "one" });
  await create("dynamodb", "DynamoDB_20120810.CreateTable", {
    TableName: "bench",
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
  });
  await create("dynamodb", "DynamoDB_20120810.PutItem", { TableName: "bench", Item: { id: { S: "one" } } });
  /** @type {Row[]} */
  const rows = [];
  for (const name of /** @type {Name[]} */ (Object.keys(ASKED))) {
    /** @type {{ through: number[]; alone: number[] }} */
    const rates = { through: [], alone: [] };
    process.stderr.write(`\rrequests to ${name}, warm-up`.padEnd(70));
    await rate({ port }, name, WARM_UP);
    for (let run = 0; run < runs; run += 1) {
      process.stderr.write(`\rrequests to ${name}, run ${run + 1} of ${runs}`.padEnd(70));
      rates.through.push(await rate({ port }, name));
      rates.alone.push(await rate({ socketPath: join(stateDirectory, folder, name) }, name));
    }
    const [through, alone] = [median(rates.through), median(rates.alone)];
    rows.push({
      figure: `requests a second through the gateway / to ${name} alone`,
      measured: `${(through / alone).toFixed(2)} x (${through.toFixed(0)} / ${alone.toFixed(0)})`,
      target: ">= 0.9 x",
      met: through / alone >= 0.9,
    });
  }
  return rows;
}

/**
 * Requests a second.
 *
 * @param {{ port: number } | { socketPath: string }} to
 * @param {Name} name
 */
async function rate(to, name, count = REQUESTS) {
  const { service, headers, body } = ASKED[name];
  let left = count;
  const client = async () => {
    while (left-- > 0) await send(to, service, headers, body);
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  return count / ((performance.now() - begun) / 1000);
}

const kept = new Agent({ keepAlive: true });

/**
 * Sends a request as the AWS provider does, and as the gateway asks an emulator: connections are kept.
 *
 * @param {{ port: number } | { socketPath: string }} to
 * @param {string} service
 * @param {Record<string, string>} headers
 * @param {string} body
 * @returns {Promise<void>}
 */
function send(to, service, headers, body) {
  const authorization = `AWS4-HMAC-SHA256 Credential=123456789012/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  const options = {
    ...to,
    host: "127.0.0.1",
    method: "POST",
    path: "/",
    agent: kept,
    headers: { ...headers, authorization, host: "127.0.0.1", "content-length": Buffer.byteLength(body) },
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(options, (response) => {
      const { statusCode = 0 } = response;
      response.resume().once("end", () => {
        if (statusCode < 300) resolve();
        else reject(new Error(`${service} has answered ${statusCode}`));
      });
    });
    outgoing.once("error", reject).end(body);
  });
}

/**
 * How long a snapshot takes to load into the emulator that runs.
 *
 * @param {string} stateDirectory
 * @param {number} runs
 * @returns {Promise<Row>}
 */
async function snapshot(stateDirectory, runs) {
  const { loadSnapshot, saveSnapshot } = require("@groundplan/local");
  const { bytes } = await saveSnapshot("bench", { stateDirectory });
  /** @type {number[]} */
  const loads = [];
  for (let run = 0; run < runs; run += 1) {
    process.stderr.write(`\rload of a snapshot, run ${run + 1} of ${runs}`.padEnd(70));
    const begun = performance.now();
    await loadSnapshot("bench", { stateDirectory });
    loads.push((performance.now() - begun) / 1000);
  }
  const seconds = median(loads);
  return {
    figure: `groundplan local load of a snapshot of ${(bytes / 2 ** 20).toFixed(0)} MB`,
    measured: `${seconds.toFixed(2)} s`,
    target: "< 2 s",
    met: seconds < 2,
  };
}

/** @param {number} pid */
function residentMegabytes(pid) {
  if (process.platform === "linux") {
    const [, kilobytes = "0"] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kilobytes) / 1024;
  }
  return Number(spawnSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" }).stdout) / 1024;
}

/** @param {string} folder */
function readdirOr(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
