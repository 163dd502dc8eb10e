import { request } from "node:http";
import {
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from "@aws-sdk/client-lambda";
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { zip } from "../../cli/artifact/lambda/zip";
import { SERVICES } from "../../local/services";
import { builtLocal } from "../built-local";
import { type Emulator, startEmulator } from "../emulator";
import { type Ask, KEPT, type Kept, sendAs } from "./kept-apart";

const OWNER = "111111111111";
const READER = "222222222222";
const STRANGER = "333333333333";
const BUCKET = "shared";
const KEY = "shared/code.zip";
const ARN = `arn:aws:s3:::${BUCKET}`;

let emulator: Emulator;
let endpoint: string;
let version: string | undefined;

/** What a client of the SDK takes; an access key of 12 digits is the account. */
function client(accessKeyId: string, secretAccessKey = "any", sessionToken?: string) {
  const credentials = {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  };
  return { endpoint, region: "us-east-1", forcePathStyle: true, maxAttempts: 1, credentials };
}

const s3 = (account: string) => new S3Client(client(account));

beforeAll(async () => {
  emulator = await startEmulator({ persist: true });
  endpoint = emulator.environment.AWS_ENDPOINT_URL ?? "";
  const owner = s3(OWNER);
  await owner.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const VersioningConfiguration = { Status: "Enabled" as const };
  await owner.send(new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration }));
  const Body = zip({ "index.js": Buffer.from('exports.handler = async () => "shared";') }).bytes;
  version = (await owner.send(new PutObjectCommand({ Bucket: BUCKET, Key: KEY, Body }))).VersionId;
});

afterAll(async () => emulator?.stop());

/** Lets a principal read what is shared, over TLS only, as the artifact bucket does. */
async function share(principal: string): Promise<void> {
  const tls = { "aws:SecureTransport": "false" };
  const Statement = [
    { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: [ARN, `${ARN}/*`], Condition: { Bool: tls } },
    {
      Effect: "Allow",
      Principal: { AWS: principal },
      Action: ["s3:GetObject", "s3:GetObjectVersion"],
      Resource: `${ARN}/shared/*`,
    },
    { Effect: "Allow", Principal: { AWS: principal }, Action: "s3:ListBucket", Resource: ARN },
  ];
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
  await s3(OWNER).send(new PutBucketPolicyCommand({ Bucket: BUCKET, Policy }));
}

/** The name of the error with which a request is refused; `ok` when it is carried out. */
async function answer(request: Promise<unknown>): Promise<string> {
  try {
    await request;
    return "ok";
  } catch (error) {
    const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
    // HEAD has no body that names it.
    return name === "Unknown" ? String($metadata?.httpStatusCode) : name;
  }
}

/** What some requests for what is shared come to. */
async function requests(reader: S3Client): Promise<Readonly<Record<string, string>>> {
  const at = { Bucket: BUCKET, Key: KEY };
  return {
    get: await answer(reader.send(new GetObjectCommand(at))),
    version: await answer(reader.send(new HeadObjectCommand({ ...at, VersionId: version }))),
    missing: await answer(reader.send(new GetObjectCommand({ ...at, Key: "shared/none" }))),
    private: await answer(reader.send(new GetObjectCommand({ ...at, Key: "private/none" }))),
    list: await answer(reader.send(new ListObjectsV2Command({ Bucket: BUCKET }))),
    put: await answer(reader.send(new PutObjectCommand({ ...at, Body: "mine" }))),
  };
}

const REFUSED = {
  get: "AccessDenied",
  version: "403",
  missing: "AccessDenied",
  private: "AccessDenied",
  list: "AccessDenied",
  put: "AccessDenied",
};
const READ = { ...REFUSED, get: "ok", version: "ok", missing: "NoSuchKey", list: "ok" };

/** S3 as a role of an account. */
async function asRole(account: string, role: string): Promise<S3Client> {
  const RoleArn = `arn:aws:iam::${account}:role/${role}`;
  const assume = new AssumeRoleCommand({ RoleArn, RoleSessionName: "test" });
  const { Credentials = {} } = await new STSClient(client(account)).send(assume);
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = Credentials as Record<string, string>;
  return new S3Client(client(AccessKeyId, SecretAccessKey, SessionToken));
}

describe("a bucket's policy", () => {
  test("lets another account read what it names and nothing else, and no third account anything", async () => {
    expect(await requests(s3(READER))).toEqual(REFUSED);
    await share(`arn:aws:iam::${READER}:root`);
    expect(await requests(s3(READER))).toEqual(READ);
    expect(await requests(await asRole(READER, "any"))).toEqual(READ);
    expect(await requests(s3(STRANGER))).toEqual(REFUSED);
  });

  test("that names a role lets in that role alone", async () => {
    await share(`arn:aws:iam::${READER}:role/reader`);
    expect(await requests(await asRole(READER, "reader"))).toEqual(READ);
    expect(await requests(await asRole(READER, "other"))).toEqual(REFUSED);
    expect(await requests(s3(READER))).toEqual(REFUSED);
  });

  test("lets a function of that account have its code there, and refuses one of another", async () => {
    await share(`arn:aws:iam::${READER}:root`);
    const Code = { S3Bucket: BUCKET, S3Key: KEY, S3ObjectVersion: version };
    const create = (account: string) => {
      const common = { FunctionName: "shared", Handler: "index.handler", Runtime: "nodejs22.x" as const };
      const Role = `arn:aws:iam::${account}:role/shared`;
      return new LambdaClient(client(account)).send(new CreateFunctionCommand({ ...common, Role, Code }));
    };
    expect(await answer(create(STRANGER))).toBe("InvalidParameterValueException");
    await create(READER);
    const lambda = new LambdaClient(client(READER));
    await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 60 }, { FunctionName: "shared" });
    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: "shared" }));
    expect(Payload?.transformToString()).toBe('"shared"');
  });
});

