import { generateKeyPairSync } from "node:crypto";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { expire } from "../../../services/preview-expire/src/expire";
import { settingsOf } from "../../../services/preview-expire/src/settings";
import { StandIn } from "./stand-in";

const NOW = Date.parse("2026-11-30T16:00:00Z");
const EVENT = {
  name: "preview-pay",
  expiresAt: "2026-11-30T16:00:00Z",
};

let standIn: StandIn;
beforeEach(async () => {
  standIn = await StandIn.start();
});
afterEach(() => standIn.stop());

const KEY = "environments/preview-pay/metadata.json";

function run(event: unknown = EVENT) {
  const client = {
    endpoint: standIn.url,
    region: "us-east-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    maxAttempts: 1,
  };
  const settings = settingsOf({
    STATE_BUCKET: "groundplan-state",
    GITHUB_TOKEN_SECRET_ARN: "arn:aws:secretsmanager:us-east-1:123456789012:secret:github-AbCdEf",
    PLATFORM_REPOSITORY: "org/platform",
    GITHUB_API_URL: standIn.url,
  });
  return expire(event, settings, {
    s3: new S3Client({ ...client, forcePathStyle: true }),
    secrets: new SecretsManagerClient(client),
    now: () => NOW,
  });
}

function stored(other: Readonly<Record<string, unknown>> = {}): void {
  const metadata = { name: "preview-pay", status: "active", expiresAt: "2026-11-30T16:00:00.000Z", ...other };
  standIn.objects.set(KEY, JSON.stringify(metadata));
}

test("starts the workflow that destroys a preview whose time is over, with a token", async () => {
  stored();
  expect(await run()).toEqual({
    name: "preview-pay",
    done: "dispatched",
    reason: "its time was over at 2026-11-30T16:00:00.000Z",
  });
  expect(standIn.dispatches).toEqual([
    {
      path: "/repos/org/platform/actions/workflows/destroy.yml/dispatches",
      authorization: `token ${standIn.secret}`,
      body: { ref: "main", inputs: { name: "preview-pay", reason: "ttl" } },
    },
  ]);
});

test("the same by a GitHub App, whose key signs", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  standIn.appKey = publicKey.export({ type: "spki", format: "pem" }).toString();
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  standIn.secret = JSON.stringify({ appId: 7, installationId: 42, privateKey: pem.replaceAll("\n", "\\n") });
  stored({ status: "failed" });
  expect((await run()).done).toBe("dispatched");
  expect(standIn.dispatches[0]?.authorization).toBe("token ghs_of_the_app");
});

test.each([
  ["it is gone", undefined],
  ["it is gone", { status: "gone" }],
  ["it is being destroyed", { status: "destroying" }],
  ["it was extended to 2026-12-07T16:00:00.000Z", { expiresAt: "2026-12-07T16:00:00Z" }],
])("leaves alone what needs nothing: %s", async (reason, other) => {
  if (other) stored(other);
  expect(await run()).toEqual({ name: "preview-pay", done: "nothing", reason });
  expect(standIn.dispatches).toEqual([]);
});

test("a schedule that is some seconds early counts", async () => {
  stored({ expiresAt: "2026-11-30T16:00:30Z" });
  expect((await run()).done).toBe("dispatched");
});

test.each([401, 403, 404, 422, 500])("throws when GitHub answers %d", async (status) => {
  stored();
  standIn.dispatchStatus = status;
  await expect(run()).rejects.toMatchObject({ status });
});

test.each(["not json", "{", '{"appId":7}', '{"appId":"x","installationId":1,"privateKey":"k"}', ""])(
  "throws when the secret is none, and does not say it: %j",
  async (secret) => {
    stored();
    standIn.secret = secret;
    const fault: unknown = await run().catch((error: unknown) => error);
    expect(String(fault)).toContain("neither a token nor a GitHub App");
    if (secret !== "") expect(String(fault)).not.toContain(secret);
  },
);

test.each([
  ["no JSON", "<xml>", "is not a JSON object"],
  [
    "another preview's",
    JSON.stringify({ name: "x", status: "active", expiresAt: "2026-01-01" }),
    "is not the metadata",
  ],
  ["without a time", JSON.stringify({ name: "preview-pay", status: "active" }), "is not the metadata"],
  ["null", "null", "is not a JSON object"],
])("throws when the metadata is damaged: %s", async (_, text, why) => {
  standIn.objects.set(KEY, text);
  await expect(run()).rejects.toThrow(why);
  expect(standIn.dispatches).toEqual([]);
});

test.each([
  undefined,
  null,
  "preview-pay",
  {},
  { ...EVENT, name: "../../other" },
  { ...EVENT, name: "a/b" },
  { ...EVENT, name: "Preview" },
  { ...EVENT, name: "a--b" },
  { ...EVENT, name: "x".repeat(41) },
  { ...EVENT, name: ["preview-pay"] },
  { ...EVENT, expiresAt: "soon" },
])("throws for an event that is none: %j", async (event) => {
  stored();
  await expect(run(event ?? null)).rejects.toThrow(/the event/);
  expect(standIn.dispatches).toEqual([]);
});

test("every variable that is missing or wrong is named at once", () => {
  expect(() => settingsOf({ DESTROY_REF: "a b", GITHUB_API_URL: "http://evil.example" })).toThrow(
    [
      "PLATFORM_REPOSITORY is not set: use e.g. org/platform",
      "STATE_BUCKET is not set: use e.g. groundplan-state-123456789012",
      "GITHUB_TOKEN_SECRET_ARN is not set: use e.g. arn:aws:secretsmanager:us-east-1:123456789012:secret:github-AbCdEf",
      'DESTROY_REF is "a b": use e.g. main',
      'GITHUB_API_URL is "http://evil.example": use e.g. https://api.github.com',
    ].join("\n"),
  );
});
