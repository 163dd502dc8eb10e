import fc from "fast-check";
import { iamHeads } from "../../modules/identity/neighbours";
import { ACCOUNT, isAllowed, type Request, STATE, SynthesizedRoles } from "./role-policies";

const PLATFORM = STATE.platform;
const BUCKET = `groundplan-terraform-state-${ACCOUNT}-us-east-1`;
const TABLE = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/groundplan-terraform-locks`;

/** What an environment has under its name: each of it is changed by its own apply and by no other. */
function changes(environment: string, name: string): readonly Request[] {
  const iam = iamHeads(PLATFORM, environment).flatMap((head): readonly Request[] => [
    { action: "iam:PutRolePolicy", resource: `arn:aws:iam::${ACCOUNT}:role/${head}${name}` },
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

test("what bounds an apply fits into what IAM takes, with ten neighbours that begin with its name", () => {
  const neighbours = Array.from({ length: 10 }, (_, index) => `dev-${String(index).repeat(12)}`);
  const state = { ...STATE, encryption: "own", locking: "both" } as const;
  const roles = new SynthesizedRoles(["dev", ...neighbours], state);
  expect(roles.text("aws_iam_policy", "github/dev/boundary").length).toBeLessThan(6_144);
});
