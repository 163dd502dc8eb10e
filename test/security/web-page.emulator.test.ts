import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from "@aws-sdk/client-lambda";
import { CreateBucketCommand, PutBucketCorsCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { Browser, Page } from "playwright-core";
import { zip } from "../../cli/artifact/lambda/zip";
import { AwsCli } from "../aws-cli";
import { type Emulator, startEmulator } from "../emulator";
import { temporaryFolder } from "../temporary-folder";
import { BROWSER, startBrowser } from "./page/browser";
import { openPorts, statusOf } from "./page/ports";
import { type Attack, attacks, leavesFile } from "./page/requests";
import { listen, PAGE, pageServer, permissiveProxy, signature } from "./page/server";
import { type Keys, presigned, signedForm, signedPut } from "./page/signatures";

/** The set-up installs a browser where it may; without one these are skipped, but not in CI. */
const inBrowser = BROWSER !== undefined || process.env.CI === "true" ? test : test.skip;

const Role = "arn:aws:iam::123456789012:role/x";
let folder: string;
let emulator: Emulator;
let browser: Browser | undefined;
let pages: Server;
let proxy: Server;
let endpoint: string;
let port: string;
let pagePort: number;
let api: string;
let lambda: LambdaClient;
let all: readonly Attack[];

/** What the code of a page, or a function that a page calls, would write. */
let file: string;

/** A function with a runtime of its own: its runtime API is a port. */
const BOOTSTRAP = `#!/usr/bin/env node
(async () => {
  const base = "http://" + process.env.AWS_LAMBDA_RUNTIME_API + "/2018-06-01/runtime/invocation/";
  for (;;) {
    const next = await fetch(base + "next");
    const body = JSON.stringify({ heard: await next.json(), at: process.env.AWS_LAMBDA_RUNTIME_API });
    await fetch(base + next.headers.get("lambda-runtime-aws-request-id") + "/response", { method: "POST", body });
  }
})();`;

beforeAll(async () => {
  folder = temporaryFolder("page");
  file = join(folder, "ran");
  emulator = await startEmulator();
  endpoint = emulator.environment.AWS_ENDPOINT_URL ?? "";
  ({ port } = new URL(endpoint));
  pages = pageServer();
  pagePort = await listen(pages);
  proxy = permissiveProxy(endpoint);
  const credentials = { accessKeyId: "groundplan-local", secretAccessKey: "x" };
  const common = { endpoint, region: "us-east-1", credentials };
  lambda = new LambdaClient(common);
  const s3 = new S3Client({ ...common, forcePathStyle: true });
  for (const Bucket of ["victim", "open"]) await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutObjectCommand({ Bucket: "victim", Key: "secret.txt", Body: "the secret" }));
  const rule = {
    AllowedOrigins: [`http://app.example:${pagePort}`],
    AllowedMethods: ["GET", "PUT"],
    AllowedHeaders: ["*"],
  };
  await s3.send(new PutBucketCorsCommand({ Bucket: "open", CORSConfiguration: { CORSRules: [rule] } }));
  await makeFunction("victim", "nodejs22.x", leavesFile(file));
  const answer = `exports.handler = async () => ({ statusCode: 200, headers: { "content-type": "text/plain" }, body: "the API" });`;
  await makeFunction("answers", "nodejs22.x", zip({ "index.js": Buffer.from(answer) }).bytes);
  await makeFunction("own-runtime", "provided.al2023", zip({ bootstrap: Buffer.from(BOOTSTRAP) }).bytes);
  api = await makeApi();
  all = attacks(api, file);
  if (BROWSER !== undefined || process.env.CI === "true") browser = await startBrowser();
});

afterAll(async () => {
  await browser?.close();
  pages?.close();
  proxy?.close();
  await emulator?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function makeFunction(
  FunctionName: string,
  Runtime: "nodejs22.x" | "provided.al2023",
  ZipFile: Uint8Array,
) {
  const made = { FunctionName, Runtime, Role, Handler: "index.handler", Timeout: 60, Code: { ZipFile } };
  await lambda.send(new CreateFunctionCommand(made));
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 60 }, { FunctionName });
}

