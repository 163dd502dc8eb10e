import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PLAN_EXCEPTIONS } from "@groundplan/modules/identity";
import { planCalls } from "./plan-calls";
import { byService, judgedReadOnlyAccess, spelledOut } from "./read-only-access";
import { ACCOUNT, isAllowed, type RolePolicies, STATE, SynthesizedRoles } from "./role-policies";

/** Set to 1, this takes what is open now into the list of what is judged. Read each line first. */
const UPDATE = process.env.UPDATE_GOLDEN === "1";
const JUDGED = join(__dirname, "plan-reads.txt");
const CI_PAGE = join(__dirname, "..", "..", "docs", "ci.md");

const readOnly = judgedReadOnlyAccess();
const roles = new SynthesizedRoles(["dev", "prod"]);
/** The role as if AWS had taken everything into `ReadOnlyAccess`: what refuses data is all that is left. */
const role = roles.plan(["*"]);
const excepted = new Set(PLAN_EXCEPTIONS.flatMap(({ actions }) => actions));

/** All that `ReadOnlyAccess` allows, action by action. */
let readable: readonly string[];
beforeAll(async () => {
  readable = await spelledOut(readOnly.actions);
});

/** Words of a name that may mean data. */
const DATA_WORDS = new Set(
  (
    "Annotations Answer Attachment Code Command Commands Content Contents Credential Credentials Data Document " +
    "Documents Event Events Execution Executions File Findings Image Invocation Invocations Item Items Job Jobs Key " +
    "Keys Log Logs Message Messages Metadata Object Objects Output Outputs Parameter Parameters Password Payload " +
    "Queries Query Record Records Report Result Results Sample Samples Script Search Secret Secrets Session " +
    "Sessions Snippet Source Statement Statements Template Text Token Tokens Trace Traces Value Values Variables"
  ).split(" "),
);

/** Whether a name says by itself that an action returns set-up: `Describe…` and `List…` without a word for data. */
function isPlain(action: string): boolean {
  const words = action.split(":")[1]?.match(/[A-Z]+(?![a-z])|[A-Z][a-z0-9]*/g) ?? [];
  return /^(?:Describe|List)$/.test(words[0] ?? "") && !words.some((word) => DATA_WORDS.has(word));
}

/** What a role reads that nobody has judged. */
function unjudged(of: RolePolicies, actions: readonly string[], judged: string): string {
  const open = actions.filter((action) => isAllowed(of, { action }));
  const lines = new Set(judged.trimEnd().split("\n").flatMap(expand));
  return byService(open.filter((one) => !isPlain(one) && !excepted.has(one) && !lines.has(one)));
}

function expand(line: string): readonly string[] {
  const [service, names = ""] = line.split(": ");
  return names.split(" ").map((name) => `${service}:${name}`);
}

/** The role without what refuses data, and without what bounds it. */
const everything = { Effect: "Allow", Action: "*", Resource: "*" };
const undenied = { ...role, policies: role.policies.filter(({ Effect }) => Effect === "Allow") };
const unbounded = { ...role, boundary: [everything] };

test("whatever it reads of ReadOnlyAccess is judged to be set-up, or stands in docs/ci.md with a reason", () => {
  if (UPDATE) writeFileSync(JUDGED, `${unjudged(role, readable, "")}\n`);
  const judged = existsSync(JUDGED) ? readFileSync(JUDGED, "utf8") : "";
  // What is here returns data or set-up: refuse it in modules/identity/plan-data.ts, or UPDATE_GOLDEN=1.
  expect(unjudged(role, readable, judged)).toBe("");
  const stale = judged.trimEnd().split("\n").flatMap(expand);
  expect(stale.filter((action) => !isAllowed(role, { action }) || !readable.includes(action))).toEqual([]);
});

test("an action that is not refused, or that AWS adds, is noticed", () => {
  const judged = readFileSync(JUDGED, "utf8");
  expect(unjudged(undenied, readable, judged)).toMatch(/^dax: .*GetItem.*$/m);
  expect(unjudged(unbounded, readable, judged)).toMatch(/^iotanalytics: .*SampleChannelData/m);
  expect(unjudged(role, ["lambda:GetSecrets", "ecs:DescribeTaskLogs"], judged)).toBe(
    "ecs: DescribeTaskLogs\nlambda: GetSecrets",
  );
});

test("a service that AWS adds to ReadOnlyAccess stays closed", () => {
  expect(isAllowed(role, { action: "tomorrow:DescribeThings" })).toBe(false);
  expect(isAllowed(role, { action: "ec2:DescribeVpcs" })).toBe(true);
});

