import { placedIn, Vpc, type VpcLookupOptions } from "@groundplan/modules/network";
import { synthesized } from "./synthesized";

const ZONES = ["us-east-1a", "us-east-1b"];

test("a VPC is looked up by its name, and the subnets of its tiers by zone", () => {
  const made = synthesized((scope) => {
    const vpc = Vpc.fromLookup(scope, "shared", { vpcName: "shared", availabilityZones: ZONES });
    const { vpcId, vpcCidr, subnetIds } = placedIn(vpc, "private");
    expect([vpcId, vpcCidr].every((one) => one.includes("TOKEN"))).toBe(true);
    expect(subnetIds).toHaveLength(2);
    expect(vpc.isolatedSubnetIds).toEqual([]);
  });
  expect(made.one("aws_vpc")).toEqual({ tags: { Name: "shared" } });
  expect(made.paths("aws_subnet")).toEqual(
    ["private", "public"].flatMap((tier) => ZONES.map((zone) => `shared/${tier}-${zone}`)),
  );
  expect(made.one("aws_subnet", "shared/private-us-east-1b")).toEqual({
    vpc_id: `\${data.${made.address("aws_vpc", "shared/vpc")}.id}`,
    availability_zone: "us-east-1b",
    tags: { Tier: "private" },
  });
});

test("by its id, with the tags that its subnets have", () => {
  const tags = { "kubernetes.io/role/internal-elb": "1" };
  const made = synthesized(
    (scope) =>
      void Vpc.fromLookup(scope, "shared", {
        vpcId: "vpc-0123",
        availabilityZones: ZONES,
        tiers: ["private"],
        subnetTags: { private: tags },
      }),
  );
  expect(made.one("aws_vpc")).toEqual({ id: "vpc-0123" });
  expect(Object.values(made.all("aws_subnet")).map((one) => one.tags)).toEqual([tags, tags]);
});

test.each<[string, Partial<VpcLookupOptions>, RegExp]>([
  ["nothing says which VPC", { tags: {} }, /neither vpcId, vpcName nor tags/],
  ["a name for the id", { vpcId: "shared" }, /vpcId is "shared"/],
  ["no zones", { availabilityZones: [] }, /no availability zones/],
  ["a Region for a zone", { availabilityZones: ["us-east-1"] }, /us-east-1/],
  ["a tier that there is not", { tiers: ["data" as "private"] }, /"data" is no tier/],
])("planted fault: %s", (_, change, message) => {
  const named = change.tags === undefined ? { vpcName: "shared" } : {};
  const options = { ...named, availabilityZones: ZONES, ...change };
  expect(() => synthesized((scope) => void Vpc.fromLookup(scope, "shared", options))).toThrow(message);
});