/** Asks the emulator as a program does, with a signature that is none. @returns the answer's text. */
async function ask(service: string, method: string, path: string, body?: object | string, target?: string) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const type = typeof body === "string" ? "x-www-form-urlencoded" : target ? "x-amz-json-1.1" : "json";
  const headers = {
    authorization: signature(service),
    "content-type": `application/${type}`,
    ...(target ? { "x-amz-target": target } : {}),
  };
  const init = { method, headers, ...(text === undefined ? {} : { body: text }) };
  const answer = await fetch(endpoint + path, init);
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.text();
}

/** An HTTP API with CORS for one page, and a domain of its own. @returns its id. */
async function makeApi(): Promise<string> {
  const make = async (path: string, body: object) => JSON.parse(await ask("apigateway", "POST", path, body));
  const corsConfiguration = {
    allowOrigins: [`http://app.example:${pagePort}`],
    allowMethods: ["GET", "POST"],
    allowHeaders: ["content-type"],
  };
  const { apiId } = await make("/v2/apis", { name: "page", protocolType: "HTTP", corsConfiguration });
  const { integrationId } = await make(`/v2/apis/${apiId}/integrations`, {
    integrationType: "AWS_PROXY",
    integrationUri: "arn:aws:lambda:us-east-1:123456789012:function:answers",
    payloadFormatVersion: "2.0",
  });
  await make(`/v2/apis/${apiId}/routes`, { routeKey: "$default", target: `integrations/${integrationId}` });
  await make(`/v2/apis/${apiId}/stages`, { stageName: "$default", autoDeploy: true });
  await make("/v2/domainnames", { domainName: "api.example.com", domainNameConfigurations: [{}] });
  await make("/v2/domainnames/api.example.com/apimappings", { apiId, stage: "$default" });
  return apiId;
}

/** What a page could change. */
async function state() {
  const names = (text: string, name: RegExp) => [...text.matchAll(name)].map(([, found]) => found).sort();
  const describe = "Action=DescribeVpcs&Version=2016-11-15";
  return {
    buckets: names(await ask("s3", "GET", "/"), /<Name>([^<]*)/g),
    objects: names(await ask("s3", "GET", "/victim"), /<Key>([^<]*)/g),
    functions: names(await ask("lambda", "GET", "/2015-03-31/functions/"), /"FunctionName": ?"([^"]*)/g),
    vpcs: names(await ask("ec2", "POST", "/", describe), /<vpcId>([^<]*)/g),
    parameters: names(
      await ask("ssm", "POST", "/", {}, "AmazonSSM.DescribeParameters"),
      /"Name": ?"([^"]*)/g,
    ),
    ran: existsSync(file),
  };
}

/** Statuses that the gateway has answered with since a time; the log has them once it has a request that comes after them. */
async function answersSince(begun: string): Promise<readonly number[]> {
  const last = `/last-${randomUUID()}`;
  await fetch(endpoint + last, { headers: { authorization: signature("s3") } });
  for (;;) {
    const log = readFileSync(join(emulator.stateDirectory, "gateway.log"), "utf8");
    const lines = log.split("\n").filter((line) => line !== "");
    const end = lines.findIndex((line) => line.includes(last));
    if (end < 0) await sleep(50);
    else
      return lines
        .slice(0, end)
        .map((line) => JSON.parse(line))
        .filter(({ time }) => time > begun)
        .map(({ status }) => status);
  }
}

async function open(url: string): Promise<Page> {
  if (!browser) throw new Error("no browser: node tools/setup.mjs --tests says why");
  const page = await browser.newPage();
  page.setDefaultTimeout(300_000);
  await page.goto(url);
  return page;
}

/** A page that comes from an address where something else answers: as a rebound name did, or an object with HTML. */
async function openAt(url: string): Promise<Page> {
  if (!browser) throw new Error("no browser: node tools/setup.mjs --tests says why");
  const page = await browser.newPage();
  page.setDefaultTimeout(300_000);
  await page.route(url, (route) => route.fulfill({ contentType: "text/html", body: PAGE }));
  await page.goto(url);
  return page;
}

