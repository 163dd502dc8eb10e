import { lookup } from "@groundplan/modules/core";
import { NETWORK } from "@groundplan/modules/network";
import { TerraformOutput } from "cdktf";
import { synthesized } from "./synthesized";

const DEV = { platform: "groundplan", environment: "dev" };

test("the keys that other stacks rely on", () => {
  expect(NETWORK.stack).toBe("network");
  expect(NETWORK.shape).toEqual({
    vpcId: "string",
    cidr: "string",
    availabilityZones: "strings",
    publicSubnetIds: "strings",
    privateSubnetIds: "strings",
    podSubnetIds: "strings",
    isolatedSubnetIds: "strings",
    publicRouteTableIds: "strings",
    privateRouteTableIds: "strings",
    isolatedRouteTableIds: "strings",
    natPublicIps: "strings",
    endpointSecurityGroupIds: "strings",
  });
});

test("a consumer reads them from the environment's parameter", () => {
  const stack = synthesized((scope) => {
    const network = lookup(scope, DEV, NETWORK);
    new TerraformOutput(scope, "subnets", { value: network.privateSubnetIds });
  });
  expect(stack.one("aws_ssm_parameter").name).toBe("/groundplan/dev/network");
});
