import fc from "fast-check";
import { environmentBoundaryArn } from "../../modules/identity/isolation";
import { iamHeads } from "../../modules/identity/neighbours";
import { madeBy, RULES, reachedBy, requestsFor, requestsForAll, targetsOf } from "./environment-reach";
import {
  ACCOUNT,
  isAllowed,
  type Request,
  type RolePolicies,
  STATE,
  SynthesizedRoles,
} from "./role-policies";

const PLATFORM = STATE.platform;
const BUCKET = `groundplan-terraform-state-${ACCOUNT}-us-east-1`;
const TABLE = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/groundplan-terraform-locks`;

/** What a request says of the boundary of the role that it is about. */
const bounded = (environment: string) => ({
  "iam:PermissionsBoundary": environmentBoundaryArn(STATE, environment),
});

/** What an environment has under its name: each of it is changed by its own apply and by no other. */
function changes(environment: string, name: string): readonly Request[] {
  const iam = iamHeads(PLATFORM, environment).flatMap((head): readonly Request[] => [
    {
      action: "iam:PutRolePolicy",
      resource: `arn:aws:iam::${ACCOUNT}:role/${head}${name}`,
      keys: bounded(environment),
    },
    { action: "iam:PassRole", resource: `arn:aws:iam::${ACCOUNT}:role/${head}${name}` },
    { action: "iam:CreatePolicyVersion", resource: `arn:aws:iam::${ACCOUNT}:policy/${head}${name}` },
    {
      action: "iam:AddRoleToInstanceProfile",
      resource: `arn:aws:iam::${ACCOUNT}:instance-profile/${head}${name}`,
    },
  ]);
  const key = `environments/${environment}/${name}/terraform.tfstate`;
  const locks = { "dynamodb:LeadingKeys": `${BUCKET}/${key}` };
  return [
    ...iam,
    { action: "s3:GetObject", resource: `arn:aws:s3:::${BUCKET}/${key}` },
    { action: "s3:PutObject", resource: `arn:aws:s3:::${BUCKET}/${key}` },
    { action: "dynamodb:PutItem", resource: TABLE, keys: locks },
    { action: "dynamodb:DeleteItem", resource: TABLE, keys: locks },
  ];
}

/** What an apply may do of another environment's changes. */
function reached(
  environments: readonly string[],
  from: string,
  to: string,
  name: string,
): readonly Request[] {
  const role = new SynthesizedRoles(environments).apply(from);
  return changes(to, name).filter((request) => isAllowed(role, request));
}

test("with dev and dev-eu in an account, each applies its own and nothing of the other", () => {
  const both = ["dev", "dev-eu"];
  for (const [from, to] of [both, [...both].reverse()] as [string, string][]) {
    expect(reached(both, from, from, "api")).toEqual(changes(from, "api"));
    expect(reached(both, from, to, "api")).toEqual([]);
  }
});

test("what dev may do with dev-eu is seen when its role does not know that environment", () => {
  const open = reached(["dev"], "dev", "dev-eu", "api").map(({ action }) => action);
  expect(open).toEqual([
    "iam:PutRolePolicy",
    "iam:PassRole",
    "iam:CreatePolicyVersion",
    "iam:AddRoleToInstanceProfile",
    "iam:PutRolePolicy",
    "iam:PassRole",
    "iam:CreatePolicyVersion",
    "iam:AddRoleToInstanceProfile",
  ]);
});

test("a path does not carry a name of dev-eu past what bounds dev", () => {
  const role = new SynthesizedRoles(["dev", "dev-eu"]).apply("dev");
  const at = (path: string) => ({
    action: "iam:CreateRole",
    resource: `arn:aws:iam::${ACCOUNT}:role/${path}`,
    keys: bounded("dev"),
  });
  expect(isAllowed(role, at("dev-tools/dev-api"))).toBe(true);
  expect(isAllowed(role, at("dev-tools/dev-eu-api"))).toBe(false);
  expect(isAllowed(role, at("dev-tools/groundplan-dev-eu-api"))).toBe(false);
});

test("environments of which each could change the other's roles fail the synth", () => {
  expect(() => new SynthesizedRoles(["dev", "groundplan-dev"])).toThrow(
    /environments "dev" and "groundplan-dev" share an account.*\n.*\n {2}give "groundplan-dev" an account of its own, or a name that does not begin with "groundplan-"/,
  );
  expect(() => new SynthesizedRoles(["dev", "groundplan", "groundplan2"])).not.toThrow();
});

/** Names that begin alike more often than not, the platform's among them. */
const environmentName = fc
  .array(fc.constantFrom("dev", "eu", "d", "e1", "groundplan", "prod"), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join("-"))
  .filter((name) => name.length >= 2 && name.length <= 16);

/** What follows the beginning of a name: none of what an environment is called, for then it is that one's. */
const rest = fc.constantFrom("api", "flow-logs-us-east-1", "x", "nodes-1");

test("of any environments in an account, none applies what is another's", () => {
  const environments = fc
    .uniqueArray(environmentName, { minLength: 2, maxLength: 5 })
    .filter((names) => !names.some((name) => names.includes(`${PLATFORM}-${name}`)));
  fc.assert(
    fc.property(environments, rest, (names, name) => {
      const roles = new SynthesizedRoles(names);
      for (const from of names) {
        const role = roles.apply(from);
        for (const to of names) {
          const own = changes(to, name);
          const may = own.filter((request) => isAllowed(role, request));
          expect([from, to, may]).toEqual([from, to, from === to ? own : []]);
        }
      }
    }),
    { numRuns: 40 },
  );
});

test("no apply changes the roles of GitHub or what bounds them, whatever the environments are called", () => {
  for (const names of [["dev", "dev-eu"], ["github"], ["apply", "plan2"], ["groundplan"]]) {
    const roles = new SynthesizedRoles(names);
    const github = [...names.map((name) => `groundplan-apply-${name}`), "groundplan-plan"];
    const requests = github.flatMap((name) => [
      { action: "iam:UpdateAssumeRolePolicy", resource: `arn:aws:iam::${ACCOUNT}:role/github/${name}` },
      {
        action: "iam:CreatePolicyVersion",
        resource: `arn:aws:iam::${ACCOUNT}:policy/github/${name}-boundary`,
      },
    ]);
    const open = names.flatMap((name) => requests.filter((request) => isAllowed(roles.apply(name), request)));
    expect(open).toEqual([]);
  }
});

test("what bounds an apply fits into what IAM takes, with three neighbours of the longest names", () => {
  const neighbours = Array.from({ length: 3 }, (_, index) => `dev-${String(index).repeat(12)}`);
  const state = { ...STATE, encryption: "own", locking: "both" } as const;
  const roles = new SynthesizedRoles(["dev", ...neighbours], state);
  expect(roles.text("aws_iam_policy", "github/dev/boundary").length).toBeLessThan(6_144);
});

/** Patterns that IAM refuses: a wildcard for a service, and a resource of its own whose kind is open. */
function refusedPatterns(policy: string): readonly string[] {
  const { Statement } = JSON.parse(policy) as {
    Statement: readonly Readonly<
      Record<"Resource" | "NotResource", string | readonly string[] | undefined>
    >[];
  };
  return Statement.flatMap(({ Resource = [], NotResource = [] }) => [Resource, NotResource].flat()).filter(
    (arn) => arn !== "*" && !/^arn:aws[a-z-]*:(?:(?!iam:)[a-z0-9-]+:|iam::[^:]*:[a-z-]+\/)/.test(arn),
  );
}

test("what bounds an apply names the services and the kinds, as IAM asks for", () => {
  const roles = new SynthesizedRoles(["dev", "dev-eu", "prod"]);
  expect(refusedPatterns(roles.text("aws_iam_policy", "github/dev/boundary"))).toEqual([]);
  const Resource = ["arn:aws:*:*:*:groundplan-prod-*", "arn:aws:iam::123456789012:*/prod-*"];
  expect(refusedPatterns(JSON.stringify({ Statement: [{ Resource }] }))).toEqual(Resource);
});

test("so many environments in an account that no policy keeps them apart fail the synth", () => {
  const many = Array.from({ length: 30 }, (_, index) => `team-${index}`);
  expect(() => new SynthesizedRoles(many)).toThrow(
    /30 environments share an account.*\n.*\n {2}give some of them an account of their own/,
  );
});

describe("one environment cannot become another", () => {
  const made = madeBy("prod", ["dev", "staging"]);
  const targets = made.flatMap(targetsOf);
  const roles = new SynthesizedRoles(["dev", "staging", "prod"]);

  /** What dev reads of prod: parameters, in which the stacks say what they made, and services what is pinned. */
  const READS = /^ssm:Get(?:Parameter|ParameterHistory|Parameters) /;
  let requests: Awaited<ReturnType<typeof requestsForAll>>;
  const reached = (role: RolePolicies) => reachedBy(role, requests).filter((one) => !READS.test(one));
  beforeAll(async () => {
    requests = await requestsForAll(targets);
  });

  /** Types of stacks that are parts of others, or for whose requests IAM knows no resource. */
  const PARTS = [
    ...["aws_apigatewayv2_integration", "aws_apigatewayv2_route", "aws_apigatewayv2_stage"],
    // The account's, once in a Region, whichever environment sets them.
    ...["aws_ecr_registry_scanning_configuration", "aws_ecr_replication_configuration"],
    ...["aws_ecr_lifecycle_policy", "aws_ecr_repository_policy", "aws_eks_access_policy_association"],
    // AWS asks for these actions on all resources: no policy tells whose they are.
    ...["aws_ecr_pull_through_cache_rule", "aws_ecr_repository_creation_template"],
    ...["aws_autoscaling_policy", "aws_autoscaling_schedule", "aws_cloudwatch_log_metric_filter"],
    ...["aws_iam_role_policy", "aws_iam_role_policy_attachment", "aws_lambda_permission", "aws_route"],
    ...["aws_route_table_association", "aws_lb_target_group_attachment"],
  ];

  test("every type that a stack of AWS makes is judged, or is a part of another", () => {
    const types = [...new Set(made.map(({ type }) => type))].filter((type) => type.startsWith("aws_"));
    const parts =
      /^aws_(?:lb_listener|s3_bucket_|cloudfront_origin|cloudwatch_event_target|ecs_|lambda_|route53_|acm_certificate_validation|sqs_queue_policy)/;
    const open = types.filter((type) => !(type in RULES) && !PARTS.includes(type) && !parts.test(type));
    expect(open).toEqual([]);
    expect(targets.length).toBeGreaterThan(100);
  });

  test("neither dev's apply nor a role that it makes reaches anything of prod by any action", () => {
    expect(requests.length).toBeGreaterThan(1000);
    expect(reached(roles.apply("dev"))).toEqual([]);
    expect(reached(roles.made("dev"))).toEqual([]);
  });

  test("prod's own apply reaches what prod has", () => {
    const own = reachedBy(roles.apply("prod"), requests);
    const open = targets.filter(({ address }) => !own.some((one) => one.endsWith(` ${address}`)));
    expect(open).toEqual([]);
  });

  const without = ({ policies, boundary }: RolePolicies, sid: string): RolePolicies => ({
    policies,
    boundary: boundary.filter((statement) => statement.Sid !== sid),
  });

  test.each([
    ["NotByName", /^cloudwatch:DeleteDashboards prod-api /],
    ["NotByTag", /^ec2:DeleteVpc prod-network aws_vpc\./],
    ["NotByTag", /^kms:ScheduleKeyDeletion /],
    ["NotByTag", /^iam:DeleteOpenIDConnectProvider /],
  ])("without %s it does: %s", (sid, what) => {
    const found = reached(without(roles.apply("dev"), sid));
    expect(found).toContainEqual(expect.stringMatching(what));
  });

  test("dev assumes no role of prod, though its trust lets in the whole account", async () => {
    const admin = targets.find(({ service, arn }) => service === "sts" && arn.includes("-admin-"));
    if (!admin) throw new Error("prod has no role for administrators");
    const [assume] = (await requestsFor(admin)).filter(({ action }) => action === "sts:AssumeRole");
    if (!assume) throw new Error("IAM's tables know no sts:AssumeRole");
    expect(isAllowed(roles.apply("dev"), assume)).toBe(false);
    expect(isAllowed(roles.apply("prod"), assume)).toBe(true);
    // By its name or its tags: each is enough.
    for (const sid of ["NotByName", "NotByTag"])
      expect(isAllowed(without(roles.apply("dev"), sid), assume)).toBe(false);
    expect(isAllowed(without(without(roles.apply("dev"), "NotByName"), "NotByTag"), assume)).toBe(true);
  });

  test("a role that dev makes carries its boundary, and keeps it", () => {
    const role = `arn:aws:iam::${ACCOUNT}:role/groundplan-dev-x`;
    const on = (action: string, environment?: string) => ({
      action,
      resource: role,
      keys: environment === undefined ? {} : bounded(environment),
    });
    const dev = roles.apply("dev");
    const writes = [
      "iam:CreateRole",
      "iam:PutRolePolicy",
      "iam:AttachRolePolicy",
      "iam:PutRolePermissionsBoundary",
    ];
    for (const action of writes) {
      expect([action, isAllowed(dev, on(action, "dev"))]).toEqual([action, true]);
      expect([action, isAllowed(dev, on(action))]).toEqual([action, false]);
      expect([action, isAllowed(dev, on(action, "prod"))]).toEqual([action, false]);
      expect(isAllowed(without(dev, "RolesCarryIt"), on(action))).toBe(true);
    }
    const removal = on("iam:DeleteRolePermissionsBoundary", "dev");
    expect(isAllowed(dev, removal)).toBe(false);
    expect(isAllowed(without(dev, "RolesKeepIt"), removal)).toBe(true);
    // Nor does what it made write a boundary anew.
    expect(
      isAllowed(roles.made("dev"), {
        action: "iam:CreatePolicyVersion",
        resource: environmentBoundaryArn(STATE, "dev"),
      }),
    ).toBe(false);
  });

  test("every role of an environment that shares its account carries the boundary", () => {
    const bounds = made
      .filter(({ type }) => type === "aws_iam_role")
      .map(({ address, body }) => [address, body.permissions_boundary]);
    expect(bounds.length).toBeGreaterThan(10);
    for (const [address, bound] of bounds)
      expect([address, bound]).toEqual([address, environmentBoundaryArn(STATE, "prod")]);
  });
});
