import type { Platform } from "../../overlays/settings/platform";
import { platform as own } from "../platform";
import { everything } from "./everything";
import { collisions, resourcesOf, tooLong, UNIQUE, uniqueNames, unjudgedTypes } from "./unique-names";

const flowLogs = (destination: "cloudwatch" | "s3") => ({
  flowLogs: { destination, retentionDays: 30, encrypted: true },
});

/** All stacks of a platform of that name, with its two environments. */
const stacksOf = (name: string, change: Partial<Platform> = {}, names: readonly string[] = ["dev", "prod"]) =>
  resourcesOf(
    { ...own, stateEncryption: "own", ...change, name },
    names
      .map((environment, index) => everything(environment, flowLogs(index === 0 ? "cloudwatch" : "s3")))
      // Names of before have no previews.
      .map((one) => (change.legacyNames ? { ...one, previews: { ...one.previews, enabled: false } } : one)),
  );

const alpha = stacksOf("alpha");
const names = uniqueNames(alpha);

test("every name that AWS takes once in an account and Region carries the platform's", () => {
  expect(names.filter(({ name }) => !name.includes("alpha"))).toEqual([]);
  // Nothing passes because nothing is there.
  const made = new Set(names.map(({ type }) => type));
  expect(Object.keys(UNIQUE).filter((type) => !made.has(type))).toEqual([]);
});

test("two platforms take no name twice, nor do two environments of one", () => {
  expect(collisions(names, uniqueNames(stacksOf("beta")))).toEqual([]);
  expect(new Set(names.map(({ type, name }) => `${type} ${name}`)).size).toBe(names.length);
});

test("finds the names that two platforms would both take: those of before", () => {
  const legacy = (name: string) => uniqueNames(stacksOf(name, { legacyNames: true }));
  const found = collisions(legacy("alpha"), legacy("beta"));
  expect([...new Set(found.map(({ type }) => type))].sort()).toEqual([
    "aws_cloudwatch_log_group",
    "aws_ecr_pull_through_cache_rule",
    "aws_ecr_repository_creation_template",
    "aws_iam_role",
    "aws_kms_alias",
    "aws_s3_bucket",
    "aws_security_group",
    "aws_ssm_parameter",
  ]);
  expect(found).toContainEqual({ type: "aws_iam_role", name: `dev-flow-logs-${own.region}` });
  expect(found).toContainEqual({ type: "aws_ssm_parameter", name: "/groundplan/dev/network" });
});

test("legacyNames keeps every name of before, so that nothing is replaced", () => {
  const legacy = uniqueNames(stacksOf("groundplan", { legacyNames: true })).map(({ name }) => name);
  expect(legacy).toEqual(
    expect.arrayContaining([
      "/aws/vpc-flow-logs/dev",
      `dev-flow-logs-${own.region}`,
      "alias/dev-flow-logs",
      "dev-endpoints",
      "dev/ecr-public",
      `dev-ecr-public-cache-${own.region}`,
      `prod-flow-logs-123456789012-${own.region}`,
      "/groundplan/dev/network",
    ]),
  );
});

test("the role that plans reads the parameters of its own platform, and of no other", () => {
  const readable = (resources: ReturnType<typeof stacksOf>) =>
    (resources.get("aws_iam_role_policy") ?? [])
      .map(
        ({ policy }) =>
          JSON.parse(String(policy)) as { Statement: { Sid?: string; NotResource?: string[] }[] },
      )
      .flatMap(({ Statement }) => Statement.filter(({ Sid }) => Sid === "NoParameters"))
      .flatMap(({ NotResource = [] }) => NotResource);
  const own = (root: string) => [
    expect.stringMatching(`:parameter/${root}/\\*$`),
    expect.stringMatching("/aws/service/"),
  ];
  expect(readable(alpha)).toEqual(own("alpha"));
  expect(readable(stacksOf("alpha", { legacyNames: true }))).toEqual(own("groundplan"));
});

test("every type that a stack makes has been judged, and a new one is found", () => {
  expect(unjudgedTypes(alpha.keys())).toEqual([]);
  expect(unjudgedTypes(["aws_sns_topic", "aws_vpc"])).toEqual(["aws_sns_topic"]);
});

test("the longest names of a platform and an environment fit into every limit", () => {
  const longest = "p".repeat(19);
  const all = uniqueNames(stacksOf(longest, {}, ["e".repeat(16), "f".repeat(16)]));
  expect(tooLong(all)).toEqual([]);
  // Whoever applies an environment may make roles of its own names only: the beginning is never cut.
  const roles = all.filter(
    ({ type, name }) => type === "aws_iam_role" && !/-(?:plan|(?:apply|deliver)-[ef]+)$/.test(name),
  );
  expect(roles.filter(({ name }) => !new RegExp(`^${longest}-(?:e{16}|f{16})-`).test(name))).toEqual([]);
  expect(roles.length).toBeGreaterThan(10);
  // Cut names stay two.
  expect(new Set(all.map(({ type, name }) => `${type} ${name}`)).size).toBe(all.length);
  expect(tooLong([{ type: "aws_iam_role", name: "r".repeat(65) }])).toHaveLength(1);
});