const tryAll = (page: Page, base: string, requests: readonly Attack[]) =>
  page.evaluate<readonly string[]>(`attack(${JSON.stringify(base)}, ${JSON.stringify(requests)})`);

const ORIGINS: readonly (readonly [string, () => Promise<Page>, () => string])[] = [
  ["of another site", () => open(`http://page.example:${pagePort}/`), () => endpoint],
  ["without an origin", () => open(`http://page.example:${pagePort}/sandboxed`), () => endpoint],
  ["of another port of this machine", () => open(`http://127.0.0.1:${pagePort}/`), () => endpoint],
  [
    "whose name was led here by DNS",
    () => openAt(`http://rebound.example:${port}/page`),
    () => `http://rebound.example:${port}`,
  ],
  ["that an API has made", () => openAt(`http://${api}.execute-api.localhost:${port}/page`), () => endpoint],
  ["that lies in a bucket", () => openAt(`${endpoint}/open/page.html`), () => endpoint],
];

for (const [which, openPage, base] of ORIGINS) {
  inBrowser(`a page ${which} changes nothing and reads nothing`, async () => {
    // GIVEN
    const before = await state();
    const page = await openPage();
    const begun = new Date().toISOString();
    // WHEN
    const read = await tryAll(page, base(), all);
    // THEN
    await page.close();
    expect(
      read.filter((text) => !/AccessDenied|not for web pages|MissingAuthentication|"message":/.test(text)),
    ).toEqual([]);
    const statuses = await answersSince(begun);
    expect(statuses.length).toBeGreaterThan(all.length);
    expect(statuses.filter((status) => status !== 403)).toEqual([]);
    expect(await state()).toEqual(before);
  });
}

inBrowser("every port that is open refuses a page, the runtime API of a function too", async () => {
  // GIVEN
  const invoke = async () => {
    const sent = { FunctionName: "own-runtime", Payload: JSON.stringify("hello") };
    return JSON.parse((await lambda.send(new InvokeCommand(sent))).Payload?.transformToString() ?? "");
  };
  const { heard, at } = await invoke();
  expect(heard).toBe("hello");
  expect(openPorts(emulator.stateDirectory).sort()).toEqual([`127.0.0.1:${port}`, at].sort());
  // WHEN
  const runtime = (method: string, path: string): Attack => ({
    service: "lambda",
    method,
    path: `/2018-06-01/runtime/${path}`,
    ...(method === "POST" ? { body: "{}" } : {}),
  });
  const page = await open(`http://page.example:${pagePort}/`);
  const read = await tryAll(page, `http://${at}`, [
    runtime("GET", "invocation/next"),
    runtime("POST", "init/error"),
  ]);
  await page.close();
  // THEN
  expect(read).toEqual([]);
  expect(await invoke()).toEqual({ heard: "hello", at });
  // Planted fault: without the word of a page, the same path is answered.
  const status = (headers: Record<string, string>) => statusOf(`http://${at}/nothing`, headers);
  expect(await status({})).toBe(404);
  expect(await status({ origin: "null" })).toBe(403);
  expect(await status({ "sec-fetch-site": "cross-site" })).toBe(403);
  expect(await status({ host: "rebound.example" })).toBe(403);
});

inBrowser("a page that an API's CORS configuration names calls it, and another reads nothing", async () => {
  const addresses = [`http://${api}.execute-api.localhost:${port}/x`, `http://api.example.com:${port}/x`];
  const call = (page: Page, url: string) =>
    page.evaluate<string>(
      `fetch(${JSON.stringify(url)}, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" }).then((answer) => answer.text(), (error) => error.name)`,
    );
  const named = await open(`http://app.example:${pagePort}/`);
  const other = await open(`http://page.example:${pagePort}/`);
  for (const url of addresses) {
    expect(await call(named, url)).toBe("the API");
    expect(await call(other, url)).toBe("TypeError");
  }
  // The address of an API leads to nothing else, whatever the path and the signature.
  const before = await state();
  const worst = all.filter(({ method, path }) => method === "POST" && path !== "/");
  await tryAll(other, `http://${api}.execute-api.localhost:${port}`, worst);
  await tryAll(other, `http://api.example.com:${port}`, worst);
  expect(await state()).toEqual(before);
  for (const page of [named, other]) await page.close();
});

