import { checkGitHub } from "../../../services/runner-core/src/checks";
import { parseAppSecret } from "../../../services/runner-core/src/github/app-token";
import { gitHubSession } from "../../../services/runner-core/src/github/session";
import type { Settings } from "../../../services/runner-core/src/settings";
import { GitHubServer } from "./github/server";
import { SETTINGS } from "./model/world";

const URL = "https://hooks.example.com/webhook";
const SECRET_ARN = SETTINGS.secretArn;

let server: GitHubServer;

beforeEach(async () => {
  server = await GitHubServer.start();
});

afterEach(() => server.stop());

interface Asked {
  readonly groups?: readonly number[];
  readonly secret?: string;
  readonly installationId?: number;
  readonly scope?: "organization" | "repository";
  readonly webhookUrl?: string;
  readonly furtherOwners?: Settings["furtherOwners"];
  readonly scaleSets?: boolean;
}

/** What the checks find that is not as it should be, each as one text. */
async function faults({
  groups = [1],
  secret,
  installationId = 5,
  scope,
  webhookUrl = URL,
  furtherOwners = [],
  scaleSets = false,
}: Asked = {}) {
  const [pool] = SETTINGS.pools;
  if (!pool) throw new Error("there is no pool");
  const settings = {
    ...SETTINGS,
    apiUrl: server.url,
    installationId,
    furtherOwners,
    scaleSets,
    ...(scope ? { scope } : {}),
    pools: groups.map((groupId) => ({ ...pool, groupId })),
  };
  const text = secret ?? JSON.stringify({ appId: "1", privateKey: server.privateKey, webhookSecret: "s" });
  const session = gitHubSession(
    settings,
    async () => parseAppSecret(text),
    () => Date.now() / 1000,
  );
  const findings = await checkGitHub(settings, () => session, webhookUrl);
  return findings
    .filter(({ level }) => level !== "ok")
    .map(({ check, level, found, instead }) => `${check} ${level}: ${found}: ${instead}`);
}

test("an app that has all that it needs has no fault", async () => {
  expect(await faults()).toEqual([]);
});

const PLANTED: readonly (readonly [what: string, plant: () => void, found: RegExp, asked?: Asked])[] = [
  ["no event", () => server.app.events.splice(0), /^App fail: .*not subscribed to the event workflow_job/],
  ["a group that is not there", () => {}, /^Runner group 9 fail: .*\(404\).*gh api/, { groups: [9] }],
  ["the group of GitHub's own runners", () => {}, /^Runner group 2 fail: .*\(403\)/, { groups: [2] }],
  [
    "a group for public repositories",
    () => {
      server.isPublic = true;
    },
    /^Runner group 1 warn: .*stranger/,
  ],
  [
    "a right that is read only",
    () => {
      server.installation.permissions.organization_self_hosted_runners = "read";
    },
    /^Rights fail: .*lacks the organization permission Self-hosted runners: write/,
  ],
  [
    "a right that is missing",
    () => {
      delete server.installation.permissions.actions;
    },
    /^Rights fail: .*lacks the repository permission Actions: read/,
  ],
  [
    "the right of a repository",
    () => {},
    /^Rights fail: .*lacks the repository permission Administration: write/,
    { scope: "repository" },
  ],
  [
    "an installation that is suspended",
    () => {
      server.installation.suspended_at = "2026-11-01T00:00:00Z";
    },
    /^Rights fail: .*suspended since 2026-11-01/,
  ],
  [
    "an installation with somebody else",
    () => {
      server.installation.account.login = "other";
    },
    /^Rights fail: installation 5 is with other, not octo/,
  ],
  [
    "another address",
    () => {},
    /^Webhook fail: it goes to https:\/\/hooks.*set the address to https:\/\/new/,
    { webhookUrl: "https://new.example.com/webhook" },
  ],
  [
    "a form that cannot be read",
    () => {
      server.hook.content_type = "form";
    },
    /^Webhook fail: its content type is form/,
  ],
  [
    "no secret",
    () => {
      delete server.hook.secret;
    },
    /^Webhook fail: it has no secret/,
  ],
  [
    "certificates that nobody verifies",
    () => {
      server.hook.insecure_ssl = "1";
    },
    /^Webhook fail: certificates are not verified/,
  ],
  [
    "deliveries with another secret",
    () => server.deliveries.push({ event: "workflow_job", status_code: 401 }),
    /^Deliveries warn: 1 of the last 2 failed, with 401: the secret of the webhook is another/,
  ],
  [
    "a GitHub that fails",
    () => server.failures.set("GET /app/hook/config", [502, { message: "Bad Gateway" }]),
    /^Webhook fail: GitHub cannot be reached, or fails/,
  ],
];

// By an object: a row without its last part would get a callback in its place.
test.each(PLANTED.map((planted) => ({ what: planted[0], planted })))(
  "$what is found, and what to do is said",
  async ({ planted: [, plant, found, asked] }) => {
    plant();
    expect(await faults(asked)).toEqual([expect.stringMatching(found)]);
  },
);

test("an installation that is not there is said once for its rights", async () => {
  expect(await faults({ installationId: 6, scope: "repository" })).toEqual([
    expect.stringMatching(/^Rights fail: the app has no installation 6 \(404\)/),
  ]);
});

test.each([
  ["that is no JSON", "ghs_secret", /^App fail: the secret of the GitHub App is not JSON/],
  ["without a key", JSON.stringify({ appId: "1", webhookSecret: "s3cret" }), /has no privateKey/],
])("a secret %s ends the checks, and is not shown", async (_, secret, found) => {
  const [only, ...rest] = await faults({ secret });
  expect(only).toMatch(found);
  expect(only).toContain(`put-secret-value --secret-id ${SECRET_ARN}`);
  expect(rest).toEqual([]);
  expect(only).not.toMatch(/ghs_secret|s3cret/);
});

test("a key that is not the app's ends the checks", async () => {
  const other = await GitHubServer.start();
  await other.stop();
  const secret = JSON.stringify({ appId: "1", privateKey: other.privateKey, webhookSecret: "s" });
  expect(await faults({ secret })).toEqual([
    expect.stringMatching(/^App fail: GitHub does not accept the app's id and key \(401\)/),
  ]);
});

test("each owner has its own rights and groups, and what is wrong with one names it", async () => {
  const one = { owner: "Else", scope: "organization", repositories: [] } as const;
  const found = await faults({
    furtherOwners: [
      { ...one, installationId: 6, groupId: 1 },
      { ...one, owner: "octo", scope: "repository", repositories: ["shop"], installationId: 5, groupId: 1 },
    ],
  });
  expect(found).toEqual([
    expect.stringMatching(/^Rights of else fail: the app has no installation 6 \(404\)/),
    expect.stringMatching(/^Rights of octo\/shop fail: .*repository permission Administration: write/),
  ]);
});

test("with scale sets, the app needs no webhook", async () => {
  server.app.events.splice(0);
  server.hook.url = "";
  expect(await faults({ scaleSets: true })).toEqual([]);
  expect(await faults()).not.toEqual([]);
});
