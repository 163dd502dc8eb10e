import type { Tier, VpcProps } from "@groundplan/modules/network";
import { resolveVpcProps } from "@groundplan/modules/network/vpc-props";
import { Fn, Token } from "cdktf";
import { faultsOf, VALID } from "./synthesized";

test("the defaults are written out", () => {
  expect(resolveVpcProps(VALID)).toEqual({
    ...VALID,
    tiers: ["public", "private"],
    nat: "single",
    ipv6: false,
    flowLogs: {},
    readableBuckets: [],
    gatewayEndpoints: ["s3", "dynamodb"],
    interfaceEndpoints: [],
    natAllocationIds: {},
  });
});

test.each([16, 17, 18, 19, 20, 21, 22, 23, 24])("a /%d passes", (prefix) => {
  expect(faultsOf({ cidr: `10.0.0.0/${prefix}` })).toBe("");
});

test.each<[string, Partial<VpcProps>]>([
  ["eight zones", { availabilityZones: [..."abcdefgh"].map((letter) => `us-west-2${letter}`) }],
  ["one zone", { availabilityZones: ["us-east-1f"] }],
  [
    "four zones in a /24",
    { cidr: "10.0.0.0/24", availabilityZones: [..."dcba"].map((letter) => `us-east-1${letter}`) },
  ],
  ["isolated subnets alone", { tiers: ["isolated"] }],
  ["private subnets with endpoints and no way out", { tiers: ["private"], interfaceEndpoints: ["sts"] }],
  ["a name that Terraform will know", { name: Token.asString(Fn.join("-", ["dev", "vpc"])) }],
  [
    "a retention that Terraform will know",
    { flowLogs: { retentionDays: Token.asNumber({ days: "later" }) } },
  ],
])("%s pass", (_, change) => expect(faultsOf(change)).toBe(""));

/** One planted fault for each rule; the message is whole, as a user reads it. */
test.each<[Partial<VpcProps>, string]>([
  [
    { name: "" },
    'VPC name "" has 0 characters; AWS and Groundplan take 1 to 40\n  at dev-network/vpc\n  use e.g. "dev"',
  ],
  [
    { name: "Dev_1" },
    'VPC name "Dev_1" may hold only lower-case letters, digits and single hyphens, a letter first\n  at dev-network/vpc\n  use e.g. "dev"',
  ],
  [
    { cidr: "10.0.0.0/28" },
    "VPC range 10.0.0.0/28 is too small: Groundplan plans VPCs of /16 to /24\n  at dev-network/vpc\n  use a /24 or larger, e.g. 10.0.0.0/16",
  ],
  [
    { cidr: Token.asString({ range: "later" }) },
    'the VPC\'s range is known only to Terraform\n  at dev-network/vpc\n  write it out, e.g. "10.0.0.0/16"',
  ],
  [
    { availabilityZones: ["us-east-1a", "us-east-1a"] },
    "availability zone us-east-1a is listed twice\n  at dev-network/vpc\n  list it once",
  ],
  [
    { availabilityZones: ["us-east-1a", "us-west-2a"] },
    'availability zones of 2 Regions: us-east-1, us-west-2\n  at dev-network/vpc\n  use zones of one Region, e.g. "us-east-1a"; a VPC lies in one',
  ],
  [
    { cidr: "10.0.0.0/24", availabilityZones: ["us-east-1e"] },
    "VPC range 10.0.0.0/24 is too small for us-east-1e: a /24 has slots for the zones a to d\n  at dev-network/vpc\n  use a /23 or larger, e.g. 10.0.0.0/23",
  ],
  [
    { availabilityZones: Token.asList({ zones: "later" }) },
    'the VPC\'s availability zones are known only to Terraform\n  at dev-network/vpc\n  write them out, e.g. ["us-east-1a", "us-east-1b"]: an account\'s list of zones can change',
  ],
  [
    { availabilityZones: ["us-east-1a", Token.asString({ zone: "later" })] },
    'the VPC\'s availability zones are known only to Terraform\n  at dev-network/vpc\n  write them out, e.g. ["us-east-1a", "us-east-1b"]: an account\'s list of zones can change',
  ],
  [{ tiers: [] }, 'the VPC has no tiers of subnets\n  at dev-network/vpc\n  use e.g. ["public", "private"]'],
  [
    { tiers: ["public", "private", "private"] },
    'tier "private" is listed twice\n  at dev-network/vpc\n  list it once',
  ],
  [
    { tiers: ["public", "private", "database" as Tier] },
    '"database" is not a tier of subnets\n  at dev-network/vpc\n  use e.g. ["public", "private"]',
  ],
  [
    { tiers: ["private"], nat: "single" },
    'nat "single" needs public subnets, and the VPC has none\n  at dev-network/vpc\n  add "public" to tiers, or use nat "none"',
  ],
  [
    { natZone: "us-east-1c" },
    "natZone us-east-1c is not a zone of the VPC\n  at dev-network/vpc\n  use one of us-east-1a, us-east-1b",
  ],
  [
    { interfaceEndpoints: ["com.amazonaws.us-east-1.sts"] },
    'interfaceEndpoints has "com.amazonaws.us-east-1.sts", which is not the short name of a service\n  at dev-network/vpc\n  use e.g. "sts"',
  ],
  [
    { tiers: ["public"], interfaceEndpoints: ["sts"] },
    'interfaceEndpoints need private or isolated subnets, and the VPC has none\n  at dev-network/vpc\n  add "private" to tiers, or leave interfaceEndpoints out',
  ],
  [
    { interfaceEndpoints: [Token.asString({ service: "later" })] },
    'interfaceEndpoints are known only to Terraform\n  at dev-network/vpc\n  write them out, e.g. ["ecr.api"]',
  ],
  [
    { flowLogs: { destination: "s3", retentionDays: -1 } },
    "flow logs in S3 are kept for -1 days\n  at dev-network/vpc\n  use a whole number of 1 or more, e.g. 30",
  ],
])("%j is refused", (change, message) => expect(faultsOf(change)).toBe(message));

test("all faults are told at once", () => {
  const message = faultsOf({ name: "", cidr: "10.0.0.1/16", natZone: "x", flowLogs: { retentionDays: 2 } });
  expect(message.split("\n\n")).toHaveLength(4);
});
