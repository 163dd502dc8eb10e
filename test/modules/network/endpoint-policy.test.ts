import {
  type EndpointAccess,
  endpointAccessFaults,
  endpointStatements,
  hasEndpointPolicy,
} from "@groundplan/modules/network/endpoint-policy";
import { faultsOf, vpcWith } from "./synthesized";

const ACCOUNT = { account: "123456789012" };
const ORGANIZATION = { organization: "o-a1b2c3d4e5" };

const policyOf = (
  service: string,
  access: EndpointAccess = ACCOUNT,
  readableBuckets: readonly string[] = [],
) => endpointStatements({ service, region: "us-east-1", access, readableBuckets });

/** Whether a request passes: by the caller's account, the resource's account, the action and the ARN. */
function passes(
  service: string,
  request: { caller?: string; owner: string; action: string; arn: string },
  readableBuckets: readonly string[] = [],
): boolean {
  const known: Readonly<Record<string, string | undefined>> = {
    "aws:PrincipalAccount": request.caller,
    "aws:ResourceAccount": request.owner,
  };
  const like = (pattern: string, text: string) =>
    new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`).test(text);
  const some = (patterns: string | readonly string[] | undefined, text: string) =>
    [patterns ?? "*"].flat().some((pattern) => like(pattern, text));
  return (policyOf(service, ACCOUNT, readableBuckets) ?? []).some(
    ({ Action, Resource, Condition = {} }) =>
      some(Action, request.action) &&
      some(Resource, request.arn) &&
      Object.entries(Condition.StringEquals ?? {}).every(([key, value]) => known[key] === value),
  );
}

const OWN = "123456789012";
const OTHER = "210987654321";

test("nobody takes data out with credentials of another account, and nobody writes into another's bucket", () => {
  const write = { action: "s3:PutObject", arn: "arn:aws:s3:::drop/data" };
  expect(passes("s3", { ...write, caller: OWN, owner: OWN })).toBe(true);
  expect(passes("s3", { ...write, caller: OTHER, owner: OTHER })).toBe(false);
  expect(passes("s3", { ...write, caller: OWN, owner: OTHER })).toBe(false);
  expect(
    passes("dynamodb", { action: "dynamodb:PutItem", arn: "arn:table", caller: OWN, owner: OTHER }),
  ).toBe(false);
});

test("what machines read of AWS passes, signed by AWS or by nobody; it is not written to", () => {
  const read = { action: "s3:GetObject", owner: "999999999999" };
  for (const arn of [
    "arn:aws:s3:::prod-us-east-1-starport-layer-bucket/layer",
    "arn:aws:s3:::al2023-repos-us-east-1-de612dc2/core/mirrors",
    "arn:aws:s3:::aws-ssm-us-east-1/agent",
  ]) {
    expect([arn, passes("s3", { ...read, arn })]).toEqual([arn, true]);
    expect([arn, passes("s3", { ...read, arn, action: "s3:PutObject" })]).toEqual([arn, false]);
  }
  // Planted fault: a bucket that is only called like one of AWS's.
  expect(passes("s3", { ...read, arn: "arn:aws:s3:::prod-us-east-1-starport-layer-bucket-of-mine/x" })).toBe(
    false,
  );
  expect(passes("s3", { ...read, arn: "arn:aws:s3:::vendor/x", caller: OWN }, ["vendor"])).toBe(true);
  expect(passes("s3", { ...read, arn: "arn:aws:s3:::vendor/x", caller: OWN })).toBe(false);
});

test("images of EKS's add-ons are of AWS's accounts, and pods take their first role without credentials", () => {
  const pull = {
    action: "ecr:BatchGetImage",
    arn: "arn:aws:ecr:us-east-1:602401143452:repository/eks/coredns",
  };
  expect(passes("ecr.api", { ...pull, caller: OWN, owner: "602401143452" })).toBe(true);
  expect(passes("ecr.api", { ...pull, caller: OTHER, owner: "602401143452" })).toBe(false);
  const assume = { action: "sts:AssumeRoleWithWebIdentity", arn: "arn:aws:iam::1:role/pod" };
  expect(passes("sts", { ...assume, owner: OWN })).toBe(true);
  expect(passes("sts", { ...assume, owner: OTHER })).toBe(false);
});

test("an organization counts as an account does; what takes no policy has none", () => {
  expect(policyOf("sqs", ORGANIZATION)).toEqual([
    expect.objectContaining({
      Condition: {
        StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5", "aws:ResourceOrgID": "o-a1b2c3d4e5" },
      },
    }),
  ]);
  expect([hasEndpointPolicy("ecs-agent"), policyOf("ecs-agent")]).toEqual([false, undefined]);
});

test("who takes a choice back says so: Terraform leaves a policy that is no longer written", () => {
  const all = [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }];
  expect([policyOf("s3", "open"), policyOf("sts", "open")]).toEqual([all, all]);
  expect(policyOf("ecs-agent", "open")).toBeUndefined();
  const { policy } = vpcWith({ endpointAccess: "open" }).one("aws_vpc_endpoint", "vpc/endpoints/gateway/s3");
  expect(JSON.parse(String(policy)).Statement).toEqual(all);
});

test("both kinds of endpoints of a VPC get it, and none where nothing is said", () => {
  const stack = vpcWith({ endpointAccess: ACCOUNT, interfaceEndpoints: ["sts", "ecs-agent"] });
  const policy = (path: string) => stack.one("aws_vpc_endpoint", `vpc/endpoints/${path}`).policy;
  expect(JSON.parse(String(policy("gateway/s3"))).Statement).toEqual(policyOf("s3"));
  expect(JSON.parse(String(policy("interface/sts"))).Statement).toEqual(policyOf("sts"));
  expect(policy("interface/ecs-agent")).toBeUndefined();
  expect(vpcWith().one("aws_vpc_endpoint", "vpc/endpoints/gateway/s3").policy).toBeUndefined();
});

test("planted fault: an account, an organization or a bucket that is none", () => {
  expect(endpointAccessFaults(ACCOUNT, ["vendor"])).toEqual([]);
  expect(faultsOf({ endpointAccess: { account: "1" } })).toContain('account "1" of endpointAccess is none');
  expect(faultsOf({ endpointAccess: { organization: "1" } })).toContain('organization "1" of endpointAccess');
  expect(faultsOf({ endpointAccess: ACCOUNT, readableBuckets: ["*"] })).toContain('readableBuckets has "*"');
  expect(faultsOf({ readableBuckets: ["vendor"] })).toContain("the endpoints let everything through");
});