/** Sends a request as a script of a page does. @returns the answer's text, or the name of the error. */
const fetchIn = (page: Page, url: string, init: RequestInit & { headers?: Record<string, string> } = {}) =>
  page.evaluate<string>(
    `fetch(${JSON.stringify(url)}, ${JSON.stringify(init)}).then((answer) => answer.text(), (error) => error.name)`,
  );

inBrowser(
  "a page that a bucket's CORS configuration names reads and writes there, with a signature of a secret that STS gave",
  async () => {
    // GIVEN
    const keys = await assumeRole();
    const put = await signedPut(emulator.environment, keys, "open", "from a page.txt", "of the page");
    const get = await presigned(emulator.environment, keys, "s3://open/from a page.txt");
    const named = await open(`http://app.example:${pagePort}/`);
    const other = await open(`http://page.example:${pagePort}/`);
    // THEN
    expect(await fetchIn(other, put.url, put)).toBe("TypeError");
    expect(await fetchIn(other, get)).toBe("TypeError");
    await ask("s3", "DELETE", "/open/from%20a%20page.txt");
    expect(await fetchIn(named, get)).toContain("NoSuchKey");
    expect(await fetchIn(named, put.url, put)).toBe("");
    expect(await fetchIn(named, get)).toBe("of the page");
    // Planted fault beside it: what any page can sign.
    const url = `${endpoint}/open/from%20a%20page.txt`;
    for (const made of [{}, { authorization: signature("s3") }]) {
      const headers: Record<string, string> = { ...made };
      expect(await fetchIn(named, url, { method: "PUT", headers, body: "other" })).toContain("AccessDenied");
      expect(await fetchIn(named, url, { headers })).toContain("AccessDenied");
      expect(await fetchIn(named, url, { method: "DELETE", headers })).toBe("TypeError");
    }
    expect(await fetchIn(named, `${put.url}&policy`, put)).toBe("TypeError");
    expect(
      await fetchIn(named, await presigned(emulator.environment, {}, "s3://open/from a page.txt")),
    ).toContain("AccessDenied");
    expect(await ask("s3", "GET", "/open/from%20a%20page.txt")).toBe("of the page");
    for (const page of [named, other]) await page.close();
  },
);

