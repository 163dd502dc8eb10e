import { rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Stack } from "../../../cli/project/project";
import { locksOf } from "../../../cli/state/locks";
import { StateStore } from "../../../cli/state/store";
import { temporaryFolder } from "../../temporary-folder";

/** A request as it came: who signed it, for which Region and service, and what it asks. */
interface Asked {
  readonly key: string;
  readonly region: string;
  readonly service: string;
  readonly host: string;
  readonly path: string;
}

let server: Server;
let asked: Asked[];

/** What STS was asked for a role with. */
let roles: Readonly<Record<string, string>>[];

/** What is not in the account that is asked, beside the lock itself. */
let missing: "bucket" | "table" | undefined;
let url: string;
let folder: string;

const environment = { ...process.env };
beforeEach(async () => {
  folder = temporaryFolder("identity");
  asked = [];
  roles = [];
  missing = undefined;
  server = createServer((request, response) => {
    const [, key = "", , region = "", service = ""] =
      /Credential=([^/]+)\/([^/]+)\/([^/]+)\/([^/]+)/.exec(request.headers.authorization ?? "") ?? [];
    asked.push({ key, region, service, host: request.headers.host ?? "", path: request.url ?? "" });
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on("end", () => {
      if (body.includes("Action=AssumeRoleWithWebIdentity")) {
        roles.push(Object.fromEntries(new URLSearchParams(body)));
        const [, account = ""] = /RoleArn=arn%3Aaws%3Aiam%3A%3A(\d+)/.exec(body) ?? [];
        const expired = body.includes("WebIdentityToken=old");
        response.writeHead(expired ? 400 : 200, { "content-type": "text/xml" });
        response.end(
          expired
            ? "<ErrorResponse><Error><Code>ExpiredTokenException</Code><Message>Token expired: 1 must be later than 2</Message></Error></ErrorResponse>"
            : `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>${account}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
        );
      } else if (service === "sts" && body.includes("Action=AssumeRole")) {
        roles.push(Object.fromEntries(new URLSearchParams(body)));
        const [, account = ""] = /RoleArn=arn%3Aaws%3Aiam%3A%3A(\d+)/.exec(body) ?? [];
        const refused = account === "000000000000";
        response.writeHead(refused ? 403 : 200, { "content-type": "text/xml" });
        response.end(
          refused
            ? "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not authorized to perform sts:AssumeRole</Message></Error></ErrorResponse>"
            : `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>${account}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
        );
      } else if (service === "sts") {
        response.writeHead(200, { "content-type": "text/xml" });
        response.end(
          `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Account>${key}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
        );
      } else if (service === "dynamodb" && missing === "table") {
        const body = { __type: "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", message: "no" };
        response.writeHead(400, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(body));
      } else if (service === "dynamodb") {
        response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end("{}");
      } else {
        const code = missing === "bucket" ? "NoSuchBucket" : "NoSuchKey";
        response
          .writeHead(404, { "content-type": "application/xml" })
          .end(`<Error><Code>${code}</Code></Error>`);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  process.env.AWS_CONFIG_FILE = file("config", "[profile prod]\nregion = eu-central-1\n");
  process.env.AWS_SHARED_CREDENTIALS_FILE = file("credentials", keysOf("prod", "222222222222"));
  process.env.AWS_ACCESS_KEY_ID = "111111111111";
  process.env.AWS_SECRET_ACCESS_KEY = "test";
  process.env.AWS_ENDPOINT_URL = url;
});
afterEach(async () => {
  process.env = { ...environment };
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function keysOf(profile: string, key: string): string {
  return `[${profile}]\naws_access_key_id = ${key}\naws_secret_access_key = test\n`;
}

function stackWith(s3: Readonly<Record<string, unknown>>, name = "dev-b"): Stack {
  const block = { bucket: "states", key: "b.tfstate", dynamodb_table: "locks", use_lockfile: true, ...s3 };
  return { name, folder, dependencies: [], json: { terraform: { backend: { s3: block } } } };
}

const ROLE = {
  role_arn: "arn:aws:iam::444444444444:role/state",
  session_name: "plans",
  external_id: "e",
} as const;

const who = () => [...new Set(asked.map(({ key, region }) => `${key} ${region}`))];

test("without an identity in the block, that of the process asks", async () => {
  await StateStore.of(stackWith({ region: "us-east-1" })).locks();
  expect(who()).toEqual(["111111111111 us-east-1"]);
});

test("the block's profile asks, whatever keys the process has, and in its Region", async () => {
  await StateStore.of(stackWith({ profile: "prod" })).locks();
  expect(who()).toEqual(["222222222222 eu-central-1"]);
  expect(new Set(asked.map(({ service }) => service))).toEqual(new Set(["s3", "dynamodb"]));
});

test("the block's files have the profile and its Region", async () => {
  const block = {
    profile: "own",
    shared_config_files: [file("own-config", "[profile own]\nregion = ap-south-1\n")],
    shared_credentials_files: [file("own-credentials", keysOf("own", "333333333333"))],
  };
  await StateStore.of(stackWith(block)).locks();
  expect(who()).toEqual(["333333333333 ap-south-1"]);
});

test("keys of the process win over the files of a block that names no profile", async () => {
  const block = {
    region: "us-east-1",
    shared_credentials_files: [file("own", keysOf("default", "333333333333"))],
  };
  await StateStore.of(stackWith(block)).locks();
  delete process.env.AWS_ACCESS_KEY_ID;
  await StateStore.of(stackWith(block)).locks();
  expect(who()).toEqual(["111111111111 us-east-1", "333333333333 us-east-1"]);
});

test("the block's endpoints are asked, with the bucket in the path", async () => {
  process.env.AWS_ENDPOINT_URL = "";
  const block = { region: "us-east-1", endpoints: { s3: url, dynamodb: url }, use_path_style: true };
  await StateStore.of(stackWith(block)).locks();
  expect(asked.map(({ path }) => path.split("?")[0]).sort()).toEqual(["/", "/states/b.tfstate.tflock"]);
});

test("a profile that is not there, and no Region, are said", async () => {
  const missing = StateStore.of(stackWith({ region: "us-east-1", profile: "nobody" }));
  await expect(missing.locks()).rejects.toThrow(/no credentials of profile nobody/);
  const nowhere = StateStore.of(stackWith({}));
  await expect(nowhere.locks()).rejects.toThrow(/no Region for the bucket states.*\n.*\n.*AWS_REGION/);
  expect(asked).toEqual([]);
});

test("another account than the block allows is asked for nothing", async () => {
  const allowed = { region: "us-east-1", allowed_account_ids: ["111111111111"] };
  await expect(StateStore.of(stackWith(allowed)).locks()).resolves.toEqual([]);
  asked = [];
  const other = { ...allowed, profile: "prod" };
  await expect(StateStore.of(stackWith(other)).locks()).rejects.toThrow(/of account 222222222222/);
  const forbidden = { region: "us-east-1", forbidden_account_ids: ["111111111111"] };
  await expect(StateStore.of(stackWith(forbidden)).locks()).rejects.toThrow(/of account 111111111111/);
  expect(new Set(asked.map(({ service }) => service))).toEqual(new Set(["sts"]));
});

test.each([
  ["a nested block", { assume_role: { ...ROLE, duration: "1h30m", tags: { team: "shop" } } }],
  ["a list of one", { assume_role: [{ ...ROLE, duration: "1h30m", tags: { team: "shop" } }] }],
  [
    "the names of old Terraforms",
    { ...ROLE, assume_role_duration_seconds: 5400, assume_role_tags: { team: "shop" } },
  ],
])("a role is assumed by the credentials that are here, and asks: as %s", async (_, block) => {
  await StateStore.of(stackWith({ region: "us-east-1", ...block })).locks();
  const bySource = asked.filter(({ service }) => service === "sts").map(({ key }) => key);
  expect(new Set(bySource)).toEqual(new Set(["111111111111"]));
  const byRole = asked.filter(({ service }) => service !== "sts").map(({ key }) => key);
  expect(new Set(byRole)).toEqual(new Set(["444444444444"]));
  expect(roles[0]).toMatchObject({
    RoleArn: ROLE.role_arn,
    RoleSessionName: "plans",
    ExternalId: "e",
    DurationSeconds: "5400",
    "Tags.member.1.Key": "team",
    "Tags.member.1.Value": "shop",
  });
});

test("the block's profile assumes its role, which is checked against the accounts that are allowed", async () => {
  const block = { profile: "prod", assume_role: ROLE, allowed_account_ids: ["444444444444"] };
  await expect(StateStore.of(stackWith(block)).locks()).resolves.toEqual([]);
  expect(asked[0]).toMatchObject({ service: "sts", key: "222222222222" });
  const other = stackWith({ ...block, allowed_account_ids: ["222222222222"] });
  await expect(StateStore.of(other).locks()).rejects.toThrow(/of account 444444444444/);
});

test("a role that cannot be assumed is named, and nobody else asks in its place", async () => {
  const role = { role_arn: "arn:aws:iam::000000000000:role/state" };
  const store = StateStore.of(stackWith({ region: "us-east-1", assume_role: role }));
  await expect(store.locks()).rejects.toThrow(
    /role arn:aws:iam::000000000000:role\/state cannot be assumed: not authorized.*\n.*\n.*trust/,
  );
  expect(new Set(asked.map(({ service }) => service))).toEqual(new Set(["sts"]));
});

const WEB_ROLE = { role_arn: "arn:aws:iam::555555555555:role/ci", session_name: "job", duration: "15m" };

test("a token of a file is exchanged for a role, which asks in place of the credentials that are here", async () => {
  const block = { ...WEB_ROLE, web_identity_token_file: file("token", "the-token\n") };
  await StateStore.of(stackWith({ region: "us-east-1", assume_role_with_web_identity: block })).locks();

  expect(roles[0]).toMatchObject({
    RoleArn: WEB_ROLE.role_arn,
    RoleSessionName: "job",
    DurationSeconds: "900",
    WebIdentityToken: "the-token",
  });
  // Nobody signs the exchange.
  expect(who()).toEqual([" ", "555555555555 us-east-1"]);
});

test("with its role another one is assumed, as in Terraform; a list of one and the environment count too", async () => {
  process.env.AWS_ROLE_ARN = WEB_ROLE.role_arn;
  process.env.AWS_WEB_IDENTITY_TOKEN_FILE = file("token", "the-token");
  const block = { assume_role_with_web_identity: [{}], assume_role: ROLE };
  await StateStore.of(stackWith({ region: "us-east-1", ...block })).locks();

  expect(roles.map(({ RoleArn }) => RoleArn).slice(0, 2)).toEqual([WEB_ROLE.role_arn, ROLE.role_arn]);
  expect(who()).toEqual([" ", "555555555555 us-east-1", "444444444444 us-east-1"]);
});

test.each([
  ["no role", { web_identity_token: "t" }, /without role_arn\n.*\n.*set AWS_ROLE_ARN/],
  ["no token", WEB_ROLE, /without web_identity_token_file\n.*\n.*set AWS_WEB_IDENTITY_TOKEN_FILE/],
  [
    "no file",
    { ...WEB_ROLE, web_identity_token_file: "/none" },
    /cannot be read: .*\n.*at \/none\n.*write it there/,
  ],
  [
    "an expired token",
    { ...WEB_ROLE, web_identity_token: "old" },
    /role\/ci cannot be assumed: Token expired.*\n.*\n.*token is of today/,
  ],
])("a token with %s says what to write, and nobody else asks in its place", async (_, block, message) => {
  const store = StateStore.of(stackWith({ region: "us-east-1", assume_role_with_web_identity: block }));
  await expect(store.locks()).rejects.toThrow(message);
  expect(asked.filter(({ service }) => service === "s3" || service === "dynamodb")).toEqual([]);
});

test("what is not followed is refused before anybody is asked", () => {
  const keys = { region: "us-east-1", access_key: "AKIA" };
  expect(() => StateStore.of(stackWith(keys))).toThrow(/access_key.*\n.*\n.*profile/);
  const backend = { local: { path: "x.tfstate" } };
  const local = { ...stackWith({}), json: { terraform: { backend } } };
  expect(() => StateStore.of(local)).toThrow(/dev-b keeps its state in the backend local, and not in S3/);
  const cloud = { ...stackWith({}), json: { terraform: { cloud: {} } } };
  expect(() => StateStore.of(cloud)).toThrow(/dev-b keeps its state in HCP Terraform, and not in S3/);
  expect(() => StateStore.of(stackWith({ bucket: undefined }))).toThrow(
    /S3 backend of dev-b names no bucket/,
  );
});

test.each(["bucket", "table"] as const)(
  "a %s that is not there is not taken for a free state",
  async (what) => {
    const stack = stackWith({ region: "us-east-1" });
    await expect(StateStore.of(stack).locks()).resolves.toEqual([]);
    missing = what;
    await expect(StateStore.of(stack).locks()).rejects.toThrow(
      new RegExp(`there is no .*${what} .*\n.*\n.*AWS_PROFILE`),
    );
  },
);

test("a stack that cannot be looked at is named, and hides none of the others", async () => {
  const seen = stackWith({ region: "us-east-1" }, "dev-a");
  const keys = stackWith({ region: "us-east-1", access_key: "AKIA" }, "dev-keys");
  const partial = stackWith({ region: "us-east-1", key: undefined }, "dev-partial");
  const nowhere = stackWith({}, "dev-nowhere");
  const local: Stack = { ...seen, name: "dev-local", json: { terraform: { backend: { local: {} } } } };

  const locks = await locksOf([seen, keys, partial, nowhere, local]);

  expect(locks).toMatchObject({ held: [], looked: 1, elsewhere: ["dev-local"] });
  expect(locks.unseen.map(({ stack }) => stack)).toEqual(["dev-keys", "dev-partial", "dev-nowhere"]);
});
