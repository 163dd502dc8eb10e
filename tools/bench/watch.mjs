// How long a save takes until its code answers on the local AWS: groundplan artifact watch.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const require = createRequire(join(ROOT, "cli", "package.json"));

/** The function, its alias, and where they are. */
const [NAME, ALIAS, REGION] = ["bench-dev-api", "live", "us-east-1"];

/** Milliseconds after which a save has come to nothing. */
const LIMIT = 60_000;

/** What a stack says of the function; no Terraform is run. */
const STACK = {
  provider: { aws: [{ region: REGION }] },
  output: {
    artifact_bucket: { value: "bench" },
    deployables: {
      value: [
        {
          kind: "lambda",
          environment: "dev",
          service: "api",
          pin: "/bench/dev/api/artifact",
          contract: "/bench/dev/api",
          region: REGION,
          functionName: NAME,
          alias: ALIAS,
          addresses: { function: "aws_lambda_function.f", alias: "aws_lambda_alias.a", canaryAlarms: [] },
        },
      ],
    },
  },
};

/** @typedef {{ figure: string; measured: string; target: string; met: boolean }} Row */

/**
 * Saves a source of the repository's own service some times, and asks the function until its new code answers.
 *
 * @param {Row[]} rows
 * @param {number} runs
 * @param {string} work - folder for all that it writes.
 */
export async function watches(rows, runs, work) {
  const { down, environment, up } = require("@groundplan/local");
  const stateDirectory = join(work, "watched-aws");
  const path = join(work, "watched");
  const source = makeProject(path);
  try {
    const variables = environment(await up({ port: 0, stateDirectory, persist: false }));
    const lambda = await makeFunction(variables);
    const env = { ...process.env, ...variables, CI: "1", FORCE_COLOR: "0" };
    const bin = join(ROOT, "cli", "bin", "groundplan.js");
    const args = [bin, "artifact", "watch", "dev", "--service", "api", "--no-logs"];
    const watch = spawn(process.execPath, args, { cwd: path, env, stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    for (const stream of [watch.stdout, watch.stderr])
      stream.on("data", (chunk) => {
        printed += chunk;
      });
    try {
      await until(
        () => printed.includes("watching;"),
        watch,
        () => printed,
      );
      /** @type {number[]} */
      const seconds = [];
      for (let run = 0; run < runs; run += 1) {
        process.stderr.write(
          `\rsave while groundplan artifact watch runs, run ${run + 1} of ${runs}`.padEnd(70),
        );
        const status = `saved ${run}`;
        const begun = performance.now();
        writeFileSync(source.file, source.text.replace(/status: "ok"/, `status: "${status}"`));
        await until(
          async () => (await lambda.health()) === status,
          watch,
          () => printed,
        );
        seconds.push((performance.now() - begun) / 1000);
        // The types of the last save are checked meanwhile, as they are while somebody types.
      }
      const median = [...seconds].sort((a, b) => a - b)[Math.floor(seconds.length / 2)] ?? 0;
      rows.push({
        figure: "groundplan artifact watch: from a save to its answer on the local AWS",
        measured: `${median.toFixed(2)} s (${seconds.map((each) => each.toFixed(1)).join(", ")})`,
        target: "< 2 s",
        met: median < 2,
      });
    } finally {
      watch.kill("SIGINT");
      if (watch.exitCode === null) await once(watch, "exit");
    }
  } finally {
    await down({ stateDirectory });
  }
  process.stderr.write(`${"\r".padEnd(71)}\r`);
}

/**
 * A project with the repository's service.
 *
 * @param {string} path
 */
function makeProject(path) {
  const stack = join(path, "cdktf.out", "stacks", "dev-api");
  mkdirSync(stack, { recursive: true });
  writeFileSync(join(path, "cdktf.json"), JSON.stringify({ language: "typescript", app: "true" }));
  writeFileSync(join(stack, "cdk.tf.json"), JSON.stringify(STACK));
  const synthesizedStackPath = "stacks/dev-api/cdk.tf.json";
  const about = { name: "dev-api", constructPath: "dev-api", workingDirectory: "stacks/dev-api" };
  const stacks = { "dev-api": { ...about, synthesizedStackPath, annotations: [], dependencies: [] } };
  writeFileSync(join(path, "cdktf.out", "manifest.json"), JSON.stringify({ version: "0.21.0", stacks }));
  for (const name of ["node_modules", "tsconfig.base.json"]) symlinkSync(join(ROOT, name), join(path, name));
  const service = join(path, "services", "api");
  cpSync(join(ROOT, "services", "api"), service, {
    recursive: true,
    filter: (from) => !/api\/(?:dist|tsconfig\.tsbuildinfo)/.test(from),
  });
  const file = join(service, "src", "routes.ts");
  const text = readFileSync(file, "utf8");
  if (!text.includes('status: "ok"')) throw new Error(`${file} does not answer a status`);
  return { file, text };
}

/**
 * The function that is watched, with code of no use yet.
 *
 * @param {Record<string, string>} variables
 */
async function makeFunction({ AWS_ENDPOINT_URL: endpoint = "" }) {
  const { CreateAliasCommand, CreateFunctionCommand, InvokeCommand, LambdaClient } =
    require("@aws-sdk/client-lambda");
  const { zipSync } = require("fflate");
  const credentials = { accessKeyId: "123456789012", secretAccessKey: "any" };
  const client = new LambdaClient({ endpoint, region: REGION, credentials });
  const ZipFile = zipSync({ "index.js": Buffer.from("exports.handler = async () => ({});") });
  const { Version: FunctionVersion } = await client.send(
    new CreateFunctionCommand({
      FunctionName: NAME,
      Role: "arn:aws:iam::123456789012:role/bench",
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Code: { ZipFile },
      Publish: true,
    }),
  );
  await client.send(new CreateAliasCommand({ FunctionName: NAME, Name: ALIAS, FunctionVersion }));
  const event = { rawPath: "/health", requestContext: { http: { method: "GET" } } };
  const ask = new InvokeCommand({
    FunctionName: NAME,
    Qualifier: ALIAS,
    Payload: Buffer.from(JSON.stringify(event)),
  });
  return {
    /** @returns {Promise<string | undefined>} */
    async health() {
      const { Payload } = await client.send(ask);
      const { body = "{}" } = JSON.parse(Buffer.from(Payload ?? []).toString());
      return JSON.parse(body).status;
    },
  };
}

/**
 * Waits for something, and not for longer than the watch runs.
 *
 * @param {() => boolean | Promise<boolean>} holds
 * @param {import("node:child_process").ChildProcess} watch
 * @param {() => string} printed
 */
async function until(holds, watch, printed) {
  const end = performance.now() + LIMIT;
  while (!(await holds())) {
    if (watch.exitCode !== null || performance.now() > end)
      throw new Error(`groundplan artifact watch came to nothing\n${printed()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