inBrowser(
  "a bucket that is open to every page gives it what it gives anybody, and no other bucket",
  async () => {
    // GIVEN
    const s3 = new S3Client({
      endpoint,
      region: "us-east-1",
      forcePathStyle: true,
      credentials: { accessKeyId: "groundplan-local", secretAccessKey: "x" },
    });
    await s3.send(new CreateBucketCommand({ Bucket: "uploads" }));
    const rule = {
      AllowedOrigins: ["*"],
      AllowedMethods: ["GET", "PUT", "POST", "DELETE", "HEAD"],
      AllowedHeaders: ["*"],
    };
    await s3.send(new PutBucketCorsCommand({ Bucket: "uploads", CORSConfiguration: { CORSRules: [rule] } }));
    const statement = { Effect: "Allow", Principal: "*" };
    const policy = {
      Version: "2012-10-17",
      Statement: [
        { ...statement, Action: ["s3:GetObject", "s3:PutObject"], Resource: "arn:aws:s3:::uploads/public/*" },
      ],
    };
    await ask("s3", "PUT", "/uploads?policy", policy);
    await ask("s3", "PUT", "/uploads/own.txt", "its own");
    const written = await ask("s3", "GET", "/uploads?policy");
    const cli = new AwsCli(emulator.environment);
    const older = (await cli.succeed("s3", "presign", "s3://uploads/own.txt")).trim();
    const before = await state();
    const headers = { authorization: signature("s3") };
    const copy = { ...headers, "x-amz-copy-source": "/victim/secret.txt" };
    const of = (path: string) => `${endpoint}/uploads${path}`;
    const page = await open(`http://evil.example:${pagePort}/`);
    // THEN
    const answers = [
      await fetchIn(page, of("/x"), { method: "PUT", headers: copy }),
      await fetchIn(page, of("/public/x"), { method: "PUT", headers: copy }),
      await fetchIn(page, of("/public/x?x-amz-copy-source=/victim/secret.txt"), { method: "PUT", headers }),
      await fetchIn(page, of("/x"), { method: "PUT", headers, body: "x" }),
      await fetchIn(page, of("/x"), { headers }),
      await fetchIn(page, of("/own.txt"), { headers }),
      await fetchIn(page, of("/own.txt"), { method: "DELETE", headers }),
      await fetchIn(page, await presigned(emulator.environment, {}, "s3://uploads/own.txt")),
      await fetchIn(page, older),
      await fetchIn(page, of(""), { headers }),
      await fetchIn(page, of(""), { method: "DELETE", headers }),
      await fetchIn(page, of("?policy"), { method: "PUT", headers, body: JSON.stringify(policy) }),
      await fetchIn(page, of("?cors"), { headers }),
      await fetchIn(page, of(""), {
        method: "POST",
        ...signedForm(emulator.environment, "uploads", "form.txt"),
      }),
    ];
    expect(answers.filter((answer) => !/AccessDenied|^TypeError$/.test(answer))).toEqual([]);
    expect(await ask("s3", "GET", "/uploads")).not.toMatch(/<Key>(?!own)/);
    expect(await ask("s3", "GET", "/uploads?policy")).toBe(written);
    expect(await state()).toEqual(before);
    // What the bucket's policy gives to anybody, whatever the signature.
    expect(await fetchIn(page, of("/public/x"), { method: "PUT", headers, body: "for all" })).toBe("");
    expect(await fetchIn(page, of("/public/x"), { headers })).toBe("for all");
    expect(await fetchIn(page, of("/public/x"))).toBe("for all");
    await page.close();
    // Planted fault: of a program the same form and the same address are taken.
    expect(
      (await fetch(of(""), { method: "POST", ...signedForm(emulator.environment, "uploads", "form.txt") }))
        .status,
    ).toBe(204);
    expect(await (await fetch(older)).text()).toBe("its own");
  },
);

inBrowser("an image of a page does not end the local AWS", async () => {
  const page = await open(`http://page.example:${pagePort}/`);
  const show = (url: string) =>
    page.evaluate<string>(
      `new Promise((resolve) => Object.assign(new Image(), { onload: () => resolve("loaded"), onerror: () => resolve("refused"), src: ${JSON.stringify(url)} }))`,
    );
  for (const path of ["//[/?X-Amz-Credential=a", "/%?X-Amz-Credential=%", "//@:x/?X-Amz-Credential=a"]) {
    expect(await show(endpoint + path)).toBe("refused");
  }
  await page.close();
  expect((await state()).buckets).toContain("victim");
});

/** Credentials as a program has them from STS, as the variables of the AWS CLI. */
async function assumeRole(): Promise<Keys> {
  const asked = new URLSearchParams({
    Action: "AssumeRole",
    Version: "2011-06-15",
    RoleArn: Role,
    RoleSessionName: "x",
  });
  const answer = await ask("sts", "POST", "/", asked.toString());
  const text = (name: string) => new RegExp(`<${name}>([^<]*)`).exec(answer)?.[1] ?? "";
  return {
    AWS_ACCESS_KEY_ID: text("AccessKeyId"),
    AWS_SECRET_ACCESS_KEY: text("SecretAccessKey"),
    AWS_SESSION_TOKEN: text("SessionToken"),
  };
}

test("an address that the AWS CLI has presigned is all that a program needs", async () => {
  const cli = new AwsCli(emulator.environment);
  const url = (await cli.succeed("s3", "presign", "s3://victim/secret.txt")).trim();
  expect(await (await fetch(url)).text()).toBe("the secret");
  expect((await fetch(url.split("?", 1)[0] ?? "")).status).toBe(403);
});