/** What is none of these in spite of its name, and why. */
const NO_SECRETS: Readonly<Record<string, string>> = {
  "codebuild:ListSourceCredentials": "ARNs and kinds of credentials",
  "codedeploy:ListGitHubAccountTokenNames": "names of connections",
  "iam:GetAccountPasswordPolicy": "how long a password has to be",
  "iam:ListServiceSpecificCredentials": "ids and user names: IAM tells a password once",
  "kafka:ListScramSecrets": "ARNs of secrets",
  "secretsmanager:DescribeSecret": "names, rotation and tags",
  "secretsmanager:ListSecretVersionIds": "ids of versions",
  "secretsmanager:ListSecrets": "names, rotation and tags",
  "sso:DescribeTrustedTokenIssuer": "an issuer and its address",
  "sso:ListTrustedTokenIssuers": "names of issuers",
};

test("no action stays open whose name says secret, password, credential, token, message or key of an API", () => {
  const word = /Secret|Password|Credential|Token|Message(?!Move)|Ap[iI]Key|APIKey|UserData|AuthCode/;
  const open = readable.filter((action) => word.test(action) && isAllowed(role, { action }));
  expect(open).toEqual(Object.keys(NO_SECRETS).sort());
});

test("each exception is open, and docs/ci.md shows it with its reason", () => {
  const all = [...excepted];
  expect(all.filter((action) => !readable.includes(action) || !isAllowed(role, { action }))).toEqual([]);
  const rows = PLAN_EXCEPTIONS.map(
    ({ actions, returns, reason }) =>
      `| ${returns} | ${actions.map((action) => `\`${action}\``).join(", ")} | ${reason} |`,
  );
  const page = readFileSync(CI_PAGE, "utf8");
  const shown = page.split("\n").filter((line) => /^\|.*\| `[a-z0-9-]+:[A-Za-z]+`/.test(line));
  expect(shown).toEqual(rows);
});

test.each([
  ["items", "dax:GetItem dax:Query dax:Scan sdb:Select dynamodb:Scan dynamodb:PartiQLSelect"],
  [
    "objects",
    "s3:GetObject s3:GetObjectVersion s3:GetObjectAttributes s3express:CreateSession s3:GetDataAccess",
  ],
  [
    "objects elsewhere",
    "s3-object-lambda:GetObject s3-outposts:GetObject mediastore:GetObject glacier:GetJobOutput",
  ],
  ["documents", "es:ESHttpGet kendra:Query healthlake:ReadResource ssm:GetInventory"],
  ["messages", "workmail:GetRawMessageContent sqs:ReceiveMessage ses:GetArchiveMessageContent"],
  ["secrets", "cognito-idp:DescribeUserPoolClient appsync:ListApiKeys snowball:GetJobUnlockCode"],
  ["pre-shared keys of a VPN", "ec2:DescribeVpnConnections"],
  ["configuration that is data", "appconfig:GetConfiguration appconfig:GetHostedConfigurationVersion"],
  ["logs", "logs:GetLogEvents logs:StartQuery logs:StartLiveTail rds:DownloadDBLogFilePortion"],
  ["output of commands", "ssm:ListCommandInvocations ssm:GetCommandInvocation ssm:GetAutomationExecution"],
  ["what runs, with its variables", "ecs:DescribeTasks batch:DescribeJobs lambda:ListFunctions"],
  ["credentials", "ecr:GetAuthorizationToken sts:GetSessionToken cognito-identity:GetCredentialsForIdentity"],
  ["a cluster's objects", "eks:AccessKubernetesApi"],
])("reads no %s, whatever service is opened to it", (_, actions) => {
  for (const action of actions.split(" ")) {
    expect([action, isAllowed(unbounded, { action })]).toEqual([action, false]);
    expect(isAllowed({ ...unbounded, policies: [everything] }, { action })).toBe(true);
  }
});

test("reads APIs, and no keys of them", () => {
  const get = (path: string) =>
    isAllowed(role, { action: "apigateway:GET", resource: `arn:aws:apigateway:us-east-1::${path}` });
  expect(["/apis/a1", "/restapis/a1/stages/live", "/usageplans/p1"].map(get)).toEqual([true, true, true]);
  expect(["/apikeys", "/apikeys/k1", "/usageplans/p1/keys", "/usageplans/p1/keys/k1"].map(get)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

test("may do all that Terraform asks AWS in a plan of every stack", () => {
  const calls = planCalls();
  expect(calls.length).toBeGreaterThan(100);
  const today = roles.plan(readOnly.actions);
  expect(calls.filter((call) => !isAllowed(today, call))).toEqual([]);
  // Without what bounds it to services, it reaches states, their locks, and nothing else.
  const closed = { ...today, boundary: today.boundary.filter(({ Resource }) => Resource !== "*") };
  expect(calls.filter((call) => isAllowed(closed, call)).length).toBeLessThan(calls.length / 2);
});

test("its policies fit into what IAM takes, with the longest names and the most settings", () => {
  const state = { ...STATE, platform: "a".repeat(19), region: "ap-southeast-1", locking: "both" } as const;
  const longest = new SynthesizedRoles(["dev"], { ...state, encryption: "own", account: ACCOUNT });
  expect(longest.text("aws_iam_role_policy", "github/plan/plan").length).toBeLessThan(10_240);
  expect(longest.text("aws_iam_policy", "github/plan_boundary").length).toBeLessThan(6_144);
});