describe("accounts and Regions", () => {
  const here = { account: OWNER, region: "us-east-1" };

  /** What was made, and how it is listed. */
  const made = new Map<Kept, string>();

  test.each(KEPT)("keep a $what of $service apart by $scope", async (kept) => {
    const { service, scope, make, list, seenAs } = kept;
    const name = `apart-${KEPT.indexOf(kept)}`;
    const ask: Ask = (other, request) => sendAs(endpoint, here, other, request);
    const { text } = await ask(service, await make(name, ask));
    const seen = seenAs?.exec(text)?.[1] ?? name;
    made.set(kept, seen);
    const isSeen = async (place: typeof here) =>
      (await sendAs(endpoint, place, service, list)).text.includes(seen);
    expect({
      there: await isSeen(here),
      "in another Region": await isSeen({ ...here, region: "eu-west-1" }),
      "in another account": await isSeen({ ...here, account: READER }),
    }).toEqual({ there: true, "in another Region": scope === "account", "in another account": false });
  });

  test("keep all of it over an emptying, a snapshot that is loaded, and a restart", async () => {
    const { stateDirectory } = emulator;
    const running = JSON.stringify({ stateDirectory });
    await builtLocal(`local.saveSnapshot("all", ${running})`);
    await builtLocal(`local.reset(${running})`);
    expect(await missing()).toHaveLength(made.size);
    await builtLocal(`local.loadSnapshot("all", ${running})`);
    expect(await missing()).toEqual([]);
    await builtLocal(`local.down(${running})`);
    // At the same port, which the tests below ask.
    await builtLocal(`local.up(${JSON.stringify({ stateDirectory, port: Number(new URL(endpoint).port) })})`);
    expect(await missing()).toEqual([]);

    async function missing(): Promise<readonly string[]> {
      const lists = [...made].map(async ([{ service, what, list }, seen]) =>
        (await sendAs(endpoint, here, service, list)).text.includes(seen) ? [] : [`${service}: ${what}`],
      );
      return (await Promise.all(lists)).flat();
    }
  });

  test("every service that keeps something is among them", () => {
    // Credentials of STS are of no Region; the last two are names of what S3 and API Gateway serve.
    const stateless = ["sts", "s3express", "execute-api", "servicequotas"];
    const names = SERVICES.map(({ name }) => name).filter((name) => !stateless.includes(name));
    expect([...new Set(KEPT.map(({ service }) => service))].sort()).toEqual([...names].sort());
  });
});

describe("an API of another account than the emulator's", () => {
  /** Makes an HTTP API in an account, which answers with the account's number. */
  async function createApi(account: string, FunctionName: string): Promise<string> {
    const common = { FunctionName, Handler: "index.handler", Runtime: "nodejs22.x" as const };
    const lambda = new LambdaClient(client(account));
    const ZipFile = zip({ "index.js": Buffer.from(`exports.handler = async () => "${account}";`) }).bytes;
    const Role = `arn:aws:iam::${account}:role/${FunctionName}`;
    const { FunctionArn } = await lambda.send(
      new CreateFunctionCommand({ ...common, Role, Code: { ZipFile } }),
    );
    await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 60 }, { FunctionName });
    const authorization = `AWS4-HMAC-SHA256 Credential=${account}/20260101/us-east-1/apigateway/aws4_request, SignedHeaders=host, Signature=0`;
    const post = async (path: string, body: object) => {
      const options = { method: "POST", headers: { authorization }, body: JSON.stringify(body) };
      return (await (await fetch(`${endpoint}/v2/apis${path}`, options)).json()) as Record<string, string>;
    };
    const { apiId, apiEndpoint = "" } = await post("", { name: FunctionName, protocolType: "HTTP" });
    const integrationType = "AWS_PROXY";
    const integration = { integrationType, integrationUri: FunctionArn, payloadFormatVersion: "2.0" };
    const { integrationId } = await post(`/${apiId}/integrations`, integration);
    await post(`/${apiId}/routes`, { routeKey: "$default", target: `integrations/${integrationId}` });
    await post(`/${apiId}/stages`, { stageName: "$default", autoDeploy: true });
    return apiEndpoint;
  }

  /** Calls an API without a signature, as a browser does: by the gateway as a proxy, which needs no name of the host. */
  function call(url: string): Promise<string> {
    const { port } = new URL(endpoint);
    return new Promise((resolve, reject) => {
      const outgoing = request({ host: "127.0.0.1", port, path: url }, (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => {
          text += chunk.toString();
        });
        response.on("end", () => resolve(`${response.statusCode} ${text}`));
      });
      outgoing.once("error", reject).end();
    });
  }

  test("answers at its own address, as one of the emulator's does, and one that is not there does not", async () => {
    const theirs = await createApi(READER, "theirs");
    const ours = await createApi("123456789012", "ours");
    expect(await call(`${theirs}/`)).toBe(`200 ${READER}`);
    expect(await call(`${ours}/`)).toBe("200 123456789012");
    expect(await call(`${theirs.replace(/\/\/[a-z0-9]+/, "//0000000000")}/`)).toMatch(/^40[34] /);
  });
});