test("the emulators' own paths empty nothing, whatever signature, escape or header a request has", async () => {
  const before = await state();
  const told = { "x-groundplan-target": "emulator", x_groundplan_target: "emulator" };
  for (const path of [
    "/_ministack/reset",
    "/%5Fministack/reset",
    "/moto-api/reset",
    "//moto-api/reset",
    "/_ministack/config",
  ]) {
    for (const service of ["s3", "lambda", "ec2", "iam", undefined]) {
      const headers = { ...told, ...(service ? { authorization: signature(service) } : {}) };
      const answer = await fetch(endpoint + path, { method: "POST", headers, body: "{}" });
      expect([path, service, answer.ok]).toEqual([path, service, false]);
    }
  }
  expect(await state()).toEqual(before);
});

test("without a signature a program gets what AWS gives without one, and nothing else", async () => {
  // GIVEN
  const policy = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::open/*" }],
  };
  await ask("s3", "PUT", "/open/public.txt", "for all");
  await ask("s3", "PUT", "/open?policy", policy);
  const form = (Action: string) => ({
    method: "POST",
    body: new URLSearchParams({
      Action,
      Version: "2011-06-15",
      RoleArn: Role,
      RoleSessionName: "x",
      WebIdentityToken: "token",
    }),
  });
  const target = (name: string) => ({ method: "POST", headers: { "x-amz-target": name }, body: "{}" });
  const status = async (path: string, init?: RequestInit) => (await fetch(endpoint + path, init)).status;
  // THEN
  expect(await (await fetch(`${endpoint}/open/public.txt`)).text()).toBe("for all");
  expect(await status("/", form("AssumeRoleWithWebIdentity"))).toBe(200);
  // A registry asks for its own token, which this is not: no signature is missing.
  expect(await status("/v2/", { headers: { authorization: "Basic QVdTOng=" } })).toBe(401);
  expect(await status(`/_aws/execute-api/${api}/$default/`)).toBe(200);
  // Planted fault beside each: what is to be signed.
  expect(await status("/victim/secret.txt")).toBe(403);
  expect(await status("/open/public.txt", { method: "PUT", body: "x" })).toBe(403);
  const copy = { method: "PUT", headers: { "x-amz-copy-source": "/victim/secret.txt" } };
  expect(await status("/open/copied.txt", copy)).toBe(403);
  expect(await status("/", form("GetCallerIdentity"))).toBe(403);
  expect(await status("/", form("AssumeRole"))).toBe(403);
  expect(await status("/", target("AmazonSSM.DescribeParameters"))).toBe(403);
  expect(await status("/v2/")).toBe(401);
  expect(await status("/2015-03-31/functions/")).toBe(403);
  expect(await status("/latest/meta-data/")).toBe(403);
  expect(await status("/_ministack/health")).toBe(403);
});

// The last, as it empties the emulator.
inBrowser(
  "planted fault: with nobody who looks at who asks, the same page reads and changes everything",
  async () => {
    const base = `http://127.0.0.1:${await listen(proxy)}`;
    const page = await open(`http://page.example:${pagePort}/`);
    const isControl = ({ path }: Attack) => path.startsWith("/_groundplan/");
    const read = await tryAll(
      page,
      base,
      all.filter((one) => !isControl(one)),
    );
    for (const part of [
      "GET /: [^]*<Name>victim",
      "GET /victim/secret.txt: the secret",
      "POST /2015.*made-by-a-page",
    ]) {
      expect(read.join("\n")).toMatch(new RegExp(part));
    }
    const { functions, objects, parameters, ran, vpcs } = await state();
    expect({ functions, objects, parameters, ran }).toEqual({
      functions: ["answers", "made-by-a-page", "own-runtime", "victim"],
      objects: ["planted.txt"],
      parameters: ["/planted"],
      ran: true,
    });
    expect(vpcs.length).toBeGreaterThan(1);
    await tryAll(
      page,
      base,
      all.filter(({ path }) => path === "/_groundplan/reset"),
    );
    await page.close();
    expect(await ask("s3", "GET", "/")).not.toContain("<Bucket>");
    expect(JSON.parse(await ask("lambda", "GET", "/2015-03-31/functions/"))).toMatchObject({ Functions: [] });
  },
);
