import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { withRenewal } from "../../../../cli/artifact/ami/renewal";

const ROLE = "arn:aws:iam::123456789012:role/acme-dev-image-builder";

/** GitHub's address for tokens, and STS: what a role is assumed with expires at once, so each request assumes it anew. */
async function start() {
  const seen: string[] = [];
  let tokens = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = new URLSearchParams(Buffer.concat(chunks).toString());
    if (request.url?.startsWith("/token")) {
      const isAsked =
        request.headers.authorization === "bearer secret" &&
        request.url.includes("audience=sts.amazonaws.com");
      tokens += 1;
      return void response.writeHead(isAsked ? 200 : 403).end(JSON.stringify({ value: `token-${tokens}` }));
    }
    if (body.get("Action") === "AssumeRoleWithWebIdentity") {
      seen.push(body.get("WebIdentityToken") ?? "");
      const expiration = new Date(Date.now() + 1_000).toISOString();
      return void response.end(
        `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>A${seen.length}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${expiration}</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
      );
    }
    response.end(
      "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>",
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, seen, count: () => tokens, stop: () => void server.close().closeAllConnections() };
}

const before = { ...process.env };
afterEach(() => {
  process.env = before;
});

test("credentials that expire in the middle are got anew with a fresh token, by whoever reads the file", async () => {
  const server = await start();
  try {
    process.env = {
      ...before,
      AWS_ENDPOINT_URL: server.url,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "expired",
      AWS_SECRET_ACCESS_KEY: "expired",
      ACTIONS_ID_TOKEN_REQUEST_URL: `${server.url}/token?x=1`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "secret",
    };
    await withRenewal(
      ROLE,
      process.env,
      async (given) => {
        expect(given).toMatchObject({ AWS_ROLE_ARN: ROLE, AWS_ACCESS_KEY_ID: undefined });
        await new STSClient({}).send(new GetCallerIdentityCommand({}));
        const first = server.count();
        while (server.count() < first + 2) await new Promise((resolve) => setTimeout(resolve, 5));
        await new STSClient({}).send(new GetCallerIdentityCommand({}));
      },
      5,
    );
    expect(server.seen.length).toBeGreaterThanOrEqual(2);
    expect(server.seen[0]).not.toBe(server.seen.at(-1));
    // What was here is here again.
    expect([process.env.AWS_ACCESS_KEY_ID, process.env.AWS_ROLE_ARN]).toEqual([
      "expired",
      before.AWS_ROLE_ARN,
    ]);
  } finally {
    server.stop();
  }
});

test("without a role the work gets what is here", async () => {
  expect(await withRenewal(undefined, {}, async (given) => given)).toEqual({});
});

test("what is no role, and a job that has no token, say what to do", async () => {
  const work = async () => undefined;
  await expect(withRenewal("admin", {}, work)).rejects.toThrow(/"admin" is not the ARN of a role/);
  await expect(withRenewal(ROLE, {}, work)).rejects.toThrow(/this job has none\n.*id-token: write/);
  const server = await start();
  const env = {
    ACTIONS_ID_TOKEN_REQUEST_URL: `${server.url}/token`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "wrong",
  };
  await expect(withRenewal(ROLE, env, work)).rejects.toThrow(/GitHub gives no token: it answers 403/);
  server.stop();
});
